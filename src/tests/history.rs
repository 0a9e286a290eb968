//! Sessions from outside them: what a search finds, for whom and where; filters and pages; what one comes back to.

use std::collections::BTreeSet;

use flowpilot::{accounts::types::UserRole, pilot::server::search};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Case, Person, TestApp, read, text};

async fn list(person: &Person, query: &[(&str, &str)]) -> Vec<Value> {
    let page = read(person.request(Method::GET, "/ai-sessions").query(query)).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

pub async fn titles(person: &Person, query: &[(&str, &str)]) -> Vec<String> {
    list(person, query).await.iter().map(|session| text(&session["title"])).collect()
}

pub async fn search(person: &Person, words: &str) -> Vec<String> {
    titles(person, &[("q", words)]).await
}

/// A session about this, in which somebody said that.
pub async fn told(person: &Person, problem: &str, said: &str) -> String {
    let path = person.session_about(problem).await;
    person.post(&format!("{path}/facts"), json!({ "text": said })).await.expect(201);
    path
}

/// Sessions written past the services: `count` of them, each touched a minute before the one before.
pub async fn many(app: &TestApp, person: &Person, title: &str, count: u32, minutes_ago: u32) {
    app.sql(&format!(
        "insert into ai_sessions (account_id, id, user_id, title, created_at, updated_at)
         select '{}', gen_random_uuid(), '{}', '{title} ' || n, now(), now() - make_interval(mins => {minutes_ago} + n)
           from generate_series(1, {count}) n",
        person.account, person.user
    ))
    .await;
}

#[tokio::test]
async fn a_search_finds_what_was_said_and_what_is_known() {
    let case = Case::new().await;
    case.turn("The box names fs01.contoso.local.", "Error **0x800CCC0E** points at the server.").await;
    case.note("Only on her notebook, since Monday.").await;
    for words in ["contoso fs01", "0x800ccc0e", "NOTEBOOK", "noteb", "passwords again", "outlook 0x800ccc0e monday"] {
        assert_eq!(search(&case.engineer, words).await.len(), 1, "{words}");
    }
    for words in ["scanner", "outlook scanner", "ebook", "0x800ccc0"] {
        let finished = format!("{words} ");
        assert_eq!(search(&case.engineer, &finished).await, Vec::<String>::new(), "{words}");
    }
}

#[tokio::test]
async fn answers_from_the_lane_are_found_once_they_were_sent() {
    let case = Case::with_lane().await;
    case.answer(json!("Only at \"Zweigstelle\"\nNord")).await;
    case.turn("", "I see.").await;
    assert_eq!(search(&case.engineer, "zweigstelle nord").await.len(), 1);
}

#[tokio::test]
async fn a_deleted_fact_is_not_found_until_it_is_restored() {
    let case = Case::new().await;
    let note = case.note("The toner is empty.").await;
    case.engineer.delete(&note).await.expect(204);
    assert_eq!(search(&case.engineer, "toner").await.len(), 0);
    case.engineer.post(&format!("{note}/restore"), json!({})).await.expect(200);
    assert_eq!(search(&case.engineer, "toner").await.len(), 1);
}

#[tokio::test]
async fn a_search_finds_only_what_one_may_see() {
    let case = Case::new().await;
    case.turn("The box names fs01.", "Look at the zanzibar log.").await;
    case.note("The xylophone service is stopped.").await;
    let colleague = case.app.colleague(&case.engineer, UserRole::Engineer).await;
    let l1 = case.app.colleague(&case.engineer, UserRole::L1).await;
    let stranger = case.app.owner_of("Rival MSP").await;
    let found = async |person: &Person| {
        let mut found = Vec::new();
        for words in ["outlook", "fs01", "zanzibar", "xylophone"] {
            found.push(search(person, words).await.len());
        }
        found
    };
    assert_eq!(found(&case.engineer).await, [1; 4]);
    for nobody in [&colleague, &l1, &stranger] {
        assert_eq!(found(nobody).await, [0; 4]);
    }
    case.share_with(&l1).await;
    assert_eq!(found(&l1).await, [1; 4], "what is shared");
    case.app.sql("update ai_sessions set status = 'escalated'").await;
    assert_eq!(found(&colleague).await, [1; 4], "what is escalated");
    assert_eq!(found(&stranger).await, [0; 4]);
}

#[tokio::test]
async fn what_stands_only_in_old_sessions_is_found_page_by_page_and_in_ones_own_account_only() {
    let app = TestApp::start().await;
    let (engineer, stranger) = (app.engineer().await, app.engineer().await);
    for n in 1..=5 {
        told(&engineer, &format!("old {n}"), "The xylophone is silent.").await;
    }
    told(&stranger, "theirs", "The xylophone is silent.").await;
    app.sql("update ai_sessions set updated_at = now() - interval '30 days' + (created_at - now())").await;
    // More than are looked through one by one.
    many(&app, &engineer, "new", 320, 0).await;
    many(&app, &stranger, "new", 320, 0).await;
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let query = [("q", "xylophones silen"), ("limit", "2"), ("cursor", &cursor)];
        let request =
            engineer.request(Method::GET, "/ai-sessions").query(&query[..if cursor.is_empty() { 2 } else { 3 }]);
        let page = read(request).await.expect(200);
        found.extend(page["items"].as_array().unwrap().iter().map(|session| text(&session["title"])));
        match page["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(found, ["old 5", "old 4", "old 3", "old 2", "old 1"]);
    assert_eq!(search(&engineer, "new").await.len(), 30);
}

#[tokio::test]
async fn a_result_shows_where_the_words_stand() {
    let case = Case::new().await;
    let long = format!("{} then the <b>printer</b>\nlost its queue. {}", "word ".repeat(60), "end ".repeat(60));
    case.turn(&long, "I see.").await;
    case.engineer.patch(&case.path, json!({ "title": "Printer: no queue?" })).await.expect(200);
    let found = async |words: &str| list(&case.engineer, &[("q", words)]).await[0]["found"].clone();
    let marked = |pieces: &Value| {
        let pieces = pieces.as_array().unwrap().iter();
        pieces
            .map(
                |piece| if piece["hit"] == true { format!("[{}]", text(&piece["text"])) } else { text(&piece["text"]) },
            )
            .collect::<String>()
    };
    let title = found("printer queu").await;
    assert_eq!((marked(&title["title"]), &title["passage"]), ("[Printer]: no [queue]?".to_owned(), &Value::Null));
    let message = found("lost printer").await;
    assert_eq!(
        (marked(&message["title"]), &message["passage"]["place"]),
        ("[Printer]: no queue?".to_owned(), &json!("message"))
    );
    let passage = marked(&message["passage"]["pieces"]);
    assert!(passage.contains("the <b>[printer]</b> [lost] its queue."), "{passage}");
    assert!(passage.len() < 200, "{passage}");
    assert_eq!(found("outlook").await["passage"]["place"], "problem");
    assert_eq!(list(&case.engineer, &[]).await[0]["found"], Value::Null, "without a search");
}

#[tokio::test]
async fn a_page_of_results_marks_the_hit_and_escapes_the_rest() {
    let case = Case::new().await;
    case.turn("</mark><script>alert(1)</script> the <i>xylophone</i>", "I see.").await;
    let page = case.app.browser_of(&case.engineer).await.page("/sessions?q=xylophone").await;
    assert!(page.contains("<mark>xylophone<"), "{page}");
    assert!(!page.contains("<script>alert(1)") && page.contains("&lt;script&gt;alert(1)"), "{page}");
}

#[tokio::test]
async fn the_filters_narrow_the_list_down() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let colleague = app.colleague(&engineer, UserRole::Engineer).await;
    let ticket = app.ticket(&engineer, "Scanner offline", "It blinks.").await;
    engineer.post("/ai-sessions", json!({ "ticket_id": ticket })).await.expect(201);
    engineer.session_about("mine").await;
    let shared =
        Case { engineer: colleague.clone(), path: colleague.session_about("shared").await, ..Case::new().await };
    app.sql(&format!(
        "insert into session_shares (account_id, session_id, user_id, shared_by, created_at) values ('{}', '{}', '{}', '{}', now())",
        engineer.account, shared.id(), engineer.user, colleague.user
    ))
    .await;
    colleague.session_about("escalated").await;
    app.sql("update ai_sessions set status = 'escalated' where title = 'escalated'").await;
    app.sql("update ai_sessions set updated_at = '2026-03-10 23:59:59+00' where title = 'mine'").await;
    let only = async |query: &[(&str, &str)]| {
        let mut found = titles(&engineer, query).await;
        found.sort();
        found.join(", ")
    };
    assert_eq!(only(&[]).await, "Scanner offline, escalated, mine, shared");
    assert_eq!(only(&[("whose", "mine")]).await, "Scanner offline, mine");
    assert_eq!(only(&[("whose", "shared")]).await, "shared");
    assert_eq!(only(&[("whose", "mine_or_shared")]).await, "Scanner offline, mine, shared");
    assert_eq!(only(&[("status", "escalated")]).await, "escalated");
    assert_eq!(only(&[("client", "Contoso")]).await, "Scanner offline");
    assert_eq!(only(&[("client", "Fabrikam")]).await, "");
    assert_eq!(only(&[("from", "2026-03-10"), ("to", "2026-03-10")]).await, "mine");
    assert_eq!(only(&[("to", "2026-03-09")]).await, "");
    assert_eq!(only(&[("q", "scanner"), ("whose", "mine"), ("from", ""), ("client", "")]).await, "Scanner offline");
    for (field, day) in [("from", "10.03.2026"), ("to", "2026-02-30"), ("from", "-9999-01-01")] {
        let refused = read(engineer.request(Method::GET, "/ai-sessions").query(&[(field, day)])).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], field, "{day}");
    }
    let clients = read(app.http.get(app.url("/rpc/pilot/clients")).bearer_auth(&engineer.token)).await.expect(200);
    assert_eq!(clients, json!(["Contoso"]));
}

