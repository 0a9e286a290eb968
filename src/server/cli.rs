//! The command line. Commands work beside a running server: they use its database, or start Postgres for their own duration.

use std::{io::Read, path::PathBuf, process::ExitCode};

use clap::{
    Parser, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::{
    config::{Database, Limits},
    crypto::Keyring,
    files::Files,
    router::{self, context_of},
    serve::{self, Connected, ServeArgs, StartError},
};
use crate::{
    accounts::{
        server::{create_token_for, people},
        types::UserRole,
    },
    ai::server::settings::Operator,
    error::AppError,
    flows,
    psa::server::simulator::{AtRandom, Options, Simulator},
};

/// Where MSP engineers solve customers' tickets together with an AI
#[derive(Debug, Parser)]
#[command(name = "flowpilot", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve FlowPilot
    Serve(Box<ServeArgs>),
    /// Bring the database up to date and stop
    Migrate {
        #[command(flatten)]
        database: Database,
    },
    /// People with a login
    #[command(subcommand)]
    User(UserCommand),
    /// Personal access tokens for the REST API
    #[command(subcommand)]
    Token(TokenCommand),
    /// Troubleshooting flows
    #[command(subcommand)]
    Flows(FlowsCommand),
    /// Ticket systems
    #[command(subcommand)]
    Psa(PsaCommand),
    /// Print the OpenAPI document of the REST API
    Openapi,
}

// Written by hand: clap's own names options that only the environment has set as if each call needed them.
const CREATE_USER: &str = "flowpilot user create --email <EMAIL> --name <NAME> \
    (--colleague <COLLEAGUE> | --new-account <NEW_ACCOUNT>) [OPTIONS]";
const CREATE_TOKEN: &str = "flowpilot token create --user <USER> [OPTIONS]";

/// The roles by their words, so that a wrong one is answered with all of them.
fn roles() -> impl TypedValueParser<Value = UserRole> {
    PossibleValuesParser::new(UserRole::ALL.iter().map(|role| role.as_str())).try_map(|word| word.parse::<UserRole>())
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add a person; the password is read from standard input
    #[command(override_usage = CREATE_USER)]
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        /// What the person may do
        #[arg(long, default_value = "engineer", value_parser = roles())]
        role: UserRole,
        /// E-mail of somebody in the account that the person joins
        #[arg(long, conflicts_with = "new_account", required_unless_present = "new_account")]
        colleague: Option<String>,
        /// Name of a new account that the person owns
        #[arg(long)]
        new_account: Option<String>,
        #[command(flatten)]
        database: Database,
    },
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make a token for a person and print it, and nothing else
    #[command(override_usage = CREATE_TOKEN)]
    Create {
        /// The person's e-mail
        #[arg(long)]
        user: String,
        /// What the token is for
        #[arg(long, default_value = "command line")]
        name: String,
        #[command(flatten)]
        database: Database,
    },
}

