//! Executions that executions start, and what the end of one means to the other.

use ideamine_asl::{Data, TaskId};
use ideamine_core::Failure;
use ideamine_embedded::Ended;
use serde_json::Value;

use super::effect::Promise;
use super::naming::{execution_id, input_digest};
use super::{Core, Inner, Number};
use crate::outcome::Outcome;
use crate::resource;

/// What is there under a child's name.
enum There {
    Nothing,
    Running(Number),
    Ended(Outcome),
    Other,
}

impl Core {
    /// Starts the child that a task asks for, or finds the one that it asked for before.
    pub(super) fn start_child(&mut self, no: Number, task: TaskId, arguments: &Data, wait: bool) {
        let wanted =
            self.live.get(&no).is_some_and(|live| live.execution.pending_tasks().any(|t| t.task == task));
        if !wanted {
            return;
        }
        match self.child(no, task, arguments, wait) {
            Ok(Some(outcome)) => self.inner.push_back(Inner::Tell { no, task, outcome }),
            Ok(None) => {}
            Err(failure) => {
                let outcome = Outcome::of_failure(&failure);
                self.inner.push_back(Inner::Tell { no, task, outcome });
            }
        }
    }

    /// The task's outcome, unless it waits for the child's end.
    fn child(
        &mut self,
        no: Number,
        task: TaskId,
        arguments: &Value,
        wait: bool,
    ) -> Result<Option<Outcome>, Failure> {
        let machine = match resource::machine_name(arguments) {
            Ok(machine) => machine,
            Err(what) => return Ok(Some(Outcome::bad_arguments(&what))),
        };
        // Without a name of its own a child is named after its place, which recovery finds again.
        let name = match arguments.get("Name").and_then(Value::as_str) {
            Some(name) => name.to_owned(),
            None => format!("child-{no}-{task}"),
        };
        let input = resource::child_input(arguments);
        let id = execution_id(machine, &name)?;
        let child = match self.there(&id, &input, wait)? {
            There::Other => return Ok(Some(Outcome::name_taken(&id))),
            There::Ended(outcome) => return Ok(Some(outcome)),
            There::Running(child) => child,
            There::Nothing => self.begin(machine, &name, input, Some((no, task)))?,
        };
        if !wait {
            return Ok(Some(Outcome::started(&id, self.now_ms)));
        }
        self.link(no, task, child, &id)
    }

    fn there(&mut self, id: &str, input: &Value, wait: bool) -> Result<There, Failure> {
        let same = |digest: &str| digest == input_digest(input);
        if let Some((child, live)) =
            self.by_id.get(id).and_then(|child| Some((*child, self.live.get(child)?)))
        {
            return Ok(if same(&live.identity.input) { There::Running(child) } else { There::Other });
        }
        let Some(found) = self.logged(id)? else { return Ok(There::Nothing) };
        let identity = &found.begun.identity;
        Ok(match &found.ended {
            _ if !same(&identity.input) => There::Other,
            Some(end) if wait => There::Ended(Outcome::of_child(identity, end)),
            None if wait => There::Ended(Outcome::of_failure(&self.dormancy(id))),
            _ => There::Ended(Outcome::started(id, identity.at_ms)),
        })
    }

    /// Makes a child's end answer a task; its outcome, if it ended while it was begun.
    fn link(
        &mut self,
        no: Number,
        task: TaskId,
        child: Number,
        id: &str,
    ) -> Result<Option<Outcome>, Failure> {
        if let Some(live) = self.live.get_mut(&child) {
            live.parents.push((no, task));
            if let Some(parent) = self.live.get_mut(&no) {
                parent.children.push((task, child));
            }
            return Ok(None);
        }
        let found = self.logged(id)?;
        Ok(found.and_then(|found| Some(Outcome::of_child(&found.begun.identity, &found.ended?))))
    }

    /// Takes leave of an execution that ended: whoever waits for it goes on.
    pub(super) fn leave(&mut self, no: Number, end: &Ended) {
        let Some(mut live) = self.live.remove(&no) else { return };
        self.by_id.remove(&live.identity.id);
        for (_, token) in live.tokens.drain(..) {
            self.tokens.remove(&token);
        }
        for (parent, task) in live.parents.drain(..) {
            let outcome = Outcome::of_child(&live.identity, end);
            self.inner.push_back(Inner::Tell { no: parent, task, outcome });
        }
        self.promises.extend(live.watchers.drain(..).map(Promise::Done));
    }
}
