//! Which sessions were opened last in this browser. Only their ids are kept here; who may see them is asked each time.

use crate::{ids::SessionId, pilot::types::SessionSummary, ui::browser};

const PLACE: &str = "fp:opened";
const KEPT: usize = 12;

/// The session is on the screen.
pub fn remember(id: SessionId) {
    browser::keep(PLACE, &with_newest(&browser::recall(PLACE).unwrap_or_default(), &id.to_string()));
}

fn with_newest(before: &str, newest: &str) -> String {
    let others = before.split(' ').filter(|id| !id.is_empty() && *id != newest);
    [newest].into_iter().chain(others).take(KEPT).collect::<Vec<_>>().join(" ")
}

/// Those opened here last first, then the others as they come.
pub fn last_opened_first(mut sessions: Vec<SessionSummary>) -> Vec<SessionSummary> {
    let kept = browser::recall(PLACE).unwrap_or_default();
    sort(&mut sessions, &kept, |session| session.id.to_string());
    sessions
}

fn sort<T>(items: &mut [T], kept: &str, id: impl Fn(&T) -> String) {
    items.sort_by_cached_key(|item| {
        let id = id(item);
        kept.split(' ').position(|kept| kept == id).unwrap_or(KEPT)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_opened_last_comes_first_and_once() {
        assert_eq!(with_newest("", "a"), "a");
        assert_eq!(with_newest("a b", "c"), "c a b");
        assert_eq!(with_newest("c a b", "b"), "b c a");
    }

    #[test]
    fn only_so_many_are_kept() {
        let many = (0..40).fold(String::new(), |kept, n| with_newest(&kept, &n.to_string()));
        assert_eq!(many, "39 38 37 36 35 34 33 32 31 30 29 28");
    }

    #[test]
    fn those_not_opened_here_follow_in_their_own_order() {
        let mut items = ["d", "a", "c", "b"];
        sort(&mut items, "b a", |id| (*id).to_owned());
        assert_eq!(items, ["b", "a", "d", "c"]);
    }
}