#[tokio::test]
async fn archived_sessions_are_found_under_their_filter_and_can_be_restored() {
    let case = Case::new().await;
    case.engineer.patch(&case.path, json!({ "archived": true })).await.expect(200);
    assert_eq!(search(&case.engineer, "outlook").await.len(), 0);
    assert_eq!(titles(&case.engineer, &[("q", "outlook"), ("archived", "true")]).await.len(), 1);
    case.engineer.patch(&case.path, json!({ "archived": false })).await.expect(200);
    assert_eq!(search(&case.engineer, "outlook").await.len(), 1);
}

#[tokio::test]
async fn a_row_says_whether_one_may_change_it() {
    let case = Case::new().await;
    let viewer = case.app.colleague(&case.engineer, UserRole::Viewer).await;
    let engineer = case.app.colleague(&case.engineer, UserRole::Engineer).await;
    case.share_with(&viewer).await;
    case.app.sql("update ai_sessions set status = 'escalated'").await;
    for (person, writable) in [(&case.engineer, true), (&viewer, false), (&engineer, false)] {
        assert_eq!(list(person, &[]).await[0]["writable"], writable);
    }
}

/// A word is cut the same way in the database and in a query, or it is not found.
#[tokio::test]
async fn queries_and_texts_are_cut_into_the_same_words() {
    let app = TestApp::start().await;
    let mut db = sqlx::PgPool::connect(&app.database_url).await.unwrap().acquire().await.unwrap();
    // The letters of Europe, and all kinds of spaces and punctuation.
    let letters =
        ('\u{1}'..='\u{17f}').chain('\u{384}'..='\u{3ce}').chain('\u{400}'..='\u{45f}').chain('\u{1e00}'..='\u{1ef9}');
    let others = ('\u{2000}'..='\u{206f}').chain('\u{3000}'..='\u{303f}').chain(['\u{feff}', 'Ａ', 'ﬁ', 'Ґ']);
    let mut samples: Vec<String> = letters.chain(others).map(|c| format!("a{c}b {c}")).collect();
    samples.extend(
        ["C:\\Windows\\System32", "“j.smith@contoso.com”", "12e3abc", &"x".repeat(100), "", "日本語 テスト"]
            .map(ToOwned::to_owned),
    );
    let cut: Vec<Vec<String>> = sqlx::query_scalar(
        "select search_words(text) from unnest($1::text[]) with ordinality as s (text, n) order by n",
    )
    .bind(&samples)
    .fetch_all(&mut *db)
    .await
    .unwrap();
    let different: Vec<_> = samples
        .iter()
        .zip(&cut)
        .map(|(text, cut)| {
            (text, search::words(text).into_iter().collect::<BTreeSet<_>>(), cut.iter().cloned().collect())
        })
        .filter(|(_, query, text)| query != text)
        .collect();
    assert_eq!(different, []);
}

