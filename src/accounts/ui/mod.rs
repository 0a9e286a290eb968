//! Pages of accounts: signing in, setting up, one's own settings; and the guard before every other page.

mod ai;
mod commands;
mod guard;
mod login;
mod login_end;
mod logins;
mod psa;
mod security;
mod settings;
mod setup;
mod tabs;
mod theme;
mod tokens;
mod usage;

pub use ai::AiSettingsPage;
pub use commands::account_commands;
pub use guard::{SignedIn, is_owner, provide_visitor, use_me};
pub use login::LoginPage;
pub use login_end::LoginEnd;
pub use psa::PsaPage;
pub use security::SecurityPage;
pub use settings::SettingsPage;
pub use setup::SetupPage;
pub use tabs::is_admin;
pub use usage::UsagePage;
