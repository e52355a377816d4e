//! Whether a person's signed decision on a failed gate may be used: one rule for whoever takes it, and for whoever
//! looks at the dossier later.

use ideamine_core::digest::canonical;
use ideamine_core::records::{Approval, SignedApproval};
use ideamine_core::{Digest, PhaseId, RunId, Tenant};

use crate::signature::{BadSignature, verify_signature};

/// The one decision: the gate may be passed although it failed.
pub const WAIVE: &str = "waive";

/// Where its signature is recorded: a second approval with the same nonce would lie at the same place.
pub fn path(nonce: &str) -> String {
    format!("control/approval-{nonce}")
}

/// What an approval is held against.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    /// Whose.
    pub tenant: &'a Tenant,
    /// Which run.
    pub run: &'a RunId,
    /// Which phase.
    pub phase: &'a PhaseId,
    /// Its last attempt.
    pub attempt: u32,
    /// Its artifacts, in their order.
    pub artifacts: Vec<Digest>,
    /// Gates that a person may decide on, with their evidence.
    pub gates: Vec<(&'a str, Digest)>,
    /// Public keys (hex) that the plan names.
    pub approvers: &'a [String],
}

/// Why an approval may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Void {
    /// Anybody can sign; only the plan's approvers count.
    #[error("its key is not among the approvers that the plan names")]
    Key,
    /// It was altered, or signed by another key than it names.
    #[error("its signature does not hold: {0}")]
    Signature(BadSignature),
    /// It was made for another run.
    #[error("it is for another run or another tenant")]
    Run,
    /// It was made for another phase or an earlier attempt.
    #[error("it is for another phase or another attempt than the gate judged last")]
    Attempt,
    /// The artifacts have changed since.
    #[error("it is for other artifacts than the gate judged last")]
    Artifacts,
    /// The gate has not failed, or on other evidence.
    #[error("it is for a gate that did not fail, or for other evidence than that of its last judgement")]
    Evidence,
    /// It says something else.
    #[error("its decision is not `waive`")]
    Decision,
    /// It was used too late.
    #[error("it has expired")]
    Expired,
}

/// Whether the approval may be used at this time, milliseconds since 1970.
///
/// # Errors
/// [`Void`]: the first thing that does not fit.
pub fn check(judged: &Judged<'_>, signed: &SignedApproval, at_ms: i64) -> Result<(), Void> {
    let Approval {
        tenant,
        run,
        phase,
        gate,
        attempt,
        artifacts,
        evidence,
        decision,
        expires_ms,
        // Makes it another one; that it is used once is seen from the whole ledger.
        nonce: _,
    } = &signed.approval;
    let bytes = canonical(&signed.approval).map_err(|_| Void::Signature(BadSignature::Mismatch))?;
    let holds = |holds: bool, void: Void| if holds { Ok(()) } else { Err(void) };
    holds(judged.approvers.contains(&signed.signature.public_key), Void::Key)?;
    verify_signature(&signed.signature, &bytes).map_err(Void::Signature)?;
    holds((tenant, run) == (judged.tenant, judged.run), Void::Run)?;
    holds((phase, *attempt) == (judged.phase, judged.attempt), Void::Attempt)?;
    holds(*artifacts == judged.artifacts, Void::Artifacts)?;
    holds(judged.gates.contains(&(gate.as_str(), *evidence)), Void::Evidence)?;
    holds(decision == WAIVE, Void::Decision)?;
    holds(at_ms < *expires_ms, Void::Expired)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};
    use ideamine_core::records::Signature;

    fn signed(approval: Approval, key: u8) -> SignedApproval {
        let key = SigningKey::from_bytes(&[key; 32]);
        let public = key.verifying_key().to_bytes();
        let signature = Signature {
            algorithm: crate::signature::ED25519.to_owned(),
            key_id: Digest::of(&public).hex(),
            public_key: hex::encode(public),
            value: hex::encode(key.sign(&canonical(&approval).unwrap()).to_bytes()),
        };
        SignedApproval { approval, signature }
    }

    #[test]
    fn an_approval_holds_for_exactly_what_it_names() {
        let (tenant, run, phase) = (Tenant::local(), RunId::new("r").unwrap(), PhaseId::new("qa").unwrap());
        let approval = Approval {
            tenant: tenant.clone(),
            run: run.clone(),
            phase: phase.clone(),
            gate: "qa".to_owned(),
            attempt: 2,
            artifacts: vec![Digest::of(b"a"), Digest::of(b"b")],
            evidence: Digest::of(b"e"),
            decision: WAIVE.to_owned(),
            expires_ms: 10,
            nonce: "n".to_owned(),
        };
        let good = signed(approval.clone(), 1);
        let approvers = vec![good.signature.public_key.clone()];
        let judged = Judged {
            tenant: &tenant,
            run: &run,
            phase: &phase,
            attempt: 2,
            artifacts: approval.artifacts.clone(),
            gates: vec![("qa", approval.evidence)],
            approvers: &approvers,
        };
        assert_eq!(check(&judged, &good, 9), Ok(()));
        assert_eq!(check(&judged, &good, 10), Err(Void::Expired));
        assert_eq!(check(&judged, &signed(approval.clone(), 2), 9), Err(Void::Key));
        // Signed anew after each change, so that it is the change that is found and not the signature.
        let other = |change: &dyn Fn(&mut Approval)| {
            let mut changed = approval.clone();
            change(&mut changed);
            let altered = SignedApproval { approval: changed.clone(), ..good.clone() };
            assert_eq!(check(&judged, &altered, 9), Err(Void::Signature(BadSignature::Mismatch)));
            check(&judged, &signed(changed, 1), 9)
        };
        assert_eq!(other(&|a| a.tenant = Tenant::new("t").unwrap()), Err(Void::Run));
        assert_eq!(other(&|a| a.run = RunId::new("s").unwrap()), Err(Void::Run));
        assert_eq!(other(&|a| a.phase = PhaseId::new("prd").unwrap()), Err(Void::Attempt));
        assert_eq!(other(&|a| a.attempt = 1), Err(Void::Attempt));
        assert_eq!(other(&|a| a.artifacts.reverse()), Err(Void::Artifacts));
        assert_eq!(other(&|a| a.gate = "prd".to_owned()), Err(Void::Evidence));
        assert_eq!(other(&|a| a.evidence = Digest::of(b"f")), Err(Void::Evidence));
        assert_eq!(other(&|a| a.decision = "reject".to_owned()), Err(Void::Decision));
        assert_eq!(other(&|a| a.expires_ms = 9), Err(Void::Expired));
        assert_eq!(other(&|a| a.nonce = "m".to_owned()), Ok(()), "another nonce is another approval");
    }
}
