//! The grammar of `conditions`: read, checked against the fields of the record, never guessed. What ConnectWise would not
//! understand is refused with its own words.

use super::{
    fields::{Fields, Kind},
    reply::Reply,
};

#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    Text(String),
    Number(f64),
    Flag(bool),
    /// As records hold it: `2026-01-31T10:00:00Z`.
    Date(String),
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Is,
    Below,
    AtMost,
    Above,
    AtLeast,
    Contains,
    Like,
    In,
}

/// A condition on one record.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Test { path: Vec<String>, not: bool, operator: Operator, values: Vec<Literal> },
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Date(String),
    Sign(&'static str),
}

type Parsed<T> = Result<T, Reply>;

fn wrong(why: impl Into<String>) -> Reply {
    Reply::error(400, "ApiFindCondition", why)
}

/// Reads a condition on a record with these fields; an empty one holds for all.
pub fn read(text: &str, fields: Fields) -> Parsed<Condition> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, fields };
    if parser.tokens.is_empty() {
        return Ok(Condition::All(Vec::new()));
    }
    let condition = parser.any()?;
    match parser.peek() {
        None => Ok(condition),
        Some(token) => Err(wrong(format!("Unexpected {token:?} in the conditions."))),
    }
}

/// Reads a condition on the elements of an array of the record: the array and the condition on an element.
pub fn read_child(text: &str, fields: Fields) -> Parsed<(String, Condition)> {
    let name = text.trim_start_matches(['(', ' ']).split(['/', ' ', '=']).next().unwrap_or_default();
    let rows = fields.iter().find_map(|(field, kind)| match kind {
        Kind::Many(rows) if *field == name => Some(*rows),
        _ => None,
    });
    let rows = rows.ok_or_else(|| unknown(name))?;
    let stripped = tokens(text)?
        .into_iter()
        .map(|token| match token {
            Token::Word(word) => {
                Token::Word(word.strip_prefix(&format!("{name}/")).map_or(word.clone(), str::to_owned))
            }
            other => other,
        })
        .collect();
    let mut parser = Parser { tokens: stripped, at: 0, fields: rows };
    let condition = parser.any()?;
    if parser.peek().is_some() {
        Err(wrong("The childConditions are not understood."))
    } else {
        Ok((name.to_owned(), condition))
    }
}

fn unknown(path: &str) -> Reply {
    wrong(format!("{path} is not a recognized name."))
}

fn tokens(text: &str) -> Parsed<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let token = match c {
            c if c.is_whitespace() => continue,
            '"' | '\'' => Token::Text(quoted(&mut rest, c)?),
            '[' => {
                let date: String = rest.by_ref().take_while(|c| *c != ']').collect();
                Token::Date(moment(&date)?)
            }
            '(' => Token::Sign("("),
            ')' => Token::Sign(")"),
            ',' => Token::Sign(","),
            '=' => Token::Sign("="),
            '!' if rest.next_if_eq(&'=').is_some() => Token::Sign("!="),
            '<' => Token::Sign(if rest.next_if_eq(&'=').is_some() { "<=" } else { "<" }),
            '>' => Token::Sign(if rest.next_if_eq(&'=').is_some() { ">=" } else { ">" }),
            c if is_word(c) => {
                let mut word = String::from(c);
                while let Some(c) = rest.next_if(|c| is_word(*c)) {
                    word.push(c);
                }
                Token::Word(word)
            }
            other => return Err(wrong(format!("Unexpected character {other:?} in the conditions."))),
        };
        found.push(token);
    }
    Ok(found)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '/' | '.' | '-')
}

/// What is between quotes. Control characters have no business there.
fn quoted(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, quote: char) -> Parsed<String> {
    let mut text = String::new();
    loop {
        match rest.next() {
            None => return Err(wrong("A text in the conditions does not end.")),
            Some(c) if c == quote => return Ok(text),
            Some('\\') => match rest.next() {
                Some(c @ ('"' | '\\')) => text.push(c),
                Some(c) => return Err(wrong(format!("\\{c} means nothing in a text of the conditions."))),
                None => return Err(wrong("A text in the conditions does not end.")),
            },
            Some(c) if c.is_control() => return Err(wrong("Control characters cannot stand in the conditions.")),
            Some(c) => text.push(c),
        }
    }
}

