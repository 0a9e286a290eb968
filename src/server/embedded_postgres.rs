//! The Postgres that FlowPilot brings up itself when `DATABASE_URL` is unset.
//!
//! It uses an installed server, or downloads one; its cluster lives in the data folder and listens on a unix socket only.
//! Every FlowPilot process that uses it holds a shared lock; the last one to leave stops it. What is left behind by a
//! `kill -9`, of either process, is taken over at the next start.

mod install;
mod place;

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use place::Place;

const START_TIMEOUT: Duration = Duration::from_secs(60);

/// Why there is no embedded Postgres, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    #[error(
        "The data folder {path} cannot be used: {cause}. Make it writable for this user, or set FLOWPILOT_DATA_DIR."
    )]
    Folder { path: String, cause: io::Error },
    #[error("Another `flowpilot serve` uses the data folder {0}. Stop it first, or set FLOWPILOT_DATA_DIR.")]
    AlreadyServing(String),
    #[error(
        "No Postgres server is installed and none could be downloaded: {0}. Install one (Debian: apt-get install postgresql), or set DATABASE_URL."
    )]
    NoServer(String),
    #[error("The data in {path} is of Postgres {wanted}, but only {found} is installed. Install Postgres {wanted}.")]
    WrongVersion { path: String, wanted: String, found: String },
    #[error("Postgres does not run as root, and there is no user `postgres` or `nobody` to run it as.")]
    NoUser,
    #[error("{program} failed: {message}")]
    Program { program: &'static str, message: String },
    #[error("Postgres did not start within {seconds} s. Its log is {log}: {tail}", seconds = START_TIMEOUT.as_secs())]
    NotStarted { log: String, tail: String },
    #[error("The embedded Postgres does not let us in: {0}")]
    Connect(#[from] sqlx::Error),
}

/// A running embedded Postgres that this process uses.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    place: Arc<Place>,
    users: File,
    supervisor: Option<(CancellationToken, tokio::task::JoinHandle<()>)>,
}

