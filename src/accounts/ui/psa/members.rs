//! Who of the ticket system is who here: found by address, or said by hand. Everybody is listed, on both sides.

use leptos::{prelude::*, task::spawn_local};

use super::{
    choice::Choice,
    fetched::{fetched, shown},
};
use crate::{
    accounts::rpc,
    ids::UserId,
    psa::types::{MappedBy, MappedMember, MappedUser, Mapping, MemberChange},
    ui::{
        icon::{Glyph, Icon},
        load::Empty,
        notices::use_notices,
        view,
        when::dynamic,
    },
};

/// Goes back to the address.
const BY_EMAIL: &str = "email";
/// Nobody, whatever the address.
const NOBODY: &str = "nobody";

#[component]
pub fn Members() -> impl IntoView {
    let (answer, load) = fetched(rpc::psa_members);
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2>"Who is who"</h2>
                    <p>
                        "Notes are posted and time is entered in the name of the member that a person is. Members are found by e-mail address; what you say here wins."
                    </p>
                </div>
            </header>
            {shown(answer, load, |mapping| view! { <Rows mapping/> }.into_any())}
        </section>
    }
}

#[component]
fn Rows(mapping: Mapping) -> impl IntoView {
    let Mapping { members, users, without_member, hint } = mapping;
    let hint = hint.map(|hint| {
        view! {
            <p class="notice notice--warning">
                <Icon glyph=Glyph::Alert/>
                {hint}
            </p>
        }
    });
    if members.is_empty() {
        let nobody = view! {
            <div class="card">
                <Empty glyph=Glyph::Info title="No members">
                    <p>"The ticket system names nobody. Notes are posted in the name of the connection."</p>
                </Empty>
            </div>
        };
        return view! { {hint}{nobody} }.into_any();
    }
    // A row stays what it is while its answer changes: whoever moves by keyboard stays where they are.
    let rows: Vec<RwSignal<MappedMember>> = members.into_iter().map(RwSignal::new).collect();
    let without = RwSignal::new(without_member);
    let all = rows.clone();
    let take = Callback::new(move |mapping: Mapping| {
        for row in &all {
            let id = row.with_untracked(|row| row.member.id.clone());
            if let Some(fresh) = mapping.members.iter().find(|one| one.member.id == id) {
                row.try_set(fresh.clone());
            }
        }
        without.try_set(mapping.without_member);
    });
    let people = StoredValue::new(users.clone());
    let list = rows.into_iter().map(|row| view! { <MemberRow row people take/> }.into_any()).collect_view();
    let lonely = move || {
        let names: Vec<String> = without.with(|without| {
            users.iter().filter(|user| without.contains(&user.id)).map(|user| user.name.clone()).collect()
        });
        (!names.is_empty()).then(|| {
            let names = names.join(", ");
            view! {
                <p class="notice">
                    <Icon glyph=Glyph::Info/>
                    {format!("No member, so their notes are posted in the name of the connection: {names}.")}
                </p>
            }
        })
    };
    view! {
        {hint}
        <ul class="token-list map-list">{list}</ul>
        <div aria-live="polite">{dynamic(lonely)}</div>
    }
    .into_any()
}

#[component]
fn MemberRow(
    row: RwSignal<MappedMember>,
    people: StoredValue<Vec<MappedUser>>,
    take: Callback<Mapping>,
) -> impl IntoView {
    let notices = use_notices();
    let member = row.with_untracked(|row| row.member.clone());
    let word = |row: &MappedMember| match (row.mapped_by, row.user_id) {
        (Some(MappedBy::Hand), Some(user)) => user.to_string(),
        (Some(MappedBy::Hand), None) => NOBODY.to_owned(),
        _ => BY_EMAIL.to_owned(),
    };
    let value = RwSignal::new(row.with_untracked(word));
    Effect::new(move |_| value.set(row.with(word)));
    let name_of = move |user: Option<UserId>| {
        people.with_value(|people| people.iter().find(|one| Some(one.id) == user).map(|one| one.name.clone()))
    };
    let how = move || {
        row.with(|row| match (row.mapped_by, name_of(row.user_id)) {
            (Some(MappedBy::Email), Some(name)) => format!("{name}, by e-mail address"),
            (Some(MappedBy::Hand), Some(name)) => format!("{name}, by hand"),
            (Some(MappedBy::Hand), None) => "Nobody, by hand".to_owned(),
            _ => "Nobody has this address".to_owned(),
        })
    };
    let mut options =
        vec![(BY_EMAIL.to_owned(), "By e-mail address".to_owned()), (NOBODY.to_owned(), "Nobody here".to_owned())];
    options.extend(
        people.with_value(|people| {
            people.iter().map(|user| (user.id.to_string(), user.name.clone())).collect::<Vec<_>>()
        }),
    );
    let id = member.id.clone();
    let choose = Callback::new(move |chosen: String| {
        let (member, before) = (id.clone(), row.with_untracked(word));
        let change = match chosen.as_str() {
            BY_EMAIL => None,
            _ => Some(MemberChange { user_id: chosen.parse().ok() }),
        };
        if chosen == before {
            return;
        }
        spawn_local(async move {
            match notices.check(rpc::map_member(member, change).await) {
                Some(mapping) => take.run(mapping),
                None => drop(value.try_set(before)),
            }
        });
    });
    let about = member.emails.first().cloned().unwrap_or_else(|| member.identifier.clone());
    let label = format!("Who {} is here", member.name);
    view! {
        <li>
            <strong>{member.name}</strong>
            <small>{about}" · "{dynamic(how)}</small>
            <Choice id=format!("member-{}", member.id) label quiet=true value options on_choose=choose/>
        </li>
    }
}