/// Row-level security keeps "@@" from an index, unless it is the policy itself.
#[tokio::test]
async fn the_search_is_looked_up_in_the_index_inside_the_account_and_nowhere_else() {
    let app = TestApp::start().await;
    let (engineer, stranger) = (app.engineer().await, app.engineer().await);
    told(&engineer, "ours", "The xylophone is silent.").await;
    told(&stranger, "theirs", "The xylophone is silent.").await;
    app.sql(
        "insert into messages (account_id, id, session_id, position, role, text, html, status, created_at)
         select s.account_id, gen_random_uuid(), s.id, n, 'user', 'It is message ' || n, '', 'done', now()
           from ai_sessions s, generate_series(1, 3000) n;
         analyze messages",
    )
    .await;
    let mut db = sqlx::PgPool::connect(&app.database_url).await.unwrap().acquire().await.unwrap();
    let mut run = async |statement: String| sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut *db).await;
    run("begin; set local role flowpilot_search".to_owned()).await.unwrap();
    run(format!("set local app.current_account_id = '{}'", engineer.account)).await.unwrap();
    let count = "select count(*) from facts where deleted_at is null";
    let mut found = Vec::new();
    for searched in ["", "'xylophone'"] {
        sqlx::query("select set_config('app.searched', $1, true)").bind(searched).execute(&mut *db).await.unwrap();
        found.push(sqlx::query_scalar::<_, i64>(count).fetch_one(&mut *db).await.unwrap());
    }
    assert_eq!(found, [0, 1], "nothing is asked for; the word");
    let plan: Vec<String> =
        sqlx::query_scalar("explain select session_id from messages").fetch_all(&mut *db).await.unwrap();
    assert!(plan.iter().any(|line| line.contains("messages_words_idx")), "{plan:#?}");
    let refused = sqlx::raw_sql("select text from facts").execute(&mut *db).await.unwrap_err().to_string();
    assert!(refused.contains("permission denied"), "{refused}");
}

