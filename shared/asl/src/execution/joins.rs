//! Parallel and Map: starting branches and iterations, joining them, giving up after a failure.

use std::sync::Arc;

use serde_json::Value;

use super::causes;
use super::scope::{Here, Sight, Valued};
use super::state::{Activity, Join};
use crate::errors::RUNTIME;
use crate::event::{Data, Event, FrameId};
use crate::expression::Template;
use crate::machine::{MapWork, RegionId};

impl Here<'_> {
    pub(super) fn start_branches(
        &self,
        arguments: Option<&Template>,
        branches: &[RegionId],
    ) -> Valued<Event> {
        let input = arguments.map(|given| self.payload(given, "Arguments", Sight::default())).transpose()?;
        Ok(Event::ParallelStarted {
            frame: self.id,
            first: self.execution.state.next_frame,
            branches: u32::try_from(branches.len()).unwrap_or(u32::MAX),
            input,
        })
    }

    pub(super) fn start_map(&self, map: &MapWork) -> Valued<Event> {
        if map.distributed {
            return Err(self.fault(RUNTIME, causes::distributed(), None));
        }
        let items = self.items(map)?;
        let concurrency = map.concurrency.as_ref().map(|n| self.whole(n, "MaxConcurrency", 0)).transpose()?;
        if let Some(count) = &map.tolerated_count {
            self.whole(count, "ToleratedFailureCount", 0)?;
        }
        if let Some(percentage) = &map.tolerated_percentage {
            self.percentage(percentage, "ToleratedFailurePercentage")?;
        }
        Ok(Event::MapStarted { frame: self.id, items, concurrency: concurrency.unwrap_or(0) })
    }

    fn items(&self, map: &MapWork) -> Valued<Option<Data>> {
        let Some(template) = &map.items else {
            if self.frame.data.is_array() {
                return Ok(None);
            }
            return Err(self.query_error("Items", &causes::map_input(&self.frame.data)));
        };
        let items = self.evaluate(template, "Items", Sight::default())?;
        if !items.is_array() {
            return Err(self.type_error(template, "Items", "array", &items));
        }
        Ok(Some(items).filter(|items| !Arc::ptr_eq(items, &self.frame.data)))
    }

    fn percentage(&self, template: &Template, field: &str) -> Valued<()> {
        let value = self.evaluate(template, field, Sight::default())?;
        match value.as_f64() {
            None => Err(self.type_error(template, field, "number", &value)),
            Some(number) if (0.0..=100.0).contains(&number) => Ok(()),
            Some(_) => Err(self.query_error(field, &causes::out_of_range(field, "from 0 to 100", &value))),
        }
    }

    /// The next iteration to start, sibling to give up, or the join itself.
    pub(super) fn progress(&self, join: &Join) -> Option<Event> {
        if join.failure.is_some() {
            return join.live.values().next_back().map(|child| self.give_up(*child));
        }
        match &join.items {
            Some(items) if join.next < join.results.len() => {
                (join.live.len() < join.limit).then(|| self.iterate(items, join.next))
            }
            _ => join.live.is_empty().then_some(Event::JoinSucceeded { frame: self.id }),
        }
    }

    fn iterate(&self, items: &Data, index: usize) -> Event {
        match self.selected(items, index) {
            Ok(input) => Event::IterationStarted {
                frame: self.id,
                child: self.execution.state.next_frame,
                index: u32::try_from(index).unwrap_or(u32::MAX),
                input,
            },
            Err(fault) => *fault,
        }
    }

    fn selected(&self, items: &Data, index: usize) -> Valued<Option<Data>> {
        let selector = match &self.state.work {
            crate::machine::Work::Map(map) => map.selector.as_ref(),
            _ => None,
        };
        let Some(selector) = selector else { return Ok(None) };
        let item = items.get(index).unwrap_or(&Value::Null);
        let sight = Sight { item: Some((index, item)), ..Sight::default() };
        self.payload(selector, "ItemSelector", sight).map(Some)
    }

    /// Gives up the innermost thing under way below `child`, one event at a time.
    fn give_up(&self, child: FrameId) -> Event {
        let state = &self.execution.state;
        let below = state.frames.get(&child).and_then(|frame| match &frame.activity {
            Activity::Join(join) => join.live.values().next_back(),
            _ => None,
        });
        match below {
            Some(grandchild) => self.give_up(*grandchild),
            None => state.abort_state(child).unwrap_or(Event::ChildAborted { frame: child }),
        }
    }
}
