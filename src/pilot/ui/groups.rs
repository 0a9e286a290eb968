//! The messages of the conversation, drawn in groups: what is far from the screen costs the browser nothing, however long the
//! session is (`content-visibility`, which is dear for each element that has it).

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::{message::MessageView, surface::use_surface};
use crate::{
    pilot::{
        state::PilotDataStoreFields,
        types::{Message, MessageStatus},
    },
    ui::{
        each::Each,
        time::{day_name, day_of},
        view,
        when::dynamic,
    },
};

/// So many messages make a group.
const GROUP: usize = 25;

/// A message, and whether a new day begins with it.
#[derive(Clone, PartialEq)]
struct Row {
    opens_day: bool,
    message: Message,
}

impl Row {
    fn id(&self) -> u128 {
        self.message.id.0.as_u128()
    }

    /// A message that is whole again, or opens a day now, is another row.
    fn number(&self) -> u128 {
        let state = match self.message.status {
            MessageStatus::Done => 0,
            MessageStatus::Failed => 1,
            MessageStatus::Stopped => 2,
        };
        self.id() ^ (state << 1) ^ u128::from(self.opens_day)
    }
}

#[derive(Clone, PartialEq)]
struct Group(Vec<Row>);

impl Group {
    fn first(&self) -> u128 {
        self.0.first().map(Row::id).unwrap_or_default()
    }
}

/// Groups of `messages`; those that were there `before` begin where they began, whatever came in above or below.
fn groups(before: &[Group], messages: &[Message]) -> Vec<Group> {
    let began = before.iter().map(Group::first).collect::<BTreeSet<_>>();
    let mut groups: Vec<Group> = Vec::new();
    let mut day = None;
    for message in messages {
        let today = day_of(message.created_at.0);
        let row = Row { opens_day: day.replace(today) != Some(today), message: message.clone() };
        match groups.last_mut() {
            Some(group) if group.0.len() < GROUP && !began.contains(&row.id()) => group.0.push(row),
            _ => groups.push(Group(vec![row])),
        }
    }
    groups
}

/// Every message of the conversation that is loaded.
#[component]
pub fn Messages() -> impl IntoView {
    let data = use_surface().state.0;
    let groups = Memo::new(move |before: Option<&Vec<Group>>| {
        data.messages().with(|messages| groups(before.map(Vec::as_slice).unwrap_or_default(), messages))
    });
    view! { <Each items=groups key=Group::first children=|group| view! { <GroupView group/> }.into_any()/> }
}

#[component]
fn GroupView(group: Memo<Group>) -> impl IntoView {
    let rows = Memo::new(move |_| group.get().0);
    view! {
        <div class="messages">
            <Each items=rows key=Row::number children=|row| view! { <RowView row/> }.into_any()/>
        </div>
    }
}

#[component]
fn RowView(row: Memo<Row>) -> impl IntoView {
    let Row { opens_day, message } = row.get_untracked();
    let at = message.created_at.0;
    view! {
        {opens_day.then(|| view! { <p class="day"><time>{dynamic(move || day_name(at))}</time></p> }.into_any())}
        <MessageView message/>
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        ids::{MessageId, Timestamp},
        pilot::types::Role,
    };

    fn messages(numbers: std::ops::Range<u32>) -> Vec<Message> {
        let message = |number: u32| Message {
            id: MessageId(Uuid::from_u128(u128::from(number))),
            role: Role::User,
            text: String::new(),
            html: String::new(),
            status: MessageStatus::Done,
            author: None,
            images: Vec::new(),
            attachments: Vec::new(),
            answers: Vec::new(),
            sources: Vec::new(),
            standstill: None,
            created_at: Timestamp(time::OffsetDateTime::UNIX_EPOCH),
        };
        numbers.map(message).collect()
    }

    fn begins(groups: &[Group]) -> Vec<u128> {
        groups.iter().map(Group::first).collect()
    }

    #[test]
    fn groups_begin_where_they_began_when_messages_come_in_above_and_below() {
        let first = groups(&[], &messages(100..150));
        assert_eq!(begins(&first), [100, 125]);
        let newer = groups(&first, &messages(100..152));
        assert_eq!(begins(&newer), [100, 125, 150]);
        let older = groups(&newer, &messages(60..152));
        assert_eq!(begins(&older), [60, 85, 100, 125, 150]);
    }
}
