//! The machines of the collection, explored: every outcome of every task, in every state that can be reached. From each
//! of them an end can be reached, and every end is one that the machine itself says.

mod machines;

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde_json::Value;

use crate::execution::state::{Activity, Frame};
use crate::{Context, Execution, Input, Machine, Status};

/// States after which a machine counts as unbounded.
const STATES_MAX: usize = 20_000;

/// The raw results that a task can have, by its state.
type Results = dyn Fn(&str) -> Vec<Value>;

/// A machine and all that its tasks can come to: raw results by state, and the names of errors; each can also be late.
struct Explored {
    text: String,
    input: Value,
    results: Box<Results>,
    errors: &'static [&'static str],
    /// Variables that count without end and decide nothing.
    counters: &'static [&'static str],
}

/// Where an execution waits.
struct Node {
    execution: Execution,
    now_ms: i64,
}

impl Node {
    fn start(explored: &Explored) -> Self {
        let mut text = explored.text.clone();
        // What stands for names and versions decides nothing.
        while let Some(at) = text.find("${") {
            let end = at + text[at..].find('}').unwrap();
            text.replace_range(at..=end, "");
        }
        let context = Context {
            execution_id: "m:e".to_owned(),
            execution_name: "e".to_owned(),
            machine_id: "m".to_owned(),
            machine_name: "m".to_owned(),
            role_arn: "role".to_owned(),
            start_ms: 0,
        };
        let machine = Arc::new(Machine::parse(&text).unwrap());
        let execution = Execution::new(machine, context);
        Self { execution, now_ms: 0 }.after(Input::Start { input: explored.input.clone() })
    }

    /// After this input, and after the waits that follow: only time ends them.
    fn after(&self, input: Input) -> Self {
        let mut next = Self { execution: self.execution.clone(), now_ms: self.now_ms };
        let mut input = Some(input);
        while *next.execution.status() == Status::Running {
            let waits = next.execution.pending_tasks().next().is_none();
            let Some(given) = input.take().or_else(|| waits.then_some(Input::Tick)) else { break };
            if given == Input::Tick {
                let deadline =
                    next.execution.next_deadline_ms().unwrap_or_else(|| panic!("waits for nothing"));
                next.now_ms = deadline.max(next.now_ms);
            }
            let mut events = vec![];
            next.execution.handle(given, next.now_ms, &mut || 0, &mut events);
            assert!(!events.is_empty(), "an input has no effect in {:?}", next.execution.current_states());
        }
        next
    }

    /// The same for all executions that go on alike: everything but times, ids and what only counts.
    fn key(&self, explored: &Explored) -> (u64, u64) {
        let state = &self.execution.state;
        let mut text = format!("{:?}", state.status);
        for frame in state.frames.values() {
            let Frame { index, item, state: at, data, variables, retries, activity, .. } = frame;
            let counts = |name: &&Arc<str>| explored.counters.contains(&&***name);
            let variables: Vec<_> = variables.iter().filter(|(name, _)| !counts(name)).collect();
            let attempt = match activity {
                Activity::Task(task) => format!("{:?}", state.tasks.get(task).map(|pending| pending.attempt)),
                Activity::Backoff { .. } => "backoff".to_owned(),
                Activity::Waiting { .. } => "wait".to_owned(),
                Activity::Join(join) => format!("{:?} {} {:?}", join.results, join.next, join.failure),
                other => format!("{other:?}"),
            };
            write!(text, "|{index} {item:?} {at:?} {data:?} {variables:?} {retries:?} {attempt}").unwrap();
        }
        let hash = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, &text).hash(&mut hasher);
            hasher.finish()
        };
        (hash(0), hash(1))
    }

    /// Every way on from a state in which tasks are pending.
    fn ways(&self, explored: &Explored) -> Vec<Input> {
        let mut ways = vec![Input::Tick];
        for pending in self.execution.pending_tasks() {
            let task = pending.task;
            let results = (explored.results)(&pending.state);
            assert!(!results.is_empty(), "{} has no result", pending.state);
            ways.extend(results.into_iter().map(|output| Input::TaskSucceeded { task, output }));
            ways.extend(explored.errors.iter().map(|error| Input::TaskFailed {
                task,
                error: (*error).to_owned(),
                cause: "asked for".to_owned(),
            }));
        }
        ways
    }

    /// How it ended, if it has: an outcome, or a failure that the machine itself states.
    fn end(&self) -> Option<String> {
        let own =
            |error: &str| assert_ne!(error, "States.QueryEvaluationError", "{:?}", self.execution.status());
        match self.execution.status() {
            Status::Running => None,
            Status::Succeeded { output } => {
                own(output["error"].as_str().unwrap_or_default());
                Some(output["outcome"].as_str().unwrap_or("none").to_owned())
            }
            Status::Failed { error, .. } => {
                let error = error.as_deref().unwrap_or_default();
                own(error);
                Some("broken".to_owned())
            }
            other => panic!("ends as {other:?}"),
        }
    }
}

/// How many states there are, and the outcomes that executions end with.
///
/// # Errors
/// A state from which no end can be reached.
fn explore(explored: &Explored) -> Result<(usize, Vec<String>), String> {
    let mut seen: HashMap<(u64, u64), usize> = HashMap::new();
    // By state: those that lead to it.
    let mut from: Vec<Vec<usize>> = vec![];
    let (mut ends, mut outcomes) = (vec![], vec![]);
    let mut names: Vec<String> = vec![];
    let mut queue = VecDeque::from([(Node::start(explored), None)]);
    while let Some((node, before)) = queue.pop_front() {
        let known = seen.len();
        let number = *seen.entry(node.key(explored)).or_insert(known);
        if number == known {
            assert!(known < STATES_MAX, "more than {STATES_MAX} states: something counts without end");
            from.push(vec![]);
            names.push(node.execution.current_states().join("/"));
        }
        from[number].extend(before);
        if number < known {
            continue;
        }
        if let Some(outcome) = node.end() {
            ends.push(number);
            outcomes.push(outcome);
            continue;
        }
        for way in node.ways(explored) {
            queue.push_back((node.after(way), Some(number)));
        }
    }
    let mut leads = vec![false; from.len()];
    while let Some(number) = ends.pop() {
        if !std::mem::replace(&mut leads[number], true) {
            ends.extend(&from[number]);
        }
    }
    outcomes.sort();
    outcomes.dedup();
    match names.iter().zip(&leads).find(|(_, leads)| !**leads) {
        Some((stuck, _)) => Err(format!("no end can be reached from {stuck}")),
        None => Ok((names.len(), outcomes)),
    }
}
