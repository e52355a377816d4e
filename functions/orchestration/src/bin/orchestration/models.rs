//! Every model that a stack can reach: providers with keys from secrets, and Amazon Bedrock.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Answer, Model, Request, Unwanted, Usage};
use ideamine_core::{Failure, UsdMicros};
use ideamine_lambda::Aws;
use ideamine_models::providers::{Providers, Settings};

/// Providers that may have a key; the secret's name is the prefix and this, the variable's its upper case.
const PROVIDERS: [&str; 4] = ["anthropic", "openai", "gemini", "local"];
/// What precedes the names of the secrets that hold keys.
const KEYS: &str = "IDEAMINE_PROVIDER_KEYS";
/// First part of the names of Bedrock's models.
const BEDROCK: &str = "bedrock/";

/// All models behind one port: a model's name says which is meant.
pub(super) struct Models {
    providers: Providers,
    bedrock: Arc<dyn Model>,
}

impl Models {
    /// Reads the keys; a provider without a secret has none.
    ///
    /// # Errors
    /// `Model.Config` for settings that cannot be used; `Store.Unavailable`.
    pub(super) async fn open(aws: &Aws) -> Result<Self, Failure> {
        let keys = keys(aws).await?;
        let variable = |name: &str| keys.get(name).cloned().or_else(|| std::env::var(name).ok());
        let settings = Settings::from_variables(variable)?;
        let providers = Providers::new(settings, aws.env().clock, aws.random())?;
        Ok(Self { providers, bedrock: aws.bedrock()? })
    }

    fn of(&self, model: &str) -> &dyn Model {
        if model.starts_with(BEDROCK) { self.bedrock.as_ref() } else { &self.providers }
    }
}

/// The keys under the names of the variables that they stand for.
async fn keys(aws: &Aws) -> Result<HashMap<String, String>, Failure> {
    let mut keys = HashMap::new();
    let prefix = std::env::var(KEYS).unwrap_or_default();
    for provider in PROVIDERS.iter().filter(|_| !prefix.is_empty()) {
        let name = format!("{prefix}{provider}");
        match aws.secrets().get(&name).await {
            Ok(secret) => {
                keys.insert(format!("IDEAMINE_{}_KEY", provider.to_uppercase()), secret.expose().to_owned());
            }
            Err(failure) if failure.kind == FailureKind::ConfigInvalid => {
                tracing::info!(name, "there is no key for this provider");
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(keys)
}

#[async_trait]
impl Model for Models {
    async fn call(&self, request: &Request) -> Result<Answer, Failure> {
        self.of(&request.model).call(request).await
    }
    async fn call_while_wanted(&self, request: &Request, unwanted: Unwanted<'_>) -> Result<Answer, Failure> {
        self.of(&request.model).call_while_wanted(request, unwanted).await
    }
    fn ceiling(&self, request: &Request) -> Option<UsdMicros> {
        self.of(&request.model).ceiling(request)
    }
    fn tokens(&self, request: &Request) -> u64 {
        self.of(&request.model).tokens(request)
    }
    fn origin(&self, model: &str) -> String {
        self.of(model).origin(model)
    }
    fn price(&self, model: &str, usage: &Usage) -> Option<UsdMicros> {
        self.of(model).price(model, usage)
    }
}
