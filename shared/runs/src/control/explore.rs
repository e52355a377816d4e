//! Pause, resume, cancel and the kill switch, explored: the functions that the machines call and what persons ask for, on
//! one store, in every order of their operations on it. Nobody waits for a wish that was taken back: an execution that
//! waits is one that the run is to wait for, and a resume wakes it.

mod world;

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use ideamine_core::failure::FailureKind;
use ideamine_core::records::{ControlRow, Desired, RunStatus};
use ideamine_core::{Ctx, Failure, Function, RunId, Tenant};
use ideamine_orchestration::next::{ControlOutput, Go, HoldInput, Nothing, RunControl, RunHold, RunPause};
use serde_json::json;

use super::Resume;
use crate::{Runs, Throw};
use world::World;

/// Orders after which something goes on without end.
const STATES_MAX: usize = 20_000;
/// How often an execution that is to go on looks again.
const ROUNDS: u32 = 2;
/// How often a machine tries a task again.
const TRIES: u32 = 6;

/// What somebody does to the run.
#[derive(Debug, Clone, Copy)]
enum Wish {
    Pause,
    Resume,
    Cancel,
    /// The budget is used up: the machine itself asks for a pause.
    Budget,
    Kill,
}

type Actor = Pin<Box<dyn Future<Output = Result<&'static str, Failure>>>>;

fn run() -> RunId {
    RunId::new("r1").unwrap()
}

async fn ask(world: Arc<World>, wishes: Vec<Wish>) -> Result<&'static str, Failure> {
    let runs = Runs { env: world.env(), tenant: Tenant::local() };
    for wish in wishes {
        let done = match wish {
            Wish::Pause => runs.want(&run(), Desired::Pause).await,
            Wish::Resume => runs.resume(&run(), &Resume::default()).await,
            Wish::Cancel => runs.want(&run(), Desired::Cancel).await,
            Wish::Kill => runs.throw_kill_switch(&Throw { engaged: true, why: "test".to_owned() }).await,
            Wish::Budget => {
                let input = serde_json::from_value(json!({ "by": "policy:budget" })).unwrap();
                RunPause.run(&runs.context(&run()), input).await.map(|()| json!({}))
            }
        };
        done?;
    }
    Ok("asked")
}

/// A task as machines do it: tried again when another writer was first.
async fn tried<T>(task: impl AsyncFn() -> Result<T, Failure>) -> Result<T, Failure> {
    let mut tries = 1;
    loop {
        match task().await {
            Err(failure) if failure.kind == FailureKind::StoreConflict && tries < TRIES => tries += 1,
            other => return other,
        }
    }
}

