//! Text of messages: HTML that the server has made safe, and a reply while it is still being made.

use leptos::prelude::*;

use super::{each::Each, view, when::dynamic};

/// HTML that the server sanitised.
#[component]
pub fn Prose(html: String) -> impl IntoView {
    view! { <div class="prose" inner_html=html></div> }
}

/// Markdown that is still growing, drawn as text nodes in about the shape that the finished text will have, so that nothing
/// jumps when the server's HTML takes its place. Only the last block is redrawn.
#[component]
pub fn GrowingProse(#[prop(into)] text: Signal<String>) -> impl IntoView {
    let blocks = Memo::new(move |_| text.with(|text| blocks(text)));
    view! {
        <div class="prose">
            <Each
                items=blocks
                key=|block| block.at
                children=draw
            />
        </div>
    }
}

fn draw(block: Memo<Block>) -> AnyView {
    dynamic(move || match block.get().shape {
        Shape::Paragraph(text) => view! { <p>{inline(&text)}</p> }.into_any(),
        Shape::Heading(text) => view! { <h3>{inline(&text)}</h3> }.into_any(),
        Shape::Code(text) => view! { <pre><code>{text}</code></pre> }.into_any(),
        Shape::List { ordered: true, items } => view! { <ol>{list(&items)}</ol> }.into_any(),
        Shape::List { ordered: false, items } => view! { <ul>{list(&items)}</ul> }.into_any(),
    })
}

fn list(items: &[String]) -> impl IntoView + use<> {
    items.iter().map(|item| view! { <li>{inline(item)}</li> }).collect_view()
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Block {
    at: u128,
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    Paragraph(String),
    Heading(String),
    Code(String),
    List { ordered: bool, items: Vec<String> },
}

/// Cuts Markdown into blocks; good enough for a text that is replaced in a moment.
fn blocks(text: &str) -> Vec<Block> {
    let mut shapes: Vec<Shape> = Vec::new();
    let (mut fenced, mut joins) = (false, false);
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            joins = false;
            if fenced {
                shapes.push(Shape::Code(String::new()));
            }
            continue;
        }
        if fenced {
            if let Some(Shape::Code(code)) = shapes.last_mut() {
                code.push_str(line);
                code.push('\n');
            }
            continue;
        }
        let line = line.trim();
        if line.is_empty() {
            joins = false;
            continue;
        }
        if let Some(heading) = line.strip_prefix('#') {
            shapes.push(Shape::Heading(heading.trim_start_matches('#').trim().to_owned()));
            joins = false;
            continue;
        }
        if let Some((is_ordered, item)) = list_item(line) {
            match shapes.last_mut() {
                Some(Shape::List { ordered, items }) if *ordered == is_ordered => items.push(item.to_owned()),
                _ => shapes.push(Shape::List { ordered: is_ordered, items: vec![item.to_owned()] }),
            }
            joins = true;
            continue;
        }
        match shapes.last_mut() {
            Some(Shape::Paragraph(text)) if joins => {
                text.push(' ');
                text.push_str(line);
            }
            Some(Shape::List { items, .. }) if joins => {
                if let Some(item) = items.last_mut() {
                    item.push(' ');
                    item.push_str(line);
                }
            }
            _ => shapes.push(Shape::Paragraph(line.to_owned())),
        }
        joins = true;
    }
    (0..).zip(shapes).map(|(at, shape)| Block { at, shape }).collect()
}

fn list_item(line: &str) -> Option<(bool, &str)> {
    if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some((false, item));
    }
    let (number, item) = line.split_once(". ")?;
    (!number.is_empty() && number.len() < 4 && number.bytes().all(|byte| byte.is_ascii_digit())).then_some((true, item))
}

/// Code and strong text inside a block.
/// A line of Markdown: its code and its strong words.
pub fn inline(text: &str) -> Vec<AnyView> {
    spans(text)
        .into_iter()
        .map(|span| match span {
            Span::Plain(text) => text.into_any(),
            Span::Code(text) => view! { <code>{text}</code> }.into_any(),
            Span::Strong(text) => view! { <strong>{text}</strong> }.into_any(),
        })
        .collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Span {
    Plain(String),
    Code(String),
    Strong(String),
}

fn spans(mut text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    while let Some(at) = text.find(['`', '*']) {
        let (before, rest) = text.split_at(at);
        let mark = if rest.starts_with('`') { "`" } else { "**" };
        let inside =
            rest.strip_prefix(mark).and_then(|rest| rest.split_once(mark)).filter(|(inside, _)| !inside.is_empty());
        let Some((inside, after)) = inside else {
            let end = at + 1;
            spans.push(Span::Plain(text.get(..end).unwrap_or(text).to_owned()));
            text = text.get(end..).unwrap_or_default();
            continue;
        };
        if !before.is_empty() {
            spans.push(Span::Plain(before.to_owned()));
        }
        spans.push(if mark == "`" { Span::Code(inside.to_owned()) } else { Span::Strong(inside.to_owned()) });
        text = after;
    }
    if !text.is_empty() {
        spans.push(Span::Plain(text.to_owned()));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(text: &str) -> Vec<Shape> {
        blocks(text).into_iter().map(|block| block.shape).collect()
    }

    #[test]
    fn lines_join_to_paragraphs_and_lists() {
        let list = Shape::List { ordered: false, items: vec!["one".to_owned(), "two more".to_owned()] };
        assert_eq!(
            shapes("a\nb\n\n- one\n- two\n  more\n\nc"),
            [Shape::Paragraph("a b".to_owned()), list, Shape::Paragraph("c".to_owned())]
        );
    }

    #[test]
    fn an_open_fence_is_code_to_the_end() {
        assert_eq!(
            shapes("```powershell\nGet-Item\n# not a heading"),
            [Shape::Code("Get-Item\n# not a heading\n".to_owned())]
        );
    }

    #[test]
    fn code_and_strong_text_are_told_from_lone_marks() {
        assert_eq!(
            spans("run `a b` **now** 2 * 3 `open"),
            [
                Span::Plain("run ".to_owned()),
                Span::Code("a b".to_owned()),
                Span::Plain(" ".to_owned()),
                Span::Strong("now".to_owned()),
                Span::Plain(" 2 *".to_owned()),
                Span::Plain(" 3 `".to_owned()),
                Span::Plain("open".to_owned()),
            ]
        );
    }

    #[test]
    fn text_of_any_script_survives() {
        assert_eq!(spans("日本語 *x"), [Span::Plain("日本語 *".to_owned()), Span::Plain("x".to_owned())]);
    }
}
