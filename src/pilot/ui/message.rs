//! One message of the conversation.

use leptos::prelude::*;

use super::surface::use_surface;
use crate::{
    accounts::types::{Me, Visitor},
    ai::types::Source,
    ids::UserId,
    pilot::{
        images::drawn,
        state::PilotDataStoreFields,
        types::{Image, ItemKind, Message, MessageStatus, Person, Role, SentAnswer, Standstill},
    },
    ui::{prose::Prose, time::Hour, view, when::dynamic},
};

#[component]
pub fn MessageView(message: Message) -> impl IntoView {
    let status = match message.status {
        MessageStatus::Done => None,
        MessageStatus::Failed | MessageStatus::Stopped => Some(message.status.as_str()),
    };
    let at = message.created_at.0;
    if says_nothing(&message) {
        return view! { <Beginning message/> }.into_any();
    }
    let body = match message.role {
        Role::Assistant => view! { <Prose html=message.html/> }.into_any(),
        Role::User if message.text.is_empty() => ().into_any(),
        Role::User => view! { <div class="prose prose--plain">{message.text}</div> }.into_any(),
    };
    view! {
        <article class="message" id=format!("message-{}", message.id) data-status=status>
            <Avatar role=message.role author=message.author.clone()/>
            <div>
                <header>{name(message.role, message.author.as_ref())}<small><Hour at/></small></header>
                {body}
                <Sources sources=message.sources/>
                {message.standstill.map(|standstill| view! { <StandstillCard standstill/> }.into_any())}
                <Images images=message.attachments/>
                {(!message.answers.is_empty()).then(|| view! { <Answers answers=message.answers/> })}
                {status.map(|status| view! { <div class="row"><span class="chip">{status}</span></div> })}
            </div>
        </article>
    }
    .into_any()
}

/// Only *Start session* on a ticket sends nothing: what is wrong stands in the ticket.
fn says_nothing(message: &Message) -> bool {
    message.role == Role::User && message.text.is_empty() && message.answers.is_empty() && message.images.is_empty()
}

/// In the place of a first message that has no words: what the session began with.
#[component]
fn Beginning(message: Message) -> impl IntoView {
    let surface = use_surface();
    let began = move || {
        let ticket = surface.state.0.head().with(|head| head.ticket.clone());
        match ticket.map(|ticket| (ticket.id, ticket.summary.unwrap_or_default())) {
            Some((id, summary)) if summary.is_empty() => format!("The session began from ticket #{id}."),
            Some((id, summary)) => format!("The session began from ticket #{id}: {summary}"),
            None => "The session began from a ticket.".to_owned(),
        }
    };
    view! { <p class="began" id=format!("message-{}", message.id)>{dynamic(began)}" "<small><Hour at=message.created_at.0/></small></p> }
}

/// The pages that an answer was looked up in.
#[component]
fn Sources(sources: Vec<Source>) -> impl IntoView {
    let link = |source: Source| {
        view! {
            <li>
                <a href=source.url target="_blank" rel="noopener noreferrer">{source.title}</a>
            </li>
        }
        .into_any()
    };
    let links: Vec<_> = sources.into_iter().map(link).collect();
    (!links.is_empty()).then(|| {
        view! {
            <nav class="message__sources" aria-label="Sources at Microsoft Learn">
                <small>"Sources at Microsoft Learn"</small>
                <ul>{links}</ul>
            </nav>
        }
        .into_any()
    })
}

/// Where the model turned in circles: what there is, and the ways out.
#[component]
fn StandstillCard(standstill: Standstill) -> impl IntoView {
    let list = |heading: &'static str, texts: Vec<String>, none: &'static str| {
        let texts = if texts.is_empty() { vec![none.to_owned()] } else { texts };
        let items: Vec<_> = texts.into_iter().map(|text| view! { <li>{text}</li> }.into_any()).collect();
        view! {
            <h4>{heading}</h4>
            <ul>{items}</ul>
        }
        .into_any()
    };
    view! {
        <section class="notice notice--warning standstill" aria-label="The AI repeats itself">
            <div class="prose">
                <p><strong>"The AI repeats itself, and nothing new comes of it."</strong>" FlowPilot has stopped it: what it asked again is not asked again."</p>
                {list("What we know", standstill.known, "Nothing is established yet.")}
                {list("What was tried", standstill.tried, "Nothing yet.")}
                {list("What to do now", standstill.advice, "")}
            </div>
        </section>
    }
}

