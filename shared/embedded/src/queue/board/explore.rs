//! The lease of a job, explored on the board itself: whatever workers, time and a person at the queue do, in every order.
//! Never do two workers hold one job, nothing that a worker says of a lease that is over has an effect, and from every
//! state the queue can become empty.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde_json::json;

use super::*;

const LEASE: u64 = 50_000;
/// States after which something counts without end.
const STATES_MAX: usize = 200_000;

/// What can happen; workers by number.
#[derive(Debug, Clone, Copy)]
enum Act {
    Take(usize),
    Beat(usize),
    Finish(usize),
    GiveBack(usize),
    /// A worker is gone and says nothing.
    Die(usize),
    /// Half a lease's time goes by.
    Pass,
    /// Somebody looks for leases that are over.
    Expire,
    /// A person lets the dead wait again, or removes them; a run that ended has what waits removed.
    Redrive,
    Purge,
    Forget,
}

/// What a worker believes that it holds, and the how-manieth delivery that was.
#[derive(Debug, Clone)]
struct Belief {
    id: String,
    epoch: Epoch,
    delivery: u32,
}

#[derive(Clone)]
struct World {
    board: Board,
    now: u64,
    workers: Vec<Option<Belief>>,
    /// By our own account: who holds a job.
    holders: BTreeMap<String, usize>,
}

impl World {
    fn new(jobs: usize, workers: usize) -> Self {
        let mut board = Board::default();
        for number in 0..jobs {
            let payload = json!({ "tenant": "t", "run": "r", "step": format!("s{number}") });
            let message = JobMessage { function: "f".into(), payload, token: format!("token-{number}") };
            let row = JobRow::new("model", Priority::Normal, &message, 0);
            board.push(Job { row, message, model: None, sent: 0, epoch: 0 });
        }
        Self { board, now: 0, workers: vec![None; workers], holders: BTreeMap::new() }
    }

    fn acts(&self) -> Vec<Act> {
        let of = |(number, belief): (usize, &Option<Belief>)| match belief {
            None => vec![Act::Take(number)],
            Some(_) => vec![Act::Beat(number), Act::Finish(number), Act::GiveBack(number), Act::Die(number)],
        };
        let mut acts: Vec<Act> = self.workers.iter().enumerate().flat_map(of).collect();
        acts.extend([Act::Pass, Act::Expire, Act::Redrive, Act::Purge, Act::Forget]);
        acts
    }

    /// Does it, and holds what the board answers against our own account.
    fn after(&self, act: Act) -> Self {
        let mut next = self.clone();
        match act {
            Act::Take(worker) => {
                if let Ok(job) = next.board.take(next.now, next.now + LEASE) {
                    let id = job.row.id.clone();
                    let before = next.holders.insert(id.clone(), worker);
                    assert!(before.is_none(), "worker {worker} was given what worker {before:?} holds");
                    next.workers[worker] =
                        Some(Belief { id, epoch: job.epoch, delivery: job.row.deliveries });
                }
            }
            Act::Die(worker) => next.workers[worker] = None,
            Act::Beat(worker) | Act::Finish(worker) | Act::GiveBack(worker) => {
                let Some(Belief { id, epoch, .. }) = next.workers[worker].clone() else { return next };
                let holds = next.holders.get(&id) == Some(&worker);
                let heard = match act {
                    Act::Beat(_) => next.board.keep(&id, epoch, next.now + LEASE, None),
                    Act::Finish(_) => next.board.done(&id, epoch).is_some(),
                    _ => next.board.give_back(&id, epoch, "given back").is_some(),
                };
                assert_eq!(
                    heard,
                    holds,
                    "{act:?} of delivery {epoch}: the holder is {:?}",
                    next.holders.get(&id)
                );
                if !matches!(act, Act::Beat(_)) || !holds {
                    next.workers[worker] = None;
                    next.holders.retain(|of, _| !(holds && *of == id));
                }
            }
            Act::Pass => next.now += LEASE / 2,
            Act::Expire => {
                for again in next.board.expire(next.now, "lost") {
                    next.holders.remove(&again.row().id);
                }
            }
            Act::Redrive => {
                let dead: Vec<String> = next.board.dead().map(|(row, _)| row.id.clone()).collect();
                for id in dead {
                    next.board.redrive(&id, 0);
                }
            }
            Act::Purge => drop(next.board.purge(true)),
            Act::Forget => {
                let waiting: Vec<String> = next.board.waiting().map(|job| job.row.id.clone()).collect();
                for id in waiting {
                    next.board.forget(&id);
                }
            }
        }
        next
    }

    /// The same for all worlds that go on alike: everything but the moment and numbers that only grow.
    fn key(&self) -> String {
        let waiting: Vec<_> = self.board.waiting().map(|job| (&job.row.id, job.row.deliveries)).collect();
        let leases: Vec<_> = self
            .board
            .leases()
            .map(|lease| (&lease.job.row.id, lease.job.row.deliveries, lease.until.saturating_sub(self.now)))
            .collect();
        let dead: Vec<_> = self.board.dead().map(|(row, _)| &row.id).collect();
        let mut workers: Vec<_> = (0..self.workers.len())
            .map(|number| {
                let belief = self.workers[number].as_ref()?;
                Some((&belief.id, belief.delivery, self.holders.get(&belief.id) == Some(&number)))
            })
            .collect();
        // Workers are all alike.
        workers.sort();
        format!("{waiting:?} {leases:?} {dead:?} {workers:?}")
    }
}

/// How many states there are; from each of them the queue can become empty.
fn explore(jobs: usize, workers: usize) -> usize {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let (mut from, mut ends): (Vec<Vec<usize>>, Vec<usize>) = (vec![], vec![]);
    let mut queue = VecDeque::from([(World::new(jobs, workers), None)]);
    while let Some((world, before)) = queue.pop_front() {
        let known = seen.len();
        let number = *seen.entry(world.key()).or_insert(known);
        if number == known {
            assert!(known < STATES_MAX, "more than {STATES_MAX} states");
            from.push(vec![]);
            let empty = world.holders.is_empty()
                && world.board.waiting().next().is_none()
                && world.board.dead().next().is_none();
            ends.extend(empty.then_some(number));
            queue.extend(world.acts().into_iter().map(|act| (world.after(act), Some(number))));
        }
        from[number].extend(before);
    }
    let mut leads = vec![false; from.len()];
    while let Some(number) = ends.pop() {
        if !std::mem::replace(&mut leads[number], true) {
            ends.extend(&from[number]);
        }
    }
    let stuck: Vec<_> =
        seen.iter().filter(|(_, number)| !leads[**number]).map(|(key, _)| key).take(3).collect();
    assert!(stuck.is_empty(), "the queue never becomes empty after {stuck:?}");
    seen.len()
}

#[test]
fn never_do_two_workers_hold_one_job_and_the_queue_can_always_become_empty() {
    let states = [(1, 3), (2, 2)].map(|(jobs, workers)| explore(jobs, workers));
    assert!(states.iter().all(|states| *states > 500), "{states:?}");
}
