//! Images on their way into a message: sent to the server as soon as they are there, so that the message itself is light, and
//! kept as long as the tab. Where there is no session yet, they are held until there is.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    error::{AppError, SignedOut},
    ids::SessionId,
    pilot::{
        images::{ACCEPT, FILE_LIMIT, PER_MESSAGE, TOO_LARGE, TOO_MANY, WRONG_KIND},
        types::{Image, Message},
    },
    ui::{
        browser::{self, File},
        notices::Notices,
        split::{self, Split, wasm_split},
    },
    wire::{self, take},
};

/// How far an image is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// There is no session to send it to yet.
    Held,
    Uploading,
    Ready(Image),
    /// Why it cannot be attached, and whether to try again may help.
    Failed {
        why: String,
        again: bool,
    },
}

/// One image beside the text that is being written.
#[derive(Debug, Clone)]
pub struct Attachment {
    pub key: u64,
    pub name: String,
    /// Where it can be seen.
    pub shown: String,
    pub progress: Progress,
    file: Option<File>,
}

impl PartialEq for Attachment {
    fn eq(&self, other: &Self) -> bool {
        (self.key, &self.progress) == (other.key, &other.progress)
    }
}

impl Attachment {
    pub const fn failed(&self) -> bool {
        matches!(self.progress, Progress::Failed { .. })
    }
}

/// The images beside the message box.
#[derive(Debug, Clone, Copy)]
pub struct Attachments {
    /// `None`: it has still to be started.
    session: Option<SessionId>,
    notices: Notices,
    pub list: RwSignal<Vec<Attachment>>,
    count: StoredValue<u64>,
}

/// What stands in the way of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    Uploading,
    Failed,
    TooMany,
}

impl Attachments {
    pub fn new(session: Option<SessionId>, notices: Notices) -> Self {
        let attachments = Self { session, notices, list: RwSignal::new(Vec::new()), count: StoredValue::new(0) };
        on_cleanup(move || {
            attachments.list.try_with_untracked(|list| list.iter().for_each(|one| browser::forget_address(&one.shown)));
        });
        attachments
    }

    pub fn is_empty(self) -> bool {
        self.list.with(Vec::is_empty)
    }

    /// Why a message with these images cannot go yet.
    pub fn hold(self) -> Option<Hold> {
        self.list.with(|list| {
            if list.iter().any(Attachment::failed) {
                Some(Hold::Failed)
            } else if list.len() > PER_MESSAGE {
                Some(Hold::TooMany)
            } else {
                list.iter().any(|one| one.progress == Progress::Uploading).then_some(Hold::Uploading)
            }
        })
    }

    /// How many images are there already.
    pub fn ready(self) -> usize {
        let there = |one: &&Attachment| matches!(one.progress, Progress::Held | Progress::Ready(_));
        self.list.with(|list| list.iter().filter(there).count())
    }

    /// The files that wait for a session.
    pub fn held(self) -> Vec<File> {
        let held = |one: &Attachment| one.file.clone().filter(|_| one.progress == Progress::Held);
        self.list.with_untracked(|list| list.iter().filter_map(held).collect())
    }

    /// Where those that the server has are kept.
    fn place(self) -> Option<String> {
        self.session.map(|session| format!("fp:images:{session}"))
    }

    fn images(list: &[Attachment]) -> Vec<Image> {
        let image = |one: &Attachment| match &one.progress {
            Progress::Ready(image) => Some(image.clone()),
            Progress::Held | Progress::Uploading | Progress::Failed { .. } => None,
        };
        list.iter().filter_map(image).collect()
    }

    /// Keeps what is not in a message yet: beside the box, and on its way.
    pub fn keep(self, on_its_way: &[Image]) {
        let beside = self.list.with_untracked(|list| Self::images(list));
        self.write(&[on_its_way, &beside].concat());
    }

    fn write(self, images: &[Image]) {
        let text = if images.is_empty() { String::new() } else { wire::write(images).unwrap_or_default() };
        if let Some(place) = self.place() {
            browser::keep_in_tab(&place, &text);
        }
    }

    fn kept(self) -> Vec<Image> {
        self.place()
            .and_then(|place| browser::recall_in_tab(&place))
            .and_then(|text| wire::read(&text).ok())
            .unwrap_or_default()
    }

    /// After a reload: what is in no message.
    pub fn recall(self, messages: &[Message]) {
        let sent = |image: &Image| messages.iter().any(|message| message.images.contains(&image.id));
        self.put_back(self.kept().into_iter().filter(|image| !sent(image)).collect());
    }

    /// Images whose message did not get there stand beside the box again, first.
    pub fn put_back(self, images: Vec<Image>) {
        let again = images.into_iter().map(|image| Attachment {
            key: self.next_key(),
            name: "Image".to_owned(),
            shown: image.thumbnail_url.clone(),
            progress: Progress::Ready(image),
            file: None,
        });
        let again: Vec<_> = again.collect();
        if !again.is_empty() {
            self.list.update(|list| drop(list.splice(..0, again)));
        }
    }

    /// The images for a message that goes now.
    pub fn take(self) -> Vec<Image> {
        let list = self.list.try_update(std::mem::take).unwrap_or_default();
        list.iter().for_each(|one| browser::forget_address(&one.shown));
        Self::images(&list)
    }

