//! `guard-policy`: whether the policy lets the plan's models be asked at all, before anything is worked. What it lets
//! through is decided again at each call, with its price and what guards found in it.

use async_trait::async_trait;
use ideamine_core::artifacts::{GateFinding, Severity};
use ideamine_core::records::{GuardOutcome, PhaseConfig};
use ideamine_core::{Ctx, Failure};
use ideamine_guarding::{Ask, Guard, Look, Policies, Subject, plural};
use ideamine_policy::Kind;

/// The policy at the models of a plan.
#[derive(Default)]
pub(crate) struct Models {
    policies: Policies,
}

#[async_trait]
impl Guard for Models {
    fn id(&self) -> &'static str {
        "policy"
    }

    async fn look(&self, ctx: &Ctx, subject: &Subject) -> Result<Look, Failure> {
        let mut look = Look::pass();
        let plan = &subject.plan;
        // Where rules alone write, the policy need only be one.
        self.policies.of(ctx, plan).await?;
        let fallback = plan.phases.iter().flat_map(|phase| &phase.config.fallback);
        let mut models: Vec<&str> = fallback.map(String::as_str).chain([plan.model.as_str()]).collect();
        models.retain(|model| *model != PhaseConfig::SMALLER_JOB && !plan.composes());
        models.sort_unstable();
        models.dedup();
        for (ordinal, model) in (1..).zip(models) {
            let action = Kind::ModelCall {
                model: model.to_owned(),
                origin: String::new(),
                tokens: 0,
                usd_micros: None,
                findings: vec![],
            };
            let ask =
                Ask { function: "guard-policy", phase: None, action, subject: ctx.plan_digest()?, ordinal };
            let said = self.policies.decide(ctx, plan, ask).await?;
            if let Some(why) = said.why {
                look.findings.push(GateFinding {
                    rule: "policy/model".to_owned(),
                    severity: Severity::Critical,
                    place: model.to_owned(),
                    message: why,
                });
            }
        }
        if let Some(first) = look.findings.first() {
            look.outcome = GuardOutcome::Blocked;
            let count = plural(look.findings.len(), "model");
            look.why =
                Some(format!("{count} of the plan may not be asked; {}: {}", first.place, first.message));
        }
        Ok(look)
    }
}
