//! The Postgres that FlowPilot brings up itself: shared, stopped by the last one out, safe against `kill -9`.

use std::{os::unix::fs::PermissionsExt, path::Path};

use flowpilot::server::{
    config::Database,
    embedded_postgres::{EmbeddedPostgres, ServeLock},
    serve::Connected,
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

use crate::support::eventually;

/// A folder that Postgres' own user can enter.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("flowpilot-test-").tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn postmaster(folder: &Path) -> Option<Pid> {
    let text = std::fs::read_to_string(folder.join("postgres/postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok().map(Pid::from_raw)
}

async fn connect(postgres: &EmbeddedPostgres) -> Result<PgConnection, sqlx::Error> {
    PgConnection::connect_with(&postgres.options()).await
}

async fn notes(postgres: &EmbeddedPostgres) -> i64 {
    sqlx::query_scalar("select count(*) from notes").fetch_one(&mut connect(postgres).await.unwrap()).await.unwrap()
}

async fn with_a_note(folder: &Path, supervise: bool) -> EmbeddedPostgres {
    let postgres = EmbeddedPostgres::start(folder, supervise).await.unwrap();
    let mut connection = connect(&postgres).await.unwrap();
    sqlx::raw_sql("create table notes (words text); insert into notes values ('kept')")
        .execute(&mut connection)
        .await
        .unwrap();
    postgres
}

#[tokio::test]
async fn in_a_fresh_folder_it_starts_and_listens_on_no_network() {
    let folder = folder();
    let postgres = EmbeddedPostgres::start(folder.path(), false).await.unwrap();
    let mut connection = connect(&postgres).await.unwrap();
    let listens: String = sqlx::query_scalar("show listen_addresses").fetch_one(&mut connection).await.unwrap();
    assert_eq!(listens, "");
    let rights = std::fs::metadata(folder.path().join("postgres")).unwrap().permissions().mode();
    assert_eq!(rights & 0o077, 0, "nobody else reads the data");
    drop(connection);
    postgres.leave().await;
}

#[tokio::test]
async fn a_second_start_shares_it_and_the_last_one_out_stops_it() {
    let folder = folder();
    let first = EmbeddedPostgres::start(folder.path(), false).await.unwrap();
    let running = postmaster(folder.path());
    let second = EmbeddedPostgres::start(folder.path(), false).await.unwrap();
    assert_eq!(postmaster(folder.path()), running);
    first.leave().await;
    assert_eq!(postmaster(folder.path()), running, "the second one still uses it");
    connect(&second).await.unwrap().close().await.unwrap();
    second.leave().await;
    assert_eq!(postmaster(folder.path()), None);
}

#[tokio::test]
async fn what_was_committed_survives_a_kill_and_a_new_start() {
    let folder = folder();
    let killed = with_a_note(folder.path(), false).await;
    kill(postmaster(folder.path()).unwrap(), Signal::SIGKILL).unwrap();
    drop(killed);
    let again = EmbeddedPostgres::start(folder.path(), false).await.unwrap();
    assert_eq!(notes(&again).await, 1);
    again.leave().await;
}

#[tokio::test]
async fn a_killed_postgres_is_brought_back_while_flowpilot_runs() {
    let folder = folder();
    let postgres = with_a_note(folder.path(), true).await;
    let killed = postmaster(folder.path()).unwrap();
    kill(killed, Signal::SIGKILL).unwrap();
    let back = async || postmaster(folder.path()).is_some_and(|pid| pid != killed) && connect(&postgres).await.is_ok();
    eventually("Postgres runs again", back).await;
    assert_eq!(notes(&postgres).await, 1);
    postgres.leave().await;
}

#[tokio::test]
async fn a_role_that_could_see_past_the_accounts_is_refused_with_what_to_do() {
    let folder = folder();
    let database =
        Database { database_url: None, direct_url: None, data_dir: folder.path().to_owned(), connections: 4 };
    let serving = Connected::open(&database, false).await.unwrap();
    let admin = PgConnectOptions::new_without_pgpass().socket(folder.path().join("run")).username("postgres");
    let mut admin = PgConnection::connect_with(&admin.database("postgres")).await.unwrap();
    for (weaken, strengthen) in [
        ("alter role flowpilot_app bypassrls", "alter role flowpilot_app nobypassrls;"),
        ("alter role flowpilot_jobs superuser", "alter role flowpilot_jobs nosuperuser;"),
    ] {
        sqlx::raw_sql(weaken).execute(&mut admin).await.unwrap();
        let refused = Connected::open(&database, false).await.expect_err("a refusal").to_string();
        assert!(refused.contains("will not serve") && refused.contains(strengthen), "{refused}");
        sqlx::raw_sql(strengthen).execute(&mut admin).await.unwrap();
    }
    drop(admin);
    serving.close().await;
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_is_refused_in_words() {
    let folder = folder();
    let _serving = ServeLock::take(folder.path()).unwrap();
    let refused = ServeLock::take(folder.path()).unwrap_err().to_string();
    assert!(refused.contains("Another `flowpilot serve` uses the data folder"), "{refused}");
    assert!(refused.contains(&folder.path().display().to_string()), "{refused}");
}

#[tokio::test]
async fn the_lock_goes_with_its_holder() {
    let folder = folder();
    drop(ServeLock::take(folder.path()).unwrap());
    ServeLock::take(folder.path()).unwrap();
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_says_so() {
    let folder = folder();
    std::fs::write(folder.path().join("file"), "in the way").unwrap();
    let below = folder.path().join("file/data");
    for refused in [
        EmbeddedPostgres::start(&below, false).await.err().unwrap().to_string(),
        ServeLock::take(&below).err().unwrap().to_string(),
    ] {
        assert!(refused.contains(&below.display().to_string()), "{refused}");
        assert!(refused.contains("Make it writable for this user, or set FLOWPILOT_DATA_DIR"), "{refused}");
    }
}

#[tokio::test]
async fn a_folder_with_a_name_too_long_for_a_socket_works() {
    let folder = folder();
    let deep = folder
        .path()
        .join("a-data-folder-with-a-rather-long-name-as-some-people-have-them")
        .join("and-another-one-below-it");
    let postgres = EmbeddedPostgres::start(&deep, false).await.unwrap();
    connect(&postgres).await.unwrap().close().await.unwrap();
    postgres.leave().await;
}
