//! What a flow is: an authored decision tree of questions, checks, fixes and escalations, with the causes they tell apart.
//!
//! These are the words of the file format (one TOML file a flow), already read: every name that a [`Flow`] from
//! [`Flow::parse`] mentions exists in it. What a *good* flow is beyond that is the business of [`super::check`].

use sha2::{Digest, Sha256};

use super::check::Problem;
use super::read;

/// A decision tree, together with what the matcher needs to find it.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// File name without its ending; stays the same over all versions.
    pub slug: String,
    pub title: String,
    pub category: Category,
    pub summary: String,
    /// How users and tickets say it.
    pub says: Vec<String>,
    pub products: Vec<String>,
    /// Error codes and exact messages.
    pub codes: Vec<String>,
    /// Phrases that sound alike but belong to another flow.
    pub excludes: Vec<String>,
    /// Id of the first question or check.
    pub start: String,
    pub causes: Vec<Cause>,
    /// In the order questions, checks, fixes, escalations, each as in the file.
    pub nodes: Vec<Node>,
    /// SHA-256 of the source in hex: names this version of the flow.
    pub hash: String,
}

/// One of the causes a flow tells apart; shown as a hypothesis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub id: String,
    pub text: String,
    /// Line in the source, from 1.
    pub line: usize,
}

/// A step of the tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Question(Question),
    Check(Box<Check>),
    Fix(Fix),
    Escalate(Escalation),
}

/// Something to ask the user.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    pub id: String,
    pub line: usize,
    pub text: String,
    pub why: Option<String>,
    /// Questions and checks that go into the lane at the same time.
    pub also: Vec<String>,
    /// At least one; the last one is [`NOT_SURE`].
    pub answers: Vec<Answer>,
}

/// One way to answer a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The button's text.
    pub option: String,
    /// Other words that mean the same.
    pub says: Vec<String>,
    /// Phrases that mean the same, and answer the question already where they stand in a problem's description.
    pub described: Vec<String>,
    /// A number smaller than this is this answer.
    pub below: Option<f64>,
    /// A number of at least this is this answer.
    pub from: Option<f64>,
    pub branch: Branch,
}

/// Something to look at on a system.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    pub id: String,
    pub line: usize,
    pub label: String,
    /// Of a label that can be answered by yes or no: the result that yes means. Where that is [`YesMeans::Fail`] the label
    /// and `expect` point different ways, and a plain yes in the chat could mean either.
    pub yes: Option<YesMeans>,
    pub command: Option<String>,
    pub description: Option<String>,
    /// What a healthy system shows.
    pub expect: Option<String>,
    pub why: Option<String>,
    pub also: Vec<String>,
    pub pass: Branch,
    pub fail: Branch,
    pub skipped: Branch,
}

/// What follows from an answer or a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    pub line: usize,
    /// What is known now; the customer may read it.
    pub fact: Option<String>,
    /// The reasoning, for the chat.
    pub so: Option<String>,
    pub supports: Vec<String>,
    pub rules_out: Vec<String>,
    pub goto: Target,
}

/// Something to do about a cause.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    pub id: String,
    pub line: usize,
    pub cause: String,
    pub title: String,
    /// 0 to 100.
    pub confidence: u8,
    pub description: String,
    /// Begins with Low, Medium or High.
    pub risk: String,
    pub rollback: String,
    pub language: Option<Language>,
    pub script: Option<String>,
    /// What the customer reads when it worked.
    pub resolution: String,
    /// Where to go on when it did not.
    pub failed: Target,
}

/// The end of the road for this desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    pub id: String,
    pub line: usize,
    pub reason: String,
    pub to: Option<String>,
}

/// Where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A node of the same flow, by id.
    Node(String),
    /// "The problem is really that one": another flow, by slug.
    Flow(String),
}

/// How a label begins that can be answered by yes or no.
#[rustfmt::skip]
const YES_OR_NO: &[&str] =
    &["is", "are", "was", "were", "does", "do", "did", "has", "have", "had", "can", "could", "may", "will", "would"];

/// The answer every question ends with.
pub const NOT_SURE: &str = "Not sure";

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($variant),+ }

        impl $name {
            /// All of them, as files write them.
            pub const WORDS: &[&str] = &[$($word),+];

            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }
    };
}

