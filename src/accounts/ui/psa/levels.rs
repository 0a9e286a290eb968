//! What FlowPilot may do with each group of records, whatever the keys may do.

use leptos::{prelude::*, task::spawn_local};

use super::choice::Choice;
use crate::{
    accounts::rpc,
    psa::types::{Level, Levels, LevelsChange, PsaChange, PsaSettings},
    ui::{notices::use_notices, view},
};

/// Name, id, whether FlowPilot ever writes there, and where it stands in the levels.
type Group = (&'static str, &'static str, bool, fn(&Levels) -> Level, fn(Level) -> LevelsChange);

const GROUPS: [Group; 4] = [
    (
        "Tickets and notes",
        "level-tickets",
        true,
        |levels| levels.tickets,
        |level| LevelsChange { tickets: Some(level), ..NO_CHANGE },
    ),
    ("Time entries", "level-time", true, |levels| levels.time, |level| LevelsChange { time: Some(level), ..NO_CHANGE }),
    (
        "Companies and contacts",
        "level-companies",
        false,
        |levels| levels.companies,
        |level| LevelsChange { companies: Some(level), ..NO_CHANGE },
    ),
    (
        "Configurations",
        "level-configurations",
        false,
        |levels| levels.configurations,
        |level| LevelsChange { configurations: Some(level), ..NO_CHANGE },
    ),
];
const NO_CHANGE: LevelsChange = LevelsChange { tickets: None, time: None, companies: None, configurations: None };

#[component]
pub fn LevelsForm(saved: RwSignal<PsaSettings>) -> impl IntoView {
    let choices = GROUPS.map(|group| view! { <GroupChoice group saved/> }.into_any());
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2>"What FlowPilot may do"</h2>
                    <p>"Enforced by FlowPilot itself. The role of the API member may allow less, never more."</p>
                </div>
            </header>
            <div class="form__row">{choices.into_iter().collect_view()}</div>
        </section>
    }
}

#[component]
fn GroupChoice(group: Group, saved: RwSignal<PsaSettings>) -> impl IntoView {
    let notices = use_notices();
    let (name, id, writes, level_of, change_to) = group;
    let now =
        move || saved.with_untracked(|saved| saved.connection.as_ref().map(|connection| level_of(&connection.levels)));
    let word = move || now().unwrap_or(Level::None).as_str().to_owned();
    let value = RwSignal::new(word());
    let text = |level: Level| match level {
        Level::None => "Nothing",
        Level::Read => "Read",
        Level::Write => "Read and write",
    };
    let offered =
        Level::ALL.iter().copied().filter(move |level| writes || *level != Level::Write || now() == Some(*level));
    let options = offered.map(|level| (level.as_str().to_owned(), text(level).to_owned())).collect();
    let choose = Callback::new(move |chosen: String| {
        let Ok(level) = chosen.parse::<Level>() else { return };
        spawn_local(async move {
            let change = PsaChange { levels: change_to(level), ..PsaChange::default() };
            match notices.check(rpc::change_psa(change).await) {
                Some(stored) => {
                    saved.try_set(stored);
                    notices.say("Saved.");
                }
                None => drop(value.try_set(word())),
            }
        });
    });
    view! { <Choice id label=name value options on_choose=choose/> }
}
