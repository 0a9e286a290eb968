//! Where files are kept: a folder of this machine, or a bucket of an S3-compatible store. It knows keys and bytes, and nothing
//! of what is in them or who may have them.

use std::{
    os::unix::fs::DirBuilderExt,
    path::{self, Path},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use object_store::{
    ObjectStore, ObjectStoreExt, local::LocalFileSystem, memory::InMemory, parse_url_opts, path::Path as Key,
    prefix::PrefixStore,
};
use url::Url;

use crate::error::AppError;

/// A store that does not answer for this long is away.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why files cannot be kept where the configuration says.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error(
        "FLOWPILOT_IMAGES_URL is not an address of files: {0}. It looks like s3://bucket/prefix or file:///folder."
    )]
    Url(String),
    #[error("The folder {folder} cannot be used for images: {cause}. Check who owns it.")]
    Folder { folder: String, cause: std::io::Error },
    #[error("Images cannot be kept there: {0}. For S3, set AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")]
    Store(object_store::Error),
}

/// A store of files. Keys are made by the caller, of ids.
#[derive(Debug, Clone)]
pub struct Files(Arc<dyn ObjectStore>);

impl Files {
    /// The store at `url`, else a folder `images` in the data folder. `options` are those of the object store, named as its
    /// environment variables are.
    pub fn open(
        url: Option<&str>,
        data_dir: &Path,
        options: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, FilesError> {
        let Some(url) = url else { return Self::folder(&data_dir.join("images")) };
        let url = Url::parse(url).map_err(|error| FilesError::Url(error.to_string()))?;
        if url.scheme() == "file" {
            let folder = url.to_file_path().map_err(|()| FilesError::Url("it names no folder".to_owned()))?;
            return Self::folder(&folder);
        }
        // Its client wants one where more than one is compiled in; that there is one already is as good.
        rustls::crypto::ring::default_provider().install_default().ok();
        let (store, prefix) = parse_url_opts(&url, options).map_err(FilesError::Store)?;
        Ok(Self(Arc::new(PrefixStore::new(store, prefix))))
    }

    fn folder(folder: &Path) -> Result<Self, FilesError> {
        let unusable = |cause| FilesError::Folder { folder: folder.display().to_string(), cause };
        let folder = path::absolute(folder).map_err(unusable)?;
        if let Some(around) = folder.parent() {
            std::fs::create_dir_all(around).map_err(unusable)?;
        }
        // For nobody else on this machine; what is around it may have to be open to others, as for Postgres.
        match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(unusable(error)),
            Ok(()) | Err(_) => {}
        }
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(FilesError::Store)?;
        Ok(Self(Arc::new(store.with_fsync(true))))
    }

    /// Files that go with the process: for commands that touch none, and for tests.
    pub fn in_memory() -> Self {
        Self(Arc::new(InMemory::new()))
    }

    /// Keeps a file. The same key again replaces it.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), AppError> {
        patiently(self.0.put(&Key::from(key), bytes.into())).await.map(drop).map_err(away)
    }

    /// The file, if there is one.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>, AppError> {
        let read = async { self.0.get(&Key::from(key)).await?.bytes().await };
        match patiently(read).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Failed::Store(object_store::Error::NotFound { .. })) => Ok(None),
            Err(failed) => Err(away(failed)),
        }
    }

    /// Takes a file away; that there is none is fine.
    pub async fn delete(&self, key: &str) -> Result<(), AppError> {
        match patiently(self.0.delete(&Key::from(key))).await {
            Ok(()) | Err(Failed::Store(object_store::Error::NotFound { .. })) => Ok(()),
            Err(failed) => Err(away(failed)),
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("{0}")]
    Store(object_store::Error),
    #[error("it did not answer")]
    Silent,
}

async fn patiently<T>(call: impl Future<Output = Result<T, object_store::Error>>) -> Result<T, Failed> {
    match tokio::time::timeout(PATIENCE, call).await {
        Ok(done) => done.map_err(Failed::Store),
        Err(_) => Err(Failed::Silent),
    }
}

fn away(failed: Failed) -> AppError {
    tracing::error!(error.cause = %failed, "The store of files failed.");
    AppError::Unavailable {
        detail: "The store of images cannot be reached right now. Try again in a moment.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_keeps_gives_and_forgets_and_is_nobody_elses() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        let files = Files::open(None, data.path(), []).unwrap();
        files.put("a/b", Bytes::from_static(b"one")).await.unwrap();
        // Another process on the same folder.
        let files = Files::open(None, data.path(), []).unwrap();
        assert_eq!(files.get("a/b").await, Ok(Some(Bytes::from_static(b"one"))));
        files.delete("a/b").await.unwrap();
        files.delete("a/b").await.unwrap();
        assert_eq!(files.get("a/b").await, Ok(None));
        let mode = std::fs::metadata(data.path().join("images")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        let deep = data.path().join("not there yet");
        Files::open(None, &deep, []).unwrap();
        let mode = std::fs::metadata(deep).unwrap().permissions().mode();
        assert_ne!(mode & 0o777, 0o700, "the data folder is not for images alone");
    }

    #[tokio::test]
    async fn a_file_address_names_the_folder() {
        let data = tempfile::tempdir().unwrap();
        let url = format!("file://{}/else where", data.path().display());
        let files = Files::open(Some(&url), data.path(), []).unwrap();
        files.put("a", Bytes::from_static(b"one")).await.unwrap();
        assert_eq!(std::fs::read(data.path().join("else where/a")).unwrap(), b"one");
    }

    #[test]
    fn what_is_no_place_for_files_says_so() {
        let data = tempfile::tempdir().unwrap();
        for url in ["images", "carrier-pigeon://loft/3", "ftp://host/x"] {
            assert!(Files::open(Some(url), data.path(), []).is_err(), "{url}");
        }
        std::fs::write(data.path().join("file"), "").unwrap();
        let said = Files::open(None, &data.path().join("file"), []).unwrap_err().to_string();
        assert!(said.contains("file/images"), "{said}");
    }
}
