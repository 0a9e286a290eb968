//! `flowpilot serve` as a list: config → telemetry → database → platform → router → serve → stop.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use leptos::config::{LeptosOptions, get_configuration};
use sqlx::postgres::PgPoolOptions;
use tokio::{net::TcpListener, signal::unix, sync::mpsc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use super::{
    batches::Batches,
    cancels::Cancels,
    config::{Ai, Database, Demo, Images, Limits, Secrets, Site, Telemetry},
    context::Platform,
    crypto::{KeyError, Keyring},
    db::{Db, DbError},
    embedded_postgres::{EmbeddedError, EmbeddedPostgres, ServeLock},
    events::Hub,
    files::{Files, FilesError},
    floods::Floods,
    jobs,
    news::News,
    notify,
    router::{AppState, context_of, router},
    telemetry,
};
use crate::{
    accounts::server::demo,
    ai::{
        server::{Gateway, choice::Choice, settings::Operator},
        types::Vendor,
    },
    error::AppError,
    flows,
    pilot::server::{Batched, Stored},
    psa::server::{Registry, Vendors, local_desk::LocalDesk},
};

/// How long turns and deliveries may take to finish when the process is asked to stop.
const STOP_WITHIN: Duration = Duration::from_secs(25);

/// How long open connections may take to end by themselves then. Streams of turns end with their turns.
const CONNECTIONS_WITHIN: Duration = Duration::from_secs(20);

/// Why FlowPilot does not start (or had to end), with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("The address {address} cannot be listened on: {cause}. Stop what uses it, or set LEPTOS_SITE_ADDR.")]
    Address { address: SocketAddr, cause: std::io::Error },
    #[error("Leptos.toml cannot be used: {0}")]
    Leptos(String),
    #[error("The built site is not in {0}. Build it with `make build`, or set LEPTOS_SITE_ROOT.")]
    NoSite(String),
    #[error(
        "FLOWPILOT_DEMO makes an account with a known password, so it is only allowed on a loopback address, not on {0}."
    )]
    DemoInPublic(SocketAddr),
    #[error("The first start could not be completed: {0}")]
    Seed(AppError),
    #[error("Serving ended: {0}")]
    Serve(std::io::Error),
    #[error("{0}")]
    Usage(String),
}

/// Everything `serve` can be told.
#[derive(Debug, Clone, clap::Args)]
pub struct ServeArgs {
    #[command(flatten)]
    pub database: Database,
    #[command(flatten)]
    pub secrets: Secrets,
    #[command(flatten)]
    pub images: Images,
    #[command(flatten)]
    pub site: Site,
    #[command(flatten)]
    pub demo: Demo,
    #[command(flatten)]
    pub ai: Ai,
    #[command(flatten)]
    pub limits: Limits,
    #[command(flatten)]
    pub telemetry: Telemetry,
}

/// A database that is up to date, and how to let go of it.
#[derive(Debug)]
pub struct Connected {
    pub db: Db,
    embedded: Option<EmbeddedPostgres>,
    listening: sqlx::PgPool,
}

impl Connected {
    /// Connects to the database of the configuration (or brings the embedded one up) and migrates it.
    pub async fn open(config: &Database, supervise: bool) -> Result<Self, StartError> {
        let embedded = match &config.database_url {
            Some(_) => None,
            None => Some(EmbeddedPostgres::start(&config.data_dir, supervise).await?),
        };
        let options = match (&config.database_url, &embedded) {
            (Some(url), _) => Db::options(url)?,
            (None, Some(embedded)) => embedded.options(),
            (None, None) => return Err(StartError::Usage("No database is configured.".to_owned())),
        };
        let direct = config.direct_url.as_ref().map(Db::options).transpose()?;
        let db = Db::new(options.clone(), config);
        if let Err(error) = prepare(&db, &Db::new(direct.clone().unwrap_or_else(|| options.clone()), config)).await {
            if let Some(embedded) = embedded {
                embedded.leave().await;
            }
            return Err(error.into());
        }
        // Behind a pooler without a direct address nothing can listen; a pooler cannot be told from Postgres otherwise.
        let listening = PgPoolOptions::new().max_connections(1).connect_lazy_with(direct.unwrap_or(options));
        Ok(Self { db, embedded, listening })
    }

