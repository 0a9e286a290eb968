//! The arrows that may exist between the parts of the house (architecture.md §1).

use super::{none, paths::own_paths, sources};

const SLICES: &[&str] = &["accounts", "flows", "pilot", "tickets"];
/// Everybody's words.
const BASE: &[&str] = &["error", "ids", "page", "wire", "words"];

const PURE: &str = "Types, ids, errors and pure rules know only each other: no service, no page, no process.";
const DESIGN: &str = "The design system knows no domain word and calls no server.";
const PAGE: &str =
    "A slice's pages use its own types, state and rpc, the design system, and of other slices only their types.";
const RPC: &str =
    "Server functions and REST handlers call their own slice's service, and neither the other nor the store.";
const STORE: &str = "A store is SQL and only SQL: no HTTP, no AI, no ticket system, no other slice.";
const SERVICE: &str = "A service reaches another slice only through what its server/mod.rs offers, and never how the process is put together.";
const GATEWAY: &str = "The gateways to models and ticket systems know no slice, and of the process only database, context, crypto and HTTP client.";
const PROCESS: &str =
    "The process knows slices only where it is put together: cli, jobs, middleware, router and serve.";

/// Where the process is put together.
const JOINTS: &[&str] = &[
    "server/cli.rs",
    "server/jobs.rs",
    "server/middleware.rs",
    "server/router.rs",
    "server/serve.rs",
    "server/mod.rs",
];
/// What of the process no slice may know.
const ABOVE: &[&str] = &["cli", "jobs", "router", "serve"];

/// The sentence of the rule that forbids `file` to name `path`.
fn forbids(file: &str, path: &str) -> Option<&'static str> {
    let to: Vec<&str> = path.split("::").collect();
    let (part, inner) = (to.first().copied()?, to.get(1).copied().unwrap_or_default());
    if BASE.contains(&part) || part.starts_with(char::is_uppercase) {
        return None;
    }
    let from: Vec<&str> = file.split('/').collect();
    let own = from.first().copied()? == part;
    let types = inner == "types" || inner.is_empty();
    let ok = |allowed: bool, sentence| (!allowed).then_some(sentence);
    match from.as_slice() {
        ["app.rs" | "lib.rs" | "main.rs"] | ["tests", ..] => None,
        [_] => Some(PURE),
        ["ui", ..] => ok(own, DESIGN),
        ["ai" | "psa", "server", ..] => {
            let process = part == "server" && ["db", "context", "crypto", "http_client"].contains(&inner);
            ok(own || process, GATEWAY)
        }
        ["ai" | "psa", ..] => ok(own && inner != "server", PURE),
        ["server", ..] => ok(own || part == "app" || JOINTS.contains(&file) || is_handle(file, path), PROCESS),
        [_, "tests", ..] => None,
        [_, "ui", ..] => ok((own && inner != "server") || part == "ui" || (part != "server" && types), PAGE),
        [_, "rpc.rs"] => {
            ok((own && inner != "rest") || path.starts_with("server::rpc") || (part != "server" && types), RPC)
        }
        [_, "server", "rest.rs"] => {
            let service = own && !["rpc", "ui"].contains(&inner) && !to.contains(&"store");
            ok(service || part == "server" && !ABOVE.contains(&inner) || part != "server" && types, RPC)
        }
        [_, "server", "store.rs" | "store", ..] => {
            let database = part == "server" && ["db", "context", "events", "batches"].contains(&inner);
            ok(own && !["rpc", "ui"].contains(&inner) || database || part != "server" && types, STORE)
        }
        [_, "server", ..] => {
            let offered = inner == "server" && to.len() <= 3;
            let platform = ["ai", "psa"].contains(&part) || part == "server" && !ABOVE.contains(&inner);
            ok(own && inner != "ui" || platform || offered || part != "ui" && types, SERVICE)
        }
        [_, ..] => ok((own && !["server", "rpc", "ui"].contains(&inner)) || (part != "server" && types), PURE),
        [] => None,
    }
}

/// The handles that every request carries: gateways, and the role of who asks.
fn is_handle(file: &str, path: &str) -> bool {
    file == "server/context.rs"
        && [
            "accounts::types::UserRole",
            "ai::server::Gateway",
            "ai::server::settings::Operator",
            "psa::server::Registry",
        ]
        .contains(&path)
}

#[test]
fn only_the_arrows_of_the_architecture_exist() {
    let mut broken = Vec::new();
    for source in sources() {
        for path in own_paths(&source.text, SLICES) {
            if let Some(sentence) = forbids(&source.path, &path) {
                broken.push(format!("{} → {path}: {sentence}", source.path));
            }
        }
    }
    none("These arrows may not exist:", &broken);
}

#[test]
fn the_rules_forbid_what_they_are_for() {
    for (file, path, sentence) in [
        ("pilot/types/facts.rs", "pilot::server::facts::list", PURE),
        ("pilot/markers/parser.rs", "server::context::Ctx", PURE),
        ("error.rs", "pilot::types::Fact", PURE),
        ("ui/button.rs", "pilot::types::Fact", DESIGN),
        ("pilot/ui/lane.rs", "accounts::rpc::me", PAGE),
        ("pilot/ui/lane.rs", "pilot::server::lane::change", PAGE),
        ("pilot/rpc.rs", "server::db::Db", RPC),
        ("pilot/server/rest.rs", "pilot::rpc::load_session", RPC),
        ("pilot/server/store/facts.rs", "ai::server::Gateway", STORE),
        ("pilot/server/turn.rs", "flows::server::notes::resolution", SERVICE),
        ("pilot/server/turn.rs", "server::router::context_of", SERVICE),
        ("ai/server/mod.rs", "pilot::types::Fact", GATEWAY),
        ("psa/server/mod.rs", "server::router::AppState", GATEWAY),
        ("server/db.rs", "pilot::types::Fact", PROCESS),
    ] {
        assert_eq!(forbids(file, path), Some(sentence), "{file} → {path}");
    }
    for (file, path) in [
        ("pilot/ui/lane.rs", "pilot::rpc::save_lane"),
        ("pilot/server/turn.rs", "flows::server::own_fact"),
        ("pilot/server/store/facts.rs", "server::db::TenantTx"),
        ("server/router.rs", "pilot::server::rest::router"),
        ("tickets/rpc.rs", "psa::types::Ticket"),
        ("flows/walk.rs", "ai::types::Situation"),
    ] {
        assert_eq!(forbids(file, path), None, "{file} → {path}");
    }
}
