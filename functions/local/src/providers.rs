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
    let mut settings = Settings::from_env()?;
    if settings.local.base_url.is_none() {
        settings.local.base_url.clone_from(&config.local_url);
    }
    Providers::new(settings, Arc::new(SystemClock), Arc::new(SystemRandom::new()?))
}