    pub async fn close(self) {
        self.db.close().await;
        self.listening.close().await;
        if let Some(embedded) = self.embedded {
            embedded.leave().await;
        }
    }
}

async fn prepare(db: &Db, direct: &Db) -> Result<(), DbError> {
    direct.migrate().await?;
    direct.close().await;
    db.check_roles().await
}

/// The AI that answers where nothing else is configured.
pub fn built_in_ai() -> Gateway {
    Gateway::new(Arc::new(flows::server::Builtin))
}

/// What the operator's environment says of a vendor.
pub fn operators_choice(config: &Ai, vendor: Vendor) -> Result<Choice, StartError> {
    let given = config.given(vendor.as_str());
    let choice = Choice::of_operator(vendor, given.key, given.base_url.as_deref(), given.fast, given.standard);
    choice.and_then(|choice| choice.taking_in(given.window.as_deref())).map_err(StartError::Usage)
}

/// The models that the environment offers: that of accounts that chose none, and those an account may choose without a key of
/// its own. Without any FlowPilot's own flows answer.
pub fn operator(config: &Ai) -> Result<Operator, StartError> {
    let mut operator = Operator::builtin();
    for vendor in [Vendor::Anthropic, Vendor::Openai, Vendor::Gemini] {
        let choice = operators_choice(config, vendor)?;
        let (name, prefix) = (vendor.as_str(), vendor.prefix());
        match (name == config.ai_provider, choice.is_usable()) {
            (true, true) => operator.chosen = Some(choice),
            (false, true) => operator.offered.push(choice),
            (true, false) => {
                return Err(StartError::Usage(format!(
                    "AI_PROVIDER is {name}, but there is no key for it. Set {prefix}_API_KEY, or {prefix}_BASE_URL where a server of your own needs none."
                )));
            }
            (false, false) => {}
        }
    }
    Ok(operator)
}

/// The local desk, and what accounts connect to. `demo`: also to a ticket system on this machine.
pub fn ticket_systems(demo: bool) -> Registry {
    Registry::new(Arc::new(LocalDesk), Arc::new(Vendors)).with_local_sites(demo)
}

/// The platform over a database, and the tasks that keep it going.
pub async fn platform(
    connected: &Connected,
    limits: Limits,
    ai: Gateway,
    ai_operator: Operator,
    files: Files,
    keys: Keyring,
    psa: Registry,
) -> Result<Arc<Platform>, StartError> {
    let db = connected.db.clone();
    let older = db.remember_flows(&flows::server::bundled()).await.map_err(DbError::Other)?;
    flows::server::load(older);
    let (committed, told) = mpsc::unbounded_channel();
    let node = Uuid::now_v7();
    let platform = Arc::new(Platform {
        hub: Hub::new(Arc::new(Stored(db.clone())), committed),
        batches: Batches::new(Arc::new(Batched { db: db.clone(), node })),
        ai,
        ai_operator,
        keys,
        psa,
        files,
        floods: Floods::new(limits),
        cancels: Cancels::default(),
        news: News::default(),
        node,
        work: TaskTracker::new(),
        stopping: CancellationToken::new(),
        db,
    });
    tokio::spawn(notify::tell(platform.db.pool_for_listening().clone(), platform.node, told));
    let (teller, hub, cancels) =
        (platform.db.pool_for_listening().clone(), platform.hub.clone(), platform.cancels.clone());
    tokio::spawn(notify::hear(connected.listening.clone(), teller, platform.node, hub, cancels));
    Ok(platform)
}