    fn next_key(self) -> u64 {
        self.count
            .try_update_value(|count| {
                *count += 1;
                *count
            })
            .unwrap_or_default()
    }

    /// Attaches files that were pasted, dropped or picked.
    pub fn add(self, files: Vec<File>) {
        spawn_local(async move {
            self.attach(files).await;
        });
    }

    /// The same, until they are on their way.
    pub async fn attach(self, files: Vec<File>) {
        split::tell(self.notices, take_in(self, files).await);
    }

    /// Tries again what could not be attached.
    pub fn retry(self, key: u64) {
        self.set(key, Progress::Uploading);
        self.upload(key);
    }

    pub fn remove(self, key: u64) {
        self.list.update(|list| {
            list.iter().filter(|one| one.key == key).for_each(|one| browser::forget_address(&one.shown));
            list.retain(|one| one.key != key);
        });
    }

    /// False: the page has been left.
    fn set(self, key: u64, progress: Progress) -> bool {
        let set = move |list: &mut Vec<Attachment>| {
            if let Some(one) = list.iter_mut().find(|one| one.key == key) {
                one.progress = progress;
            }
        };
        self.list.try_update(set).is_some()
    }

    fn upload(self, key: u64) {
        let file = self.list.with_untracked(|list| list.iter().find(|one| one.key == key)?.file.clone());
        let (Some(file), Some(session)) = (file, self.session) else { return };
        let notices = self.notices;
        spawn_local(async move {
            let progress = upload(session, file).await;
            if let Err(AppError::Unauthenticated { .. }) = progress {
                notices.fail(&AppError::signed_out(SignedOut::Unauthenticated));
            }
            let progress = match progress {
                Ok(image) => Progress::Ready(image),
                Err(error) => Progress::Failed { why: error.detail(), again: may_help(&error) },
            };
            let image = if let Progress::Ready(image) = &progress { Some(image.clone()) } else { None };
            if !self.set(key, progress)
                && let Some(image) = image
            {
                // Whoever comes back to the session finds it.
                self.write(&[self.kept(), vec![image]].concat());
            }
        });
    }
}

/// Whether the same file may be taken at another time.
const fn may_help(error: &AppError) -> bool {
    !matches!(
        error,
        AppError::TooLarge { .. }
            | AppError::UnsupportedMedia { .. }
            | AppError::Invalid { .. }
            | AppError::Forbidden { .. }
    )
}

/// Shows files and sends them. Downloaded with the first one.
#[wasm_split(images, wasm_split_path = leptos::wasm_split, fallible)]
fn take_in(attached: Attachments, files: Vec<File>) -> Split<()> {
    // Gone where the page was left while this was downloaded.
    let Some(there) = attached.list.try_with_untracked(Vec::len) else { return Ok(()) };
    let room = PER_MESSAGE.saturating_sub(there);
    if files.len() > room {
        attached.notices.say(TOO_MANY);
    }
    for file in files.into_iter().take(room) {
        let (name, kind, size) = browser::describe(&file);
        let refused = if !kind.is_empty() && !ACCEPT.split(',').any(|taken| taken == kind) {
            Some(WRONG_KIND)
        } else {
            (size > f64::from(u32::try_from(FILE_LIMIT).unwrap_or(u32::MAX))).then_some(TOO_LARGE)
        };
        let progress = match refused {
            Some(why) => Progress::Failed { why: why.to_owned(), again: false },
            None if attached.session.is_none() => Progress::Held,
            None => Progress::Uploading,
        };
        let key = attached.next_key();
        let shown = if refused.is_none() { browser::address_of(&file) } else { String::new() };
        let name = if name.is_empty() { "Image".to_owned() } else { name };
        attached.list.update(|list| list.push(Attachment { key, name, shown, progress, file: Some(file) }));
        if refused.is_none() {
            attached.upload(key);
        }
    }
    Ok(())
}

/// Sends a file to the session.
async fn upload(session: SessionId, file: File) -> Result<Image, AppError> {
    let (_, kind, _) = browser::describe(&file);
    // The server looks at the content anyway.
    let kind = if kind.is_empty() { "image/unknown".to_owned() } else { kind };
    let away =
        || AppError::Unavailable { detail: "The server cannot be reached. Try again when you are online.".to_owned() };
    let answer = browser::post(&format!("/api/v1/ai-sessions/{session}/images"), &kind, &file).await;
    let (status, text) = answer.ok_or_else(away)?;
    if status == 201 {
        return wire::read(&text).map_err(|_| AppError::internal());
    }
    let detail = wire::parse(&text).ok().and_then(|mut problem| take(&mut problem, "detail"));
    let detail: String = detail.unwrap_or_else(|| AppError::internal().detail());
    Err(match status {
        401 => AppError::signed_out(SignedOut::Unauthenticated),
        403 | 404 | 409 => AppError::forbidden(detail),
        413 => AppError::TooLarge { detail },
        415 => AppError::UnsupportedMedia { detail },
        422 => AppError::invalid("file", detail),
        _ => AppError::Unavailable { detail },
    })
}
