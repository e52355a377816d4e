//! The budget as `show` and the API show it: a tree of what each level may use and has used.

use ideamine_core::budget::{Amount, HOUR_MS, MINUTE_MS, Resource};
use ideamine_core::records::{BudgetRow, PhaseSpend, Plan, PlannedPhase};
use serde_json::{Map, Value, json};

/// `{used, limits, parts: [{id, used, limits, grants, parts}]}`: the run, its phases in plan order, and their stories and
/// branches. `used` has what is promised and what is uncertain in it; `limits` names what is limited, with what was granted.
/// Money in dollars, time in minutes and hours.
pub(crate) fn tree(budget: &BudgetRow, plan: Option<&Plan>) -> Value {
    let planned = plan.map(|plan| plan.phases.as_slice()).unwrap_or_default();
    let phase = |planned: &PlannedPhase| {
        let spend = budget.phases.get(&planned.config.id)?;
        let limits = &planned.config.budget;
        let parts = spend.parts.iter().map(|(id, part)| node(id, part, vec![], |r| Amount::of_part(part, r)));
        Some(node(planned.config.id.as_str(), spend, parts.collect(), |r| Amount::of_phase(spend, limits, r)))
    };
    let mut root = amounts(|resource| Amount::of_run(budget, resource));
    root.insert("parts".to_owned(), planned.iter().filter_map(phase).collect());
    Value::Object(root)
}

fn node(id: &str, spend: &PhaseSpend, parts: Vec<Value>, amount: impl Fn(Resource) -> Amount) -> Value {
    let mut node = amounts(amount);
    node.insert("id".to_owned(), json!(id));
    node.insert("grants".to_owned(), json!(spend.grants));
    node.insert("parts".to_owned(), Value::Array(parts));
    Value::Object(node)
}

fn amounts(amount: impl Fn(Resource) -> Amount) -> Map<String, Value> {
    let (mut used, mut limits) = (Map::new(), Map::new());
    for resource in Resource::ALL {
        let Amount { limit, used: so_far } = amount(resource);
        used.insert(name(resource).to_owned(), shown(resource, so_far));
        if let Some(limit) = limit {
            limits.insert(name(resource).to_owned(), shown(resource, limit));
        }
    }
    [("used".to_owned(), Value::Object(used)), ("limits".to_owned(), Value::Object(limits))]
        .into_iter()
        .collect()
}

const fn name(resource: Resource) -> &'static str {
    match resource {
        Resource::Usd => "usd",
        Resource::Tokens => "tokens",
        Resource::ToolsMinutes => "tools_minutes",
        Resource::GpuHours => "gpu_hours",
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown to people; sums are made in whole numbers")]
fn shown(resource: Resource, amount: u64) -> Value {
    match resource {
        Resource::Usd => json!(amount as f64 / 1e6),
        Resource::Tokens => json!(amount),
        Resource::ToolsMinutes => json!(amount as f64 / MINUTE_MS as f64),
        Resource::GpuHours => json!(amount as f64 / HOUR_MS as f64),
    }
}
