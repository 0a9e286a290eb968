//! Who is signed in. The server decides at the door, before it renders a page, who may have it
//! (`accounts::server::door`); here the page takes over what it found out.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    accounts::types::{Me, UserRole, Visitor},
    wire::Wire,
};

/// Gives all pages who is signed in: on the server from the request, in the browser from the page.
pub fn provide_visitor() {
    let visitor = SharedValue::<_, Wire>::new_with_encoding(|| use_context::<Visitor>().unwrap_or_default());
    provide_context(visitor.into_inner());
}

/// Who is signed in.
pub fn use_me() -> Option<Me> {
    use_context::<Visitor>().and_then(|visitor| visitor.0)
}

/// Whether the account is theirs.
pub fn is_owner() -> bool {
    use_me().is_some_and(|me| me.role == UserRole::Owner)
}

/// Draws `children` for who is signed in. Nobody gets here but from a page that needs no sign-in, without leaving it: then the
/// server is asked for the page, and decides.
#[component]
pub fn SignedIn(children: ChildrenFn) -> impl IntoView {
    if use_me().is_some() {
        return children().into_any();
    }
    let location = use_location();
    Effect::new(move |_| {
        let here = location.pathname.get_untracked() + &location.search.get_untracked();
        let _ = window().location().set_href(&here);
    });
    ().into_any()
}
