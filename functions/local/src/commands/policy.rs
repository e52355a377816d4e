//! `policy` and `guard policy`: rules of an operator, tested, signed and asked.

use std::path::Path;

use ideamine_core::Failure;
use ideamine_core::digest::canonical;
use ideamine_core::ports::Signer as _;
use ideamine_embedded::FileSigner;
use ideamine_policy::{Action, Bundle, SignedBundle, Suite};
use serde_json::json;

use super::Common;
use super::run::show;
use crate::cli::PolicyCommand;
use crate::exit::Exit;
use crate::policies::{DATA, FILE_BYTES_MAX, bad, load};

/// `ideamine policy …`.
pub(super) async fn policy(common: &Common, command: PolicyCommand) -> Result<Exit, Failure> {
    match command {
        PolicyCommand::Test { bundle } => test(common, bundle.as_deref()),
        PolicyCommand::Init { folder } => init(common, &folder),
        PolicyCommand::Sign { bundle, key, out } => sign(common, &bundle, &key, &out).await,
    }
}

/// `ideamine guard policy ACTION`.
pub(super) fn guard(common: &Common, action: &str, bundle: Option<&Path>) -> Result<Exit, Failure> {
    let bytes = super::guard::read(action, FILE_BYTES_MAX)?;
    let mut reader = serde_json::Deserializer::from_slice(&bytes);
    let action: Action = serde_path_to_error::deserialize(&mut reader).map_err(|trouble| {
        Failure::input(format!("the action, at `{}`: {}", trouble.path(), trouble.inner()))
    })?;
    let decision = load(bundle)?.1.decide(&action);
    let value = serde_json::to_value(&decision).map_err(|trouble| Failure::bug(trouble.to_string()))?;
    show(common, &value, |_| {
        let said = if decision.allowed { "allowed" } else { "refused" };
        let rulings = decision.rulings.iter().map(|ruling| format!("  {}: {}", ruling.rule, ruling.reason));
        format!("{said} by {}\n{}", decision.bundle, rulings.collect::<Vec<_>>().join("\n"))
    });
    Ok(if decision.allowed { Exit::Ok } else { Exit::Unmet })
}

fn test(common: &Common, path: Option<&Path>) -> Result<Exit, Failure> {
    let (bundle, policy) = load(path)?;
    let suite = Suite::run(&bundle).map_err(bad)?;
    let holds = suite.holds();
    let value =
        json!({ "bundle": policy.digest(), "version": bundle.version, "holds": holds, "tests": suite.cases });
    show(common, &value, |_| {
        let failed = suite.cases.iter().filter(|case| !case.passed);
        let mut lines: Vec<String> = failed
            .map(|case| format!("failed: {} {}", case.name, case.why.as_deref().unwrap_or_default()))
            .collect();
        let passed = suite.cases.len() - lines.len();
        lines.push(match suite.cases.len() {
            0 => format!("{}: no tests: name a file `…_test.rego` and its rules `test_…`", bundle.version),
            of => format!("{}: {passed} of {of} tests hold; {}", bundle.version, policy.digest()),
        });
        lines.join("\n")
    });
    Ok(if holds { Exit::Ok } else { Exit::Unmet })
}

fn init(common: &Common, folder: &Path) -> Result<Exit, Failure> {
    let name = folder.display();
    let trouble =
        |trouble: std::io::Error| Failure::input(format!("{name}: {trouble}; nothing else was changed"));
    std::fs::create_dir(folder).map_err(trouble)?;
    let bundle = Bundle::starter();
    for (module, text) in &bundle.modules {
        std::fs::write(folder.join(module), text).map_err(trouble)?;
    }
    let data =
        serde_json::to_string_pretty(&bundle.data).map_err(|trouble| Failure::bug(trouble.to_string()))?;
    std::fs::write(folder.join(DATA), data + "\n").map_err(trouble)?;
    let value = json!({ "folder": folder, "version": bundle.version });
    show(common, &value, |_| format!("{name}: change it, then: ideamine policy test {name}"));
    Ok(Exit::Ok)
}

async fn sign(common: &Common, path: &Path, key: &Path, out: &Path) -> Result<Exit, Failure> {
    if !key.exists() {
        let key = key.display();
        let message =
            format!("--key {key}: there is no such file; make a key with `ideamine trust --new-key FILE`");
        return Err(Failure::input(message));
    }
    let (bundle, policy) = load(Some(path))?;
    let suite = Suite::run(&bundle).map_err(bad)?;
    if !suite.holds() {
        let message = format!("{}: its tests do not hold; see `ideamine policy test {0}`", path.display());
        return Err(Failure::input(message));
    }
    let statement = SignedBundle::statement(&bundle).map_err(bad)?;
    let signature = FileSigner::open(key, &common.data_dir)?.sign(&statement).await?;
    let signer = signature.public_key.clone();
    let signed = SignedBundle { bundle, signatures: vec![signature] };
    crate::artifacts::save(out, &canonical(&signed)?)?;
    let value = json!({ "bundle": policy.digest(), "signer": signer, "file": out });
    show(common, &value, |_| format!("{} signed by {signer}: {}", policy.digest(), out.display()));
    Ok(Exit::Ok)
}