#[derive(Debug, Subcommand)]
enum FlowsCommand {
    /// Check flow files, or the bundled flows when none is named
    Check {
        /// Files to check
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
enum PsaCommand {
    /// Play ConnectWise PSA on a loopback address, for demos and development
    Simulate {
        #[arg(long, default_value_t = 4600)]
        port: u16,
        /// So many tickets beside the dozen of the sample shop
        #[arg(long, default_value_t = 0)]
        tickets: usize,
        /// Let a share of the requests go wrong, as the seed says: `7:0.2` is a fifth of them
        #[arg(long, value_name = "SEED:RATE")]
        faults: Option<AtRandom>,
    },
}

/// Runs a command to its end.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("flowpilot: no threads can be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli.command)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("flowpilot: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode, StartError> {
    match command {
        Command::Serve(args) => serve::serve(*args).await?,
        Command::Migrate { database } => Connected::open(&database, false).await?.close().await,
        Command::User(UserCommand::Create { email, name, role, colleague, new_account, database }) => {
            let mut password = String::new();
            std::io::stdin().read_to_string(&mut password).map_err(|error| {
                StartError::Usage(format!("The password could not be read from standard input: {error}."))
            })?;
            let password = password.trim_end_matches(['\n', '\r']).to_owned();
            let person = people::NewPerson { email, name, role, password };
            let connected = Connected::open(&database, false).await?;
            let made = create_user(&connected, person, colleague, new_account).await;
            connected.close().await;
            made.map_err(usage)?;
        }
        Command::Token(TokenCommand::Create { user, name, database }) => {
            let connected = Connected::open(&database, false).await?;
            let made = create_token(&connected, &user, &name).await;
            connected.close().await;
            println!("{}", made?);
        }
        Command::Flows(FlowsCommand::Check { files }) => return Ok(check_flows(&files)),
        Command::Psa(PsaCommand::Simulate { port, tickets, faults }) => {
            let options = Options { port, tickets, tells: true, controls: true, ..Options::default() };
            let broken = |error| StartError::Usage(format!("ConnectWise cannot be played on port {port}: {error}."));
            let simulator = Simulator::start(options).await.map_err(broken)?;
            if let Some(AtRandom { seed, rate }) = faults {
                simulator.random(seed, rate);
            }
            println!("ConnectWise PSA is played here until Ctrl-C. Enter under /account/psa:\n{}", simulator.card());
            tokio::signal::ctrl_c().await.map_err(broken)?;
        }
        Command::Openapi => {
            let (_, document) = router::api();
            println!("{}", document.to_pretty_json().unwrap_or_default());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn usage(error: AppError) -> StartError {
    StartError::Usage(error.detail())
}

async fn create_user(
    connected: &Connected,
    person: people::NewPerson,
    colleague: Option<String>,
    new_account: Option<String>,
) -> Result<(), AppError> {
    if let Some(name) = new_account {
        return people::make_account(&connected.db, &name, person, false).await.map(drop);
    }
    let colleague = colleague.unwrap_or_default();
    let (account, _) = people::find(&connected.db, &colleague)
        .await?
        .ok_or_else(|| AppError::invalid("colleague", format!("Nobody has the e-mail {colleague}.")))?;
    people::add(&connected.db, account, person).await.map(drop)
}

async fn create_token(connected: &Connected, email: &str, name: &str) -> Result<String, StartError> {
    let (account, user) = people::find(&connected.db, email).await.map_err(usage)?.ok_or_else(|| {
        StartError::Usage(format!("Nobody has the e-mail {email}. `flowpilot user create` makes a person."))
    })?;
    let limits = Limits { turns_per_minute: 0, writes_per_minute: 0 };
    let platform = serve::platform(
        connected,
        limits,
        serve::built_in_ai(),
        Operator::builtin(),
        Files::in_memory(),
        Keyring::fresh()?,
        serve::ticket_systems(false),
    )
    .await?;
    let made = create_token_for(&context_of(&platform, account, user), name).await.map_err(usage)?;
    Ok(made.token)
}

fn check_flows(files: &[PathBuf]) -> ExitCode {
    let mut bad = 0_usize;
    let mut good = 0_usize;
    let known = flows::library::embedded_sources().map(|(slug, _)| slug.to_owned()).collect();
    let mut check = |slug: &str, source: &str| {
        let problems = flows::check::check(slug, source, &known);
        if problems.is_empty() {
            good += 1
        } else {
            bad += 1
        }
        for problem in problems {
            println!("{problem}");
        }
    };
    if files.is_empty() {
        for (slug, source) in flows::library::embedded_sources() {
            check(slug, source);
        }
    }
    let mut unread = 0_usize;
    for file in files {
        match std::fs::read_to_string(file) {
            Ok(source) => check(&file.file_stem().unwrap_or_default().to_string_lossy(), &source),
            Err(error) => {
                unread += 1;
                println!("{}: cannot be read: {error}", file.display());
            }
        }
    }
    println!("{good} flows are good, {} have problems.", bad + unread);
    if bad + unread == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str) -> String {
        Cli::try_parse_from(line.split(' ')).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_role_is_answered_with_those_there_are() {
        let said = refused("flowpilot user create --email a@b.c --name A --new-account B --role king");
        for role in UserRole::ALL {
            assert!(said.contains(role.as_str()), "{role}: {said}");
        }
    }

    #[test]
    fn the_usage_asks_only_for_what_is_needed() {
        let said = refused("flowpilot user create --data-dir x");
        assert!(said.contains("Usage: flowpilot user create --email <EMAIL>"), "{said}");
        assert!(!said.contains("--data-dir <FOLDER>"), "{said}");
    }
}
