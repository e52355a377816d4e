use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use super::*;

const LEASE: u64 = 50_000;

fn job(number: usize, priority: Priority, tenant: usize, sent: u64) -> Job {
    let payload = json!({ "tenant": format!("t{tenant}"), "run": "r", "step": format!("s{number}") });
    let message = JobMessage { function: "f".into(), payload, token: format!("token-{number}") };
    Job { row: JobRow::new("model", priority, &message, 0), message, model: None, sent, epoch: 0 }
}

fn number(job: &Job) -> usize {
    job.message.token["token-".len()..].parse().unwrap()
}

fn order(board: &mut Board, now: u64) -> Vec<usize> {
    std::iter::from_fn(|| board.take(now, now + LEASE).ok()).map(|job| number(&job)).collect()
}

#[test]
fn urgent_jobs_come_first_until_others_are_old_enough() {
    let check = |jobs: &[(Priority, u64)], expected: &[usize]| {
        let mut board = Board::default();
        for (number, (priority, sent)) in jobs.iter().enumerate() {
            board.push(job(number, *priority, 0, *sent));
        }
        assert_eq!(order(&mut board, 1_000_000), expected, "{jobs:?}");
    };
    use Priority::{High, Low, Normal};
    check(&[(Low, 0), (Normal, 0), (High, 0)], &[2, 1, 0]);
    // What is due at the same moment goes by urgency.
    check(&[(Low, 0), (Normal, 240_000), (High, 300_000)], &[2, 1, 0]);
    check(&[(Low, 0), (Normal, 240_001), (High, 300_002)], &[0, 1, 2]);
    check(&[(Normal, 5), (Normal, 3), (High, 61_000)], &[1, 0, 2]);
}

#[test]
fn within_a_priority_tenants_take_turns_however_much_one_sends() {
    let mut board = Board::default();
    for number in 0..100 {
        board.push(job(number, Priority::Normal, 0, number as u64));
    }
    for number in 100..103 {
        board.push(job(number, Priority::Normal, 1, number as u64));
    }
    assert_eq!(order(&mut board, 1_000)[..8], [0, 100, 1, 101, 2, 102, 3, 4]);
    // One that comes back now and then is not put before those that wait each time.
    board.push(job(200, Priority::Normal, 1, 200));
    for number in 201..204 {
        board.push(job(number, Priority::Normal, 0, 200));
    }
    assert_eq!(order(&mut board, 1_000), [200, 201, 202, 203]);
}

#[test]
fn a_limit_holds_back_its_own_jobs_and_no_others() {
    let mut board = Board::default();
    let bound = |at_once, per_minute| Bound { at_once, per_minute };
    let models = BTreeMap::from([
        ("a/slow".to_owned(), bound(Some(1), None)),
        ("a/rare".to_owned(), bound(None, Some(2))),
    ]);
    board.limit(Limits { all: bound(Some(5), None), models });
    for (number, model) in
        ["a/slow", "a/slow", "a/rare", "a/rare", "a/rare", "a/other"].into_iter().enumerate()
    {
        board.push(Job { model: Some(model.to_owned()), ..job(number, Priority::Normal, 0, 0) });
    }
    assert_eq!(order(&mut board, 1_000), [0, 2, 3, 5]);
    // The rare model is free a minute after its first; until then only a lease may end.
    assert_eq!(board.take(1_000, 51_000).unwrap_err(), Some(51_000));
    for (number, epoch) in [(0, 1), (2, 2), (3, 3), (5, 4)] {
        assert!(board.keep(&job(number, Priority::Normal, 0, 0).row.id, epoch, 90_000, None));
    }
    assert_eq!(board.take(1_000, 51_000).unwrap_err(), Some(61_000));
    assert_eq!(order(&mut board, 61_000), [4]);
    // Five are worked, the kind's limit.
    board.push(job(6, Priority::High, 0, 0));
    assert!(board.take(61_000, 91_000).is_err());
    board.done(&job(0, Priority::Normal, 0, 0).row.id, 1).unwrap();
    assert_eq!(order(&mut board, 61_000), [6]);
}

#[test]
fn after_so_many_deliveries_a_job_is_dead_with_its_reason_until_it_is_redriven() {
    let mut board = Board::default();
    board.push(job(0, Priority::Normal, 0, 0));
    let id = job(0, Priority::Normal, 0, 0).row.id;
    for delivery in 1..=DELIVERIES_MAX {
        let now = u64::from(delivery) * LEASE;
        assert_eq!(board.take(now, now + LEASE).unwrap().row.deliveries, delivery);
        let lost = board.expire(now + LEASE, "lost");
        assert_eq!(matches!(lost[..], [Again::Dead(_)]), delivery == DELIVERIES_MAX, "{lost:?}");
    }
    assert!(board.take(1_000_000, 1_050_000).is_err());
    assert_eq!(board.dead().map(|(row, _)| row.reason.as_str()).collect::<Vec<_>>(), ["lost"]);
    // What is sent again stays dead.
    board.push(job(0, Priority::Normal, 0, 0));
    assert!(board.take(1_000_000, 1_050_000).is_err());
    assert_eq!(
        board.redrive(&id, 1_000_000).map(|(row, awaited)| (row.deliveries, awaited)),
        Some((0, true))
    );
    assert_eq!(board.take(1_000_000, 1_050_000).unwrap().row.deliveries, 1);
    // Dead since an earlier process, and nobody has sent it: nobody waits.
    board.lay_aside(JobRow { id: "old".into(), ..job(1, Priority::Low, 0, 0).row });
    assert_eq!(board.redrive("old", 0).map(|(_, awaited)| awaited), Some(false));
    assert_eq!(board.redrive("old", 0), None);
}

