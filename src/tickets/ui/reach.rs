//! How a contact is reached: shown as links, and as two fields of a form.

use crate::ui::view;
use leptos::prelude::*;

/// Where a mail program begins a mail; nothing where the text is no address.
fn mailto(email: &str) -> Option<String> {
    let (name, place) = email.split_once('@')?;
    let fits =
        !name.is_empty() && !place.is_empty() && !email.contains(|c: char| c.is_whitespace() || "?&#%".contains(c));
    fits.then(|| format!("mailto:{email}"))
}

/// What a phone calls: the digits before an extension; nothing where there are none.
fn tel(phone: &str) -> Option<String> {
    let first = phone.split(|c: char| c.is_alphabetic()).find(|part| part.contains(|c: char| c.is_ascii_digit()))?;
    let digits: String = first.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    Some(format!("tel:{digits}"))
}

/// E-mail and phone, to be clicked.
pub fn links(email: Option<String>, phone: Option<String>) -> AnyView {
    let link = |to: Option<String>, text: String| match to {
        Some(to) => view! { <a class="link" href=to>{text}</a> }.into_any(),
        None => view! { <small class="muted">{text}</small> }.into_any(),
    };
    let email = email.map(|email| link(mailto(&email), email));
    let phone = phone.map(|phone| link(tel(&phone), phone));
    view! { <span class="ticket-reach">{email}{phone}</span> }.into_any()
}

/// The two fields; `place` is what their ids begin with.
#[component]
pub fn Reach(place: &'static str, email: RwSignal<String>, phone: RwSignal<String>) -> impl IntoView {
    let field = move |name: &'static str,
                      kind: &'static str,
                      label: &'static str,
                      value: RwSignal<String>,
                      most: &'static str| {
        let id = format!("{place}-{name}");
        view! {
            <div class="form-field">
                <label for=id.clone()>{label}</label>
                <input class="field" id=id type=kind autocomplete="off" maxlength=most prop:value=move || value.get() on:input:target=move |event| value.set(event.target().value())/>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="form__row">
            {field("email", "email", "Contact's e-mail", email, "254")}
            {field("phone", "tel", "Contact's phone", phone, "60")}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_a_link_and_nothing_else_does() {
        assert_eq!(mailto("jo@x.example").as_deref(), Some("mailto:jo@x.example"));
        for text in ["jo", "jo@", "jo@x?bcc=a@b", "a b@c"] {
            assert_eq!(mailto(text), None, "{text}");
        }
        assert_eq!(tel("+1 (206) 555-0134 ext. 7").as_deref(), Some("tel:+12065550134"));
        assert_eq!(tel("Tel. 555 0134").as_deref(), Some("tel:5550134"));
        assert_eq!(tel("none"), None);
    }
}
