//! The one place that turns Markdown into HTML, and the only HTML that is ever shown as such: sanitised, without images,
//! scripts, styles or ids.

use std::{collections::HashSet, sync::LazyLock};

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, Options, Parser, Tag, html};

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
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
});

/// What of Markdown beyond its core is understood.
const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH);

/// Markdown as sanitised HTML.
pub fn to_html(markdown: &str) -> String {
    let mut raw = String::with_capacity(markdown.len() + markdown.len() / 4);
    html::push_html(&mut raw, Parser::new_ext(markdown, OPTIONS));
    CLEANER.clean(&raw).to_string()
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
    fn what_a_person_typed_is_shown_as_typed() {
        assert_eq!(plain_to_html("a <b>&\n*c*"), "a &lt;b&gt;&amp;<br>*c*");
    }
}
