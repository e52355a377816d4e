//! Reading the states that hold other states.

use serde_json::Value;

use super::states::Fields;
use super::{Reader, fields};
use crate::expression::Template;
use crate::machine::{MapWork, StateId, Work};

/// Most concurrent iterations that `MaxConcurrency` may ask for.
const MAX_CONCURRENCY: i64 = 10_000;

impl Reader {
    pub(super) fn parallel(&mut self, json: &Fields, at: &str, id: StateId) -> Option<Work> {
        let Some(Value::Array(branches)) =
            json.get("Branches").filter(|b| b.as_array().is_some_and(|b| !b.is_empty()))
        else {
            self.report(at, "Branches is missing: a list with at least one branch");
            return None;
        };
        let mut regions = Vec::new();
        for (index, branch) in branches.iter().enumerate() {
            let at = format!("{at}/Branches/{index}");
            match branch {
                Value::Object(branch) => {
                    self.only(branch, &at, fields::BRANCH);
                    regions.push(self.region(branch, &at, Some(id)));
                }
                _ => self.report(&at, "a branch is a JSON object"),
            }
        }
        Some(Work::Parallel { arguments: self.arguments(json, at), branches: regions })
    }

    pub(super) fn map(&mut self, json: &Fields, at: &str, id: StateId) -> Option<MapWork> {
        let name = if json.contains_key("ItemProcessor") { "ItemProcessor" } else { "Iterator" };
        let Some(Value::Object(processor)) = json.get(name) else {
            self.report(at, "ItemProcessor is missing: an object with StartAt and States");
            return None;
        };
        let inner = format!("{at}/{name}");
        self.only(processor, &inner, fields::PROCESSOR);
        let distributed = self.processor_config(processor, &inner);
        let region = self.region(processor, &inner, Some(id));
        Some(MapWork {
            items: self.items(json, at),
            selector: self.optional(json, "ItemSelector", at),
            concurrency: self.number(json, "MaxConcurrency", at, 0, MAX_CONCURRENCY),
            tolerated_count: self.number(json, "ToleratedFailureCount", at, 0, i64::from(u32::MAX)),
            tolerated_percentage: self.number(json, "ToleratedFailurePercentage", at, 0, 100),
            processor: region,
            distributed,
        })
    }

    pub(super) fn processor_config(&mut self, processor: &Fields, at: &str) -> bool {
        let Some(config) = processor.get("ProcessorConfig") else { return false };
        let at = format!("{at}/ProcessorConfig");
        let Value::Object(config) = config else {
            self.report(&at, "ProcessorConfig is an object with Mode");
            return false;
        };
        self.only(config, &at, fields::PROCESSOR_CONFIG);
        match config.get("Mode").map(Value::as_str) {
            None | Some(Some("INLINE")) => false,
            Some(Some("DISTRIBUTED")) => true,
            Some(_) => {
                self.report(&at, "Mode is \"INLINE\" or \"DISTRIBUTED\"");
                false
            }
        }
    }

    pub(super) fn items(&mut self, json: &Fields, at: &str) -> Option<Template> {
        let items = json.get("Items")?;
        let place = format!("{at}/Items");
        let template = self.template(items, &place);
        if matches!(&template, Template::Constant(value) if !value.is_array()) {
            self.report(&place, "Items is a list or an expression in {% … %}");
        }
        Some(template)
    }
}
