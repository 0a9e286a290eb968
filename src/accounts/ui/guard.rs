//! Nothing but login and setup is shown to somebody who is not signed in.

use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_location, params::ParamsMap};
use serde::{Deserialize, Serialize};

use crate::{
    accounts::{rpc, types::Me},
    error::AppError,
    ui::load::Load,
};

/// Who stands before the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Visitor {
    Known(Box<Me>),
    Unknown,
    /// Nobody exists yet.
    First,
}

async fn visitor() -> Result<Visitor, AppError> {
    match rpc::me().await? {
        Some(me) => Ok(Visitor::Known(Box::new(me))),
        None if rpc::setup_open().await? => Ok(Visitor::First),
        None => Ok(Visitor::Unknown),
    }
}

/// Who is signed in, below [`SignedIn`].
pub fn use_me() -> Option<Me> {
    use_context()
}

/// Draws `children` for who is signed in and sends everybody else to sign in or to set up.
#[component]
pub fn SignedIn(children: ChildrenFn) -> impl IntoView {
    let visitor = Resource::new_blocking(|| (), |()| visitor());
    let location = use_location();
    let children = StoredValue::new(children);
    let draw = move |visitor: Visitor| match visitor {
        Visitor::Known(me) => {
            provide_context(*me);
            children.with_value(|children| children()).into_any()
        }
        Visitor::First => view! { <Redirect path="/setup"/> }.into_any(),
        Visitor::Unknown => {
            let mut query = ParamsMap::new();
            let here = location.pathname.get_untracked() + &location.query.with_untracked(ParamsMap::to_query_string);
            query.insert("next", here);
            view! { <Redirect path=format!("/login{}", query.to_query_string())/> }.into_any()
        }
    };
    view! { <Load from=visitor children=draw/> }
}
