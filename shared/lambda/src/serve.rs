//! A Lambda's process: finds its function, connects, and answers events until it is ended.

use std::io::Write;
use std::sync::Arc;

use ideamine_aws::{Aws, Settings};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Kept;
use ideamine_core::{Env, Failure, Registry};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde_json::Value;
use tracing_subscriber::EnvFilter;

use crate::server::{Identity, Server};

/// Serves the function that the Lambda's `Handler` names, out of this family's registry, which `functions` makes for
/// that name.
///
/// # Errors
/// What is wrong with the configuration, or the runtime's own failure.
pub async fn serve<F>(family: &str, functions: F) -> Result<(), Error>
where
    F: AsyncFnOnce(&Aws, &str) -> Result<Registry, Failure>,
{
    log_as_json();
    let server = Arc::new(open(family, &variable("_HANDLER")?, functions).await?);
    let answer = service_fn(move |event: LambdaEvent<Value>| {
        let server = Arc::clone(&server);
        async move {
            let LambdaEvent { payload, context } = event;
            let deadline = i64::try_from(context.deadline).unwrap_or(i64::MAX);
            let trace = context.xray_trace_id.as_deref().unwrap_or_default();
            server.handle(payload, deadline, trace, &context.request_id).await.map_err(diagnostic)
        }
    });
    lambda_runtime::run(answer).await
}

/// A server over the ports on AWS.
pub(crate) async fn open<F>(family: &str, function: &str, functions: F) -> Result<Server, Failure>
where
    F: AsyncFnOnce(&Aws, &str) -> Result<Registry, Failure>,
{
    let settings = Settings::from_env()?;
    let stack = settings.function_prefix.as_deref().unwrap_or_default().trim_end_matches('-').to_owned();
    let aws = Aws::connect(settings).await?;
    let identity =
        Identity { function: function.to_owned(), family: family.to_owned(), stack, version: version() };
    let registry = functions(&aws, function).await?;
    // While the process is warm, a plan or a source file is fetched once.
    let env = aws.env();
    let env = Env { artifacts: Arc::new(Kept::new(env.artifacts)), ..env };
    Server::new(identity, registry, env, Arc::new(aws), print)
}

/// The crate's version, with the Lambda's own where one was published.
fn version() -> String {
    match std::env::var("AWS_LAMBDA_FUNCTION_VERSION") {
        Ok(published) if published != "$LATEST" => format!("{}+{published}", env!("CARGO_PKG_VERSION")),
        _ => env!("CARGO_PKG_VERSION").to_owned(),
    }
}

pub(crate) fn variable(name: &str) -> Result<String, Failure> {
    let missing = || Failure::new(FailureKind::ConfigInvalid, format!("{name} is not set"));
    std::env::var(name).ok().filter(|value| !value.is_empty()).ok_or_else(missing)
}

/// The failure as Lambda reports it: its stable name is what machines match.
fn diagnostic(failure: Failure) -> Diagnostic {
    Diagnostic { error_type: failure.kind.name().to_owned(), error_message: failure.message }
}

/// One line on standard output; a line that cannot be written is lost.
fn print(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Logs as one JSON object per line, at the level of `AWS_LAMBDA_LOG_LEVEL`, else `info`.
pub fn log_as_json() {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").unwrap_or_else(|_| "info".to_owned());
    let filter = EnvFilter::try_new(level.to_lowercase()).unwrap_or_else(|_| EnvFilter::new("info"));
    let json = tracing_subscriber::fmt().json().flatten_event(true).with_ansi(false);
    // A second call in one process keeps the first.
    let _ = json.with_env_filter(filter).with_writer(std::io::stdout).try_init();
}
