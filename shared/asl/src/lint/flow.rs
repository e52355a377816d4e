//! Loops, fan-out and choices: bounded, with a way out.

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::{Linter, whole_expression};
use crate::machine::{State, StateId, Work};

impl Linter<'_> {
    pub(super) fn flow(&mut self) {
        for cycle in self.cycles() {
            self.cycle(&cycle);
        }
        for id in 0..self.machine.states.len() {
            self.shape(&self.machine.states[id]);
        }
    }

    /// Sets of states that can be reached from each other.
    fn cycles(&self) -> Vec<Vec<StateId>> {
        let states = &self.machine.states;
        let mut graph = DiGraph::<StateId, ()>::new();
        let nodes: Vec<NodeIndex> = (0..states.len()).map(|id| graph.add_node(id)).collect();
        for (id, state) in states.iter().enumerate() {
            for target in state.targets() {
                graph.add_edge(nodes[id], nodes[target], ());
            }
        }
        let loops = |set: &Vec<NodeIndex>| set.len() > 1 || graph.contains_edge(set[0], set[0]);
        tarjan_scc(&graph)
            .into_iter()
            .filter(loops)
            .map(|set| {
                let mut ids: Vec<StateId> = set.into_iter().map(|node| graph[node]).collect();
                ids.sort_unstable();
                ids
            })
            .collect()
    }

    fn cycle(&mut self, cycle: &[StateId]) {
        let states = cycle.iter().map(|id| &self.machine.states[*id]);
        let first = &self.machine.states[cycle[0]];
        let leaves = states.clone().any(|state| {
            matches!(state.work, Work::Choice { .. })
                && state.targets().iter().any(|target| !cycle.contains(target))
        });
        if !leaves {
            let names: Vec<&str> = states.clone().map(|state| state.name.as_ref()).collect();
            let message = format!("no Choice leads out of the loop {}", names.join(", "));
            self.report("loop-unbounded", Some(first), &first.at, message);
        }
        let polling: Vec<&State> = states.filter(|state| matches!(state.work, Work::Wait(_))).collect();
        for state in polling {
            let message = "a Wait inside a loop polls; wait for a token instead";
            self.report("wait-polling", Some(state), &state.at, message);
        }
    }

    fn shape(&mut self, state: &State) {
        match &state.work {
            Work::Choice { default: None, .. } => {
                self.report("choice-default", Some(state), &state.at, "a Choice has a Default");
            }
            Work::Choice { rules, .. } => {
                for (index, rule) in
                    rules.iter().enumerate().filter(|(_, rule)| whole_expression(&rule.condition).is_none())
                {
                    let at = format!("{}/Choices/{index}", state.at);
                    let target = &self.machine.states[rule.next].name;
                    self.report(
                        "choice-constant",
                        Some(state),
                        &at,
                        format!("the way to '{target}' does not depend on anything"),
                    );
                }
            }
            Work::Parallel { arguments: Some(_), .. } => {
                let at = format!("{}/Arguments", state.at);
                self.report(
                    "parallel-arguments",
                    Some(state),
                    &at,
                    "a Parallel has no Arguments; branches read the state's input",
                );
            }
            Work::Map(map) => {
                if map.distributed {
                    self.report(
                        "map-distributed",
                        Some(state),
                        &state.at,
                        "a distributed Map is not run in both modes",
                    );
                }
                if map.concurrency.is_none() {
                    self.report("map-concurrency", Some(state), &state.at, "a Map has MaxConcurrency");
                }
            }
            _ => {}
        }
    }
}
