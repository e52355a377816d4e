//! `guard-prompt-shield`: whether a text tries to turn the models that will read it.

use async_trait::async_trait;
use ideamine_core::artifacts::{GateFinding, Severity};
use ideamine_core::records::GuardOutcome;
use ideamine_core::{Ctx, Failure};
use ideamine_guarding::{Ask, Document, Guard, Look, Policies, Subject, plural};
use ideamine_policy::Kind;
use ideamine_shield::{Channel, Finding, Point, Screening, screen_long};

/// The prompt shield at documents of a run: the idea is a person's text, everything else an agent's.
#[derive(Default)]
pub(crate) struct PromptShield {
    policies: Policies,
}

#[async_trait]
impl Guard for PromptShield {
    fn id(&self) -> &'static str {
        "prompt-shield"
    }

    async fn look(&self, ctx: &Ctx, subject: &Subject) -> Result<Look, Failure> {
        let mut look = Look::pass();
        let mut blocked: Vec<String> = Vec::new();
        for (ordinal, document) in (1..).zip(&subject.documents) {
            let channel = if document.phase.is_none() { Channel::User } else { Channel::Agent };
            let screening = screen_long(&document.text, channel, Point::Default);
            if screening.blocked {
                let ask = self.ask(subject, document, &screening, ordinal);
                let refused = self.policies.decide(ctx, &subject.plan, ask).await?.outcome.stops();
                let first = screening.findings.first().map_or("", |found| found.reason);
                if refused {
                    blocked.push(format!("{} ({first})", document.name));
                }
                look.findings.extend(screening.findings.iter().map(|found| finding(&document.name, found)));
            }
        }
        if !blocked.is_empty() {
            look.outcome = GuardOutcome::Blocked;
            let (names, count) = (blocked.join(", "), plural(blocked.len(), "text"));
            let hint = "`ideamine guard prompt-shield FILE` shows where, and the policy's `models.blocked_threats` decides";
            look.why = Some(format!("{count} would turn a model: {names}; {hint}"));
        }
        Ok(look)
    }
}

impl PromptShield {
    /// Whether a model may be asked with this in front of it.
    fn ask<'a>(
        &self,
        subject: &Subject,
        document: &Document,
        screening: &Screening,
        ordinal: u32,
    ) -> Ask<'a> {
        let action = Kind::ModelCall {
            model: subject.plan.model.clone(),
            origin: String::new(),
            tokens: 0,
            usd_micros: None,
            findings: screening.threats(),
        };
        Ask { function: "guard-prompt-shield", phase: None, action, subject: document.digest, ordinal }
    }
}

fn finding(name: &str, found: &Finding) -> GateFinding {
    GateFinding {
        rule: format!("prompt-shield/{}", found.rule),
        severity: Severity::Critical,
        place: format!("{name}@{}..{}", found.span.start, found.span.end),
        message: found.reason.to_owned(),
    }
}