/// A date or a moment, as records hold it.
fn moment(text: &str) -> Parsed<String> {
    let digits = |part: &str, lengths: &[usize], by: char| {
        let parts: Vec<&str> = part.split(by).collect();
        parts.len() == lengths.len()
            && parts
                .iter()
                .zip(lengths)
                .all(|(part, len)| part.len() == *len && part.chars().all(|c| c.is_ascii_digit()))
    };
    let (day, hour) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
    let clock = hour.strip_suffix('Z').unwrap_or(hour);
    if digits(day, &[4, 2, 2], '-') && digits(clock, &[2, 2, 2], ':') {
        Ok(format!("{day}T{clock}Z"))
    } else {
        Err(wrong(format!("[{text}] is not a date.")))
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    fields: Fields,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn sign(&mut self, sign: &str) -> bool {
        let here = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(here);
        here
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let here = matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword));
        self.at += usize::from(here);
        here
    }

    fn any(&mut self) -> Parsed<Condition> {
        let mut parts = vec![self.all()?];
        while self.keyword("or") {
            parts.push(self.all()?);
        }
        if parts.len() > 1 && parts.iter().any(names_a_configuration) {
            return Err(wrong("configuration/id cannot be part of an OR."));
        }
        Ok(only(parts, Condition::Any))
    }

    fn all(&mut self) -> Parsed<Condition> {
        let mut parts = vec![self.test()?];
        while self.keyword("and") {
            parts.push(self.test()?);
        }
        Ok(only(parts, Condition::All))
    }

    fn test(&mut self) -> Parsed<Condition> {
        if self.sign("(") {
            let inner = self.any()?;
            return if self.sign(")") { Ok(inner) } else { Err(wrong("A ) is missing in the conditions.")) };
        }
        let Some(Token::Word(name)) = self.next() else {
            return Err(wrong("A field's name is missing in the conditions."));
        };
        let (path, kind) = resolve(&name, self.fields)?;
        let (not, operator) = self.operator()?;
        let values = if operator == Operator::In { self.literals()? } else { vec![self.literal()?] };
        for value in &values {
            fits(&name, kind, operator, value)?;
        }
        Ok(Condition::Test { path, not, operator, values })
    }

    fn operator(&mut self) -> Parsed<(bool, Operator)> {
        for (sign, not, operator) in [
            ("=", false, Operator::Is),
            ("!=", true, Operator::Is),
            ("<=", false, Operator::AtMost),
            ("<", false, Operator::Below),
            (">=", false, Operator::AtLeast),
            (">", false, Operator::Above),
        ] {
            if self.sign(sign) {
                return Ok((not, operator));
            }
        }
        let not = self.keyword("not");
        for (word, operator) in [("contains", Operator::Contains), ("like", Operator::Like), ("in", Operator::In)] {
            if self.keyword(word) {
                return Ok((not, operator));
            }
        }
        Err(wrong("An operator is missing in the conditions."))
    }

    fn literals(&mut self) -> Parsed<Vec<Literal>> {
        if !self.sign("(") {
            return Err(wrong("A list in the conditions stands in parentheses."));
        }
        let mut found = vec![self.literal()?];
        while self.sign(",") {
            found.push(self.literal()?);
        }
        if self.sign(")") { Ok(found) } else { Err(wrong("A ) is missing in the conditions.")) }
    }

    fn literal(&mut self) -> Parsed<Literal> {
        match self.next() {
            Some(Token::Text(text)) => Ok(Literal::Text(text)),
            Some(Token::Date(date)) => Ok(Literal::Date(date)),
            Some(Token::Word(word)) => match word.to_ascii_lowercase().as_str() {
                "null" => Ok(Literal::Null),
                "true" => Ok(Literal::Flag(true)),
                "false" => Ok(Literal::Flag(false)),
                number => match number.parse() {
                    Ok(number) if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                        Ok(Literal::Number(number))
                    }
                    _ => Err(wrong(format!("{word} is not a value."))),
                },
            },
            _ => Err(wrong("A value is missing in the conditions.")),
        }
    }
}

fn only(mut parts: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(one) if parts.is_empty() => one,
        last => {
            parts.extend(last);
            many(parts)
        }
    }
}

fn names_a_configuration(condition: &Condition) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(names_a_configuration),
        Condition::Test { path, .. } => path.first().is_some_and(|first| first == super::paging::CONFIGURATION),
    }
}

/// Where a field is in the record, and what it holds.
pub fn resolve(name: &str, fields: Fields) -> Parsed<(Vec<String>, Kind)> {
    let mut at = Kind::One(fields);
    let mut path = Vec::new();
    for step in name.split('/') {
        let Kind::One(inside) = at else { return Err(unknown(name)) };
        let found = inside.iter().find(|(field, kind)| *field == step && *kind != Kind::Shown);
        at = found.ok_or_else(|| unknown(name))?.1;
        path.push(step.to_owned());
    }
    match path.first().map(String::as_str) {
        Some("lastUpdated") => path.insert(0, "_info".to_owned()),
        Some("configuration") => path[0] = super::paging::CONFIGURATION.to_owned(),
        _ => {}
    }
    if matches!(at, Kind::Many(_)) { Err(unknown(name)) } else { Ok((path, at)) }
}

fn fits(name: &str, kind: Kind, operator: Operator, value: &Literal) -> Parsed<()> {
    let of_kind = match (kind, value) {
        (_, Literal::Null) => operator == Operator::Is,
        (Kind::Number, Literal::Number(_)) | (Kind::Text, Literal::Text(_)) | (Kind::Date, Literal::Date(_)) => true,
        (Kind::Flag, Literal::Flag(_)) => operator == Operator::Is,
        _ => false,
    };
    let of_operator = kind == Kind::Text || !matches!(operator, Operator::Contains | Operator::Like);
    if of_kind && of_operator {
        return Ok(());
    }
    Err(wrong(format!("The value {value:?} does not fit {name}.")))
}
