//! Secrets from Secrets Manager, kept for a while: provider keys are asked for at every call.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use aws_sdk_secretsmanager::Client;
use ideamine_core::Failure;

use crate::error::failure;
use crate::limits::SECRET_AGE_MAX;
use crate::settings::invalid;

/// A secret: [`Secret::expose`] alone shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Secrets by name. The names come from the stack's configuration, so there are few.
pub struct Secrets {
    client: Client,
    read: Mutex<HashMap<String, (Instant, Secret)>>,
}

impl Secrets {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, read: Mutex::default() }
    }

    /// The value of a secret that is a text.
    ///
    /// # Errors
    /// `Config.Invalid` when there is none, or the role may not read it; `Store.Unavailable`.
    pub async fn get(&self, name: &str) -> Result<Secret, Failure> {
        if let Some(secret) = self.fresh(name) {
            return Ok(secret);
        }
        let answer = self.client.get_secret_value().secret_id(name).send().await;
        let absent = || invalid(format!("there is no secret {name}: make it, or correct the setting"));
        let answer = match answer {
            Err(e) if e.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {
                return Err(absent());
            }
            other => other.map_err(|e| failure(&format!("read secret {name}"), &e))?,
        };
        let value = answer.secret_string.ok_or_else(absent)?;
        let secret = Secret(value);
        self.lock().insert(name.to_owned(), (Instant::now(), secret.clone()));
        Ok(secret)
    }

    fn fresh(&self, name: &str) -> Option<Secret> {
        let read = self.lock();
        let (since, secret) = read.get(name)?;
        (since.elapsed() < SECRET_AGE_MAX).then(|| secret.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Instant, Secret)>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
