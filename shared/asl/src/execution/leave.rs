//! Leaving a state: its `Assign` and `Output`, both evaluated against the same old variables.

use std::sync::Arc;

use serde_json::Value;

use super::causes;
use super::scope::{Here, Sight, Valued};
use crate::errors::DATA_LIMIT;
use crate::event::{Assigned, Data, Event};
use crate::expression::Template;
use crate::limits::{MAX_VARIABLE_BYTES, MAX_VARIABLES_BYTES, json_bytes};
use crate::machine::{Rule, StateId};

/// The two fields that shape what a state leaves behind, and where they stand.
struct Shape<'a> {
    assign: Option<&'a Template>,
    output: Option<&'a Template>,
    /// For example `Catch[0]`; empty for the state's own.
    at: &'a str,
}

impl Here<'_> {
    /// The ordinary way out, with the state's own fields.
    pub(super) fn leave(&self, result: Option<&Data>) -> Event {
        self.own_way(result, None).unwrap_or_else(|fault| *fault)
    }

    /// Through `Default`: the Choice state's own fields apply.
    pub(super) fn leave_to(&self, next: StateId) -> Event {
        self.own_way(None, Some(next)).unwrap_or_else(|fault| *fault)
    }

    fn own_way(&self, result: Option<&Data>, to: Option<StateId>) -> Valued<Event> {
        let shape = Shape { assign: self.state.assign.as_ref(), output: self.state.output.as_ref(), at: "" };
        let sight = Sight { result, ..Sight::default() };
        self.exit(&shape, sight, result.unwrap_or(&self.frame.data), to)
    }

    /// Through a choice rule: its fields apply, not the state's.
    pub(super) fn exit_by(&self, rule: &Rule, at: &str) -> Valued<Event> {
        let shape = Shape { assign: rule.assign.as_ref(), output: rule.output.as_ref(), at };
        self.exit(&shape, Sight::default(), &self.frame.data, Some(rule.next))
    }

    /// Through a catcher: `$states.errorOutput` is there, and is the output unless said otherwise.
    pub(super) fn exit_caught(
        &self,
        catcher: &crate::machine::Catcher,
        at: &str,
        error_output: &Data,
    ) -> Valued<Event> {
        let shape = Shape { assign: catcher.assign.as_ref(), output: catcher.output.as_ref(), at };
        let sight = Sight { error_output: Some(error_output), ..Sight::default() };
        let mut event = self.exit(&shape, sight, error_output, Some(catcher.next))?;
        if let Event::StateExited { output: output @ None, .. } = &mut event {
            *output = Some(Arc::clone(error_output));
        }
        Ok(event)
    }

    fn exit(
        &self,
        shape: &Shape<'_>,
        sight: Sight<'_>,
        default: &Data,
        to: Option<StateId>,
    ) -> Valued<Event> {
        let assigned = shape.assign.map(|assign| self.assign(assign, shape.at, sight)).transpose()?;
        let output = match shape.output {
            Some(output) => Some(self.payload(output, &field(shape.at, "Output"), sight)?),
            None if sight.result.is_some() => Some(self.bounded(Arc::clone(default))?),
            None => None,
        };
        let part = self.part(shape.output, sight.result, output.as_deref());
        Ok(Event::StateExited {
            frame: self.id,
            output: output.filter(|output| part.is_none() && !Arc::ptr_eq(output, default)),
            part,
            assigned: assigned.filter(|assigned| !assigned.is_empty()).map(Arc::new),
            to: to.map(|state| Arc::clone(&self.execution.machine.states[state].name)),
        })
    }

    /// Where the output lies in the result, if it does: then the journal need not hold it twice.
    fn part(
        &self,
        template: Option<&Template>,
        result: Option<&Data>,
        output: Option<&Value>,
    ) -> Option<Arc<str>> {
        let Some(Template::Expression(expression)) = template else { return None };
        let part = expression.part_of_result()?;
        (result?.pointer(part) == Some(output?)).then(|| Arc::clone(part))
    }

    fn assign(&self, assign: &Template, at: &str, sight: Sight<'_>) -> Valued<Assigned> {
        let values = self.evaluate(assign, &field(at, "Assign"), sight)?;
        let mut assigned = Assigned::new();
        if let Value::Object(values) = Arc::unwrap_or_clone(values) {
            assigned.extend(values.into_iter().map(|(name, value)| (Arc::from(name), Arc::new(value))));
        }
        self.within_limits(&assigned)?;
        Ok(assigned)
    }

    fn within_limits(&self, assigned: &Assigned) -> Valued<()> {
        let new: usize = assigned.values().map(|value| json_bytes(value, MAX_VARIABLE_BYTES)).sum();
        let total = self.execution.state.variable_bytes + new;
        if new > MAX_VARIABLE_BYTES || total > MAX_VARIABLES_BYTES {
            return Err(self.fault(DATA_LIMIT, &causes::variables_too_large(), None));
        }
        Ok(())
    }
}

fn field(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") }
}
