//! Records of branches and iterations.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Records, one};
use crate::event::{Data, FrameId};

impl Records {
    pub(super) fn branch(&mut self, frame: FrameId, first: FrameId, branches: u32, input: Option<&Data>) {
        self.push(frame, "ParallelStateStarted", "", Map::new());
        let Some(track) = self.frames.get_mut(&frame) else { return };
        track.done.clear();
        track.items = None;
        let input = Arc::clone(input.unwrap_or(&track.data));
        for index in 0..branches {
            self.begin(first + index, Some(frame), index, &input, None);
        }
    }

    pub(super) fn map(&mut self, frame: FrameId, items: Option<&Data>) {
        let Some(track) = self.frames.get_mut(&frame) else { return };
        let items = Arc::clone(items.unwrap_or(&track.data));
        let length = items.as_array().map_or(0, Vec::len);
        track.items = Some(items);
        track.done.clear();
        self.push(frame, "MapStateStarted", "mapStateStarted", one("length", length));
    }

    pub(super) fn iterate(&mut self, frame: FrameId, child: FrameId, index: u32, input: Option<&Data>) {
        let Some(track) = self.frames.get(&frame) else { return };
        let name = Arc::clone(&track.state);
        let item = track.items.as_ref().and_then(|items| items.get(index as usize)).cloned();
        let input = input.cloned().unwrap_or_else(|| Arc::new(item.unwrap_or(Value::Null)));
        self.begin(child, Some(frame), index, &input, Some((index, name)));
        self.push_iteration(child, "Started");
    }

    pub(super) fn push_iteration(&mut self, child: FrameId, what: &str) {
        let Some((index, name)) = self.frames.get(&child).and_then(|track| track.iteration.clone()) else {
            return;
        };
        let mut details = one("name", name.as_ref());
        details.insert("index".into(), index.into());
        self.push(child, &format!("MapIteration{what}"), &format!("mapIteration{what}"), details);
    }

    /// A branch or iteration ends: its last record is what the parent goes on from.
    pub(super) fn child(&mut self, child: FrameId, what: &str) {
        self.push_iteration(child, what);
        let Some(track) = self.frames.remove(&child) else { return };
        let Some(parent) = track.parent.and_then(|parent| self.frames.get_mut(&parent)) else { return };
        parent.last = track.last;
        parent.done.insert(track.index, track.data);
    }

    pub(super) fn join(&mut self, frame: FrameId) {
        let Some(track) = self.frames.get_mut(&frame) else { return };
        let is_map = track.items.take().is_some();
        let mut done: Vec<(u32, Data)> = track.done.drain().collect();
        done.sort_by_key(|(index, _)| *index);
        track.result = Some(Arc::new(done.into_iter().map(|(_, data)| Arc::unwrap_or_clone(data)).collect()));
        if is_map {
            self.push(frame, "MapStateSucceeded", "", Map::new());
        }
    }
}
