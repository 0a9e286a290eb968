//! Images of a session: taken in, given out, and let go of when nobody sent them. Who may see the session may see its images;
//! who may write in it, and while it is open, may add some.

mod body;
mod picture;
pub mod rest;
mod strip;

use std::{collections::HashSet, sync::Arc};

use bytes::Bytes;
use tokio::sync::Semaphore;

use super::{
    store::{images, sessions},
    write::Write,
};
use crate::{
    error::AppError,
    ids::{AccountId, ImageId, SessionId},
    pilot::{
        images::{PER_MESSAGE, TOO_MANY},
        types::{Image, ImageType},
    },
    server::{
        context::{Ctx, Platform},
        files::Files,
    },
};

/// So many images are worked on at once: each takes a few hundred megabytes at worst.
static WORK: Semaphore = Semaphore::const_new(2);

/// What of an image is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Whole,
    Small,
    /// What a model is shown, where that is not the whole.
    Sight,
}

fn key(account: AccountId, session: SessionId, image: ImageId, part: Part) -> String {
    let part = match part {
        Part::Whole => "image",
        Part::Small => "thumbnail",
        Part::Sight => "sight",
    };
    format!("{account}/{session}/{image}/{part}")
}

/// Whether the caller may add images now: asked before the file is read.
pub async fn may_add(ctx: &Ctx, session: SessionId) -> Result<(), AppError> {
    Write::lock_open(ctx, session).await.map(drop)
}

/// Takes an image in. It belongs to the session from now on, and to a message once it is sent with one.
pub async fn add(ctx: &Ctx, session: SessionId, file: Bytes) -> Result<Image, AppError> {
    let picture = prepare(file).await?;
    let new = images::NewImage {
        id: ctx.fresh(),
        kind: picture.kind,
        small_kind: picture.small_kind,
        width: picture.width,
        height: picture.height,
        bytes: picture.bytes.len(),
    };
    let mut write = Write::lock_open(ctx, session).await?;
    let image = images::insert(ctx, write.tx(), session, &new).await?;
    write.commit().await?;
    let files = &ctx.platform.files;
    let at = |part| key(ctx.account, session, image.id, part);
    files.put(&at(Part::Whole), picture.bytes.into()).await?;
    files.put(&at(Part::Small), picture.small.into()).await?;
    let mut tx = ctx.db().tenant(ctx).await?;
    images::set_stored(ctx, &mut tx, image.id).await?;
    tx.commit().await?;
    Ok(image)
}

async fn prepare(file: Bytes) -> Result<picture::Picture, AppError> {
    let _place = WORK.acquire().await.map_err(|_| AppError::internal())?;
    let work = tokio::task::spawn_blocking(move || picture::picture(&file));
    work.await.unwrap_or_else(|error| {
        tracing::warn!(error.cause = %error, "An image could not be decoded.");
        Err(picture::damaged())
    })
}

/// The bytes of an image, and what they are.
pub async fn read(ctx: &Ctx, session: SessionId, image: ImageId, part: Part) -> Result<(ImageType, Bytes), AppError> {
    let missing = || AppError::not_found("image");
    let mut tx = ctx.db().tenant(ctx).await?;
    sessions::get(ctx, &mut tx, session).await?.ok_or_else(|| AppError::not_found("session"))?;
    let (kind, small_kind) = images::kinds(ctx, &mut tx, session, image).await?.ok_or_else(missing)?;
    tx.commit().await?;
    let bytes = ctx.platform.files.get(&key(ctx.account, session, image, part)).await?.ok_or_else(missing)?;
    let kind = match part {
        Part::Whole => kind,
        Part::Small => small_kind,
        Part::Sight => ImageType::Jpeg,
    };
    Ok((kind, bytes))
}

/// An image of a message as a model is shown it, and what it is then; made when a model first sees it.
pub async fn sight(ctx: &Ctx, session: SessionId, image: &Image) -> Result<Option<(ImageType, Bytes)>, AppError> {
    let files = &ctx.platform.files;
    let at = |part| key(ctx.account, session, image.id, part);
    if picture::is_seen_as_it_is(image) {
        return Ok(files.get(&at(Part::Whole)).await?.map(|bytes| (image.content_type, bytes)));
    }
    if let Some(made) = files.get(&at(Part::Sight)).await? {
        return Ok(Some((ImageType::Jpeg, made)));
    }
    let Some(whole) = files.get(&at(Part::Whole)).await? else { return Ok(None) };
    let place = WORK.acquire().await.map_err(|_| AppError::internal())?;
    let kind = image.content_type;
    let made = tokio::task::spawn_blocking(move || picture::sight(kind, &whole)).await;
    drop(place);
    let made = Bytes::from(made.unwrap_or_else(|_| Err(picture::damaged()))?);
    files.put(&at(Part::Sight), made.clone()).await?;
    Ok(Some((ImageType::Jpeg, made)))
}

/// Whether so many images, each once, fit a message.
pub fn check_list(ids: &[ImageId]) -> Result<(), AppError> {
    if ids.len() > PER_MESSAGE {
        return Err(AppError::invalid("images", TOO_MANY));
    }
    let mut seen = HashSet::new();
    match ids.iter().position(|id| !seen.insert(id)) {
        Some(at) => Err(AppError::invalid(format!("images[{at}]"), "This image is in the message twice.")),
        None => Ok(()),
    }
}

/// The images that a message is about to be sent with, in its order: each must be the session's own and not sent yet.
pub async fn unsent(write: &mut Write<'_>, ids: &[ImageId]) -> Result<Vec<Image>, AppError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (ctx, session) = (write.ctx, write.session.id);
    let found = images::unsent(ctx, write.tx(), session, ids).await?;
    let image = |(at, id): (usize, &ImageId)| {
        let found = found.iter().find(|image| image.id == *id);
        found.cloned().ok_or_else(|| {
            AppError::invalid(
                format!("images[{at}]"),
                "An image of this message is not one of this session's, was sent already, or is gone. Attach it again.",
            )
        })
    };
    ids.iter().enumerate().map(image).collect()
}

/// Lets go of images that nobody sent within a day.
pub async fn forget_unsent(platform: &Arc<Platform>) -> Result<(), AppError> {
    let mut tx = platform.db.jobs().await?;
    let old = images::never_sent(&mut tx).await?;
    tx.commit().await?;
    for (account, image) in old {
        // One that cannot be let go of does not keep the others.
        if let Err(error) = forget(platform, account, image).await {
            tracing::warn!(image.id = %image, error.cause = %error, "An image that was never sent could not be let go of.");
        }
    }
    Ok(())
}

async fn forget(platform: &Platform, account: AccountId, image: ImageId) -> Result<(), AppError> {
    // First nobody can send it any more; then the files go; the row last, so that a next round finds what a crash left.
    let mut tx = platform.db.for_account(account).await?;
    let session = images::let_go(account, &mut tx, image).await?;
    tx.commit().await?;
    let Some(session) = session else { return Ok(()) };
    let files: &Files = &platform.files;
    files.delete(&key(account, session, image, Part::Whole)).await?;
    files.delete(&key(account, session, image, Part::Small)).await?;
    let mut tx = platform.db.for_account(account).await?;
    images::delete(account, &mut tx, image).await?;
    tx.commit().await?;
    Ok(())
}
