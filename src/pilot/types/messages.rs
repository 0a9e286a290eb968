//! What is said in a session, with its images.

use serde::{Deserialize, Serialize};

use super::{ItemKind, Person};
use crate::{
    ai::types::Source,
    ids::{ImageId, LaneItemId, MessageId, Timestamp},
    wire::or_default,
    words,
};

words! {
    /// Who a message is from.
    Role {
        User = "user",
        Assistant = "assistant",
    }

    /// Whether a message is whole.
    MessageStatus {
        Done = "done",
        Failed = "failed",
        Stopped = "stopped",
    }

    /// What an image is, as its content says.
    ImageType {
        Png = "image/png",
        Jpeg = "image/jpeg",
        Gif = "image/gif",
        Webp = "image/webp",
    }
}

/// What a person sent from the lane with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SentAnswer {
    pub id: LaneItemId,
    pub kind: ItemKind,
    pub label: String,
    /// The answer, or the result and output of a check; `null` for a skipped question.
    pub answer: Option<String>,
}

/// An image of a session: upright, without metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Image {
    pub id: ImageId,
    pub content_type: ImageType,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
    pub url: String,
    pub thumbnail_url: String,
}

/// What FlowPilot sums up when a model repeats itself and nothing new comes of it. What it repeated is not asked again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Standstill {
    /// Facts that stand, the newest first.
    pub known: Vec<String>,
    /// Questions, checks and fixes with what came of them, the newest first.
    pub tried: Vec<String>,
    /// What to do now.
    pub advice: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Message {
    pub id: MessageId,
    pub role: Role,
    /// Markers removed. Empty where a person only sent answers from the lane.
    pub text: String,
    /// The text as sanitised HTML.
    pub html: String,
    pub status: MessageStatus,
    pub author: Option<Person>,
    pub images: Vec<ImageId>,
    /// The same images, with what one has to know to draw them.
    #[serde(default)]
    pub attachments: Vec<Image>,
    pub answers: Vec<SentAnswer>,
    /// Pages of documentation that the answer was looked up in.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// Where the model turned in circles: what there is, and the ways out.
    #[serde(default)]
    pub standstill: Option<Standstill>,
    pub created_at: Timestamp,
}

/// A person's message. `text` may be empty where there are images, or new answers in the lane.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct NewMessage {
    #[serde(default, deserialize_with = "or_default")]
    pub text: String,
    /// Ids of images that were added to the session and not sent yet, 6 at most, in their order.
    #[serde(default, deserialize_with = "or_default")]
    pub images: Vec<ImageId>,
    /// Run the last, failed turn again instead of adding a message.
    #[serde(default, deserialize_with = "or_default")]
    pub retry: bool,
    /// Let FlowPilot's own flows answer, whatever the account chose: for when a budget is used up.
    #[serde(default, deserialize_with = "or_default")]
    pub built_in: bool,
}
