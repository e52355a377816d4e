//! Where a frame stands, and evaluating a state's fields from there.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::state::Frame;
use super::time::format_timestamp;
use super::{Execution, World, causes};
use crate::errors::{DATA_LIMIT, QUERY};
use crate::event::{Data, Event, FrameId, StateKind};
use crate::expression::{Scope, Template};
use crate::limits::{MAX_CAUSE_CHARS, MAX_PAYLOAD_BYTES, clip, json_bytes};
use crate::machine;

/// A frame in a state, ready to decide what is next.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    pub(super) execution: &'a Execution,
    pub(super) id: FrameId,
    pub(super) frame: &'a Frame,
    pub(super) state: &'a machine::State,
    pub(super) world: &'a World<'a>,
}

/// What an expression sees besides the state's input.
#[derive(Clone, Copy, Default)]
pub(super) struct Sight<'a> {
    pub(super) result: Option<&'a Data>,
    pub(super) error_output: Option<&'a Data>,
    pub(super) token: Option<&'a str>,
    /// The item of a Map iteration about to start.
    pub(super) item: Option<(usize, &'a Value)>,
}

/// A value, or the event that says why there is none.
pub(super) type Valued<T> = Result<T, Box<Event>>;

impl Here<'_> {
    /// Evaluates `template`, which is the state's field `field`.
    pub(super) fn evaluate(&self, template: &Template, field: &str, sight: Sight<'_>) -> Valued<Data> {
        let context = || self.context(sight);
        let variable = |name: &str| self.execution.state.variable(self.id, name);
        let scope = Scope {
            input: &self.frame.data,
            result: sight.result,
            error_output: sight.error_output,
            context: &context,
            variable: &variable,
            now_ms: self.world.now_ms,
            random: self.world.draw,
        };
        template.evaluate(&scope).map_err(|fault| {
            let field = format!("{field}{}", fault.place);
            self.query_error(&field, &causes::expression(&fault.source, &field, &fault.fault))
        })
    }

    /// Evaluates a field whose value leaves the state, and holds it to the payload limit.
    pub(super) fn payload(&self, template: &Template, field: &str, sight: Sight<'_>) -> Valued<Data> {
        let value = self.evaluate(template, field, sight)?;
        self.bounded(value)
    }

    pub(super) fn bounded(&self, value: Data) -> Valued<Data> {
        if json_bytes(&value, MAX_PAYLOAD_BYTES) > MAX_PAYLOAD_BYTES {
            return Err(self.fault(DATA_LIMIT, &causes::result_too_large(&self.state.name), None));
        }
        Ok(value)
    }

    pub(super) fn query_error(&self, field: &str, what: &str) -> Box<Event> {
        let cause = causes::in_state(&self.state.name, self.frame.visit, what);
        self.fault(QUERY, &cause, Some(field))
    }

    pub(super) fn fault(&self, error: &str, cause: &str, location: Option<&str>) -> Box<Event> {
        Box::new(Event::StateFaulted {
            frame: self.id,
            error: error.into(),
            cause: clip(cause, MAX_CAUSE_CHARS).into(),
            location: location.map(Arc::from),
        })
    }

    /// `$states.context`.
    fn context(&self, sight: Sight<'_>) -> Value {
        let about = &self.execution.context;
        let mut context = Map::new();
        context.insert(
            "Execution".into(),
            json!({
                "Id": about.execution_id,
                "Input": self.execution.state.input,
                "Name": about.execution_name,
                "RoleArn": about.role_arn,
                "StartTime": format_timestamp(about.start_ms),
                "RedriveCount": 0,
            }),
        );
        context.insert("StateMachine".into(), json!({"Id": about.machine_id, "Name": about.machine_name}));
        context.insert("State".into(), self.state_context());
        if let Some((index, value)) = sight.item {
            context.insert("Map".into(), json!({"Item": {"Index": index, "Value": value}}));
        } else if let Some((index, item)) = self.iteration() {
            context.insert("Map".into(), json!({"Item": {"Index": index, "Value": item}}));
        }
        if let Some(token) = sight.token {
            context.insert("Task".into(), json!({"Token": token}));
        }
        Value::Object(context)
    }

    fn state_context(&self) -> Value {
        let mut state =
            json!({"Name": self.state.name, "EnteredTime": format_timestamp(self.frame.entered_ms)});
        if matches!(self.state.kind, StateKind::Task | StateKind::Parallel | StateKind::Map) {
            state["RetryCount"] = self.frame.retry_count().into();
        }
        state
    }

    /// Index and item of the innermost Map iteration around the frame.
    fn iteration(&self) -> Option<(u32, &Data)> {
        let mut frame = self.frame;
        loop {
            if let Some(item) = &frame.item {
                return Some((frame.index, item));
            }
            frame = self.execution.state.frames.get(&frame.parent?)?;
        }
    }
}
