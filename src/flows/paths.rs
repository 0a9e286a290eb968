//! The shape of a flow: what can be reached, whether it loops, and how long its walks are.

use std::collections::{HashMap, HashSet};

use super::format::{Flow, Node, Target};

/// Ids of the nodes a walk can pass, through goto and failed.
pub fn reachable(flow: &Flow) -> HashSet<&str> {
    let (mut seen, mut open) = (HashSet::new(), vec![flow.start.as_str()]);
    while let Some(node) = open.pop().and_then(|id| flow.node(id)) {
        if seen.insert(node.id()) {
            open.extend(next(node));
        }
    }
    seen
}

/// Ids of the nodes that `from` leads to, itself included.
pub fn reachable_from<'f>(flow: &'f Flow, from: &'f str) -> HashSet<&'f str> {
    let (mut seen, mut open) = (HashSet::new(), vec![from]);
    while let Some(id) = open.pop() {
        if let Some(node) = flow.node(id)
            && seen.insert(node.id())
        {
            open.extend(next(node));
        }
    }
    seen
}

/// The ids on a loop, if the flow has one: a walk must never come back to where it was.
pub fn cycle(flow: &Flow) -> Option<Vec<&str>> {
    let mut done = HashSet::new();
    flow.nodes.iter().find_map(|node| find_cycle(flow, node.id(), &mut Vec::new(), &mut done))
}

fn find_cycle<'f>(
    flow: &'f Flow,
    id: &'f str,
    way: &mut Vec<&'f str>,
    done: &mut HashSet<&'f str>,
) -> Option<Vec<&'f str>> {
    if let Some(at) = way.iter().position(|earlier| *earlier == id) {
        return Some(way.iter().skip(at).copied().chain([id]).collect());
    }
    if !done.insert(id) {
        return None;
    }
    way.push(id);
    let found = flow.node(id).into_iter().flat_map(next).find_map(|to| find_cycle(flow, to, way, done));
    way.pop();
    found
}

/// The longest way from the start to the first fix or escalation, without that leaf. Only for flows without a cycle.
pub fn longest_to_leaf(flow: &Flow) -> Vec<&str> {
    longest(flow, &flow.start, Node::is_leaf, &mut HashMap::new())
}

/// The longest walk through the whole flow, every fix failing, the escalation included. Only for flows without a cycle.
pub fn longest_walk(flow: &Flow) -> Vec<&str> {
    longest(flow, &flow.start, |_| false, &mut HashMap::new())
}

fn longest<'f>(
    flow: &'f Flow,
    id: &'f str,
    stop: fn(&Node) -> bool,
    known: &mut HashMap<&'f str, Vec<&'f str>>,
) -> Vec<&'f str> {
    if let Some(way) = known.get(id) {
        return way.clone();
    }
    let Some(node) = flow.node(id).filter(|node| !stop(node)) else {
        return Vec::new();
    };
    let rest = next(node).map(|to| longest(flow, to, stop, known)).max_by_key(Vec::len).unwrap_or_default();
    let way: Vec<&str> = [node.id()].into_iter().chain(rest).collect();
    known.insert(node.id(), way.clone());
    way
}

/// Where *Not sure* and skipped checks lead: the ids passed, the leaf last. `None` after the last one: another flow.
pub fn unsure_walk(flow: &Flow) -> Vec<&str> {
    let (mut way, mut id) = (Vec::new(), flow.start.as_str());
    while let Some(node) = flow.node(id).filter(|node| !way.contains(&node.id())) {
        way.push(node.id());
        let target = match node {
            Node::Question(question) => question.answers.last().map(|answer| &answer.branch.goto),
            Node::Check(check) => Some(&check.skipped.goto),
            Node::Fix(_) | Node::Escalate(_) => None,
        };
        let Some(Target::Node(to)) = target else {
            break;
        };
        id = to;
    }
    way
}

fn next(node: &Node) -> impl Iterator<Item = &str> {
    node.targets().into_iter().filter_map(|(target, _)| match target {
        Target::Node(id) => Some(id.as_str()),
        Target::Flow(_) => None,
    })
}
