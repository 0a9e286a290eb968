//! A length of time as people enter it: a number and its unit.

use leptos::prelude::*;

use crate::ui::{
    icon::{Glyph, Icon},
    view,
    when::dynamic,
};

/// Minutes in each unit, the largest first.
const UNITS: [(i64, &str); 3] = [(1440, "days"), (60, "hours"), (1, "minutes")];

/// What stands in the two fields.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    amount: RwSignal<String>,
    /// Minutes of its unit.
    unit: RwSignal<i64>,
}

impl Span {
    pub fn of(minutes: i64) -> Self {
        let span = Self { amount: RwSignal::default(), unit: RwSignal::new(1) };
        span.set(minutes);
        span
    }

    pub fn set(self, minutes: i64) {
        let (amount, unit) = split(minutes);
        self.amount.set(amount.to_string());
        self.unit.set(unit);
    }

    /// Minutes; nothing where the text is no whole number.
    pub fn minutes(self) -> Option<i64> {
        let amount: i64 = self.amount.with_untracked(|amount| amount.trim().parse().ok())?;
        amount.checked_mul(self.unit.get_untracked())
    }
}

/// Amount and unit, in the largest unit that takes it whole.
fn split(minutes: i64) -> (i64, i64) {
    let whole = |(unit, _): &&(i64, &str)| minutes > 0 && minutes % unit == 0;
    let unit = UNITS.iter().find(whole).map_or(1, |(unit, _)| *unit);
    (minutes / unit, unit)
}

#[component]
pub fn SpanField(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    span: Span,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = {
        let both = format!("{error_id} {hint_id}");
        let hint_id = hint_id.clone();
        move || if error.with(Option::is_some) { both.clone() } else { hint_id.clone() }
    };
    let options = UNITS.map(|(minutes, name)| {
        let chosen = span.unit.get_untracked() == minutes;
        view! { <option value=minutes.to_string() selected=chosen>{name}</option> }
    });
    let problem = move || {
        error.get().map(|error| {
            view! {
                <p class="form-field__error" id=error_id.clone()>
                    <Icon glyph=Glyph::Alert/>
                    {error}
                </p>
            }
        })
    };
    view! {
        <div class="form-field">
            <label for=id>{label}</label>
            <div class="span-field">
                <input
                    class="field"
                    id=id
                    inputmode="numeric"
                    autocomplete="off"
                    value=span.amount.get_untracked()
                    prop:value=move || span.amount.get()
                    aria-describedby=described
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    on:input:target=move |event| span.amount.set(event.target().value())
                />
                <select
                    class="field"
                    aria-label=format!("Unit: {label}")
                    on:change:target=move |event| {
                        if let Ok(unit) = event.target().value().parse() {
                            span.unit.set(unit);
                        }
                    }
                >
                    {options.into_iter().collect_view()}
                </select>
            </div>
            {dynamic(problem)}
            <small id=hint_id>{hint}</small>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_split_into_the_largest_unit_that_takes_them_whole() {
        assert_eq!([15, 60, 90, 720, 4320].map(split), [(15, 1), (1, 60), (90, 1), (12, 60), (3, 1440)]);
    }
}
