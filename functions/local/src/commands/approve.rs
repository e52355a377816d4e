//! `approve` and `trust --new-key`: a person's key signs here, in the person's own process, and never leaves it.

use std::path::Path;

use ideamine_core::Failure;
use ideamine_core::digest::canonical;
use ideamine_core::ports::Signer;
use ideamine_core::records::{Approval, SignedApproval};
use ideamine_embedded::FileSigner;
use serde_json::json;

use super::Common;
use super::data::once;
use super::run::{run_id, show};
use crate::cli::ApproveArgs;
use crate::exit::Exit;
use crate::service::Ask;

/// `ideamine approve RUN GATE --key FILE`.
pub(super) async fn approve(common: &Common, args: ApproveArgs) -> Result<Exit, Failure> {
    let run = run_id(&args.run)?;
    if !args.key.exists() {
        let message = format!(
            "--key {}: there is no such file; make a key with `ideamine trust --new-key FILE`",
            args.key.display()
        );
        return Err(Failure::input(message));
    }
    let signer = FileSigner::open(&args.key, &common.data_dir)?;
    let asked = once(common, Ask::Appeal { run: run.clone(), gate: args.gate }).await?;
    let approval: Approval = serde_json::from_value(asked).map_err(|e| Failure::corrupt(e.to_string()))?;
    let signature = signer.sign(&canonical(&approval)?).await?;
    let signed = Box::new(SignedApproval { approval, signature });
    let done = once(common, Ask::Approve { run: run.clone(), signed }).await?;
    show(common, &done, |_| format!("approved; go on with: ideamine resume {run}"));
    Ok(Exit::Ok)
}

/// `ideamine trust --new-key FILE`.
pub(super) async fn new_key(common: &Common, path: &Path) -> Result<Exit, Failure> {
    if path.exists() {
        return Err(Failure::input(format!(
            "--new-key {}: the file exists; nothing was changed",
            path.display()
        )));
    }
    let public = FileSigner::open(path, &common.data_dir)?.public_key().await?;
    let file = crate::config::config_file()?;
    show(common, &json!({ "file": path, "public_key": public, "config_file": file }), |_| {
        format!(
            "public key {public}\nits approvals count in runs that are started once it is in {}:\n  {}\nkeep {} to \
             yourself",
            file.display(),
            json!({ "approvers": [public] }),
            path.display()
        )
    });
    Ok(Exit::Ok)
}
