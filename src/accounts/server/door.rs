//! Who may have a page: decided before it is rendered, so that a page is made once and for the right person.

use std::sync::Arc;

use axum::http::Uri;

use super::{people, store};
use crate::{
    accounts::types::Visitor,
    error::{AppError, SignedOut},
    server::{context::Platform, middleware::Auth},
};

const LOGIN: &str = "/login";
const SETUP: &str = "/setup";

/// What is behind the door of a page.
#[derive(Debug, Clone)]
pub enum Door {
    Open(Visitor),
    /// Another address first.
    Elsewhere(String),
}

/// Decides on the page at `uri` for who asks.
pub async fn door(platform: &Arc<Platform>, auth: &Auth, uri: &Uri) -> Result<Door, AppError> {
    let reason = match auth {
        Auth::Person(ctx) => {
            let mut tx = ctx.db().tenant(ctx).await?;
            let me = store::me(ctx, &mut tx).await?;
            tx.commit().await?;
            if me.is_some() {
                return Ok(match uri.path() {
                    SETUP => Door::Elsewhere("/".to_owned()),
                    _ => Door::Open(Visitor(me)),
                });
            }
            SignedOut::Unauthenticated
        }
        Auth::Nobody(reason) => *reason,
    };
    let is_set_up = people::is_set_up(&platform.db).await?;
    Ok(match (uri.path(), is_set_up) {
        (SETUP, false) | (LOGIN, true) => Door::Open(Visitor::default()),
        (_, false) => Door::Elsewhere(SETUP.to_owned()),
        (SETUP, true) => Door::Elsewhere(LOGIN.to_owned()),
        (_, true) => Door::Elsewhere(login_and_back(uri, reason)),
    })
}

/// The login page, which says why and leads back.
fn login_and_back(uri: &Uri, reason: SignedOut) -> String {
    let mut query = form_urlencoded::Serializer::for_suffix(format!("{LOGIN}?"), LOGIN.len() + 1);
    query.append_pair("next", uri.path_and_query().map_or("/", |wanted| wanted.as_str()));
    if reason != SignedOut::Unauthenticated {
        query.append_pair("why", reason.as_str());
    }
    query.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_login_page_knows_where_one_wanted_to_go_and_why_one_is_there() {
        let to = |uri: &'static str, reason| login_and_back(&Uri::from_static(uri), reason);
        assert_eq!(to("/", SignedOut::Unauthenticated), "/login?next=%2F");
        assert_eq!(to("/tickets?q=a%20b", SignedOut::Unauthenticated), "/login?next=%2Ftickets%3Fq%3Da%2520b");
        assert_eq!(to("/pilot", SignedOut::ExpiredIdle), "/login?next=%2Fpilot&why=session_expired_idle");
    }
}
