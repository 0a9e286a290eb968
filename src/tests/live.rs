//! The one WebSocket of a browser tab.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::support::{Browser, Case, soon, text};

#[derive(Debug)]
struct Tab(WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>);

/// Opens the connection as a page of `origin` would.
async fn open(browser: &Browser, origin: &str) -> Result<Tab, u16> {
    let mut request = format!("{}/live", browser.origin.replace("http://", "ws://")).into_client_request().unwrap();
    request.headers_mut().insert("origin", origin.parse().unwrap());
    if let Some(cookie) = &browser.cookie {
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(Tab(socket)),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

impl Tab {
    async fn follow(&mut self, session: &str, after: i64) {
        let id = session.rsplit('/').next().unwrap();
        let say = json!({ "say": "follow", "session_id": id, "after": after });
        self.0.send(Message::text(say.to_string())).await.unwrap();
    }

    /// What is said next, but for that the connection lives.
    async fn hear(&mut self) -> Value {
        loop {
            let frame = self.hear_anything().await;
            if frame["hear"] != "pulse" {
                return frame;
            }
        }
    }

    async fn hear_anything(&mut self) -> Value {
        loop {
            match soon("the next frame", self.0.next()).await.expect("an open connection").unwrap() {
                Message::Text(frame) => return serde_json::from_str(&frame).unwrap(),
                Message::Close(_) => panic!("closed"),
                _ => {}
            }
        }
    }

    /// Events up to the end of a turn: id and name.
    async fn turn(&mut self) -> Vec<(i64, String)> {
        let mut events = Vec::new();
        loop {
            let frame = self.hear().await;
            assert_eq!(frame["hear"], "event", "{frame}");
            let stamped = &frame["stamped"];
            events.push((stamped["id"].as_i64().unwrap(), text(&stamped["event"])));
            if stamped["event"] == "turn_done" {
                return events;
            }
        }
    }
}

async fn tab_of(case: &Case) -> Tab {
    let browser = case.app.browser_of(&case.engineer).await;
    open(&browser, &browser.origin).await.expect("a connection")
}

#[tokio::test]
async fn ten_tabs_follow_a_session_live() {
    let case = Case::new().await;
    let browser = case.app.browser_of(&case.engineer).await;
    let mut tabs = Vec::new();
    for _ in 0..10 {
        let mut tab = open(&browser, &browser.origin).await.expect("a connection");
        tab.follow(&case.path, 0).await;
        tabs.push(tab);
    }
    let own: Vec<_> = case.turn("hello", "I see.").await.into_iter().map(|event| (event.id, event.name)).collect();
    for mut tab in tabs {
        let mut seen = tab.turn().await;
        // A tab that began to follow after the turn's end got the message in the deltas' place.
        if !seen.iter().any(|(_, name)| name == "delta") {
            seen.splice(2..2, own.iter().filter(|(_, name)| name == "delta").cloned());
        }
        assert_eq!(seen, own);
    }
}

#[tokio::test]
async fn a_tab_that_turns_to_another_session_hears_only_of_that() {
    let case = Case::new().await;
    let other = case.engineer.session_about("VPN drops").await;
    let note = async |words: &str| {
        case.engineer.post(&format!("{other}/facts"), json!({ "text": words })).await.expect(201);
    };
    note("Known before.").await;
    let mut tab = tab_of(&case).await;
    tab.follow(&case.path, 0).await;
    case.turn("hello", "I see.").await;
    tab.turn().await;
    tab.follow(&other, 0).await;
    let mut heard = vec![tab.hear().await, tab.hear().await];
    case.note("Nobody hears of this.").await;
    note("Of this they do.").await;
    heard.push(tab.hear().await);
    let facts: Vec<_> = heard.iter().filter(|frame| frame["stamped"]["event"] == "fact").collect();
    let words: Vec<_> = facts.iter().map(|frame| text(&frame["stamped"]["data"]["text"])).collect();
    assert_eq!(words, ["Known before.", "Of this they do."]);
}

#[tokio::test]
async fn a_session_of_another_account_is_refused_as_if_there_were_none() {
    let case = Case::new().await;
    let stranger = case.app.owner_of("Rival MSP").await;
    let browser = case.app.browser_of(&stranger).await;
    let mut tab = open(&browser, &browser.origin).await.expect("a connection");
    tab.follow(&case.path, 0).await;
    let frame = tab.hear().await;
    assert_eq!((&frame["hear"], &frame["error"]["error"]), (&json!("refused"), &json!("not_found")));
}

#[tokio::test]
async fn nobody_gets_no_connection() {
    let case = Case::new().await;
    let browser = case.app.browser();
    assert_eq!(open(&browser, &browser.origin).await.err(), Some(401));
}

#[tokio::test]
async fn a_page_of_another_site_gets_no_connection() {
    let case = Case::new().await;
    let browser = case.app.browser_of(&case.engineer).await;
    assert_eq!(open(&browser, "https://evil.test").await.err(), Some(403));
}

#[tokio::test]
async fn a_connection_on_which_nothing_happens_says_that_it_lives() {
    let case = Case::new().await;
    assert_eq!(tab_of(&case).await.hear_anything().await, json!({ "hear": "pulse" }));
}

#[tokio::test]
async fn nonsense_does_not_end_the_connection() {
    let case = Case::new().await;
    let mut tab = tab_of(&case).await;
    tab.0.send(Message::text("{\"say\": \"hello\"}")).await.unwrap();
    tab.0.send(Message::binary(vec![0, 1, 2])).await.unwrap();
    tab.follow(&case.path, 0).await;
    case.note("Only this PC.").await;
    assert_eq!(tab.hear().await["stamped"]["event"], "fact");
}
