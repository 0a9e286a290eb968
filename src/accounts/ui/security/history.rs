//! What happened in the account, newest first.

use leptos::{prelude::*, task::spawn_local};
use serde_json::Value;

use crate::{
    accounts::{
        rpc,
        types::security::{AuditEntry, AuditFilter, spoken},
    },
    page::Page,
    ui::{
        button::Button,
        icon::Glyph,
        notices::use_notices,
        time::Stamp,
        view,
        when::{When, dynamic},
    },
};

#[component]
pub fn History(history: RwSignal<Page<AuditEntry>>) -> impl IntoView {
    let notices = use_notices();
    let busy = RwSignal::new(false);
    let older = move || {
        busy.set(true);
        let filter = AuditFilter { cursor: history.with_untracked(|page| page.next_cursor.clone()), limit: None };
        spawn_local(async move {
            if let Some(page) = notices.check(rpc::audit_log(filter).await) {
                history.try_update(|shown| {
                    shown.items.extend(page.items);
                    shown.next_cursor = page.next_cursor;
                });
            }
            busy.try_set(false);
        });
    };
    let list = move || {
        let rows = history.with(|page| page.items.iter().map(row).collect_view());
        view! { <ul class="token-list audit-list">{rows}</ul> }
    };
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2>"What happened"</h2>
                    <p>"Sign-ins, tokens, settings and people of the account. Nobody can change this list."</p>
                </div>
            </header>
            {dynamic(list)}
            <When is=move || history.with(|page| page.next_cursor.is_some())>
                <div class="row">
                    <Button icon=Glyph::Down busy on_click=older>"Show older"</Button>
                </div>
            </When>
        </section>
    }
}

fn row(entry: &AuditEntry) -> AnyView {
    let who = entry.actor.clone().unwrap_or_else(|| "FlowPilot".to_owned());
    view! {
        <li>
            <strong>{sentence(entry)}</strong>
            <small>{who}" · "<Stamp at=entry.at.0/></small>
        </li>
    }
    .into_any()
}

/// What was done, for a reader.
fn sentence(entry: &AuditEntry) -> String {
    let subject = entry.subject.as_deref().unwrap_or_default();
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    let of = |side: &str| {
        let times = entry.details.get(side)?;
        let time = |name: &str| times.get(name).map(|minutes| spoken(number(minutes)));
        Some(format!("{} without activity, {} at the longest", time("idle_minutes")?, time("absolute_minutes")?))
    };
    match entry.action.as_str() {
        "login" => "Signed in".to_owned(),
        "login_revoked" => "Signed out one of their browsers".to_owned(),
        "logins_revoked" => {
            let everyone = entry.details.get("scope").and_then(Value::as_str) == Some("everyone");
            let count = entry.details.get("count").map(number).unwrap_or_default();
            format!("Signed out {} ({count})", if everyone { "everyone" } else { "all others" })
        }
        "login_lifetimes_changed" => match (of("from"), of("to")) {
            (Some(from), Some(to)) => format!("Changed how long people stay signed in: {to} (before: {from})"),
            _ => "Changed how long people stay signed in".to_owned(),
        },
        "token_created" => format!("Made the token “{subject}”"),
        "token_revoked" => format!("Revoked the token “{subject}”"),
        "preferences_changed" => "Changed preferences of the account".to_owned(),
        "psa_settings_changed" => "Changed the connection to the ticket system".to_owned(),
        "psa_disconnected" => "Disconnected the ticket system".to_owned(),
        "psa_statuses_changed" => "Chose where tickets go when their session ends".to_owned(),
        "psa_members_changed" => "Said who members of the ticket system are".to_owned(),
        "psa_webhooks_on" => "Let the ticket system call FlowPilot".to_owned(),
        "psa_webhooks_off" => "Stopped calls of the ticket system".to_owned(),
        "account_created" => "Set the account up".to_owned(),
        "user_created" => format!("{subject} was added"),
        other => {
            let words = other.replace('_', " ");
            let mut letters = words.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ids::Timestamp;

    fn told(action: &str, subject: Option<&str>, details: Value) -> String {
        sentence(&AuditEntry {
            id: uuid::Uuid::nil(),
            at: Timestamp(time::OffsetDateTime::UNIX_EPOCH),
            actor: None,
            action: action.to_owned(),
            subject: subject.map(ToOwned::to_owned),
            details,
        })
    }

    #[test]
    fn entries_read_as_what_was_done() {
        assert_eq!(told("token_created", Some("laptop"), json!({})), "Made the token “laptop”");
        let details = json!({ "scope": "everyone", "count": 4 });
        assert_eq!(told("logins_revoked", None, details), "Signed out everyone (4)");
        let details = json!({
            "from": { "idle_minutes": 4320, "absolute_minutes": 20160 },
            "to": { "idle_minutes": 30, "absolute_minutes": 720 },
        });
        assert_eq!(
            told("login_lifetimes_changed", None, details),
            "Changed how long people stay signed in: 30 minutes without activity, 12 hours at the longest (before: 3 days without activity, 14 days at the longest)"
        );
    }

    #[test]
    fn what_has_no_sentence_is_told_by_its_own_words() {
        assert_eq!(told("ai_settings_changed", None, json!({})), "Ai settings changed");
    }
}
