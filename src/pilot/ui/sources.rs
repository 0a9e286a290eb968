//! Where something comes from: the name of a fact, an answer, a check, a message, and the way there.

use leptos::prelude::*;
use uuid::Uuid;

use super::surface::{Surface, use_surface};
use crate::{
    ids::{FixId, MessageId},
    pilot::{
        state::PilotDataStoreFields,
        types::{Check, Fix, Source, SourceKind},
    },
    ui::{
        browser,
        drawer::{is_wide, use_drawer},
        view,
        when::dynamic,
    },
};

/// A place on the surface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// *answer 2*, or *question 2* where there is none.
    pub name: String,
    /// What is said there.
    pub text: String,
    /// The id of its element; the address of its page, where it has one.
    pub anchor: String,
    pub in_lane: bool,
    /// It is this message of the conversation, which may not be here yet.
    pub message: Option<MessageId>,
}

fn lane_place(name: String, text: String, anchor: String) -> Place {
    Place { name, text, anchor, in_lane: true, message: None }
}

/// The result of a check in words.
pub fn result_text(check: &Check) -> String {
    match (check.result, check.output.as_deref()) {
        (Some(result), Some(output)) if !output.is_empty() => format!("{result}: {output}"),
        (Some(result), _) => result.to_string(),
        (None, _) => "open".to_owned(),
    }
}

impl Surface {
    /// The fact, answer or check with this id.
    pub fn place(self, id: Uuid) -> Option<Place> {
        let data = self.state.0;
        let fact = || {
            data.facts().with(|facts| {
                let at = facts.iter().position(|fact| fact.id.0 == id)?;
                Some(lane_place(format!("fact {}", at + 1), facts.get(at)?.text.clone(), format!("fact-{id}")))
            })
        };
        data.lane()
            .with(|lane| {
                let question = lane.questions.iter().enumerate().find(|(_, question)| question.id.0 == id).map(
                    |(at, question)| {
                        let what = if question.answer.is_some() { "answer" } else { "question" };
                        let text = format!("{} {}", question.text, question.answer.as_deref().unwrap_or_default());
                        lane_place(format!("{what} {}", at + 1), text, format!("item-{id}"))
                    },
                );
                let check = || {
                    lane.actions.iter().enumerate().find(|(_, check)| check.id.0 == id).map(|(at, check)| {
                        let text = format!("{} {}", check.label, result_text(check));
                        lane_place(format!("check {}", at + 1), text, format!("item-{id}"))
                    })
                };
                question.or_else(check)
            })
            .or_else(fact)
    }

    /// What a statement of a note rests on.
    pub fn source_place(self, source: &Source) -> Option<Place> {
        let data = self.state.0;
        match source.kind {
            SourceKind::Fact | SourceKind::Answer | SourceKind::Check => self.place(source.id.parse().ok()?),
            SourceKind::Message => {
                let id: MessageId = source.id.parse().ok()?;
                let said = data.messages().with(|messages| {
                    messages.iter().find(|message| message.id == id).map(|message| message.text.clone())
                });
                Some(Place {
                    name: "message".to_owned(),
                    text: said
                        .unwrap_or_else(|| "Said before the messages that are loaded. Go there to load it.".to_owned()),
                    anchor: format!("message-{id}"),
                    in_lane: false,
                    message: Some(id),
                })
            }
            SourceKind::Ticket => data.head().with(|head| {
                let ticket = head.ticket.as_ref()?;
                Some(Place {
                    name: format!("#{}", ticket.id),
                    text: ticket.summary.clone().unwrap_or_default(),
                    anchor: format!("/tickets/{}", ticket.id),
                    in_lane: false,
                    message: None,
                })
            }),
            SourceKind::Fix => {
                let id: FixId = source.id.parse().ok()?;
                let title = |fix: &Fix| (fix.id == id).then(|| fix.title.clone());
                let active = data.fix().with(|fix| fix.as_ref().and_then(title)).map(|title| (title, "fix".to_owned()));
                let earlier = || data.earlier_fixes().with(|fixes| fixes.iter().find_map(title));
                let (title, anchor) = active.or_else(|| Some((earlier()?, format!("fix-{id}"))))?;
                Some(lane_place("fix".to_owned(), title, anchor))
            }
            SourceKind::ScriptRun => None,
        }
    }
}

/// Enough of a text to know it by.
fn shortened(text: &str) -> String {
    const MAX: usize = 280;
    match text.char_indices().nth(MAX) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or(text)),
        None => text.to_owned(),
    }
}

/// A chip that names where something comes from, tells it on pointing and focus, and goes there.
#[component]
pub fn SourceChip(place: Place, #[prop(optional, into)] on_go: Option<Callback<()>>) -> impl IntoView {
    let (surface, drawer) = (use_surface(), use_drawer());
    let anchor = place.anchor.clone();
    let is_page = anchor.starts_with('/');
    let href = if is_page { anchor.clone() } else { format!("#{anchor}") };
    let said = shortened(&place.text);
    let label = format!("{}: {said}", place.name);
    let go = move |event: leptos::ev::MouseEvent| {
        if is_page {
            return;
        }
        event.prevent_default();
        if let Some(on_go) = on_go {
            on_go.run(());
        }
        let shown = place.in_lane && !is_wide();
        // Where it is open already, the way back out of it stays.
        if drawer.get_untracked() != shown {
            drawer.set(shown);
        }
        if let Some(message) = place.message {
            return surface.show_message(message);
        }
        let anchor = anchor.clone();
        // The drawer or dialog has to be out of the way first.
        request_animation_frame(move || browser::point_at(&anchor));
    };
    view! {
        <a
            class="chip chip--session tooltip tooltip--source"
            href=href
            data-tip=said
            aria-label=label
            on:click=go
        >
            {place.name}
        </a>
    }
}

/// Chips for evidence: facts, answers and checks by id.
#[component]
pub fn Evidence(#[prop(into)] ids: Signal<Vec<Uuid>>) -> impl IntoView {
    let surface = use_surface();
    let places = Memo::new(move |_| ids.with(|ids| ids.iter().filter_map(|id| surface.place(*id)).collect::<Vec<_>>()));
    dynamic(move || places.get().into_iter().map(|place| view! { <SourceChip place/> }.into_any()).collect_view())
}
