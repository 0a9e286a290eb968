//! Reads the TOML source of a flow and says everything that is wrong with it at once, with lines.
//!
//! It reads the document value by value instead of through serde, which would stop at the first mistake: authors want the
//! whole list. It owns the shape of the file; the rules of good authoring are in [`super::check`].

use std::collections::HashSet;

use toml::de::{DeTable, DeValue};

use super::check::Problem;
use super::format::{
    Answer, Branch, Category, Cause, Check, Escalation, Fix, Flow, Language, Node, Question, Target, YesMeans,
};

/// Why the source is no flow, or the flow.
pub fn read(source: &str) -> Result<Flow, Vec<Problem>> {
    let lines = Lines::of(source);
    let (document, errors) = DeTable::parse_recoverable(source);
    let mut problems: Vec<Problem> = errors
        .iter()
        .map(|error| Problem {
            line: error.span().map(|span| lines.at(span.start)),
            node: None,
            message: format!("This is not valid TOML: {}.", error.message().trim_end_matches('.')),
        })
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut reader = Table {
        table: document.get_ref(),
        lines: &lines,
        line: 1,
        node: None,
        seen: HashSet::new(),
        problems: &mut problems,
    };
    let flow = reader.flow(source);
    reader.close();
    super::names::check_names(&flow, &mut problems);
    if problems.is_empty() { Ok(flow) } else { Err(problems) }
}

/// Finds the line of a byte.
struct Lines(Vec<usize>);

