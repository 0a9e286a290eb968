//! Lists longer than one answer. ConnectWise pages in two ways: by number, for what people leaf through, and forward only by the
//! last id, for whole lists. Either says with a `Link` header how to go on; of it only the page is taken, never the address.

use reqwest::header::{HeaderMap, LINK};
use serde::de::DeserializeOwned;
use url::Url;

use super::{call::Call, client::Client};
use crate::psa::server::PsaError;

/// The most that one page may hold; more is silently cut.
pub const LARGEST_PAGE: u32 = 1000;
/// No list that FlowPilot reads whole is this long: something turns in circles.
const MOST_PAGES: usize = 200;

/// How the next page is asked for: `("pageId", "4711")`.
pub type Next = (&'static str, String);

/// The next page of an answer, if there is one.
pub fn next(headers: &HeaderMap) -> Option<Next> {
    let links = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
    let target = links.flat_map(|links| links.split(",<").flat_map(|part| part.split(", <"))).find_map(|link| {
        let (target, parameters) = link.trim().trim_start_matches('<').split_once('>')?;
        let is_next = |parameter: &str| {
            let (name, value) = parameter.split_once('=').unwrap_or_default();
            name.trim().eq_ignore_ascii_case("rel") && value.trim().trim_matches('"').eq_ignore_ascii_case("next")
        };
        parameters.split(';').any(is_next).then(|| target.to_owned())
    })?;
    // A link may be relative.
    let base = Url::parse("https://api.invalid/").ok()?;
    let url = base.join(&target).ok()?;
    let parameter = |name: &'static str| {
        let value = url.query_pairs().find(|(found, _)| found.eq_ignore_ascii_case(name))?.1.into_owned();
        Some((name, value)).filter(|(_, value)| !value.is_empty() && value.chars().all(|c| c.is_ascii_digit()))
    };
    parameter("pageId").or_else(|| parameter("page"))
}

/// One page, and how to ask for the next.
pub async fn page<T: DeserializeOwned>(client: &Client, call: &Call) -> Result<(Vec<T>, Option<Next>), PsaError> {
    let answer = client.send(call).await?;
    let next = next(&answer.headers);
    Ok((answer.json()?, next))
}

/// A list to its end.
pub async fn all<T: DeserializeOwned>(client: &Client, call: Call) -> Result<Vec<T>, PsaError> {
    let mut call = call.forward_only().page_size(LARGEST_PAGE);
    let mut found = Vec::new();
    for _ in 0..MOST_PAGES {
        let (rows, next) = page(client, &call).await?;
        let came = !rows.is_empty();
        found.extend(rows);
        match next {
            Some(next) if came => call = call.at(next),
            _ => break,
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(link: &str) -> Option<Next> {
        let mut headers = HeaderMap::new();
        headers.insert(LINK, link.parse().unwrap());
        next(&headers)
    }

    #[test]
    fn the_next_page_is_found_among_other_links() {
        let both = r#"<https://na/x?pageSize=2&page=1>; rel="prev", <https://na/x?pageSize=2&page=3>; rel="next""#;
        assert_eq!(of(both), Some(("page", "3".to_owned())));
        assert_eq!(of("<https://evil/x?pageId=77>; rel=next"), Some(("pageId", "77".to_owned())));
        assert_eq!(
            of("</x?pageId=78&conditions=a%3D%22%2C%20%3C%22>; rel=\"next\""),
            Some(("pageId", "78".to_owned()))
        );
    }

    #[test]
    fn the_last_page_has_no_next() {
        assert_eq!(of(r#"<https://na/x?page=1>; rel="first""#), None);
        assert_eq!(of("nonsense"), None);
        assert_eq!(of("<https://na/x?page=next>; rel=\"next\""), None);
        assert_eq!(next(&HeaderMap::new()), None);
    }
}
