//! Which model an account's calls go to, what they may cost and what is masked: the account's own choice, else the operator's.
//!
//! A key is sealed before it is stored, opened only for a call, and belongs to the endpoint it was entered for: no change sends
//! it elsewhere. Who may change settings is for the caller to decide.

mod check;
mod store;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures::future::try_join_all;
use secrecy::ExposeSecret;
use url::Url;

use self::check::{Key, Wanted};
use super::{
    AiError, Meter, Waiting,
    choice::Choice,
    mcp, prices,
    probe::Direct,
    usage::{self, CallRecord},
};
use crate::{
    ai::types::{
        Tier, Vendor,
        settings::{
            AiSettingsChange, AiSettingsView, Called, CalledModel, Connection, Masked, Offer, ServerChoice, TestReport,
            Tried,
        },
    },
    error::{AppError, Upstream},
    ids::Timestamp,
    server::{
        context::Ctx,
        crypto::{OpenError, Purpose},
        db::TenantTx,
    },
};

/// A model that is only tested need not be waited for longer.
const TEST_PATIENCE: Duration = Duration::from_secs(30);

/// The models that the operator offers to every account, from the environment.
#[derive(Debug, Clone)]
pub struct Operator {
    /// Answers where an account chose nothing; `None`: the built-in provider.
    pub chosen: Option<Choice>,
    /// Other vendors that an account may choose without a key of its own.
    pub offered: Vec<Choice>,
    /// Where models may look things up, for accounts that want it.
    pub docs: Arc<mcp::Server>,
    /// How a connection is tested.
    pub probe: Arc<dyn Probe>,
}

/// Asks a model for a sign of life.
#[async_trait]
pub trait Probe: Send + Sync + fmt::Debug {
    /// A short call on this tier, counted by `meter`; an error says what the provider said.
    async fn probe(&self, choice: &Choice, tier: Tier, meter: &Meter) -> Result<(), AiError>;
}

impl Operator {
    /// Nothing but the built-in provider.
    pub fn builtin() -> Self {
        Self {
            chosen: None,
            offered: Vec::new(),
            docs: Arc::new(mcp::Server::microsoft_learn()),
            probe: Arc::new(Direct),
        }
    }

    /// What the environment says about a vendor.
    fn of(&self, vendor: Vendor) -> Option<&Choice> {
        self.chosen.iter().chain(&self.offered).find(|choice| choice.vendor == vendor)
    }
}

/// The built-in provider as a choice.
pub fn builtin() -> Choice {
    let model = |tier| Vendor::Builtin.model(tier).to_owned();
    Choice {
        vendor: Vendor::Builtin,
        endpoint: None,
        trusted: true,
        key: None,
        fast: model(Tier::Fast),
        standard: model(Tier::Standard),
        window: None,
    }
}

/// What the gateway goes by for one account.
#[derive(Debug, Clone)]
pub struct AiSettings {
    pub primary: Choice,
    /// Asked when the primary one fails.
    pub fallback: Option<Choice>,
    pub mcp: bool,
    pub mask: Masked,
    /// When somebody changed them last.
    pub updated_at: Option<Timestamp>,
}

impl AiSettings {
    /// What is masked beside secrets; nothing at all where FlowPilot's own flows answer.
    pub fn masks(&self) -> Option<Masked> {
        (self.primary.vendor != Vendor::Builtin).then_some(self.mask)
    }

    /// Whom to ask, in this order.
    pub fn choices(&self) -> (&Choice, Option<&Choice>) {
        (&self.primary, self.fallback.as_ref())
    }
}

/// The first choice or the one after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Primary,
    Fallback,
}

impl Slot {
    const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Fallback => "fallback",
        }
    }

    const fn purpose(self, ctx: &Ctx) -> Purpose {
        let name = match self {
            Self::Primary => "ai key",
            Self::Fallback => "ai fallback key",
        };
        Purpose { account: ctx.account, name }
    }
}

/// What calls of the account of `ctx` go by.
pub async fn of(ctx: &Ctx) -> Result<AiSettings, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let row = store::load(ctx, &mut tx).await?;
    tx.commit().await?;
    resolve(ctx, row)
}

fn resolve(ctx: &Ctx, row: store::Row) -> Result<AiSettings, AppError> {
    let primary = choice(ctx, Slot::Primary, &row.primary)?;
    Ok(AiSettings {
        primary: primary.or_else(|| ctx.platform.ai_operator.chosen.clone()).unwrap_or_else(builtin),
        fallback: choice(ctx, Slot::Fallback, &row.fallback)?,
        mcp: row.mcp,
        mask: row.mask,
        updated_at: row.updated_at,
    })
}

