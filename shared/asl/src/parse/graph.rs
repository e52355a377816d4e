//! Transitions: every state can be reached, and every region can end.

use super::Reader;
use crate::event::StateKind;
use crate::machine::{StateId, Work};

impl Reader {
    /// Reports states that no transition leads to, and regions without a terminal state.
    pub(super) fn check_reachability(&mut self) {
        for region in 0..self.regions.len() {
            let Some(start) = self.regions[region].start else { continue };
            let reached = self.reached_from(start);
            let states = self.regions[region].states.clone();
            for state in states.iter().filter(|state| !reached.contains(state)) {
                self.report_state(*state, "no transition leads to this state");
            }
            if states.iter().all(|state| self.states[*state].as_ref().is_some_and(|s| !s.is_terminal())) {
                let at = format!("{}/States", self.regions[region].at);
                self.current = None;
                self.report(
                    &at,
                    "no state ends this machine: one needs \"End\": true, or is Succeed or Fail",
                );
            }
        }
    }

    fn reached_from(&self, start: StateId) -> Vec<StateId> {
        let mut reached = vec![start];
        let mut next = 0;
        while next < reached.len() {
            if let Some(state) = &self.states[reached[next]] {
                for target in state.targets() {
                    if !reached.contains(&target) {
                        reached.push(target);
                    }
                }
            }
            next += 1;
        }
        reached
    }

    fn report_state(&mut self, id: StateId, message: &str) {
        let Some(state) = &self.states[id] else { return };
        let (name, at) = (state.name.clone(), state.at.clone());
        let outer = self.current.replace(name);
        self.report(&at, message);
        self.current = outer;
    }
}

impl crate::machine::State {
    /// True if the region may end here.
    pub(crate) fn is_terminal(&self) -> bool {
        match self.kind {
            StateKind::Succeed | StateKind::Fail => true,
            StateKind::Choice => false,
            _ => self.next.is_none(),
        }
    }

    /// Every state that may follow this one.
    pub(crate) fn targets(&self) -> Vec<StateId> {
        let mut targets: Vec<StateId> = self.next.into_iter().collect();
        targets.extend(self.catch.iter().map(|catcher| catcher.next));
        if let Work::Choice { rules, default } = &self.work {
            targets.extend(rules.iter().map(|rule| rule.next));
            targets.extend(*default);
        }
        targets
    }
}
