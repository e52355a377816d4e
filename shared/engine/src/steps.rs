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

/// An execution of the family, as far as it was read.
struct Member {
    id: String,
    parent: Option<u64>,
    pending: HashMap<TaskId, HistoryStep>,
    done: Vec<HistoryStep>,
    ended: bool,
}

/// Completed function calls of an execution and of all that it started: a parent's before its children's.
pub(crate) fn steps(log: &dyn Log, root: &Found) -> Result<Vec<HistoryStep>, Failure> {
    let members = family(log, root)?;
    Ok(members.into_iter().flat_map(|member| member.done).collect())
}

/// An execution and all that it started, by id: a parent before its children, these in order of starting.
pub(crate) fn executions(log: &dyn Log, root: &Found) -> Result<Vec<String>, Failure> {
    Ok(family(log, root)?.into_iter().map(|member| member.id).collect())
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
                    if let Some((function, step)) = called(&resource, &arguments) {
                        let (execution, state) = (self.id.clone(), state.to_string());
                        self.pending.insert(task, HistoryStep { execution, state, function, step });
                    }
                }
                Event::TaskSucceeded { task, .. } => self.done.extend(self.pending.remove(&task)),
                other => drop(other.cancelled_task().and_then(|task| self.pending.remove(&task))),
            }
        }
        Ok(())
    }
}

/// The function that a task calls and the logical path that it is given; none for a child's start.
fn called(arn: &str, arguments: &Data) -> Option<(String, String)> {
    let path = |payload: &Value| payload.get("step").and_then(Value::as_str).unwrap_or_default().to_owned();
    match Resource::parse(arn)? {
        Resource::Invoke | Resource::InvokeForToken => {
            let function = resource::function_name(arguments).ok()?.to_owned();
            Some((function, path(resource::payload(arguments))))
        }
        Resource::Send | Resource::SendForToken => {
            let message = resource::message(arguments).ok()?;
            Some((message.function, path(&message.payload)))
        }
        Resource::Start | Resource::StartAndWait => None,
    }
}
