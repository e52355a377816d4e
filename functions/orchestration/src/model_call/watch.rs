//! The guards at a call: shield and exfiltration guard read what others wrote in the request, the policy decides with what
//! they found. All before money is set aside; a call that is not let through is not made, and ends the run.

use ideamine_authoring::slot;
use ideamine_core::artifacts::{GateFinding, Severity};
use ideamine_core::budget::Ceiling;
use ideamine_core::ports::Request;
use ideamine_core::records::{Fact, GuardOutcome, Plan, Said};
use ideamine_core::{Ctx, Digest, Failure, PhaseId};
use ideamine_exfil::{Context, Guard as Scanner, Leak, Registry};
use ideamine_guarding::{Ask, Look, Policies, plural};
use ideamine_policy::Kind;
use ideamine_shield::{Channel, Finding, Point, screen_long};
use serde::Serialize;
use serde_json::Value;

/// Who asks, and writes down what was said.
const WHO: &str = "job-model-call";

/// The guards of a process that calls models.
pub(super) struct Watch {
    policies: Policies,
    scanner: Scanner,
}

impl Watch {
    /// Knows these secrets, which stand in no request, whatever their writing.
    pub(super) fn new(secrets: Registry) -> Self {
        Self { policies: Policies::default(), scanner: Scanner::new(secrets) }
    }

    /// What the guards say of this request. It is on the ledger when this returns.
    pub(super) async fn look(&self, ctx: &Ctx, asked: &Asked<'_>) -> Result<Vec<Said>, Failure> {
        let (mut threats, mut leaks) = (Look::pass(), Look::pass());
        let (mut kinds, mut turned) = (Vec::new(), 0);
        for (name, text) in slot::slots(&asked.request.user) {
            let screening = screen_long(text, channel(name), Point::Default);
            if screening.blocked {
                turned += 1;
                threats.findings.extend(screening.findings.iter().map(|found| threat(name, found)));
                kinds.extend(screening.threats());
            }
            for leak in self.scanner.scan(text, &Context::default()) {
                kinds.push(kind(&leak));
                leaks.findings.push(finding(name, &leak));
            }
        }
        kinds.sort_unstable();
        kinds.dedup();
        let request = || vec![("request".to_owned(), asked.digest)];
        let exfil = leaks.said(ctx, "exfil", request()).await?;
        let action = Kind::ModelCall {
            model: asked.request.model.clone(),
            origin: asked.origin.clone(),
            tokens: asked.ceiling.tokens,
            usd_micros: asked.ceiling.usd,
            findings: kinds,
        };
        let (phase, subject) = (Some(asked.phase), asked.digest);
        let ask = Ask { function: WHO, phase, action, subject, ordinal: 0 };
        let (policy, ruled) = self.policies.ruling(ctx, asked.plan, ask).await?;
        // The shield finds, the policy decides: an operator may let types of attack be worked on.
        if turned > 0 && policy.outcome.stops() {
            threats.outcome = GuardOutcome::Blocked;
            let texts = plural(turned, "text");
            threats.why = Some(format!("{texts} in the request of {} would turn the model", ctx.step));
        }
        let shield = threats.said(ctx, "prompt-shield", request()).await?;
        let said = vec![policy, shield, exfil];
        let facts = Said::facts(&said[1..], WHO).into_iter().chain([ruled]).zip(0..);
        let facts = facts.map(|(body, ordinal)| Fact {
            path: ctx.step.clone(),
            ordinal,
            at_ms: ctx.env.clock.now_ms(),
            body,
        });
        ctx.env.ledger.insert(&ctx.tenant, &ctx.run, facts.collect()).await?;
        Ok(said)
    }
}

/// A call that is about to be made.
pub(super) struct Asked<'a> {
    pub(super) plan: &'a Plan,
    pub(super) phase: &'a PhaseId,
    pub(super) request: &'a Request,
    pub(super) digest: Digest,
    pub(super) ceiling: Ceiling,
    /// Where the model is; empty for one in this process.
    pub(super) origin: String,
}

/// Whose words a slot holds. What knowledge and others' documents order is not obeyed; an agent's text may order less than
/// a person's.
fn channel(slot: &str) -> Channel {
    match slot {
        "idea" => Channel::User,
        name if name.starts_with("knowledge") => Channel::Document,
        _ => Channel::Agent,
    }
}

fn threat(slot: &str, found: &Finding) -> GateFinding {
    GateFinding {
        rule: format!("prompt-shield/{}/{}", word(&found.threat), found.rule),
        severity: Severity::Critical,
        place: format!("{slot}@{}..{}", found.span.start, found.span.end),
        message: found.reason.to_owned(),
    }
}

fn finding(slot: &str, leak: &Leak) -> GateFinding {
    GateFinding {
        rule: format!("exfil/{}/{}", kind(leak), leak.rule),
        severity: Severity::Low,
        place: format!("{slot}@{}..{}", leak.span.start, leak.span.end),
        message: leak.reason.to_string(),
    }
}

/// The kind of a leak, as policies know it.
fn kind(leak: &Leak) -> String {
    if leak.rule == ideamine_exfil::REGISTERED { "registered_secret".to_owned() } else { word(&leak.kind) }
}

fn word(of: &impl Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}
