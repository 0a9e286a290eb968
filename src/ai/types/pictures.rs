//! Images of the conversation, as models that can see get them.

use std::{fmt, sync::Arc};

/// One image, small enough for every vendor.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// The place of the message it came with.
    pub message: usize,
    /// `image/png` or `image/jpeg`: what every vendor takes.
    pub media_type: &'static str,
    pub base64: Arc<str>,
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture").field("message", &self.message).field("size", &self.base64.len()).finish()
    }
}
