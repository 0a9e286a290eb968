//! The names in a flow: each is written well, unique, and leads somewhere. Part of reading; a flow that fails here is none.

use std::collections::HashSet;

use super::check::Problem;
use super::format::{Flow, Node, Target};

/// Adds a problem for each name that is not as it must be.
pub fn check_names(flow: &Flow, problems: &mut Vec<Problem>) {
    let mut names = Names { flow, problems };
    names.ids();
    names.start();
    for node in &flow.nodes {
        names.targets(node);
        names.also(node);
        names.causes(node);
    }
}

struct Names<'f, 'p> {
    flow: &'f Flow,
    problems: &'p mut Vec<Problem>,
}

impl Names<'_, '_> {
    fn problem(&mut self, line: usize, node: &str, message: String) {
        self.problems.push(Problem { line: Some(line), node: Some(node.to_owned()), message });
    }

    fn ids(&mut self) {
        let (flow, mut seen) = (self.flow, HashSet::new());
        let nodes = flow.nodes.iter().map(|node| (node.id(), node.line()));
        let causes = flow.causes.iter().map(|cause| (cause.id.as_str(), cause.line));
        for (id, line) in nodes.chain(causes).filter(|(id, _)| !id.is_empty()) {
            if !is_kebab(id) {
                self.problem(line, id, "Ids are kebab-case: lower-case letters, digits and single hyphens.".to_owned());
            }
            if !seen.insert(id) {
                self.problem(
                    line,
                    id,
                    "This id is used twice; ids are unique in the file, causes included.".to_owned(),
                );
            }
        }
    }

    fn start(&mut self) {
        let (flow, message) = (self.flow, "`start` must name a question or a check of this flow.");
        let good = flow.node(&flow.start).is_some_and(|node| !node.is_leaf());
        if !good && !flow.start.is_empty() {
            self.problems.push(Problem { line: None, node: Some(flow.start.clone()), message: message.to_owned() });
        }
    }

    fn targets(&mut self, node: &Node) {
        for (target, line) in node.targets() {
            match target {
                Target::Node(id) if id.is_empty() || self.flow.node(id).is_some() => {}
                Target::Node(id) => self.problem(line, node.id(), format!("It goes to `{id}`, which is no node here.")),
                Target::Flow(slug) if is_kebab(slug) && *slug != self.flow.slug => {}
                Target::Flow(slug) => {
                    self.problem(line, node.id(), format!("`flow:{slug}` must name another flow by its slug."));
                }
            }
        }
    }

    fn also(&mut self, node: &Node) {
        for id in node.also() {
            let other = self.flow.node(id);
            if id == node.id() || other.is_none_or(Node::is_leaf) {
                let message = format!("`also` names `{id}`, which is not another question or check of this flow.");
                self.problem(node.line(), node.id(), message);
            }
        }
    }

    fn causes(&mut self, node: &Node) {
        for branch in node.branches() {
            for cause in branch.supports.iter().chain(&branch.rules_out) {
                if self.flow.cause(cause).is_none() {
                    self.problem(branch.line, node.id(), format!("`{cause}` is no cause of this flow."));
                }
                if branch.supports.contains(cause) && branch.rules_out.contains(cause) {
                    let message = format!("An answer cannot both support and rule out `{cause}`.");
                    self.problem(branch.line, node.id(), message);
                }
            }
        }
        if let Node::Fix(fix) = node
            && !fix.cause.is_empty()
            && self.flow.cause(&fix.cause).is_none()
        {
            self.problem(fix.line, &fix.id, format!("It is for `{}`, which is no cause of this flow.", fix.cause));
        }
    }
}

/// Lower-case words, joined by single hyphens.
pub fn is_kebab(id: &str) -> bool {
    let good =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    id.split('-').all(good)
}
