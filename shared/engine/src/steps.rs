//! What an execution and its children have done, read from the journal.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use ideamine_asl::{Data, Event, TaskId};
use ideamine_core::Failure;
use ideamine_core::ports::HistoryStep;
use ideamine_embedded::{Entry, Found, Identity};
use serde_json::Value;

use crate::log::Log;
use crate::resource::{self, Resource};

/// A completed function call with what was said.
#[derive(Debug, Clone, PartialEq)]
pub struct StepResult {
    /// Which call.
    pub step: HistoryStep,
    /// The function's own input.
    pub input: Value,
    /// Its output.
    pub output: Value,
}

/// An execution of the family, as far as it was read.
struct Member {
    id: String,
    parent: Option<u64>,
    /// Calls under way with their input, and whether their result wraps the output in a `Payload`.
    pending: HashMap<TaskId, (HistoryStep, Value, bool)>,
    done: Vec<StepResult>,
    ended: bool,
}

/// Completed function calls of an execution and of all that it started: a parent's before its children's.
pub(crate) fn steps(log: &dyn Log, root: &Found) -> Result<Vec<HistoryStep>, Failure> {
    Ok(results(log, root)?.into_iter().map(|result| result.step).collect())
}

/// [`steps`] with what each call was given and gave.
pub(crate) fn results(log: &dyn Log, root: &Found) -> Result<Vec<StepResult>, Failure> {
    let members = family(log, root)?;
    Ok(members.into_iter().flat_map(|member| member.done).collect())
}

/// An execution and all that it started, by id: a parent before its children, these in order of starting.
pub(crate) fn executions(log: &dyn Log, root: &Found) -> Result<Vec<String>, Failure> {
    Ok(family(log, root)?.into_iter().map(|member| member.id).collect())
}

/// Every execution of the log, in order of starting: whether it has ended, and its completed function calls.
pub(crate) fn all(log: &dyn Log) -> Result<Vec<(bool, Vec<HistoryStep>)>, Failure> {
    let mut members: BTreeMap<u64, Member> = BTreeMap::new();
    log.scan(0, &mut |entry| {
        let (no, events, end) = match entry {
            Entry::Started { identity, events, end } => {
                members.insert(identity.no, Member::new(&identity, None));
                (identity.no, events, end)
            }
            Entry::Events { no, events, end, .. } => (no, events, end),
            Entry::Definition { .. } => return Ok(ControlFlow::Continue(())),
        };
        if let Some(member) = members.get_mut(&no) {
            member.read(&events)?;
            member.ended |= end.is_some();
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let done = |member: Member| member.done.into_iter().map(|result| result.step).collect();
    Ok(members.into_values().map(|member| (member.ended, done(member))).collect())
}

fn family(log: &dyn Log, root: &Found) -> Result<Vec<Member>, Failure> {
    let root_no = root.begun.identity.no;
    let mut family: BTreeMap<u64, Member> = BTreeMap::new();
    log.scan(root.begun.from, &mut |entry| {
        let (no, events, end) = match entry {
            Entry::Started { identity, events, end } => {
                let parent = identity.parent.map(|(no, _)| no).filter(|no| family.contains_key(no));
                if identity.no != root_no && parent.is_none() {
                    return Ok(ControlFlow::Continue(()));
                }
                family.insert(identity.no, Member::new(&identity, parent));
                (identity.no, events, end)
            }
            Entry::Events { no, events, end, .. } => (no, events, end),
            Entry::Definition { .. } => return Ok(ControlFlow::Continue(())),
        };
        let Some(member) = family.get_mut(&no) else { return Ok(ControlFlow::Continue(())) };
        member.read(&events)?;
        member.ended |= end.is_some();
        let over = family.values().all(|member| member.ended);
        Ok(if over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    let mut out = Vec::new();
    collect(&mut family, root_no, &mut out);
    Ok(out)
}

/// A member, then its children in order of starting.
fn collect(family: &mut BTreeMap<u64, Member>, no: u64, out: &mut Vec<Member>) {
    let children: Vec<u64> =
        family.iter().filter(|(_, member)| member.parent == Some(no)).map(|(no, _)| *no).collect();
    out.extend(family.remove(&no));
    for child in children {
        collect(family, child, out);
    }
}

impl Member {
    fn new(identity: &Identity, parent: Option<u64>) -> Self {
        let id = identity.id.clone();
        Self { id, parent, pending: HashMap::new(), done: Vec::new(), ended: false }
    }

    fn read(&mut self, events: &[u8]) -> Result<(), Failure> {
        let events: Vec<Event> = serde_json::from_slice(events)
            .map_err(|e| Failure::corrupt(format!("events of {}: {e}", self.id)))?;
        for event in events {
            match event {
                Event::TaskScheduled { task, state, resource, arguments, .. } => {
                    if let Some((function, payload, wrapped)) = called(&resource, &arguments) {
                        let (execution, state) = (self.id.clone(), state.to_string());
                        let step = payload["step"].as_str().unwrap_or_default().to_owned();
                        let step = HistoryStep { execution, state, function, step };
                        self.pending.insert(task, (step, payload["input"].clone(), wrapped));
                    }
                }
                Event::TaskSucceeded { task, output } => {
                    if let Some((step, input, wrapped)) = self.pending.remove(&task) {
                        let output = if wrapped { output["Payload"].clone() } else { (*output).clone() };
                        self.done.push(StepResult { step, input, output });
                    }
                }
                other => drop(other.cancelled_task().and_then(|task| self.pending.remove(&task))),
            }
        }
        Ok(())
    }
}

/// The function that a task calls, its payload, and whether the result wraps its output; none for a child's start.
fn called(arn: &str, arguments: &Data) -> Option<(String, Value, bool)> {
    let resource = Resource::parse(arn)?;
    match resource {
        Resource::Invoke | Resource::InvokeForToken => {
            let function = resource::function_name(arguments).ok()?.to_owned();
            Some((function, resource::payload(arguments).clone(), resource == Resource::Invoke))
        }
        Resource::Send | Resource::SendForToken => {
            let message = resource::message(arguments).ok()?;
            Some((message.function, message.payload, false))
        }
        Resource::Start | Resource::StartAndWait => None,
    }
}