/// What two workers do to the same queue.
#[derive(Debug, Clone)]
enum Act {
    Take(usize),
    Keep(usize),
    Done(usize),
    GiveBack(usize),
    Expire,
    Pass(u64),
}

fn act() -> impl Strategy<Value = Act> {
    let who = 0..2_usize;
    prop_oneof![
        3 => who.clone().prop_map(Act::Take),
        1 => who.clone().prop_map(Act::Keep),
        1 => who.clone().prop_map(Act::Done),
        1 => who.prop_map(Act::GiveBack),
        1 => Just(Act::Expire),
        2 => (0..2 * LEASE).prop_map(Act::Pass),
    ]
}

proptest! {
    /// The bound of the module's documentation, for one worker that takes T for each job: counted from the moment the
    /// allowance is over, a job begins within N * D turns.
    #[test]
    fn no_job_waits_longer_than_the_bound(
        jobs in proptest::collection::vec((0..3_usize, 0..4_usize, 0..2_000_000_u64), 1..120),
        span in 1_000..60_000_u64,
    ) {
        let mut board = Board::default();
        let mut arriving: Vec<Job> = jobs.iter().enumerate()
            .map(|(number, (priority, tenant, sent))| job(number, Priority::ALL[*priority], *tenant, *sent)).collect();
        arriving.sort_by_key(|job| std::cmp::Reverse(job.sent));
        let mut begun: BTreeMap<usize, u64> = BTreeMap::new();
        let mut turns: Vec<u64> = vec![];
        let mut now = 0;
        while begun.len() < jobs.len() {
            while arriving.last().is_some_and(|job| job.sent <= now) {
                board.push(arriving.pop().unwrap());
            }
            if let Ok(job) = board.take(now, u64::MAX) {
                board.done(&job.row.id, job.epoch).unwrap();
                begun.insert(number(&job), now);
                turns.push(now);
            }
            now += span;
        }
        let tenants = jobs.iter().map(|(_, tenant, _)| tenant).collect::<BTreeSet<_>>().len();
        for (number, (priority, _, sent)) in jobs.iter().enumerate() {
            let from = sent + allowance(Priority::ALL[*priority]);
            if begun[&number] < from {
                continue;
            }
            let waiting = jobs.iter().enumerate().filter(|(n, job)| job.2 <= from && begun[n] >= from).count();
            let taken = turns.iter().filter(|at| **at >= from && **at <= begun[&number]).count();
            prop_assert!(taken <= tenants * waiting, "{taken} turns, {tenants} tenants, {waiting} waited");
        }
    }

    /// Two workers can never both hold a job: what one says of a delivery that is over is refused, and a job is done once.
    #[test]
    fn a_job_has_one_holder_at_a_time_and_ends_once(acts in proptest::collection::vec(act(), 1..200)) {
        let mut board = Board::default();
        for number in 0..2 {
            board.push(job(number, Priority::Normal, number, 0));
        }
        let mut now = 0;
        // Every delivery that a worker ever had, newest last; and, by our own account, who holds a job until when.
        let mut had: [Vec<(String, Epoch)>; 2] = [vec![], vec![]];
        let mut holder: BTreeMap<String, (usize, Epoch, u64)> = BTreeMap::new();
        let mut ended: BTreeSet<String> = BTreeSet::new();
        for act in acts {
            match act {
                Act::Pass(ms) => now += ms,
                Act::Expire => {
                    let lost: BTreeSet<String> =
                        board.expire(now, "lost").iter().map(|again| again.row().id.clone()).collect();
                    let ours: BTreeSet<String> = holder.iter().filter(|(_, (_, _, until))| *until <= now)
                        .map(|(id, _)| id.clone()).collect();
                    prop_assert_eq!(&lost, &ours);
                    holder.retain(|id, _| !lost.contains(id));
                }
                Act::Take(who) => {
                    if let Ok(job) = board.take(now, now + LEASE) {
                        let (id, epoch) = (job.row.id, job.epoch);
                        prop_assert!(!holder.contains_key(&id) && !ended.contains(&id));
                        prop_assert!(had.iter().flatten().all(|(other, before)| *other != id || *before < epoch));
                        holder.insert(id.clone(), (who, epoch, now + LEASE));
                        had[who].push((id, epoch));
                    }
                }
                // Whatever a worker ever held, it may speak of late.
                Act::Keep(who) => for (id, epoch) in &had[who] {
                    let holds = holder.get(id).is_some_and(|(w, e, _)| (w, e) == (&who, epoch));
                    prop_assert_eq!(board.keep(id, *epoch, now + LEASE, None), holds);
                    if holds {
                        holder.insert(id.clone(), (who, *epoch, now + LEASE));
                    }
                },
                Act::Done(who) => for (id, epoch) in &had[who] {
                    let holds = holder.get(id).is_some_and(|(w, e, _)| (w, e) == (&who, epoch));
                    prop_assert_eq!(board.done(id, *epoch).is_some(), holds);
                    if holds {
                        holder.remove(id);
                        prop_assert!(ended.insert(id.clone()), "{} ended twice", id);
                    }
                },
                Act::GiveBack(who) => for (id, epoch) in &had[who] {
                    let holds = holder.get(id).is_some_and(|(w, e, _)| (w, e) == (&who, epoch));
                    prop_assert_eq!(board.give_back(id, *epoch, "given back").is_some(), holds);
                    if holds {
                        holder.remove(id);
                    }
                },
            }
        }
    }
}