async fn home(app: &TestApp, person: &Person) -> Value {
    read(app.http.get(app.url("/rpc/pilot/home")).bearer_auth(&person.token)).await.expect(200)
}

#[tokio::test]
async fn the_front_page_has_what_is_open_and_what_was_touched_last() {
    let case = Case::new().await;
    let colleague = case.app.colleague(&case.engineer, UserRole::Engineer).await;
    colleague.session_about("a colleague's").await;
    let closed = case.engineer.session_about("closed").await;
    case.app.sql("update ai_sessions set status = 'resolved' where title = 'closed'").await;
    case.engineer.session_about("archived").await;
    case.app.sql("update ai_sessions set archived_at = now() where title = 'archived'").await;
    let home = home(&case.app, &case.engineer).await;
    let titles = |part: &str| home[part].as_array().unwrap().iter().map(|one| text(&one["title"])).collect::<Vec<_>>();
    assert_eq!(titles("open"), ["Outlook asks for the password again and again"]);
    assert_eq!(titles("recent"), ["closed", "Outlook asks for the password again and again"]);
    assert_eq!((titles("waiting"), &home["more_open"]), (Vec::new(), &json!(false)), "{closed}");
}

#[tokio::test]
async fn what_is_asked_answered_or_suggested_waits_for_its_user() {
    let case = Case::with_lane().await;
    let waiting = async || home(&case.app, &case.engineer).await["waiting"][0].clone();
    let now = waiting().await;
    assert_eq!((&now["open_questions"], &now["open_checks"], &now["unsent"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!((&now["fix"]["title"], &now["fix"]["applied"]), (&json!("Clear the saved password"), &json!(false)));
    case.answer(json!("Yes")).await;
    let fix = case.fix().await;
    case.engineer.post(&format!("{fix}/apply"), json!({})).await.expect(200);
    let now = waiting().await;
    assert_eq!((&now["open_questions"], &now["unsent"], &now["fix"]["applied"]), (&json!(0), &json!(1), &json!(true)));
    case.turn("", r#"It worked. [FIX_OUTCOME]{"outcome": "applied_success"}[/FIX_OUTCOME]"#).await;
    assert_eq!(waiting().await["fix"]["proposal"], "applied_success");
    case.engineer.patch(&case.path, json!({ "archived": true })).await.expect(200);
    assert_eq!(waiting().await, Value::Null, "what is archived waits for nobody");
}

#[tokio::test]
async fn a_failed_answer_waits_and_while_one_is_being_made_nothing_does() {
    let mut case = Case::with_lane().await;
    let (mut stream, call) = case.ask("And now?").await;
    call.say("Let ");
    assert_eq!(home(&case.app, &case.engineer).await["waiting"], json!([]));
    call.fail("The model is away.");
    stream.read_until(crate::support::SseEvent::is_last).await;
    let now = home(&case.app, &case.engineer).await["waiting"][0].clone();
    assert!(text(&now["failed_turn"]).contains("The model is away."), "{now}");
}

#[tokio::test]
async fn what_could_not_be_posted_waits_before_everything_else() {
    let case = Case::with_lane().await;
    let other = case.engineer.session_about("posted").await;
    case.app
        .sql(&format!(
            "insert into postings (account_id, id, session_id, closing, kind, markdown, html, statements, approved, state_version,
                    idempotency_key, posted_by, status, problem, next_attempt_at, created_at)
             values ('{}', gen_random_uuid(), '{}', 1, 'resolution_note', 'x', 'x', '[]', '', 1, 'k', '{}', 'failed',
                    '{{\"detail\": \"The desk is closed.\"}}', now(), now() - interval '1 day');
             update ai_sessions set status = 'posting', updated_at = now() - interval '1 day' where title = 'posted'",
            case.engineer.account,
            other.rsplit('/').next().unwrap(),
            case.engineer.user
        ))
        .await;
    let waiting = home(&case.app, &case.engineer).await["waiting"].clone();
    assert_eq!(waiting[0]["failed_post"], json!(["resolution_note", "The desk is closed."]));
    assert_eq!(waiting.as_array().unwrap().len(), 2, "{waiting}");
}
