//! Reading fields of one kind of value, and transitions.

use std::sync::Arc;

use serde_json::Value;

use super::Reader;
use super::states::{Fields, Names};
use crate::event::StateKind;
use crate::expression::Template;
use crate::limits::MAX_SECONDS;
use crate::machine::StateId;

impl Reader {
    pub(super) fn optional(&mut self, json: &Fields, field: &str, at: &str) -> Option<Template> {
        json.get(field).map(|value| self.template(value, &format!("{at}/{field}")))
    }

    /// A string, or an expression that will yield one.
    pub(super) fn text(&mut self, json: &Fields, field: &str, at: &str) -> Option<Template> {
        let template = self.optional(json, field, at)?;
        let fits = match &template {
            Template::Constant(value) => value.is_string(),
            Template::Expression(_) => true,
            _ => false,
        };
        if !fits {
            self.report(&format!("{at}/{field}"), format!("{field} is a string"));
        }
        Some(template)
    }

    pub(super) fn seconds(&mut self, json: &Fields, field: &str, at: &str, least: i64) -> Option<Template> {
        self.number(json, field, at, least, MAX_SECONDS)
    }

    /// A whole number in range, or an expression that will yield one.
    pub(super) fn number(
        &mut self,
        json: &Fields,
        field: &str,
        at: &str,
        least: i64,
        most: i64,
    ) -> Option<Template> {
        let value = json.get(field)?;
        let place = format!("{at}/{field}");
        let template = self.template(value, &place);
        match &template {
            Template::Constant(value) => {
                self.whole(&Arc::clone(value), &place, least, most);
            }
            Template::Expression(_) => {}
            _ => self.report(&place, format!("{field} is a whole number or an expression")),
        }
        Some(template)
    }

    pub(super) fn transition(
        &mut self,
        kind: StateKind,
        json: &Fields,
        at: &str,
        names: &Names<'_>,
    ) -> Option<StateId> {
        if matches!(kind, StateKind::Choice | StateKind::Succeed | StateKind::Fail) {
            return None;
        }
        match (json.get("Next"), json.get("End")) {
            (Some(next), None | Some(Value::Bool(false))) => self.target(next, &format!("{at}/Next"), names),
            (None, Some(Value::Bool(true))) => None,
            (Some(_), Some(_)) => {
                self.report(at, "a state has either Next or End, not both");
                None
            }
            (None, _) => {
                self.report(at, "a state needs Next or \"End\": true");
                None
            }
        }
    }

    /// A mandatory `Next`.
    pub(super) fn next(&mut self, json: &Fields, at: &str, names: &Names<'_>) -> Option<StateId> {
        match json.get("Next") {
            Some(next) => self.target(next, &format!("{at}/Next"), names),
            None => {
                self.report(at, "Next is missing: the name of a state");
                None
            }
        }
    }

    pub(super) fn target(&mut self, json: &Value, at: &str, names: &Names<'_>) -> Option<StateId> {
        let target = json.as_str().and_then(|name| names.get(name)).copied();
        if target.is_none() {
            self.report(at, format!("no state is named {json} here; a transition stays in its own States"));
        }
        target
    }
}