/// Serves until asked to stop.
pub async fn serve(args: ServeArgs) -> Result<(), StartError> {
    telemetry::init_logs(&args.telemetry);
    let metrics = telemetry::init_metrics();
    let options = leptos_options(&args.site)?;
    if args.demo.demo && !options.site_addr.ip().is_loopback() {
        return Err(StartError::DemoInPublic(options.site_addr));
    }
    let operator = operator(&args.ai)?;
    let listener = TcpListener::bind(options.site_addr)
        .await
        .map_err(|cause| StartError::Address { address: options.site_addr, cause })?;
    let embedded = args.database.database_url.is_none();
    let _lock = embedded.then(|| ServeLock::take(&args.database.data_dir)).transpose()?;
    let files = files(&args)?;
    let keys = Keyring::open_or_make(args.secrets.secret_key.as_ref(), &args.database.data_dir)?;
    let connected = Connected::open(&args.database, true).await?;
    let platform =
        platform(&connected, args.limits, built_in_ai(), operator, files, keys, ticket_systems(args.demo.demo)).await?;
    if args.demo.demo {
        let owner = |account, user| context_of(&platform, account, user);
        demo::make(&platform.db, owner).await.map_err(StartError::Seed)?;
    }
    let jobs = tokio::spawn(jobs::run(Arc::clone(&platform), embedded));
    announce(&listener, &args);
    let state = AppState { platform: Arc::clone(&platform), options, metrics };
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stop_signal(platform.stopping.clone()));
    let served = tokio::select! {
        served = serving => served,
        // A client that neither reads nor leaves does not keep us.
        () = stopped_for(&platform.stopping, CONNECTIONS_WITHIN) => Ok(()),
    };
    platform.work.close();
    if tokio::time::timeout(STOP_WITHIN, platform.work.wait()).await.is_err() {
        tracing::warn!("Some turns did not finish in time; they are marked as failed at the next start.");
    }
    jobs.await.ok();
    tokio::time::timeout(CONNECTIONS_WITHIN, connected.close()).await.ok();
    tracing::info!("FlowPilot has stopped.");
    served.map_err(StartError::Serve)
}

/// The store of files, told by the environment what every tool for S3 is told.
fn files(args: &ServeArgs) -> Result<Files, FilesError> {
    let options = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
    Files::open(args.images.images_url.as_deref(), &args.database.data_dir, options)
}

/// Returns so long after the process was asked to stop.
async fn stopped_for(stopping: &CancellationToken, time: Duration) {
    stopping.cancelled().await;
    tokio::time::sleep(time).await;
}

fn announce(listener: &TcpListener, args: &ServeArgs) {
    let address = listener.local_addr().map(|address| address.to_string()).unwrap_or_default();
    println!("FlowPilot is at http://{address}");
    if args.demo.demo {
        println!("Sign in with {} / {}", demo::EMAIL, demo::PASSWORD);
    }
}

/// The first signal asks everything to finish; a second one ends the process at once.
async fn stop_signal(stopping: CancellationToken) {
    let wait = async || {
        let (Ok(mut term), Ok(mut int)) =
            (unix::signal(unix::SignalKind::terminate()), unix::signal(unix::SignalKind::interrupt()))
        else {
            return std::future::pending().await;
        };
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
    };
    wait().await;
    tracing::info!("Stopping: running turns may finish.");
    stopping.cancel();
    tokio::spawn(async move {
        wait().await;
        std::process::exit(130);
    });
}

fn leptos_options(site: &Site) -> Result<LeptosOptions, StartError> {
    let file = Path::new("Leptos.toml");
    let mut options = if file.exists() {
        get_configuration(Some("Leptos.toml")).map_err(|error| StartError::Leptos(error.to_string()))?.leptos_options
    } else {
        LeptosOptions::builder()
            .output_name("flowpilot")
            .site_root("target/site")
            .hash_files(!cfg!(debug_assertions))
            .build()
    };
    if let Some(address) = site.site_addr {
        options.site_addr = address;
    }
    if let Some(root) = &site.site_root {
        options.site_root = root.display().to_string().into();
    }
    if !Path::new(&*options.site_root).join(&*options.site_pkg_dir).is_dir() {
        return Err(StartError::NoSite(options.site_root.to_string()));
    }
    Ok(options)
}