/// The settings for people: without keys.
pub async fn view(ctx: &Ctx) -> Result<AiSettingsView, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let row = store::load(ctx, &mut tx).await?;
    tx.commit().await?;
    Ok(shown(ctx, row))
}

/// Stores a change, if all of it is well.
pub async fn save(ctx: &Ctx, tx: &mut TenantTx, change: &AiSettingsChange) -> Result<AiSettingsView, AppError> {
    store::lock(ctx, tx).await?;
    let mut row = check::merge(&ctx.platform.ai_operator, store::load(ctx, tx).await?, change)?;
    for (slot, wanted) in [(Slot::Primary, &mut row.primary), (Slot::Fallback, &mut row.fallback)] {
        if let Key::New(key) = &wanted.key {
            let key = key.expose_secret();
            let sealed = ctx.platform.keys.seal(key.as_bytes(), slot.purpose(ctx))?;
            wanted.key = Key::Stored { sealed, ends_in: check::ends_in(key) };
        }
    }
    store::save(ctx, tx, &row).await?;
    row.updated_by = Some(ctx.actor.user);
    row.updated_at = Some(ctx.now());
    Ok(shown(ctx, row))
}

/// Calls every model of the settings as they would be after `change`, and says how it went. Nothing is stored.
pub async fn test(ctx: &Ctx, change: &AiSettingsChange) -> Result<TestReport, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let row = store::load(ctx, &mut tx).await?;
    tx.commit().await?;
    let settings = resolve(ctx, check::merge(&ctx.platform.ai_operator, row, change)?)?;
    let choices =
        std::iter::once((false, &settings.primary)).chain(settings.fallback.iter().map(|choice| (true, choice)));
    let tests = choices.flat_map(|(fallback, choice)| {
        // One model for both tiers is tested once.
        let tiers = if choice.fast == choice.standard { &[Tier::Standard][..] } else { &[Tier::Standard, Tier::Fast] };
        tiers.iter().map(move |tier| (fallback, choice.clone(), *tier))
    });
    // Each goes on to its end and into the records, though nobody waits for it any more.
    let calls =
        tests.map(|(fallback, choice, tier)| ctx.platform.work.spawn(try_one(ctx.clone(), fallback, choice, tier)));
    let tried = try_join_all(calls).await.map_err(|_| AppError::internal())?;
    Ok(TestReport { ok: tried.iter().all(|one| one.ok), tried })
}

async fn try_one(ctx: Ctx, fallback: bool, choice: Choice, tier: Tier) -> Tried {
    let (started, meter) = (Instant::now(), Meter::default());
    let probe = ctx.platform.ai_operator.probe.probe(&choice, tier, &meter);
    let answer = tokio::time::timeout(TEST_PATIENCE, probe).await;
    let latency = started.elapsed();
    let late = answer.is_err();
    let silent = AiError::TimedOut { vendor: choice.vendor, waiting: Waiting::FirstByte };
    let outcome = answer.unwrap_or(Err(silent)).map_err(Some);
    // FlowPilot's own flows are no model.
    if choice.vendor != Vendor::Builtin {
        let (ended, error_code) = usage::ending(&outcome);
        let call = CallRecord {
            session: None,
            action: None,
            vendor: choice.vendor,
            model: choice.model(tier),
            usage: meter.take().usage,
            latency,
            first_byte: None,
            outcome: ended,
            error_code,
        };
        usage::keep(&ctx, &call).await;
    }
    let error = match outcome {
        Ok(()) => None,
        Err(_) if late => Some("No answer within 30 seconds. Check the endpoint and the name of the model.".to_owned()),
        Err(error) => error.map(|error| error.to_string()),
    };
    Tried {
        fallback,
        provider: choice.vendor,
        model: choice.model(tier).to_owned(),
        ok: error.is_none(),
        latency_ms: u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
        error,
    }
}

/// What stands in a slot as a choice, completed from what the operator and the vendor say; `None`: nothing does.
fn choice(ctx: &Ctx, slot: Slot, wanted: &Wanted) -> Result<Option<Choice>, AppError> {
    let Some(choice) = without_stored_key(ctx, wanted) else { return Ok(None) };
    let Key::Stored { sealed, .. } = &wanted.key else { return Ok(Some(choice)) };
    let opened = ctx.platform.keys.open_text(sealed, slot.purpose(ctx));
    let key = Some(opened.map_err(|error| cannot_open(slot, error))?);
    Ok(Some(Choice { key, ..choice }))
}

