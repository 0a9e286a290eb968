//! The one place that turns Markdown into HTML, and the only HTML that is ever shown as such: sanitised, without images,
//! scripts, styles or ids.

use std::{collections::HashSet, sync::LazyLock};

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, Options, Parser, Tag, html};

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(cleaner);

fn cleaner() -> Builder<'static> {
    let tags: HashSet<&'static str> = [
        "p",
        "br",
        "hr",
        "strong",
        "em",
        "del",
        "code",
        "pre",
        "ul",
        "ol",
        "li",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "a",
    ]
    .into();
    let mut cleaner = Builder::new();
    cleaner
        .tags(tags)
        .link_rel(Some("noopener noreferrer nofollow"))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        // Where a link without a host leads is not for a text to say: `//host` and `\\host` are such, and so are our own pages.
        .url_relative(UrlRelative::Deny);
    cleaner
}

/// What of Markdown beyond its core is understood.
const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH);

/// Markdown as sanitised HTML.
pub fn to_html(markdown: &str) -> String {
    CLEANER.clean(&raw(markdown)).to_string()
}

/// The same, in which no link tells whoever it leads to one of these values, however it is written: such a link leads nowhere.
pub fn to_html_without(markdown: &str, hidden: &[String]) -> String {
    /// What is shorter stands in any address.
    const TELLING: usize = 4;
    let hidden: Vec<String> = hidden
        .iter()
        .filter(|value| value.chars().nth(TELLING - 1).is_some())
        .map(|value| value.to_lowercase())
        .collect();
    if hidden.is_empty() {
        return to_html(markdown);
    }
    let mut cleaner = cleaner();
    cleaner.attribute_filter(move |_, _, value| {
        let told = [value.to_lowercase(), decoded(value).to_lowercase()];
        let tells = hidden.iter().any(|hidden| told.iter().any(|told| told.contains(hidden.as_str())));
        (!tells).then(|| value.into())
    });
    cleaner.clean(&raw(markdown)).to_string()
}

fn raw(markdown: &str) -> String {
    let mut raw = String::with_capacity(markdown.len() + markdown.len() / 4);
    html::push_html(&mut raw, Parser::new_ext(markdown, OPTIONS));
    raw
}

/// An address with what `%41` and the like stand for.
fn decoded(address: &str) -> String {
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        let (byte, after) = match (first, code) {
            (b'%', Some(code)) => (code, after.get(2..).unwrap_or_default()),
            _ => (*first, after),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Markdown that can stand in a document of others: its HTML is text, its images are links, and its links lead where a sanitised
/// one may. `None` where that cannot be had by escaping.
pub fn quotable(markdown: &str) -> Option<String> {
    /// What is escaped can make something else mean more, but not for ever.
    const ROUNDS: usize = 4;
    let mut text = markdown.to_owned();
    for _ in 0..ROUNDS {
        let mut active = Vec::new();
        for (event, range) in Parser::new_ext(&text, OPTIONS).into_offset_iter() {
            match event {
                Event::Html(_) | Event::InlineHtml(_) => {
                    active.extend(range.clone().filter(|at| text.as_bytes().get(*at) == Some(&b'<')));
                }
                Event::Start(Tag::Image { .. }) => active.push(range.start),
                Event::Start(Tag::Link { dest_url, .. }) if !leads_somewhere_safe(&dest_url) => return None,
                _ => {}
            }
        }
        if active.is_empty() {
            return Some(text);
        }
        active.sort_unstable();
        active.dedup();
        for at in active.into_iter().rev() {
            text.insert(at, '\\');
        }
    }
    None
}

fn leads_somewhere_safe(address: &str) -> bool {
    ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme))
}

/// Plain text, a person's own, as HTML: what they typed is what is shown.
pub fn plain_to_html(text: &str) -> String {
    Builder::empty().clean(&escape(text)).to_string().replace('\n', "<br>")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_images_and_handlers_do_not_survive() {
        let html = to_html(
            "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[a](javascript:alert(1)) **b** <b onclick=x>c</b>",
        );
        for bad in ["script", "img", "onerror", "javascript", "onclick"] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        assert!(html.contains("<strong>b</strong>"));
    }

    #[test]
    fn a_link_says_in_full_where_it_leads() {
        for address in ["//evil.test", "\\\\evil.test\\x", "/pilot", "x", "#top", "?q"] {
            let html = to_html(&format!("[a](<{address}>)"));
            assert!(!html.contains("href") && html.contains('a'), "{html}");
        }
        assert!(to_html("[a](https://example.test/x)").contains("href=\"https://example.test/x\""));
    }

    #[test]
    fn no_link_tells_a_hidden_value_however_it_is_written() {
        let hidden = ["Tannen baum§77".to_owned(), "abc".to_owned()];
        for markdown in [
            "[a](<https://evil.test/?q=Tannen baum§77>)",
            "[a](https://evil.test/?q=Tannen%20baum%C2%A777)",
            "[a](https&#58;//evil.test/?q=tannen%20baum&sect;77)",
            "[a][b]\n\n[b]: <https://evil.test/Tannen baum§77>",
            "<a href=\"https://evil.test/Tannen baum§77\">a</a>",
            "[a](<mailto:x@evil.test?body=Tannen baum§77>)",
        ] {
            let html = to_html_without(markdown, &hidden);
            assert!(!html.contains("href") && html.contains("a</a>"), "{html}");
        }
        let kept = to_html_without("Tannen baum§77 at [a](https://example.test/abc)", &hidden);
        assert!(kept.contains("Tannen baum§77") && kept.contains("href=\"https://example.test/abc\""), "{kept}");
    }

    #[test]
    fn what_a_person_typed_is_shown_as_typed() {
        assert_eq!(plain_to_html("a <b>&\n*c*"), "a &lt;b&gt;&amp;<br>*c*");
    }
}
