//! The run's policy, asked before something is done. What it decides is on the ledger first: where the ledger cannot be
//! written nothing is decided, and nothing is done.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use ideamine_core::failure::FailureKind;
use ideamine_core::records::{FactBody, GuardOutcome, Plan, Said};
use ideamine_core::{Ctx, Digest, Failure, PhaseId};
use ideamine_policy::{Action, Bundle, Decision, Kind, Policy, Subject};

/// The id of the policy as a guard.
const ID: &str = "policy";
/// Most bundles that a process keeps compiled: one for each plan of the runs that it works.
const KEPT_MAX: usize = 16;

/// Policies by digest, compiled once in a process.
#[derive(Default)]
pub struct Policies(Mutex<BTreeMap<Digest, Policy>>);

/// Who asks, of what, and where it is recorded.
#[derive(Debug)]
pub struct Ask<'a> {
    /// The function that acts.
    pub function: &'a str,
    /// In which phase.
    pub phase: Option<&'a PhaseId>,
    /// What is about to be done.
    pub action: Kind,
    /// What it is done to: a request, an application, a document.
    pub subject: Digest,
    /// Place among the decisions of the step.
    pub ordinal: u32,
}

impl Policies {
    /// The policy of this plan. One of a build without policies is held to the bundle that comes with the program.
    ///
    /// # Errors
    /// `Config.Invalid` when the bundle is none; the store's own. Nothing may be done then.
    pub async fn of(&self, ctx: &Ctx, plan: &Plan) -> Result<Policy, Failure> {
        let key = plan.policy.unwrap_or_else(|| Digest::of(b""));
        if let Some(policy) = self.kept(key) {
            return Ok(policy);
        }
        let bundle = match &plan.policy {
            Some(digest) => ctx.get_json::<Bundle>(digest).await?,
            None => Bundle::starter(),
        };
        let policy = Policy::new(&bundle).map_err(|bad| {
            Failure::new(FailureKind::ConfigInvalid, format!("the run's policy {key}: {bad}"))
        })?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.pop_first();
        }
        kept.insert(key, policy.clone());
        Ok(policy)
    }

    fn kept(&self, key: Digest) -> Option<Policy> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    /// Decides, and records the decision.
    ///
    /// # Errors
    /// As [`Policies::of`]; the ledger's own. Nothing may be done then.
    pub async fn decide(&self, ctx: &Ctx, plan: &Plan, ask: Ask<'_>) -> Result<Said, Failure> {
        let ordinal = ask.ordinal;
        let (said, fact) = self.ruling(ctx, plan, ask).await?;
        ctx.record(ordinal, fact).await?;
        Ok(said)
    }

    /// Decides; whoever asks records the fact, before anything follows from the decision.
    ///
    /// # Errors
    /// As [`Policies::of`].
    pub async fn ruling(&self, ctx: &Ctx, plan: &Plan, ask: Ask<'_>) -> Result<(Said, FactBody), Failure> {
        let policy = self.of(ctx, plan).await?;
        let kind = ask.action.name();
        let action = Action {
            subject: Subject {
                tenant: ctx.tenant.clone(),
                run: ctx.run.clone(),
                phase: ask.phase.map(ToString::to_string),
                function: ask.function.to_owned(),
            },
            action: ask.action,
        };
        let decision = policy.decide(&action);
        Ok((said(kind, &decision), fact(kind, &decision, ask.subject)))
    }
}

/// The bundle, the rules and the answer; the reasons stand in the bundle, which the plan holds.
fn fact(kind: &str, decision: &Decision, subject: Digest) -> FactBody {
    let rules: Vec<&str> = decision.rulings.iter().map(|ruling| ruling.rule.as_str()).collect();
    FactBody::Decision {
        decision: format!("{ID}:{kind}"),
        choice: format!(
            "{}:{}@{}",
            if decision.allowed { "allowed" } else { "refused" },
            rules.join("+"),
            decision.bundle
        ),
        by: ID.to_owned(),
        subject: Some(subject),
    }
}

fn said(kind: &str, decision: &Decision) -> Said {
    let why = || {
        let rulings = decision.rulings.iter().map(|ruling| format!("{}: {}", ruling.rule, ruling.reason));
        let rulings: Vec<String> = rulings.collect();
        format!("the policy refuses this {kind} ({})", rulings.join("; "))
    };
    Said {
        id: ID.to_owned(),
        outcome: if decision.allowed { GuardOutcome::Pass } else { GuardOutcome::Blocked },
        findings: if decision.allowed { 0 } else { decision.rulings.len() as u64 },
        evidence: None,
        review: vec![],
        why: (!decision.allowed).then(why),
    }
}
