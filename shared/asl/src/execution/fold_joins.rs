//! Folding what happens to branches and iterations.

use std::sync::Arc;

use serde_json::Value;

use super::state::{Activity, Frame, Join, State};
use crate::errors::Failure;
use crate::event::{Data, FrameId};
use crate::limits::MAX_INLINE_CONCURRENCY;
use crate::machine::{Machine, Work};

impl State {
    pub(super) fn branch(
        &mut self,
        machine: &Machine,
        id: FrameId,
        first: FrameId,
        branches: u32,
        input: Option<&Data>,
    ) {
        let Some(frame) = self.frames.get(&id) else { return };
        let input = Arc::clone(input.unwrap_or(&frame.data));
        let regions = match frame.state.map(|state| &machine.states[state].work) {
            Some(Work::Parallel { branches, .. }) => branches.as_slice(),
            _ => &[],
        };
        for (index, region) in (0..branches).zip(regions) {
            let Some(start) = machine.start_of(*region) else { continue };
            let child = Frame::new(Some(id), index, *region, Arc::clone(&input), Activity::Next(start));
            self.frames.insert(first + index, child);
        }
        self.next_frame = first + branches;
        let join = Join {
            items: None,
            results: vec![None; branches as usize],
            next: branches as usize,
            live: (0..branches).map(|index| (index, first + index)).collect(),
            limit: branches as usize,
            failure: None,
        };
        self.set(id, Activity::Join(join));
    }

    pub(super) fn map(&mut self, id: FrameId, items: Option<&Data>, concurrency: u32) {
        let Some(frame) = self.frames.get(&id) else { return };
        let items = Arc::clone(items.unwrap_or(&frame.data));
        let total = items.as_array().map_or(0, Vec::len);
        let limit = match concurrency as usize {
            0 => MAX_INLINE_CONCURRENCY,
            limit => limit.min(MAX_INLINE_CONCURRENCY),
        };
        let join = Join {
            items: Some(items),
            results: vec![None; total],
            next: 0,
            live: Default::default(),
            limit,
            failure: None,
        };
        self.set(id, Activity::Join(join));
    }

    pub(super) fn iterate(
        &mut self,
        machine: &Machine,
        id: FrameId,
        child: FrameId,
        index: u32,
        input: Option<&Data>,
    ) {
        let Some(frame) = self.frames.get_mut(&id) else { return };
        let region = match frame.state.map(|state| &machine.states[state].work) {
            Some(Work::Map(map)) => map.processor,
            _ => return,
        };
        let Activity::Join(join) = &mut frame.activity else { return };
        let item =
            join.items.as_ref().and_then(|items| items.get(index as usize)).cloned().unwrap_or(Value::Null);
        join.live.insert(index, child);
        join.next = index as usize + 1;
        let item = Arc::new(item);
        let Some(start) = machine.start_of(region) else { return };
        let data = Arc::clone(input.unwrap_or(&item));
        let mut begun = Frame::new(Some(id), index, region, data, Activity::Next(start));
        begun.item = Some(item);
        self.frames.insert(child, begun);
        self.next_frame = child + 1;
    }

    pub(super) fn child_done(&mut self, child: FrameId) {
        let Some(done) = self.drop_frame(child) else { return };
        let parent = done.parent.and_then(|parent| self.frames.get_mut(&parent));
        if let Some(Activity::Join(join)) = parent.map(|frame| &mut frame.activity) {
            join.live.remove(&done.index);
            if let Some(slot) = join.results.get_mut(done.index as usize) {
                *slot = Some(done.data);
            }
        }
    }

    pub(super) fn child_gone(&mut self, child: FrameId, failure: Option<Failure>) {
        let Some(gone) = self.drop_frame(child) else { return };
        let parent = gone.parent.and_then(|parent| self.frames.get_mut(&parent));
        if let Some(Activity::Join(join)) = parent.map(|frame| &mut frame.activity) {
            join.live.remove(&gone.index);
            join.failure = join.failure.take().or(failure);
        }
    }

    pub(super) fn join(&mut self, id: FrameId) {
        let Some(Activity::Join(join)) = self.frames.get_mut(&id).map(|frame| &mut frame.activity) else {
            return;
        };
        let results = std::mem::take(&mut join.results).into_iter();
        let outputs = results.map(|result| result.map_or(Value::Null, Arc::unwrap_or_clone)).collect();
        self.set(id, Activity::Result(Arc::new(Value::Array(outputs))));
    }
}