/// The same, as far as it needs no key to be opened.
fn without_stored_key(ctx: &Ctx, wanted: &Wanted) -> Option<Choice> {
    let vendor = match wanted.vendor? {
        Vendor::Builtin => return Some(builtin()),
        vendor => vendor,
    };
    let operator = ctx.platform.ai_operator.of(vendor);
    // What the operator says holds at the operator's endpoint, and above all their key. A key of the account's own does not go
    // there unless the account names it: without an endpoint it is for the vendor.
    let all_theirs = wanted.endpoint.is_none() && matches!(wanted.key, Key::None);
    let operator = operator.filter(|theirs| all_theirs || wanted.endpoint == theirs.endpoint);
    let key = match &wanted.key {
        Key::None => operator.and_then(|theirs| theirs.key.clone()),
        Key::New(key) => Some(key.clone()),
        Key::Stored { .. } => None,
    };
    // A server of one's own serves what it serves: one name may do for both tiers.
    let elsewhere = wanted.endpoint.is_some() && operator.is_none();
    let model = |own: &Option<String>, other: &Option<String>, tier| {
        let of_other = if elsewhere { other.clone() } else { None };
        let named = own.clone().or(of_other).or_else(|| operator.map(|theirs| theirs.model(tier).to_owned()));
        named.unwrap_or_else(|| vendor.model(tier).to_owned())
    };
    let window = wanted.window.and_then(|window| usize::try_from(window).ok());
    Some(Choice {
        vendor,
        endpoint: wanted.endpoint.clone().or_else(|| operator.and_then(|theirs| theirs.endpoint.clone())),
        trusted: operator.is_some_and(|theirs| theirs.trusted),
        key,
        fast: model(&wanted.fast, &wanted.standard, Tier::Fast),
        standard: model(&wanted.standard, &wanted.fast, Tier::Standard),
        window: window.or_else(|| operator.and_then(|theirs| theirs.window)),
    })
}

fn cannot_open(slot: Slot, error: OpenError) -> AppError {
    tracing::error!(ai.slot = slot.name(), error.cause = %error, "A stored AI key cannot be opened.");
    AppError::Upstream {
        code: Upstream::AiUnavailable,
        detail: format!("The stored AI key cannot be used: {error}. An admin can enter it again at /account/ai."),
    }
}

fn shown(ctx: &Ctx, row: store::Row) -> AiSettingsView {
    let operator = &ctx.platform.ai_operator;
    let chosen = operator.chosen.clone().unwrap_or_else(builtin);
    let called = |choice: Choice| {
        let day = ctx.now().0.date();
        let one = |tier| {
            let model = choice.model(tier);
            CalledModel { model: model.to_owned(), price_known: prices::is_known(choice.vendor, model, day) }
        };
        Called { fast: one(Tier::Fast), standard: one(Tier::Standard) }
    };
    let primary = without_stored_key(ctx, &row.primary).unwrap_or_else(|| chosen.clone());
    let fallback = without_stored_key(ctx, &row.fallback);
    AiSettingsView {
        primary: connection(row.primary, Some(called(primary))),
        fallback: connection(row.fallback, fallback.map(called)),
        month_budget: row.month_budget,
        session_budget: row.session_budget,
        mcp: row.mcp,
        mask: row.mask,
        server: ServerChoice {
            provider: chosen.vendor,
            model_fast: chosen.fast,
            model_standard: chosen.standard,
            offers: Vendor::ALL.into_iter().filter_map(|vendor| operator.of(vendor)).map(offer).collect(),
        },
        updated_by: row.updated_by,
        updated_at: row.updated_at,
    }
}

/// What accounts are shown of it: all but the key, wherever it stands.
fn offer(choice: &Choice) -> Offer {
    let address = |url: &Url| format!("{}{}", url.origin().ascii_serialization(), url.path());
    Offer {
        provider: choice.vendor,
        endpoint: choice.endpoint.as_ref().map(address),
        has_key: choice.key.is_some(),
        model_fast: choice.fast.clone(),
        model_standard: choice.standard.clone(),
        context_window: i64::try_from(choice.room(choice.is_elsewhere())).ok(),
    }
}

fn connection(wanted: Wanted, called: Option<Called>) -> Connection {
    let (has_key, key_ends_in) = match wanted.key {
        Key::None => (false, None),
        Key::New(key) => (true, check::ends_in(key.expose_secret())),
        Key::Stored { ends_in, .. } => (true, ends_in),
    };
    Connection {
        provider: wanted.vendor,
        endpoint: wanted.endpoint.map(String::from),
        has_key,
        key_ends_in,
        model_fast: wanted.fast,
        model_standard: wanted.standard,
        context_window: wanted.window,
        called,
    }
}
