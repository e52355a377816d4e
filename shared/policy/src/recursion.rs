//! Rules that call themselves, found before they run: the evaluator has no depth limit, and its stack is the process's.

use std::collections::{BTreeMap, BTreeSet};

use regorus::rvm::{Instruction, Program};

/// A rule that is called by itself, directly or through others. Rego forbids it (Open Policy Agent, "Policy Language":
/// rules must not be recursive).
pub(crate) fn recursive(program: &Program) -> Option<String> {
    let calls = calls(program);
    let name = |rule: &usize| program.rule_infos.get(*rule).map(|info| info.name.clone());
    calls.keys().find(|rule| reaches(&calls, **rule)).and_then(name)
}

/// Which rules each rule calls, by index. A rule's code begins at its bodies and lasts to where another rule's begins.
fn calls(program: &Program) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut begins: Vec<(usize, usize)> = Vec::new();
    for (rule, info) in program.rule_infos.iter().enumerate() {
        let bodies = info.definitions.iter().flatten();
        let heads = info.destructuring_blocks.iter().flatten();
        begins.extend(bodies.chain(heads).map(|at| (usize::try_from(*at).unwrap_or(usize::MAX), rule)));
    }
    begins.sort_unstable();
    let mut calls: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (at, instruction) in program.instructions.iter().enumerate() {
        let called = match instruction {
            Instruction::CallRule { rule_index, .. } => Some(*rule_index),
            Instruction::FunctionCall { params_index } => program
                .instruction_data
                .get_function_call_params(*params_index)
                .map(|params| params.func_rule_index),
            _ => None,
        };
        let before = begins.partition_point(|(begin, _)| *begin <= at);
        if let (Some(called), Some((_, caller))) = (called, before.checked_sub(1).map(|last| begins[last])) {
            calls.entry(caller).or_default().insert(usize::from(called));
        }
    }
    calls
}

fn reaches(calls: &BTreeMap<usize, BTreeSet<usize>>, start: usize) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![start]);
    while let Some(rule) = next.pop() {
        for called in calls.get(&rule).into_iter().flatten() {
            if *called == start {
                return true;
            }
            if seen.insert(*called) {
                next.push(*called);
            }
        }
    }
    false
}
