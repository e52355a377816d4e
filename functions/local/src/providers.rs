//! Real providers from this machine's configuration.

use std::sync::Arc;

use ideamine_core::Failure;
use ideamine_embedded::{SystemClock, SystemRandom};
use ideamine_models::providers::{Providers, Settings};

use crate::config::Config;

/// The providers that are configured.
///
/// # Errors
/// `Config.Invalid` that names the setting.
pub(crate) fn open(config: &Config) -> Result<Providers, Failure> {
    let settings = Settings::from_variables(|name| match name {
        // The file may say it too, and the key is bound to it wherever it is said.
        "IDEAMINE_LOCAL_URL" => config.local_url.clone(),
        _ => std::env::var(name).ok(),
    })?;
    Providers::new(settings, Arc::new(SystemClock), Arc::new(SystemRandom::new()?))
}
