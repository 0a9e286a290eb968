//! Where tickets go when their session ends: for all boards, and for each that should differ.

use leptos::{prelude::*, task::spawn_local};

use super::{
    choice::Choice,
    fetched::{fetched, shown},
};
use crate::{
    accounts::rpc,
    psa::types::{BoardStatuses, Ending, StatusChange, Statuses},
    ui::{
        icon::{Glyph, Icon},
        notices::use_notices,
        view,
    },
};

#[component]
pub fn StatusesForm() -> impl IntoView {
    let (answer, load) = fetched(rpc::psa_statuses);
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2>"Where tickets go"</h2>
                    <p>
                        "The status of a ticket once its session is resolved or escalated. It is read back; what did not arrive is shown below."
                    </p>
                </div>
            </header>
            {shown(answer, load, draw)}
        </section>
    }
}

fn draw(statuses: Statuses) -> AnyView {
    let hint = statuses.hint.clone().map(|hint| {
        view! {
            <p class="notice notice--warning">
                <Icon glyph=Glyph::Alert/>
                {hint}
            </p>
        }
    });
    // One name once, whichever board has it: on another board its namesake counts.
    let mut names: Vec<(String, String)> = Vec::new();
    let chosen = [&statuses.resolved_status_id, &statuses.escalated_status_id];
    for status in statuses.boards.iter().flat_map(|board| &board.statuses) {
        let known = names.iter_mut().find(|(_, name)| name.eq_ignore_ascii_case(&status.name));
        match known {
            // Of namesakes that one stands for all which is chosen.
            Some((id, _)) if chosen.iter().any(|one| one.as_ref() == Some(&status.id)) => id.clone_from(&status.id),
            Some(_) => {}
            None => names.push((status.id.clone(), status.name.clone())),
        }
    }
    let account = Row {
        board_id: None,
        name: "All boards".to_owned(),
        none: "Keep its status",
        options: names,
        resolved: statuses.resolved_status_id,
        escalated: statuses.escalated_status_id,
    };
    let boards = statuses.boards.into_iter().map(Row::of_board);
    let rows = std::iter::once(account).chain(boards).map(|row| view! { <BoardRow row/> }.into_any()).collect_view();
    view! { {hint}{rows} }.into_any()
}

struct Row {
    /// None: all boards that chose nothing.
    board_id: Option<String>,
    name: String,
    none: &'static str,
    options: Vec<(String, String)>,
    resolved: Option<String>,
    escalated: Option<String>,
}

impl Row {
    fn of_board(board: BoardStatuses) -> Self {
        Self {
            board_id: Some(board.board.id),
            name: board.board.name,
            none: "As for all boards",
            options: board.statuses.into_iter().map(|status| (status.id, status.name)).collect(),
            resolved: board.resolved_status_id,
            escalated: board.escalated_status_id,
        }
    }
}

#[component]
fn BoardRow(row: Row) -> impl IntoView {
    let Row { board_id, name, none, mut options, resolved, escalated } = row;
    options.insert(0, (String::new(), none.to_owned()));
    let choice = |ending: Ending, now: Option<String>| {
        let (board_id, mut options) = (board_id.clone(), options.clone());
        // One that is gone stays on the screen until another is chosen.
        if let Some(gone) = now.clone().filter(|id| !options.iter().any(|(known, _)| known == id)) {
            options.push((gone.clone(), format!("No longer there ({gone})")));
        }
        view! { <EndingChoice ending board_id now options/> }.into_any()
    };
    view! {
        <fieldset class="fieldset">
            <legend>{name}</legend>
            <div class="form__row">{choice(Ending::Resolved, resolved)}{choice(Ending::Escalated, escalated)}</div>
        </fieldset>
    }
}

#[component]
fn EndingChoice(
    ending: Ending,
    board_id: Option<String>,
    now: Option<String>,
    options: Vec<(String, String)>,
) -> impl IntoView {
    let notices = use_notices();
    let stored = StoredValue::new(now.clone().unwrap_or_default());
    let value = RwSignal::new(now.unwrap_or_default());
    let label = match ending {
        Ending::Resolved => "Resolved",
        Ending::Escalated => "Escalated",
    };
    let id = format!("status-{}-{}", ending.as_str(), board_id.as_deref().unwrap_or("all"));
    let choose = Callback::new(move |chosen: String| {
        let status = Some((!chosen.is_empty()).then(|| chosen.clone()));
        let board_id = board_id.clone();
        let change = match ending {
            Ending::Resolved => StatusChange { board_id, resolved_status_id: status, escalated_status_id: None },
            Ending::Escalated => StatusChange { board_id, resolved_status_id: None, escalated_status_id: status },
        };
        spawn_local(async move {
            match notices.check(rpc::choose_status(change).await) {
                Some(_) => {
                    stored.try_set_value(chosen);
                    notices.say("Saved.");
                }
                None => drop(value.try_set(stored.try_get_value().unwrap_or_default())),
            }
        });
    });
    view! { <Choice id label value options on_choose=choose/> }
}