/// `Control`, `Wanted` and `Hold` of the machines.
async fn execution(world: Arc<World>, name: &'static str) -> Result<&'static str, Failure> {
    let base = Runs { env: world.env(), tenant: Tenant::local() }.context(&run());
    let (mut holds, mut rounds) = (0, 0);
    loop {
        let ctx = Ctx { step: format!("01-a/a1/{name}/control-{holds}"), ..base.clone() };
        let ControlOutput { go } = tried(async || RunControl.run(&ctx, Nothing {}).await).await?;
        match go {
            Go::Cancel => return Ok("cancelled"),
            Go::Pause => {
                let ctx = Ctx { step: format!("01-a/a1/{name}/hold-{holds}"), ..base.clone() };
                let token = format!("{name}-{holds}");
                world.issue(&token);
                tried(async || RunHold.run(&ctx, HoldInput { token: token.clone() }).await).await?;
                world.answered(&token).await;
                holds += 1;
            }
            Go::Work | Go::Done => {
                rounds += 1;
                if rounds == ROUNDS {
                    return Ok("worked");
                }
            }
        }
    }
}

/// Actors over one world, moved one operation at a time.
struct Play {
    world: Arc<World>,
    actors: Vec<(Option<Actor>, String)>,
}

impl Play {
    fn new(executions: &[&'static str], persons: &[Vec<Wish>], killed: bool) -> Self {
        let world = World::new(&run());
        if killed {
            world.kill();
        }
        let mut actors: Vec<(Option<Actor>, String)> = vec![];
        for name in executions {
            actors.push((Some(Box::pin(execution(world.clone(), name))), (*name).to_owned()));
        }
        for wishes in persons {
            actors.push((Some(Box::pin(ask(world.clone(), wishes.clone()))), format!("{wishes:?}")));
        }
        let mut play = Self { world, actors };
        // Each comes to its first operation, and with every step does one.
        (0..play.actors.len()).for_each(|number| play.step(number));
        play
    }

    /// Lets one actor do its next operation; what it came to, if it ended.
    fn step(&mut self, number: usize) {
        let (actor, name) = &mut self.actors[number];
        let Some(running) = actor else { return };
        self.world.turn_of(number);
        match running.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => {}
            Poll::Ready(Ok(end)) => {
                name.push_str(end);
                *actor = None;
            }
            Poll::Ready(Err(failure)) => panic!("{name} failed: {failure}"),
        }
    }

    fn able(&self) -> Vec<usize> {
        let runs = |number: &usize| self.actors[*number].0.is_some() && !self.world.waits(*number);
        (0..self.actors.len()).filter(runs).collect()
    }

    fn ended(&self) -> bool {
        self.actors.iter().all(|(actor, _)| actor.is_none())
    }
}

/// Plays every order; how many different states there are.
fn explore(executions: &[&'static str], persons: &[Vec<Wish>], killed: bool) -> usize {
    let mut seen = HashSet::new();
    let mut open: Vec<Vec<usize>> = vec![vec![]];
    while let Some(order) = open.pop() {
        let mut play = Play::new(executions, persons, killed);
        order.iter().for_each(|number| play.step(*number));
        let ended: Vec<bool> = play.actors.iter().map(|(actor, _)| actor.is_none()).collect();
        if !seen.insert((play.world.state(), ended)) {
            continue;
        }
        assert!(seen.len() < STATES_MAX, "more than {STATES_MAX} states");
        let able = play.able();
        if able.is_empty() {
            at_rest(play, &order);
            continue;
        }
        open.extend(able.into_iter().map(|number| [order.as_slice(), &[number]].concat()));
    }
    seen.len()
}

/// Nothing moves any more: whoever waits is to wait, is shown as waiting, and goes on when a person says so.
fn at_rest(mut play: Play, order: &[usize]) {
    if play.ended() {
        return;
    }
    let control: ControlRow = play.world.control();
    assert_eq!(control.desired, Desired::Pause, "it waits, and nobody wants it to, after {order:?}");
    assert_eq!(play.world.status(), RunStatus::Paused, "it waits and is shown as {order:?}");
    let resume = ask(play.world.clone(), vec![Wish::Resume]);
    play.actors.push((Some(Box::pin(resume)), "the last word".to_owned()));
    while let Some(last) = play.able().pop() {
        play.step(last);
    }
    assert!(play.ended(), "a resume does not wake what waits after {order:?}");
}

#[test]
fn in_every_order_nobody_waits_for_a_wish_that_was_taken_back() {
    use Wish::{Budget, Cancel, Kill, Pause, Resume};
    let check = |persons: &[Vec<Wish>]| {
        let states = explore(&["x"], persons, false);
        assert!(states > 20, "{persons:?}: {states} states");
    };
    for wishes in [vec![Pause, Resume], vec![Pause, Cancel], vec![Kill]] {
        check(&[wishes]);
    }
    check(&[vec![Budget], vec![Resume]]);
}

/// Two phases of a run under a switch that is thrown, while a person cancels it too: both end, and the ledger says both.
#[test]
fn a_run_that_is_killed_and_cancelled_at_once_ends() {
    assert!(explore(&["x", "y"], &[vec![Wish::Cancel]], true) > 20);
}
