//! One throw-away Postgres for all tests of a run; each test gets a database copied from a migrated one.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use flowpilot::server::{config::Database, embedded_postgres::EmbeddedPostgres, serve::Connected};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(1);

struct Cluster {
    sockets: PathBuf,
    /// Ends Postgres when this process does, however it ends: its input closes then.
    _watchdog: Child,
    _folder: tempfile::TempDir,
}

impl Cluster {
    fn url(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@localhost/{database}?host={}", self.sockets.display())
    }
}

/// The address of a fresh, migrated database.
pub async fn fresh_database() -> String {
    database_like("flowpilot").await
}

/// The address of a database with nothing in it.
pub async fn empty_database() -> String {
    database_like("template1").await
}

async fn database_like(template: &str) -> String {
    let cluster = CLUSTER.get_or_init(start).await;
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(&cluster.url("postgres", "postgres")).await.expect("the test cluster");
    let create = format!("create database {name} owner flowpilot template {template}");
    sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut admin).await.expect("a database");
    admin.close().await.expect("a clean end");
    cluster.url("flowpilot", &name)
}

async fn start() -> Cluster {
    let folder = tempfile::Builder::new().prefix("flowpilot-test-").tempdir().expect("a folder");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).expect("a folder that Postgres' user can enter");
    let embedded = EmbeddedPostgres::start(folder.path(), false).await.expect("an embedded Postgres");
    let pid = std::fs::read_to_string(folder.path().join("postgres/postmaster.pid")).expect("a running server");
    let pid = pid.lines().next().expect("a process id").to_owned();
    let watchdog = Command::new("sh")
        .args(["-c", "read _; kill -QUIT \"$0\"; rm -rf \"$1\"", &pid])
        .arg(folder.path())
        .stdin(Stdio::piped())
        .spawn()
        .expect("a watchdog");
    let cluster = Cluster { sockets: folder.path().join("run"), _watchdog: watchdog, _folder: folder };
    let mut admin = PgConnection::connect(&cluster.url("postgres", "postgres")).await.expect("the test cluster");
    for setting in
        ["alter system set fsync = off", "alter system set full_page_writes = off", "select pg_reload_conf()"]
    {
        sqlx::raw_sql(setting).execute(&mut admin).await.expect("a faster cluster");
    }
    admin.close().await.expect("a clean end");
    // The template: migrated once, with nobody connected to it afterwards.
    let url = cluster.url("flowpilot", "flowpilot");
    let database =
        Database { database_url: Some(url.into()), direct_url: None, data_dir: "/tmp".into(), connections: 2 };
    Connected::open(&database, false).await.expect("a migrated template").close().await;
    std::mem::forget(embedded);
    cluster
}
