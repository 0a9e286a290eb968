//! A whole session as a file. All but the messages is read at once; these are read in pages while the file is sent, each in a
//! transaction of its own. The same session gives the same bytes.

mod markdown;

use futures::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use serde::Serialize;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::store::{facts, fixes, hypotheses, lane, messages, postings, sessions};
use crate::{
    error::AppError,
    ids::{MessageId, SessionId, Timestamp},
    pilot::{
        history::ExportFormat,
        types::{Fact, Fix, Hypothesis, Message, Person, Posted, SessionStatus, TaskLane, TicketLink},
    },
    server::context::Ctx,
};

/// How many messages are read at once.
const PAGE: i64 = 200;
/// The name of the JSON document's form; a change that readers have to know of counts it up.
const FORM: &str = "flowpilot.session/1";

/// A file to be downloaded.
pub struct File {
    pub name: String,
    pub kind: &'static str,
    pub content: BoxStream<'static, Result<String, AppError>>,
}

/// All of a session but its messages.
#[derive(Serialize)]
struct Whole {
    form: &'static str,
    id: SessionId,
    title: String,
    problem: Option<String>,
    status: SessionStatus,
    user: Person,
    ticket: Option<TicketLink>,
    created_at: Timestamp,
    updated_at: Timestamp,
    archived_at: Option<Timestamp>,
    facts: Vec<Fact>,
    hypotheses: Vec<Hypothesis>,
    task_lane: TaskLane,
    /// Oldest first, superseded ones too.
    fixes: Vec<Fix>,
    posted: Vec<Posted>,
}

/// The session as a file of this format.
pub async fn export(ctx: &Ctx, id: SessionId, format: ExportFormat) -> Result<File, AppError> {
    let (whole, last) = read(ctx, id).await?;
    let (ending, kind) = match format {
        ExportFormat::Markdown => ("md", "text/markdown; charset=utf-8"),
        ExportFormat::Json => ("json", "application/json"),
    };
    let name = format!("{}.{ending}", file_name(&whole.title, id));
    let (head, tail) = match format {
        ExportFormat::Markdown => (markdown::head(&whole), ""),
        ExportFormat::Json => (json_head(&whole)?, "\n]}\n"),
    };
    let pages = pages(ctx.clone(), id, last).map(move |page| page.map(|(first, page)| write(format, first, &page)));
    let content = stream::iter([Ok(head)]).chain(pages).chain(stream::iter([Ok(tail.to_owned())]));
    Ok(File { name, kind, content: content.try_filter(|text| std::future::ready(!text.is_empty())).boxed() })
}

/// The session and its last message: what comes after that is not in the file.
async fn read(ctx: &Ctx, id: SessionId) -> Result<(Whole, Option<MessageId>), AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    // Held while the rest is read, so that all of it belongs together.
    let row = sessions::lock(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    let items = lane::all(ctx, &mut tx, id).await?;
    let facts = facts::all(ctx, &mut tx, id, false).await?;
    let hypotheses = hypotheses::all(ctx, &mut tx, id).await?;
    let mut fixes = fixes::all(ctx, &mut tx, id).await?;
    let posted = postings::all(ctx, &mut tx, id).await?;
    let last = messages::window(ctx, &mut tx, id, None, 1).await?.pop();
    tx.commit().await?;
    fixes.reverse();
    let whole = Whole {
        form: FORM,
        id,
        user: row.person(),
        ticket: row.ticket(),
        title: row.title,
        problem: row.problem,
        status: row.status,
        created_at: row.created_at,
        updated_at: row.updated_at,
        archived_at: row.archived_at,
        facts: facts.iter().map(facts::Row::view).collect(),
        hypotheses,
        task_lane: lane::view(&items),
        fixes,
        posted: posted.into_iter().map(|posting| posting.view(row.closing)).collect(),
    };
    Ok((whole, last.map(|message| message.id)))
}

/// The messages up to the last one, in their order; each page says whether it is the first.
fn pages(
    ctx: Ctx,
    id: SessionId,
    last: Option<MessageId>,
) -> impl futures::Stream<Item = Result<(bool, Vec<Message>), AppError>> {
    let next = last.map(|last| (None, last));
    stream::try_unfold(next, move |next: Option<(Option<MessageId>, MessageId)>| {
        let ctx = ctx.clone();
        async move {
            let Some((after, last)) = next else { return Ok(None) };
            let mut tx = ctx.db().tenant(&ctx).await?;
            // Whoever may not see it any more gets no more of it.
            sessions::get(&ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
            let page = messages::between(&ctx, &mut tx, id, after, last, PAGE).await?;
            tx.commit().await?;
            let next = page.last().map(|message| (Some(message.id), last));
            Ok::<_, AppError>(next.map(|next| ((after.is_none(), page), Some(next))))
        }
    })
}

fn write(format: ExportFormat, first: bool, messages: &[Message]) -> String {
    match format {
        ExportFormat::Markdown => messages.iter().map(markdown::message).collect(),
        ExportFormat::Json => {
            let lines: Vec<_> = messages.iter().filter_map(|message| serde_json::to_string(message).ok()).collect();
            format!("{}\n{}", if first { "" } else { "," }, lines.join(",\n"))
        }
    }
}

/// The document up to its messages, which stand last.
fn json_head(whole: &Whole) -> Result<String, AppError> {
    let mut head = serde_json::to_string(whole).map_err(|error| {
        tracing::error!(error.cause = %error, "A session could not be written as JSON.");
        AppError::internal()
    })?;
    head.pop();
    head.push_str(",\"messages\":[");
    Ok(head)
}

/// A name that every system takes: letters and digits of the title, and the end of the id.
fn file_name(title: &str, id: SessionId) -> String {
    const LONGEST: usize = 60;
    let mut name = String::new();
    // Letters with marks are told without them.
    for c in title.nfkd().filter(|c| !is_combining_mark(*c)) {
        if name.len() >= LONGEST {
            break;
        }
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = if name.is_empty() { "session" } else { name.trim_end_matches('-') };
    let id = id.0.simple().to_string();
    format!("{name}-{}", id.get(24..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_after_its_session_whatever_that_is_called() {
        let id: SessionId = uuid::Uuid::from_u128(0xabcd_ef01).into();
        for (title, name) in [
            ("Outlook asks, again!", "outlook-asks-again-abcdef01"),
            ("../../etc/passwd\r\n\"; x", "etc-passwd-x-abcdef01"),
            ("Büro-Drucker ﬁel aus, à 8 h", "buro-drucker-fiel-aus-a-8-h-abcdef01"),
            ("Принтер", "session-abcdef01"),
        ] {
            assert_eq!(file_name(title, id), name);
        }
        assert!(file_name(&"x".repeat(200), id).len() < 80);
    }
}