/// The images of a message, small, in places of their size; each opens whole in a tab of its own.
#[component]
pub fn Images(images: Vec<Image>) -> impl IntoView {
    let count = images.len();
    let image = move |(at, image): (usize, Image)| {
        let (width, height) = drawn(image.width, image.height, count);
        let which = if count == 1 { String::new() } else { format!(" {} of {count}", at + 1) };
        let alt = format!("Image{which}, {} × {}", image.width, image.height);
        view! {
            <li>
                <a href=image.url target="_blank" rel="noopener" title="Open the whole image in a new tab">
                    <img src=image.thumbnail_url width=width height=height alt=alt loading="lazy" decoding="async"/>
                </a>
            </li>
        }
        .into_any()
    };
    let images: Vec<_> = images.into_iter().enumerate().map(image).collect();
    (!images.is_empty()).then(|| view! { <ul class="message__images">{images}</ul> }.into_any())
}

/// *You*, a colleague, or FlowPilot.
pub fn name(role: Role, author: Option<&Person>) -> String {
    match (role, author) {
        (Role::Assistant, _) => "FlowPilot".to_owned(),
        (Role::User, Some(author)) if !is_me(author) => author.name.clone(),
        (Role::User, _) => "You".to_owned(),
    }
}

/// Who looks at the page.
pub fn me() -> Option<Me> {
    use_context::<Visitor>().and_then(|visitor| visitor.0)
}

fn is_me(person: &Person) -> bool {
    me().is_some_and(|me| me.user_id == person.id)
}

/// A person as others read of them.
pub fn person_name(person: &Person) -> String {
    name_of(person.id, &person.name)
}

/// The same of somebody who is more than a person.
pub fn name_of(id: UserId, name: &str) -> String {
    if me().is_some_and(|me| me.user_id == id) { "you".to_owned() } else { name.to_owned() }
}

#[component]
pub fn Avatar(role: Role, #[prop(optional_no_strip)] author: Option<Person>) -> impl IntoView {
    match role {
        Role::Assistant => view! { <span class="avatar avatar--ai" aria-hidden="true">"AI"</span> }.into_any(),
        Role::User => {
            let name = author.map(|author| author.name).or_else(|| me().map(|me| me.name));
            view! { <span class="avatar" aria-hidden="true">{initials(&name.unwrap_or_default())}</span> }.into_any()
        }
    }
}

/// The style sheet makes them capitals.
fn initials(name: &str) -> String {
    let letters: Vec<char> = name.split_whitespace().filter_map(|word| word.chars().next()).collect();
    match letters.as_slice() {
        [] => "?".to_owned(),
        [only] => String::from(*only),
        [first, .., last] => String::from_iter([first, last]),
    }
}

/// What was sent from the lane with a message.
#[component]
fn Answers(answers: Vec<SentAnswer>) -> impl IntoView {
    let summary = summary(&answers);
    let rows = answers
        .into_iter()
        .map(|sent| {
            let answer = match sent.answer {
                Some(answer) => view! { <dd>{answer}</dd> }.into_any(),
                None => view! { <dd class="muted">"skipped"</dd> }.into_any(),
            };
            view! {
                <dt>{sent.label}</dt>
                {answer}
            }
        })
        .collect_view();
    view! {
        <details class="answers">
            <summary>{summary}</summary>
            <dl>{rows}</dl>
        </details>
    }
}

fn summary(answers: &[SentAnswer]) -> String {
    let parts = [
        (ItemKind::Question, true, "answered", "question"),
        (ItemKind::Question, false, "skipped", "question"),
        (ItemKind::Check, true, "did", "check"),
        (ItemKind::Check, false, "skipped", "check"),
    ];
    let parts = parts.map(|(kind, told, did, what)| {
        match answers.iter().filter(|sent| sent.kind == kind && sent.answer.is_some() == told).count() {
            0 => None,
            1 => Some(format!("{did} 1 {what}")),
            n => Some(format!("{did} {n} {what}s")),
        }
    });
    let mut said = parts.into_iter().flatten().collect::<Vec<_>>().join(", ") + ".";
    if let Some(first) = said.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    said
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::LaneItemId;

    fn sent(kind: ItemKind, answer: Option<&str>) -> SentAnswer {
        SentAnswer { id: LaneItemId(Uuid::nil()), kind, label: String::new(), answer: answer.map(str::to_owned) }
    }

    #[test]
    fn answers_are_counted_in_words() {
        let (question, check) = (sent(ItemKind::Question, Some("yes")), sent(ItemKind::Check, Some("pass")));
        let (no_answer, no_result) = (sent(ItemKind::Question, None), sent(ItemKind::Check, None));
        assert_eq!(
            summary(&[question.clone(), check.clone(), no_answer.clone(), question.clone(), no_result]),
            "Answered 2 questions, skipped 1 question, did 1 check, skipped 1 check."
        );
        assert_eq!(summary(&[question]), "Answered 1 question.");
        assert_eq!(summary(&[no_answer]), "Skipped 1 question.");
        assert_eq!(summary(&[check.clone(), check]), "Did 2 checks.");
    }

    #[test]
    fn initials_are_first_and_last() {
        assert_eq!(["Jo Kim", "anna maria berg", "Ünal", ""].map(initials), ["JK", "ab", "Ü", "?"]);
    }
}
