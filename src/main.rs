//! The `flowpilot` binary; everything is in the library.

#[cfg(feature = "ssr")]
fn main() -> std::process::ExitCode {
    flowpilot::server::main()
}

#[cfg(not(feature = "ssr"))]
fn main() {}
