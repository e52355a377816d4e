//! A definition, parsed and compiled: what the interpreter walks. Made by [`Machine::parse`] alone.

use std::collections::HashMap;
use std::sync::Arc;

use crate::event::StateKind;
use crate::expression::Template;

/// Index of a state in its machine.
pub(crate) type StateId = usize;
/// Index of the machine's top level, of a branch or of an item processor.
pub(crate) type RegionId = usize;

/// A parsed, checked and compiled state machine. `Send + Sync`; share it by `Arc`.
#[derive(Debug)]
pub struct Machine {
    pub(crate) text: String,
    pub(crate) digest: String,
    pub(crate) regions: Vec<Region>,
    pub(crate) states: Vec<State>,
    pub(crate) by_name: HashMap<Arc<str>, StateId>,
    pub(crate) timeout_s: Option<u32>,
}

/// States that transitions connect: the top level (0), one branch or one item processor.
#[derive(Debug)]
pub(crate) struct Region {
    /// Absent only while parsing.
    pub(crate) start: Option<StateId>,
    pub(crate) states: Vec<StateId>,
    /// The Parallel or Map state that holds the region.
    pub(crate) owner: Option<StateId>,
    /// JSON pointer of the object with `StartAt`.
    pub(crate) at: String,
}

/// One state.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) name: Arc<str>,
    pub(crate) kind: StateKind,
    pub(crate) region: RegionId,
    /// JSON pointer of the state.
    pub(crate) at: String,
    pub(crate) work: Work,
    /// Absent: the region ends here (Choice: see its rules).
    pub(crate) next: Option<StateId>,
    pub(crate) assign: Option<Template>,
    pub(crate) output: Option<Template>,
    pub(crate) retry: Vec<Retrier>,
    pub(crate) catch: Vec<Catcher>,
}

/// What a state does between its input and its result.
#[derive(Debug)]
pub(crate) enum Work {
    Pass,
    Succeed,
    Fail { error: Option<Template>, cause: Option<Template> },
    Wait(Until),
    Choice { rules: Vec<Rule>, default: Option<StateId> },
    Task(Task),
    Parallel { arguments: Option<Template>, branches: Vec<RegionId> },
    Map(MapWork),
}

#[derive(Debug)]
pub(crate) enum Until {
    Seconds(Template),
    Timestamp(Template),
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) condition: Template,
    pub(crate) next: StateId,
    pub(crate) assign: Option<Template>,
    pub(crate) output: Option<Template>,
}

#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) resource: Arc<str>,
    pub(crate) arguments: Option<Template>,
    pub(crate) timeout: Option<Template>,
    pub(crate) heartbeat: Option<Template>,
}

impl Task {
    /// True if the task ends when its token is answered.
    pub(crate) fn waits_for_token(&self) -> bool {
        self.resource.ends_with(".waitForTaskToken")
    }
}

#[derive(Debug)]
pub(crate) struct MapWork {
    pub(crate) items: Option<Template>,
    pub(crate) selector: Option<Template>,
    pub(crate) concurrency: Option<Template>,
    pub(crate) tolerated_count: Option<Template>,
    pub(crate) tolerated_percentage: Option<Template>,
    pub(crate) processor: RegionId,
    /// True for `"Mode": "DISTRIBUTED"`, which is parsed and not run.
    pub(crate) distributed: bool,
}

#[derive(Debug)]
pub(crate) struct Retrier {
    pub(crate) errors: Vec<Arc<str>>,
    pub(crate) interval_s: u32,
    pub(crate) max_attempts: u32,
    pub(crate) backoff_rate: f64,
    pub(crate) max_delay_s: Option<u32>,
    pub(crate) full_jitter: bool,
}

#[derive(Debug)]
pub(crate) struct Catcher {
    pub(crate) errors: Vec<Arc<str>>,
    pub(crate) next: StateId,
    pub(crate) assign: Option<Template>,
    pub(crate) output: Option<Template>,
}

impl Machine {
    /// SHA-256 of the text in lower-case hex: the name under which an execution pins it.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The definition as given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first state of a region.
    pub(crate) fn start_of(&self, region: RegionId) -> Option<StateId> {
        self.regions.get(region).and_then(|region| region.start)
    }
}
