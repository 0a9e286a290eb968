//! Reads JSON text in the browser, which hears only JSON that our server wrote: in a fifth of the code of a reader that has to
//! say what is wrong with it, and where.

use leptos::web_sys::js_sys;
use serde_json::{Map, Number, Value};

/// Deeper than this nothing of ours is.
const DEPTH: usize = 64;

/// The value that `text` is; `None` where it is no JSON.
pub fn parse(text: &str) -> Option<Value> {
    let mut text = Text { rest: text };
    let value = text.value(DEPTH)?;
    text.skip_space();
    text.rest.is_empty().then_some(value)
}

/// What is left to read.
struct Text<'a> {
    rest: &'a str,
}

impl<'a> Text<'a> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
    }

    /// Reads `expected`, if it is next.
    fn eat(&mut self, expected: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(expected)?;
        Some(())
    }

    /// Reads so many bytes.
    fn take(&mut self, bytes: usize) -> Option<&'a str> {
        let (taken, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(taken)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        self.skip_space();
        match self.rest.as_bytes().first()? {
            b'"' => self.string().map(Value::String),
            b'{' => {
                let mut members = Map::new();
                self.each('}', |text| {
                    text.skip_space();
                    let name = text.string()?;
                    text.skip_space();
                    text.eat(":")?;
                    members.insert(name, text.value(depth)?);
                    Some(())
                })?;
                Some(Value::Object(members))
            }
            b'[' => {
                let mut items = Vec::new();
                self.each(']', |text| {
                    items.push(text.value(depth)?);
                    Some(())
                })?;
                Some(Value::Array(items))
            }
            b't' => self.eat("true").map(|()| Value::Bool(true)),
            b'f' => self.eat("false").map(|()| Value::Bool(false)),
            b'n' => self.eat("null").map(|()| Value::Null),
            _ => self.number(),
        }
    }

    /// Reads what stands between commas up to `end`.
    fn each(&mut self, end: char, mut read: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(1)?;
        self.skip_space();
        if let Some(rest) = self.rest.strip_prefix(end) {
            self.rest = rest;
            return Some(());
        }
        loop {
            read(self)?;
            self.skip_space();
            match self.take(1)? {
                "," => {}
                last => return last.starts_with(end).then_some(()),
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        self.eat("\"")?;
        let mut string = String::new();
        loop {
            string.push_str(self.take(self.rest.find(['"', '\\'])?)?);
            if self.take(1)? == "\"" {
                return Some(string);
            }
            string.push(match self.take(1)? {
                "n" => '\n',
                "t" => '\t',
                "r" => '\r',
                "b" => '\u{8}',
                "f" => '\u{c}',
                "u" => self.unicode()?,
                other => other.chars().next()?,
            });
        }
    }

    /// Reads four hexadecimal digits, and four more where they are half a character.
    fn unicode(&mut self) -> Option<char> {
        let half = |text: &mut Self| u16::from_str_radix(text.take(4)?, 16).ok();
        let first = half(self)?;
        let second = if (0xd800..0xdc00).contains(&first) {
            self.eat("\\u")?;
            Some(half(self)?)
        } else {
            None
        };
        char::decode_utf16([first].into_iter().chain(second)).next()?.ok()
    }

    fn number(&mut self) -> Option<Value> {
        let end = self.rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
        let text = self.take(end.unwrap_or(self.rest.len())).filter(|text| !text.is_empty())?;
        let whole = text.parse::<u64>().map(Number::from).or_else(|_| text.parse::<i64>().map(Number::from));
        whole.ok().or_else(|| Number::from_f64(js_sys::parse_float(text))).map(Value::Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_writes_is_read_as_it_was_meant() {
        let samples = [
            r#"null"#,
            r#" { "a" : [ 1 , -2, 18446744073709551615 ] , "b" : { } , "c":[],"d":true,"e":false } "#,
            r#"{"text":"a \"b\" \\ \/ \n\t\r\b\f é 日本 \u00e9 \ud83d\ude00 😀","empty":""}"#,
            r#"[[[["deep"]]],"]",",","{"]"#,
        ];
        for sample in samples {
            assert_eq!(parse(sample), serde_json::from_str(sample).ok(), "{sample}");
        }
    }

    #[test]
    fn what_is_no_json_is_nothing() {
        let samples = [
            "",
            "{",
            "[1",
            "[1,]",
            r#"{"a"}"#,
            r#"{"a":1,}"#,
            r#""a"#,
            r#""\u12"#,
            r#""\ud800""#,
            "1 2",
            "nul",
            "[1 2]",
        ];
        assert_eq!(samples.map(parse), samples.map(|_| None));
        assert_eq!(parse(&"[".repeat(100_000)), None);
    }
}
