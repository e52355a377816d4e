//! Running a machine to its end on a virtual clock, with somebody else deciding what tasks return.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

use crate::event::{Event, TaskId};
use crate::execution::{Context, Execution, Input, PendingTask, Status};
use crate::machine::Machine;

/// Most inputs that one run is given, against a machine that never ends.
const MAX_INPUTS: usize = 100_000;

/// What a task does.
pub(crate) enum Outcome {
    Succeeds {
        output: Value,
        after_ms: i64,
    },
    Fails {
        error: String,
        cause: String,
        after_ms: i64,
    },
    /// Says nothing: it ends by a timeout, or never.
    Hangs,
}

/// A finished run, or one that can go no further.
pub(crate) struct Run {
    pub(crate) status: Status,
    pub(crate) journal: Vec<(i64, Event)>,
    /// When it ended.
    pub(crate) now_ms: i64,
    /// The tasks it was still waiting for, if it is stuck.
    pub(crate) waiting: Vec<String>,
}

/// Runs `machine` from `start_ms` on. Equal arguments give equal runs.
pub(crate) fn run(
    machine: Arc<Machine>,
    context: Context,
    input: Value,
    outcome: &mut dyn FnMut(&PendingTask) -> Outcome,
) -> Run {
    let now_ms = context.start_ms;
    let mut run = Running {
        execution: Execution::new(machine, context),
        now_ms,
        draws: 0,
        journal: Vec::new(),
        answers: VecDeque::new(),
    };
    run.handle(Input::Start { input }, outcome);
    for _ in 0..MAX_INPUTS {
        if *run.execution.status() != Status::Running || !run.next(outcome) {
            break;
        }
    }
    Run {
        status: run.execution.status().clone(),
        now_ms: run.now_ms,
        waiting: run.execution.pending_tasks().map(|task| task.state.to_string()).collect(),
        journal: run.journal,
    }
}

struct Running {
    execution: Execution,
    now_ms: i64,
    draws: u64,
    journal: Vec<(i64, Event)>,
    /// What tasks will say, by time.
    answers: VecDeque<(i64, Input)>,
}

impl Running {
    /// Moves the clock to whatever comes next; false if nothing does.
    fn next(&mut self, outcome: &mut dyn FnMut(&PendingTask) -> Outcome) -> bool {
        let answer_ms = self.answers.front().map(|(at, _)| *at);
        let timer_ms = self.execution.next_deadline_ms();
        let input = match (answer_ms, timer_ms) {
            (Some(answer), timer) if timer.is_none_or(|timer| answer <= timer) => {
                self.now_ms = self.now_ms.max(answer);
                self.answers.pop_front().map_or(Input::Tick, |(_, input)| input)
            }
            (_, Some(timer)) => {
                self.now_ms = self.now_ms.max(timer);
                Input::Tick
            }
            _ => return false,
        };
        self.handle(input, outcome);
        true
    }

    fn handle(&mut self, input: Input, outcome: &mut dyn FnMut(&PendingTask) -> Outcome) {
        let mut events = Vec::new();
        let draws = &mut self.draws;
        let mut random = || {
            *draws = draws.wrapping_add(0x9E37_79B9_7F4A_7C15);
            *draws ^ (*draws >> 29)
        };
        self.execution.handle(input, self.now_ms, &mut random, &mut events);
        let scheduled: Vec<TaskId> =
            events.iter().filter_map(|e| e.scheduled_task().map(|task| task.task)).collect();
        self.journal.extend(events.into_iter().map(|event| (self.now_ms, event)));
        for task in scheduled {
            let pending = self.execution.pending_tasks().find(|pending| pending.task == task);
            match pending.map(&mut *outcome) {
                Some(Outcome::Succeeds { output, after_ms }) => {
                    self.answer(after_ms, Input::TaskSucceeded { task, output });
                }
                Some(Outcome::Fails { error, cause, after_ms }) => {
                    self.answer(after_ms, Input::TaskFailed { task, error, cause });
                }
                Some(Outcome::Hangs) | None => {}
            }
        }
    }

    fn answer(&mut self, after_ms: i64, input: Input) {
        let at = self.now_ms + after_ms.max(0);
        let place = self.answers.partition_point(|(earlier, _)| *earlier <= at);
        self.answers.insert(place, (at, input));
    }
}