impl Lines {
    fn of(source: &str) -> Self {
        Self(source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    fn at(&self, byte: usize) -> usize {
        self.0.partition_point(|newline| *newline < byte) + 1
    }
}

/// One table of the file, being read. A value that is missing or wrong is reported and replaced by an empty one.
struct Table<'t, 'p> {
    table: &'t DeTable<'t>,
    lines: &'p Lines,
    line: usize,
    node: Option<String>,
    seen: HashSet<&'static str>,
    problems: &'p mut Vec<Problem>,
}

impl<'t> Table<'t, '_> {
    fn problem(&mut self, line: usize, message: String) {
        self.problems.push(Problem { line: Some(line), node: self.node.clone(), message });
    }

    fn get(&mut self, key: &'static str) -> Option<(usize, &'t DeValue<'t>)> {
        self.seen.insert(key);
        let (key, value) = self.table.get_key_value(key)?;
        Some((self.lines.at(key.span().start), value.get_ref()))
    }

    /// Reports the keys nobody asked for.
    fn close(&mut self) {
        let table = self.table;
        for key in table.keys() {
            if !self.seen.contains(key.get_ref().as_ref()) {
                let line = self.lines.at(key.span().start);
                self.problem(line, format!("`{}` is not a key of this table.", key.get_ref()));
            }
        }
    }

    fn optional(&mut self, key: &'static str) -> Option<String> {
        let (line, value) = self.get(key)?;
        match value.as_str() {
            Some(text) if text.trim().is_empty() => {
                self.problem(line, format!("`{key}` is empty."));
                None
            }
            Some(text) => Some(text.trim_end().to_owned()),
            None => {
                self.problem(line, format!("`{key}` must be a text, it is a {}.", value.type_str()));
                None
            }
        }
    }

    fn missing(&mut self, key: &str) {
        let line = self.line;
        self.problem(line, format!("`{key}` is missing."));
    }

    fn text(&mut self, key: &'static str) -> String {
        if !self.table.contains_key(key) {
            self.missing(key);
        }
        self.optional(key).unwrap_or_default()
    }

    fn texts(&mut self, key: &'static str) -> Vec<String> {
        let Some((line, value)) = self.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.as_array() else {
            self.problem(line, format!("`{key}` must be a list of texts, it is a {}.", value.type_str()));
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(array.len());
        for item in array.iter() {
            match item.get_ref().as_str().map(str::trim) {
                Some(text) if !text.is_empty() => texts.push(text.to_owned()),
                _ => {
                    let line = self.lines.at(item.span().start);
                    self.problem(line, format!("`{key}` may only contain texts that are not empty."));
                }
            }
        }
        texts
    }

    fn number(&mut self, key: &'static str) -> Option<f64> {
        let (line, value) = self.get(key)?;
        let number = match value {
            DeValue::Integer(integer) => i32::from_str_radix(integer.as_str(), integer.radix()).ok().map(f64::from),
            DeValue::Float(float) => float.as_str().parse::<f64>().ok().filter(|number| number.is_finite()),
            _ => None,
        };
        if number.is_none() {
            self.problem(line, format!("`{key}` must be a number."));
        }
        number
    }

    fn word<T>(&mut self, key: &'static str, words: &[&str], parse: fn(&str) -> Option<T>) -> Option<T> {
        let line = self.get(key).map_or(self.line, |(line, _)| line);
        let word = self.optional(key)?;
        let parsed = parse(&word);
        if parsed.is_none() {
            self.problem(line, format!("`{key}` is `{word}`, but must be one of {}.", words.join(", ")));
        }
        parsed
    }

    fn target(&mut self, key: &'static str) -> Target {
        let text = self.text(key);
        match text.strip_prefix("flow:") {
            Some(slug) => Target::Flow(slug.trim().to_owned()),
            None => Target::Node(text),
        }
    }

    /// Reads a table under `key` by `f`; reports its unknown keys.
    fn table<T>(&mut self, key: &'static str, f: impl FnOnce(&mut Table<'t, '_>) -> T) -> Option<T> {
        let (line, value) = self.get(key)?;
        let Some(table) = value.as_table() else {
            self.problem(line, format!("`{key}` must be a table, it is a {}.", value.type_str()));
            return None;
        };
        Some(self.inside(table, line, f))
    }

    /// Reads each table of the array of tables under `key` by `f`.
    fn tables<T>(&mut self, key: &'static str, mut f: impl FnMut(&mut Table<'t, '_>) -> T) -> Vec<T> {
        let Some((line, value)) = self.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.as_array() else {
            self.problem(line, format!("`{key}` must be written as [[{key}]]."));
            return Vec::new();
        };
        let mut read = Vec::with_capacity(array.len());
        for item in array.iter() {
            match item.get_ref().as_table() {
                Some(table) => {
                    let line = self.lines.at(item.span().start);
                    read.push(self.inside(table, line, &mut f));
                }
                None => self.problem(line, format!("`{key}` must be written as [[{key}]].")),
            }
        }
        read
    }

    fn inside<T>(&mut self, table: &'t DeTable<'t>, line: usize, f: impl FnOnce(&mut Table<'t, '_>) -> T) -> T {
        let id = table.get("id").and_then(|id| id.get_ref().as_str()).map(str::to_owned);
        let mut inner = Table {
            table,
            lines: self.lines,
            line,
            node: id.or_else(|| self.node.clone()),
            seen: HashSet::new(),
            problems: self.problems,
        };
        let read = f(&mut inner);
        inner.close();
        read
    }

    fn flow(&mut self, source: &str) -> Flow {
        let slug = self.text("slug");
        let title = self.text("title");
        if !self.table.contains_key("category") {
            self.missing("category");
        }
        let category = self.word("category", Category::WORDS, Category::parse).unwrap_or(Category::Endpoint);
        let summary = self.text("summary");
        let (says, products) = (self.texts("says"), self.texts("products"));
        let (codes, excludes) = (self.texts("codes"), self.texts("excludes"));
        let start = self.text("start");
        let causes =
            self.tables("cause", |table| Cause { id: table.text("id"), text: table.text("text"), line: table.line });
        let mut nodes = self.tables("question", |table| Node::Question(table.question()));
        nodes.extend(self.tables("check", |table| Node::Check(Box::new(table.check()))));
        nodes.extend(self.tables("fix", |table| Node::Fix(table.fix())));
        nodes.extend(self.tables("escalate", |table| {
            Node::Escalate(Escalation {
                id: table.text("id"),
                line: table.line,
                reason: table.text("reason"),
                to: table.optional("to"),
            })
        }));
        let hash = Flow::hash_of(source);
        Flow { slug, title, category, summary, says, products, codes, excludes, start, causes, nodes, hash }
    }

    fn question(&mut self) -> Question {
        Question {
            id: self.text("id"),
            line: self.line,
            text: self.text("text"),
            why: self.optional("why"),
            also: self.texts("also"),
            answers: self.tables("answer", |table| Answer {
                option: table.text("option"),
                says: table.texts("says"),
                described: table.texts("described"),
                below: table.number("below"),
                from: table.number("from"),
                branch: table.branch(),
            }),
        }
    }

    fn check(&mut self) -> Check {
        Check {
            id: self.text("id"),
            line: self.line,
            label: self.text("label"),
            yes: self.word("yes", YesMeans::WORDS, YesMeans::parse),
            command: self.optional("command"),
            description: self.optional("description"),
            expect: self.optional("expect"),
            why: self.optional("why"),
            also: self.texts("also"),
            pass: self.result("pass"),
            fail: self.result("fail"),
            skipped: self.result("skipped"),
        }
    }

    fn result(&mut self, key: &'static str) -> Branch {
        let branch = self.table(key, |table| table.branch());
        if branch.is_none() && !self.table.contains_key(key) {
            self.missing(key);
        }
        branch.unwrap_or_else(|| Branch {
            line: self.line,
            fact: None,
            so: None,
            supports: Vec::new(),
            rules_out: Vec::new(),
            goto: Target::Node(String::new()),
        })
    }

    fn branch(&mut self) -> Branch {
        Branch {
            line: self.get("goto").map_or(self.line, |(line, _)| line),
            fact: self.optional("fact"),
            so: self.optional("so"),
            supports: self.texts("supports"),
            rules_out: self.texts("rules_out"),
            goto: self.target("goto"),
        }
    }

    fn fix(&mut self) -> Fix {
        let confidence = self.number("confidence");
        if confidence.is_none() && !self.table.contains_key("confidence") {
            self.missing("confidence");
        }
        let confidence = confidence.unwrap_or_default();
        let whole = (0_u8..=100).find(|percent| f64::from(*percent) == confidence);
        if whole.is_none() {
            self.problem(self.line, "`confidence` must be a whole number from 0 to 100.".to_owned());
        }
        Fix {
            id: self.text("id"),
            line: self.line,
            cause: self.text("cause"),
            title: self.text("title"),
            confidence: whole.unwrap_or_default(),
            description: self.text("description"),
            risk: self.text("risk"),
            rollback: self.text("rollback"),
            language: self.word("language", Language::WORDS, Language::parse),
            script: self.optional("script"),
            resolution: self.text("resolution"),
            failed: self.target("failed"),
        }
    }
}
