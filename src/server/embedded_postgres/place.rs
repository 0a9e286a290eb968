//! Where the embedded Postgres lives: its programs, its folders and the user it runs as.

use std::{
    fs::{DirBuilder, File},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use nix::unistd::{User, geteuid};
use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnectOptions;
use tokio::process::Command;

use super::{EmbeddedError, install};

/// Everything needed to run a program of Postgres on this cluster.
#[derive(Debug)]
pub struct Place {
    pub data_dir: PathBuf,
    pub cluster: PathBuf,
    pub sockets: PathBuf,
    programs: PathBuf,
    /// Postgres refuses to run as root: started by root, it runs as this user.
    run_as: Option<User>,
}

pub fn folder_error(path: &Path, cause: io::Error) -> EmbeddedError {
    EmbeddedError::Folder { path: path.display().to_string(), cause }
}

/// Opens a lock file in the data folder, making both when missing.
pub fn lock_file(data_dir: &Path, name: &str) -> Result<File, EmbeddedError> {
    std::fs::create_dir_all(data_dir).map_err(|cause| folder_error(data_dir, cause))?;
    File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(data_dir.join(name))
        .map_err(|cause| folder_error(data_dir, cause))
}

impl Place {
    /// Finds programs, user and folders, and makes the folders.
    pub async fn prepare(data_dir: &Path) -> Result<Self, EmbeddedError> {
        std::fs::create_dir_all(data_dir).map_err(|cause| folder_error(data_dir, cause))?;
        let data_dir = data_dir.canonicalize().map_err(|cause| folder_error(data_dir, cause))?;
        let run_as = user_to_run_as()?;
        let name = short_hash(&data_dir);
        let home = match &run_as {
            Some(_) => home_of_another_user(&data_dir, PathBuf::from("/var/lib/flowpilot").join(&name))?,
            None => data_dir.clone(),
        };
        std::fs::create_dir_all(&home).map_err(|cause| folder_error(&home, cause))?;
        let cluster = home.join("postgres");
        let wanted = std::fs::read_to_string(cluster.join("PG_VERSION")).ok().map(|text| text.trim().to_owned());
        let programs = install::find(&data_dir, wanted.as_deref(), &cluster).await?;
        let place = Self { sockets: socket_folder(&home, &name), data_dir, cluster, programs, run_as };
        place.make_folder(&place.sockets)?;
        Ok(place)
    }

    /// A command on one of Postgres' programs, as the right user.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir("/").env_clear().env("PATH", &self.programs).env("LC_ALL", "C");
        if let Some(user) = &self.run_as {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command
    }

    pub fn connect_as(&self, user: &str, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass().socket(&self.sockets).port(5432).username(user).database(database)
    }

    /// Makes a folder that only the user Postgres runs as can enter.
    pub fn make_folder(&self, path: &Path) -> Result<(), EmbeddedError> {
        let fail = |cause| folder_error(path, cause);
        match DirBuilder::new().mode(0o700).create(path) {
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
            other => other.map_err(fail)?,
        }
        let owner = self.run_as.as_ref().map_or_else(geteuid, |user| user.uid);
        let found = std::fs::symlink_metadata(path).map_err(fail)?;
        if !found.is_dir() {
            return Err(fail(io::Error::other("it is not a folder")));
        }
        if found.uid() != owner.as_raw() {
            let group = self.run_as.as_ref().map(|user| user.gid.as_raw());
            std::os::unix::fs::chown(path, Some(owner.as_raw()), group).map_err(fail)?;
        }
        if found.permissions().mode() & 0o077 != 0 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).map_err(fail)?;
        }
        Ok(())
    }
}

fn user_to_run_as() -> Result<Option<User>, EmbeddedError> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    for name in ["postgres", "nobody"] {
        if let Ok(Some(user)) = User::from_name(name) {
            return Ok(Some(user));
        }
    }
    Err(EmbeddedError::NoUser)
}

/// A folder under /root cannot be entered by another user; the cluster then lives in the system's place for such data. Where
/// there is a cluster already, that is the place, whatever became of the folder's rights since.
fn home_of_another_user(data_dir: &Path, system: PathBuf) -> Result<PathBuf, EmbeddedError> {
    let has_cluster = |home: &Path| home.join("postgres/PG_VERSION").exists();
    match (has_cluster(&system), all_may_enter(data_dir), has_cluster(data_dir)) {
        (true, _, _) | (false, false, false) => Ok(system),
        (false, true, _) => Ok(data_dir.to_owned()),
        (false, false, true) => {
            Err(folder_error(data_dir, io::Error::other("the user that Postgres runs as may not enter it any more")))
        }
    }
}

fn all_may_enter(path: &Path) -> bool {
    path.ancestors().all(|folder| std::fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o001 != 0))
}

/// The path of a unix socket has 107 bytes at most, so a deep data folder gets a short one elsewhere.
fn socket_folder(home: &Path, name: &str) -> PathBuf {
    let beside = home.join("run");
    if beside.as_os_str().len() + "/.s.PGSQL.5432.lock".len() < 100 {
        beside
    } else {
        std::env::temp_dir().join(format!("flowpilot-{name}"))
    }
}

fn short_hash(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