words! {
    /// The part of the field a flow belongs to.
    Category {
        Identity = "identity",
        Email = "email",
        Network = "network",
        Endpoint = "endpoint",
        Server = "server",
        Security = "security",
        Printing = "printing",
        Collaboration = "collaboration",
        Lifecycle = "lifecycle",
    }
}

words! {
    /// The result of a check that a yes to its label means.
    YesMeans {
        Pass = "pass",
        Fail = "fail",
    }
}

words! {
    /// The language of a fix's script.
    Language {
        PowerShell = "powershell",
        Bash = "bash",
        Cmd = "cmd",
        Python = "python",
    }
}

impl Flow {
    /// Reads a flow. It may still break authoring rules; see [`super::check::check`].
    ///
    /// # Errors
    /// Everything that keeps the source from being a flow: syntax, missing or unknown keys, names that lead nowhere.
    pub fn parse(source: &str) -> Result<Self, Vec<Problem>> {
        read::read(source)
    }

    /// What names this version of a flow.
    pub fn hash_of(source: &str) -> String {
        use std::fmt::Write as _;
        Sha256::digest(source.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id() == id)
    }

    pub fn cause(&self, id: &str) -> Option<&Cause> {
        self.causes.iter().find(|cause| cause.id == id)
    }

    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.nodes.iter().filter_map(|node| if let Node::Question(question) = node { Some(question) } else { None })
    }

    pub fn checks(&self) -> impl Iterator<Item = &Check> {
        self.nodes.iter().filter_map(|node| if let Node::Check(check) = node { Some(check.as_ref()) } else { None })
    }

    pub fn fixes(&self) -> impl Iterator<Item = &Fix> {
        self.nodes.iter().filter_map(|node| if let Node::Fix(fix) = node { Some(fix) } else { None })
    }
}

impl Node {
    pub fn id(&self) -> &str {
        match self {
            Self::Question(question) => &question.id,
            Self::Check(check) => &check.id,
            Self::Fix(fix) => &fix.id,
            Self::Escalate(escalation) => &escalation.id,
        }
    }

    pub const fn line(&self) -> usize {
        match self {
            Self::Question(question) => question.line,
            Self::Check(check) => check.line,
            Self::Fix(fix) => fix.line,
            Self::Escalate(escalation) => escalation.line,
        }
    }

    /// A fix or an escalation: here a walk rests.
    pub const fn is_leaf(&self) -> bool {
        matches!(self, Self::Fix(_) | Self::Escalate(_))
    }

    /// The text of a question, the label of a check.
    pub fn item_text(&self) -> Option<&str> {
        match self {
            Self::Question(question) => Some(&question.text),
            Self::Check(check) => Some(&check.label),
            Self::Fix(_) | Self::Escalate(_) => None,
        }
    }

    /// Ids of what is asked together with this node.
    pub fn also(&self) -> &[String] {
        match self {
            Self::Question(question) => &question.also,
            Self::Check(check) => &check.also,
            Self::Fix(_) | Self::Escalate(_) => &[],
        }
    }

    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Question(question) => question.why.as_deref(),
            Self::Check(check) => check.why.as_deref(),
            Self::Fix(_) | Self::Escalate(_) => None,
        }
    }

    /// What may follow from this node's answer or result.
    pub fn branches(&self) -> Vec<&Branch> {
        match self {
            Self::Question(question) => question.answers.iter().map(|answer| &answer.branch).collect(),
            Self::Check(check) => vec![&check.pass, &check.fail, &check.skipped],
            Self::Fix(_) | Self::Escalate(_) => Vec::new(),
        }
    }

    /// Where the walk can go from here, each with the line that says so.
    pub fn targets(&self) -> Vec<(&Target, usize)> {
        match self {
            Self::Fix(fix) => vec![(&fix.failed, fix.line)],
            Self::Question(_) | Self::Check(_) | Self::Escalate(_) => {
                self.branches().into_iter().map(|branch| (&branch.goto, branch.line)).collect()
            }
        }
    }
}

impl Check {
    /// Whether the label can be answered by yes or no.
    pub fn is_yes_or_no(&self) -> bool {
        let first = self.label.split_whitespace().next().unwrap_or_default().to_lowercase();
        self.label.ends_with('?') && YES_OR_NO.contains(&first.as_str())
    }
}

impl Question {
    /// Whether numbers decide.
    pub fn is_numeric(&self) -> bool {
        self.answers.iter().any(|answer| answer.below.is_some() || answer.from.is_some())
    }
}
