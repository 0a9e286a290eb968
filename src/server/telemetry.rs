//! Logs and metrics. Logs say what happened once, at the boundary; never prompts, ticket texts, tokens or e-mail addresses.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

use super::config::Telemetry;

/// Sends logs to standard error. Called twice, the first call counts.
pub fn init_logs(config: &Telemetry) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let json = config.log_format == "json";
    let text = (!json).then(|| tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false));
    let json = json.then(|| tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr));
    registry.with(text).with(json).try_init().ok();
}

/// Collects metrics for `/metrics`. `None` when somebody else does already.
pub fn init_metrics() -> Option<PrometheusHandle> {
    PrometheusBuilder::new().install_recorder().ok()
}
