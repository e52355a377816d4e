//! The next event of a frame: none while it waits.

use std::sync::Arc;

use serde_json::Value;

use super::scope::{Here, Sight, Valued};
use super::state::{Activity, ROOT};
use super::{Execution, World, causes, parse_timestamp};
use crate::errors::{Failure, NO_CHOICE};
use crate::event::{Event, FrameId};
use crate::expression::Template;
use crate::limits::MAX_SECONDS;
use crate::machine::{Rule, Until, Work};

impl Execution {
    /// What happens next to `id`, with nothing decided twice: the state after folding decides anew.
    pub(super) fn step(&self, id: FrameId, world: &World<'_>) -> Option<Event> {
        let frame = self.state.frames.get(&id)?;
        match &frame.activity {
            Activity::Next(state) => {
                let state = &self.machine.states[*state];
                return Some(Event::StateEntered {
                    frame: id,
                    state: Arc::clone(&state.name),
                    kind: state.kind,
                    at_ms: world.now_ms,
                });
            }
            Activity::Finished if id == ROOT => return Some(Event::ExecutionSucceeded {}),
            Activity::Finished => return Some(Event::ChildSucceeded { frame: id }),
            _ => {}
        }
        let state = &self.machine.states[frame.state?];
        Here { execution: self, id, frame, state, world }.next()
    }
}

impl Here<'_> {
    fn next(&self) -> Option<Event> {
        if let Some((failure, reported)) = self.frame.failure() {
            return Some(self.recover(failure, reported));
        }
        let now_ms = self.world.now_ms;
        match &self.frame.activity {
            Activity::Entered => Some(self.begin()),
            Activity::Backoff { until_ms } if *until_ms <= now_ms => Some(self.begin()),
            Activity::Waiting { until_ms } if *until_ms <= now_ms => Some(self.leave(None)),
            Activity::Result(result) => Some(self.leave(Some(result))),
            Activity::Join(join) => self.progress(join),
            _ => None,
        }
    }

    /// The first thing a state does, on entering and on each retry.
    fn begin(&self) -> Event {
        let begun = match &self.state.work {
            Work::Pass | Work::Succeed => Ok(self.leave(None)),
            Work::Fail { error, cause } => self.fail_state(error.as_ref(), cause.as_ref()),
            Work::Wait(until) => self.wait(until),
            Work::Choice { rules, default } => self.choose(rules, *default),
            Work::Task(task) => self.schedule(task),
            Work::Parallel { arguments, branches } => self.start_branches(arguments.as_ref(), branches),
            Work::Map(map) => self.start_map(map),
        };
        begun.unwrap_or_else(|fault| *fault)
    }

    fn fail_state(&self, error: Option<&Template>, cause: Option<&Template>) -> Valued<Event> {
        let text = |template: Option<&Template>, field: &str| -> Valued<Option<Arc<str>>> {
            let Some(template) = template else { return Ok(None) };
            let value = self.evaluate(template, field, Sight::default())?;
            match value.as_str() {
                Some(text) => Ok(Some(text.into())),
                None => Err(self.type_error(template, field, "string", &value)),
            }
        };
        let failure =
            Failure { error: text(error, "Error")?, cause: text(cause, "Cause")?, heartbeat: false };
        Ok(self.fall(&failure))
    }

    fn wait(&self, until: &Until) -> Valued<Event> {
        let until_ms = match until {
            Until::Seconds(template) => {
                let seconds = self.whole(template, "Seconds", 0)?;
                self.world.now_ms + i64::from(seconds) * 1000
            }
            Until::Timestamp(template) => self.timestamp(template)?,
        };
        if until_ms <= self.world.now_ms {
            return Ok(self.leave(None));
        }
        Ok(Event::WaitStarted { frame: self.id, until_ms })
    }

    fn timestamp(&self, template: &Template) -> Valued<i64> {
        let value = self.evaluate(template, "Timestamp", Sight::default())?;
        let Some(text) = value.as_str() else {
            return Err(self.type_error(template, "Timestamp", "string", &value));
        };
        parse_timestamp(text).ok_or_else(|| self.query_error("Timestamp", &causes::bad_timestamp(text)))
    }

    fn choose(&self, rules: &[Rule], default: Option<usize>) -> Valued<Event> {
        for (index, rule) in rules.iter().enumerate() {
            let field = format!("Choices[{index}]/Condition");
            let value = self.evaluate(&rule.condition, &field, Sight::default())?;
            match value.as_ref() {
                Value::Bool(true) => return self.exit_by(rule, &format!("Choices[{index}]")),
                Value::Bool(false) => {}
                _ => return Err(self.type_error(&rule.condition, &field, "boolean", &value)),
            }
        }
        match default {
            Some(next) => Ok(self.leave_to(next)),
            None => {
                let cause = causes::in_state(&self.state.name, self.frame.visit, causes::no_choice());
                Ok(self.fall(&Failure::new(NO_CHOICE, cause)))
            }
        }
    }

    /// Evaluates a field that holds a whole number of at least `least`.
    pub(super) fn whole(&self, template: &Template, field: &str, least: i64) -> Valued<u32> {
        let value = self.evaluate(template, field, Sight::default())?;
        let Some(number) = value.as_f64() else {
            return Err(self.type_error(template, field, "number", &value));
        };
        #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
        let whole = number as i64;
        if number.fract() == 0.0 && (least..=MAX_SECONDS).contains(&whole) {
            return Ok(u32::try_from(whole).unwrap_or(u32::MAX));
        }
        let expected = format!("a whole number from {least} to {MAX_SECONDS}");
        Err(self.query_error(field, &causes::out_of_range(field, &expected, &value)))
    }

    pub(super) fn type_error(
        &self,
        template: &Template,
        field: &str,
        expected: &str,
        value: &Value,
    ) -> Box<Event> {
        let source = match template {
            Template::Expression(expression) => Some(expression.source.as_ref()),
            _ => None,
        };
        self.query_error(field, &causes::wrong_type(source, field, expected, value))
    }
}
