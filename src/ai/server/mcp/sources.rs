//! Which pages an answer was looked up in: read out of what the tools answered, never out of what the model says.

use serde_json::Value;
use url::{Host, Url};

use crate::ai::{server::prompt, types::Source};

/// Shown under an answer at most.
const MOST: usize = 6;
/// A title is no longer.
const TITLE: usize = 120;
const HOST: &str = "learn.microsoft.com";
/// What tools call the address of a page, and what it is called.
const ADDRESSES: [&str; 4] = ["contentUrl", "url", "link", "source"];
const TITLES: [&str; 3] = ["title", "name", "description"];

/// Pages, the ones that were read whole first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sources {
    read: Vec<Source>,
    found: Vec<Source>,
}

impl Sources {
    /// Takes in what a tool answered; `read` is the page that it was asked for, if it was asked for one.
    pub fn of_result(&mut self, text: &str, read: Option<&str>) {
        if let Some(url) = read.and_then(page) {
            let heading = text.lines().find_map(|line| line.trim().strip_prefix("# "));
            add(&mut self.read, heading, &url);
            return;
        }
        match serde_json::from_str(text) {
            Ok(value) => self.walk(&value),
            Err(_) => {
                text.lines().filter_map(|line| serde_json::from_str(line).ok()).for_each(|value| self.walk(&value))
            }
        }
    }

    fn walk(&mut self, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.walk(value)),
            Value::Object(fields) => {
                let first = |names: &[&str]| names.iter().find_map(|name| fields.get(*name)?.as_str());
                match first(&ADDRESSES).and_then(page) {
                    Some(url) => add(&mut self.found, first(&TITLES), &url),
                    None => fields.values().for_each(|value| self.walk(value)),
                }
            }
            _ => {}
        }
    }

    /// At most a few, each page once.
    pub fn into_list(self) -> Vec<Source> {
        let mut list: Vec<Source> = Vec::new();
        for source in self.read.into_iter().chain(self.found) {
            if list.len() < MOST && list.iter().all(|known| known.url != source.url) {
                list.push(source);
            }
        }
        list
    }
}

/// A page of Microsoft Learn, and nothing else.
pub fn page(url: &str) -> Option<Url> {
    let url = Url::parse(url.trim()).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    let there = url.scheme() == "https" && matches!(url.host(), Some(Host::Domain(HOST)));
    (plain && there).then_some(url)
}

fn add(list: &mut Vec<Source>, title: Option<&str>, url: &Url) {
    let mut url = url.clone();
    url.set_fragment(None);
    let title: String = prompt::one_line(title.unwrap_or_default()).chars().take(TITLE).collect();
    let title = if title.is_empty() { url.path().trim_matches('/').to_owned() } else { title };
    list.push(Source { title, url: url.into() });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_microsoft_learn_are_sources_and_each_once() {
        let mut sources = Sources::default();
        sources.of_result(
            r##"{"results": [
                {"title": "Clear\u200b saved\npasswords", "contentUrl": "https://learn.microsoft.com/windows/a#part"},
                {"title": "The same", "contentUrl": "https://learn.microsoft.com/windows/a"},
                {"title": "Elsewhere", "contentUrl": "https://learn.microsoft.com.example.net/b"},
                {"title": "No web page", "url": "javascript:alert(1)"},
                {"title": "Not safe", "url": "http://learn.microsoft.com/c"},
                {"title": "Somebody's", "url": "https://me:pw@learn.microsoft.com/d"},
                {"link": "https://learn.microsoft.com/powershell/e"}]}"##,
            None,
        );
        sources.of_result("---\n# How to  do it\n", Some("https://learn.microsoft.com/exchange/f"));
        let list: Vec<_> = sources.into_list().into_iter().map(|one| (one.title, one.url)).collect();
        let expected = [
            ("How to do it", "https://learn.microsoft.com/exchange/f"),
            ("Clear saved passwords", "https://learn.microsoft.com/windows/a"),
            ("powershell/e", "https://learn.microsoft.com/powershell/e"),
        ];
        assert_eq!(list, expected.map(|(title, url)| (title.to_owned(), url.to_owned())));
    }
}
