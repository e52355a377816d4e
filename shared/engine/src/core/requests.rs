//! What callers ask of the core: starting, answering, stopping, waiting.

use std::sync::Arc;

use ideamine_asl::{Input, Machine, TaskId};
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_embedded::{Entry, Found, Identity};
use serde_json::Value;

use super::Core;
use super::command::{Answer, Number, Reply};
use super::effect::Promise;
use super::live::Live;
use super::naming::{execution_id, input_digest};

/// Most executions under way; above that, starting one is refused for now.
pub const LIVE_EXECUTIONS_MAX: usize = 100_000;

impl Core {
    pub(super) fn start(&mut self, machine: &str, name: &str, input: Value) -> Result<String, Failure> {
        let id = execution_id(machine, name)?;
        match self.existing_input(&id)? {
            Some(before) if before == input_digest(&input) => Ok(id),
            Some(_) => {
                let message = format!("execution {id} was started with another input; choose another name");
                Err(Failure::new(FailureKind::StepConflict, message))
            }
            None => self.begin(machine, name, input, None).map(|_| id),
        }
    }

    /// Digest of the input of an execution that exists.
    pub(super) fn existing_input(&mut self, id: &str) -> Result<Option<String>, Failure> {
        let live = self.by_id.get(id).and_then(|no| self.live.get(no));
        match live {
            Some(live) => Ok(Some(live.identity.input.clone())),
            None => Ok(self.logged(id)?.map(|found| found.begun.identity.input)),
        }
    }

    /// An execution that is not live, after everything gathered so far was handed over.
    pub(super) fn logged(&mut self, id: &str) -> Result<Option<Found>, Failure> {
        self.flush();
        self.parts.log.find_now(id)
    }

    /// Begins an execution that does not exist yet.
    pub(super) fn begin(
        &mut self,
        machine_name: &str,
        name: &str,
        input: Value,
        parent: Option<(Number, TaskId)>,
    ) -> Result<Number, Failure> {
        if self.live.len() >= LIVE_EXECUTIONS_MAX {
            let message = format!("{LIVE_EXECUTIONS_MAX} executions are under way; start {name} later");
            return Err(Failure::new(FailureKind::StoreUnavailable, message));
        }
        let machine = self.parts.definitions.get(machine_name)?.clone();
        self.pin(&machine);
        self.last_number += 1;
        let identity = Identity {
            no: self.last_number,
            id: execution_id(machine_name, name)?,
            machine: machine_name.to_owned(),
            name: name.to_owned(),
            definition: machine.digest().to_owned(),
            input: input_digest(&input),
            at_ms: self.now(),
            parent,
        };
        let no = identity.no;
        self.by_id.insert(identity.id.clone(), no);
        self.live.insert(no, Live::new(identity, machine));
        self.step(no, Input::Start { input });
        Ok(no)
    }

    /// Puts a definition into the log before the first execution that runs it.
    pub(super) fn pin(&mut self, machine: &Arc<Machine>) {
        if self.pinned_in_log.insert(machine.digest().to_owned()) {
            let (digest, text) = (machine.digest().to_owned(), machine.text().to_owned());
            self.entries.push(Entry::Definition { digest, text });
            self.pinned.insert(machine.digest().to_owned(), machine.clone());
        }
    }

    pub(super) fn answer(&mut self, token: &str, answer: Answer, reply: Reply<()>) {
        let Some((no, task)) = self.tokens.get(token).copied() else {
            let failure = Failure::not_found("the task token is unknown or was answered before");
            return drop(reply.send(Err(failure)));
        };
        match answer {
            Answer::Outcome(outcome) => self.tell(no, task, outcome),
            Answer::Heartbeat => self.step(no, Input::TaskHeartbeat { task }),
        }
        self.promises.push(Promise::Done(reply));
    }

    pub(super) fn stop(&mut self, id: &str, error: String, cause: String, reply: Reply<()>) {
        match (self.by_id.get(id).copied(), self.existing_input(id)) {
            (Some(no), _) => {
                self.step(no, Input::Abort { error: Some(error), cause: Some(cause) });
                self.promises.push(Promise::Done(reply));
            }
            (None, _) if self.dormant.contains_key(id) => drop(reply.send(Err(self.dormancy(id)))),
            (None, Ok(Some(_))) => self.promises.push(Promise::Done(reply)),
            (None, Ok(None)) => {
                drop(reply.send(Err(Failure::not_found(format!("there is no execution {id}")))))
            }
            (None, Err(failure)) => drop(reply.send(Err(failure))),
        }
    }

    /// Ends the retry delays of an execution and of the children it waits for; one that has ended has none.
    pub(super) fn retry_now(&mut self, id: &str, reply: Reply<()>) {
        let mut family: Vec<Number> = self.by_id.get(id).copied().into_iter().collect();
        while let Some(no) = family.pop() {
            let Some(live) = self.live.get(&no) else { continue };
            family.extend(live.children.iter().map(|(_, child)| *child));
            self.step(no, Input::RetryNow);
        }
        self.promises.push(Promise::Done(reply));
    }

    pub(super) fn wait(&mut self, id: &str, reply: Reply<()>) {
        match self.by_id.get(id).and_then(|no| self.live.get_mut(no)) {
            Some(live) => live.watchers.push(reply),
            None => match self.dormant.get(id) {
                Some(failure) => drop(reply.send(Err(failure.clone()))),
                None => self.promises.push(Promise::Done(reply)),
            },
        }
    }

    /// Why an execution that has not ended is not live.
    pub(super) fn dormancy(&self, id: &str) -> Failure {
        let other = || Failure::bug(format!("execution {id} is neither live nor ended"));
        self.dormant.get(id).cloned().unwrap_or_else(other)
    }
}
