//! `guard-prompt-shield`: whether a text tries to turn the models that will read it.

use async_trait::async_trait;
use ideamine_core::artifacts::{GateFinding, Severity};
use ideamine_core::records::GuardOutcome;
use ideamine_core::{Ctx, Failure};
use ideamine_guarding::{Guard, Look, Subject, plural};
use ideamine_shield::{Channel, Finding, Point, screen_long};

/// The prompt shield at documents of a run: the idea is a person's text, everything else an agent's.
pub(crate) struct PromptShield;

#[async_trait]
impl Guard for PromptShield {
    fn id(&self) -> &'static str {
        "prompt-shield"
    }

    async fn look(&self, _: &Ctx, subject: &Subject) -> Result<Look, Failure> {
        let mut look = Look::pass();
        let mut blocked: Vec<String> = Vec::new();
        for document in &subject.documents {
            let channel = if document.phase.is_none() { Channel::User } else { Channel::Agent };
            let screening = screen_long(&document.text, channel, Point::Default);
            if screening.blocked {
                let first = screening.findings.first().map_or("", |found| found.reason);
                blocked.push(format!("{} ({first})", document.name));
                look.findings.extend(screening.findings.iter().map(|found| finding(&document.name, found)));
            }
        }
        if !blocked.is_empty() {
            look.outcome = GuardOutcome::Blocked;
            let (names, count) = (blocked.join(", "), plural(blocked.len(), "text"));
            let hint = "`ideamine guard prompt-shield FILE` shows where";
            look.why = Some(format!("{count} would turn a model: {names}; {hint}"));
        }
        Ok(look)
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