/// The lock that only one `serve` can hold on a data folder. Held until dropped.
#[derive(Debug)]
pub struct ServeLock(#[expect(dead_code, reason = "the lock lives as long as the file is open")] File);

impl ServeLock {
    /// Takes the lock, or says that somebody serves this folder already.
    pub fn take(data_dir: &Path) -> Result<Self, EmbeddedError> {
        let lock = place::lock_file(data_dir, "serve.lock")?;
        match lock.try_lock() {
            Ok(()) => Ok(Self(lock)),
            Err(TryLockError::WouldBlock) => Err(EmbeddedError::AlreadyServing(data_dir.display().to_string())),
            Err(TryLockError::Error(cause)) => Err(place::folder_error(data_dir, cause)),
        }
    }
}

impl EmbeddedPostgres {
    /// Brings Postgres up (or finds it up) for this process. With `supervise` it is started again should it die.
    pub async fn start(data_dir: &Path, supervise: bool) -> Result<Self, EmbeddedError> {
        let place = Arc::new(Place::prepare(data_dir).await?);
        // One process at a time looks whether it runs and starts it.
        let starting = place::lock_file(data_dir, "postgres.starting.lock")?;
        let starting = tokio::task::spawn_blocking(move || starting.lock().map(|()| starting))
            .await
            .map_err(|error| place::folder_error(data_dir, io::Error::other(error)))?
            .map_err(|cause| place::folder_error(data_dir, cause))?;
        // Held from before we look whether it runs, so that whoever leaves just now does not stop it.
        let users = place::lock_file(data_dir, "postgres.users.lock")?;
        let users = tokio::task::spawn_blocking(move || users.lock_shared().map(|()| users))
            .await
            .map_err(|error| place::folder_error(data_dir, io::Error::other(error)))?
            .map_err(|cause| place::folder_error(data_dir, cause))?;
        place.init().await?;
        ensure_running(&place).await?;
        drop(starting);
        make_database(&place).await?;
        let supervisor = supervise.then(|| {
            let stop = CancellationToken::new();
            (stop.clone(), tokio::spawn(supervise_postgres(Arc::clone(&place), stop)))
        });
        Ok(Self { place, users, supervisor })
    }

    /// How to reach FlowPilot's database in it.
    pub fn options(&self) -> PgConnectOptions {
        self.place.connect_as("flowpilot", "flowpilot")
    }

    /// Leaves; the last one to leave stops the server.
    pub async fn leave(self) {
        if let Some((stop, task)) = self.supervisor {
            stop.cancel();
            task.await.ok();
        }
        self.users.unlock().ok();
        if self.users.try_lock().is_ok()
            && let Err(error) = self.place.stop().await
        {
            tracing::warn!(error.cause = %error, "The embedded Postgres could not be stopped.");
        }
    }
}

async fn ensure_running(place: &Place) -> Result<(), EmbeddedError> {
    let until = Instant::now() + START_TIMEOUT;
    let mut started = false;
    loop {
        if place.answers().await {
            return Ok(());
        }
        if place.pid().is_none_or(|pid| kill(pid, None).is_err()) {
            // Not started yet, or it gave up: after a kill -9 the old server's children have to be gone first.
            if started {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            place.spawn()?;
            started = true;
        }
        if Instant::now() > until {
            return Err(EmbeddedError::NotStarted { log: place.log().display().to_string(), tail: place.log_tail() });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn supervise_postgres(place: Arc<Place>, stop: CancellationToken) {
    let mut tick = tokio::time::interval(Duration::from_millis(500));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        if place.pid().is_none_or(|pid| kill(pid, None).is_err()) {
            tracing::error!("The embedded Postgres is gone; starting it again.");
            match ensure_running(&place).await {
                Ok(()) => tracing::info!("The embedded Postgres is back."),
                Err(error) => {
                    tracing::error!(error.cause = %error, "The embedded Postgres could not be started again.")
                }
            }
        }
    }
}

async fn make_database(place: &Place) -> Result<(), EmbeddedError> {
    let mut admin = PgConnection::connect_with(&place.connect_as("postgres", "postgres")).await?;
    let known = sqlx::query!(
        r#"select exists (select from pg_roles where rolname = 'flowpilot') as "role!",
                  exists (select from pg_database where datname = 'flowpilot') as "database!""#
    )
    .fetch_one(&mut admin)
    .await?;
    if !known.role {
        sqlx::raw_sql("create role flowpilot login createrole").execute(&mut admin).await?;
    }
    if !known.database {
        sqlx::raw_sql("create database flowpilot owner flowpilot").execute(&mut admin).await?;
    }
    admin.close().await?;
    Ok(())
}

/// Runs a program of Postgres to its end as the user that owns the cluster.
async fn run(place: &Place, program: &'static str, args: &[&str]) -> Result<Output, EmbeddedError> {
    let output = place
        .command(program)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .await
        .map_err(|cause| EmbeddedError::Program { program, message: cause.to_string() })?;
    if output.status.success() {
        Ok(output)
    } else {
        Err(EmbeddedError::Program { program, message: String::from_utf8_lossy(&output.stderr).trim().to_owned() })
    }
}

impl Place {
    /// The postmaster's process, by its own file. A number that belongs to another program by now, as after a restart of the
    /// machine, is none.
    fn pid(&self) -> Option<Pid> {
        let text = std::fs::read_to_string(self.cluster.join("postmaster.pid")).ok()?;
        let pid: i32 = text.lines().next()?.trim().parse().ok()?;
        match std::fs::read_to_string(format!("/proc/{pid}/comm")) {
            Ok(program) if !program.starts_with("postgres") => None,
            _ => Some(Pid::from_raw(pid)),
        }
    }

    async fn answers(&self) -> bool {
        if self.pid().is_none() {
            return false;
        }
        match PgConnection::connect_with(&self.connect_as("postgres", "postgres")).await {
            Ok(connection) => connection.close().await.is_ok(),
            Err(_) => false,
        }
    }

    async fn init(&self) -> Result<(), EmbeddedError> {
        if self.cluster.join("PG_VERSION").exists() {
            return Ok(());
        }
        // In a folder of its own first: a cluster is there whole or not at all.
        let fresh = self.cluster.with_extension("new");
        std::fs::remove_dir_all(&fresh).ok();
        std::fs::remove_dir(&self.cluster).ok();
        self.make_folder(&fresh)?;
        let target = fresh.display().to_string();
        run(
            self,
            "initdb",
            &["-D", &target, "-U", "postgres", "-E", "UTF8", "--no-locale", "--auth-local=trust", "--auth-host=reject"],
        )
        .await?;
        std::fs::rename(&fresh, &self.cluster).map_err(|cause| place::folder_error(&self.cluster, cause))
    }

    fn spawn(&self) -> Result<(), EmbeddedError> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .map_err(|cause| place::folder_error(&self.log(), cause))?;
        let sockets = format!("unix_socket_directories={}", self.sockets.display());
        let mut command: Command = self.command("postgres");
        command
            .arg("-D")
            .arg(&self.cluster)
            .args(["-c", "listen_addresses=", "-c", &sockets, "-c", "unix_socket_permissions=0700"])
            .args(["-c", "max_connections=60", "-c", "shared_buffers=96MB", "-c", "log_min_messages=warning"])
            .args(["-c", "timezone=UTC", "-c", "log_timezone=UTC"])
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::from(log));
        let mut child = command
            .spawn()
            .map_err(|cause| EmbeddedError::Program { program: "postgres", message: cause.to_string() })?;
        // Waited for, so that a dead server does not linger as a zombie that looks alive.
        tokio::spawn(async move { child.wait().await });
        Ok(())
    }

    async fn stop(&self) -> Result<(), EmbeddedError> {
        let Some(pid) = self.pid() else { return Ok(()) };
        // Fast shutdown: open transactions are rolled back, everything committed is on disk.
        if kill(pid, Signal::SIGINT).is_err() {
            return Ok(());
        }
        let until = Instant::now() + START_TIMEOUT;
        while self.pid().is_some() && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    fn log(&self) -> PathBuf {
        self.data_dir.join("postgres.log")
    }

    fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<_> = text.lines().rev().take(3).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join(" | ")
    }
}
