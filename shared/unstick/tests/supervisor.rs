//! The supervisor on simulated agents, and what holds for every row of attempts.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::Digest;
use ideamine_unstick::ladder::STOP_AT;
use ideamine_unstick::simulate::{CHOOSING, JUDGING, Kind, measure, sweep, trajectory};
use ideamine_unstick::{Attempt, Decision, Limits, Rung, Supervisor, supervise};
use proptest::prelude::*;

/// Other seeds than those that anything was chosen by.
const SEED: u64 = 20_261_123;

#[test]
fn stalls_are_found_working_agents_are_left_alone_and_money_is_saved() {
    let report = measure(&JUDGING, SEED, 300);
    assert!(report.stalls_found_percent >= 99.0, "{report:#?}");
    assert!(report.false_stops_percent <= 1.0, "{report:#?}");
    let [five, twenty] = &report.against[..] else { panic!("{report:#?}") };
    assert_eq!((five.limit, twenty.limit), (5, 20));
    assert!(
        five.money_saved_on_hopeless_percent > 0.0 && five.passes_lost * 1_000 <= five.passed,
        "{five:?}"
    );
    assert!(twenty.money_saved_on_hopeless_percent > 40.0, "{twenty:?}");
    assert!(twenty.passes_lost * 100 <= twenty.passed, "{twenty:?}");
    for kind in &report.kinds {
        assert!(kind.agents > 200, "{} agents count of {}: too few to say anything", kind.agents, kind.kind);
    }
}

#[test]
fn the_threshold_is_the_least_that_leaves_working_agents_of_the_choosing_family_alone() {
    let chosen = sweep(&CHOOSING, 1, 200).into_iter().find(|report| report.false_stops_percent <= 0.25);
    assert_eq!(chosen.map(|report| report.stop_at), Some(STOP_AT));
}

#[test]
fn an_agent_that_claims_progress_is_judged_by_what_it_left() {
    let mut random = fastrand::Rng::with_seed(SEED);
    for _ in 0..100 {
        let steps = trajectory(Kind::Lies, &JUDGING, &mut random, 40);
        let told = steps.last().map_or(0, |step| step.claimed);
        assert!(told >= 34 && steps.windows(2).all(|pair| pair[0].claimed <= pair[1].claimed), "{told}");
        let mut supervisor = Supervisor::new(&[], Limits { attempts: 100, cost: None });
        let ended = steps.iter().position(|step| supervisor.read(&step.attempt) != Decision::GoOn);
        // At most five attempts of real work, and then ten without; twenty where each of them is cheap.
        assert!(ended.is_some_and(|at| at <= 26), "{ended:?}");
    }
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let findings = prop::collection::btree_map("[a-e]", 1_u32..4, 0..5);
    (0_u8..6, findings, 0_u64..2_000, prop::option::of(0_u64..1_000)).prop_map(
        |(bytes, findings, shortfall, cost)| Attempt {
            artifacts: BTreeSet::from([Digest::of(&[bytes])]),
            findings,
            shortfall,
            cost,
        },
    )
}

fn ladder() -> impl Strategy<Value = Vec<Rung>> {
    let models = prop::collection::vec("[a-c]", 0..3);
    (models, any::<bool>(), any::<bool>()).prop_map(|(models, chunked, person)| {
        let mut ladder = vec![Rung::Same];
        ladder.extend(chunked.then_some(Rung::Chunked));
        ladder.extend(models.into_iter().map(Rung::Model));
        ladder.extend(person.then_some(Rung::Person));
        ladder
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn limits_hold_rungs_are_taken_in_order_and_nothing_is_ever_called_a_success(
        attempts in prop::collection::vec(attempt(), 1..15), ladder in ladder(), most in 1_u32..10,
        cost in prop::option::of(1_u64..5_000)
    ) {
        let limits = Limits { attempts: most, cost };
        let mut supervisor = Supervisor::new(&ladder, limits);
        let mut spent = 0;
        for (place, attempt) in attempts.iter().enumerate() {
            spent += attempt.cost.unwrap_or(0);
            let rung = supervisor.rung();
            let decision = supervisor.read(attempt);
            prop_assert_eq!(decision, supervise(&attempts[..=place], &ladder, limits), "asked again");
            let over = place + 1 >= most as usize || cost.is_some_and(|cost| spent >= cost);
            // No arm for success: there is none to write.
            match decision {
                Decision::GoOn => prop_assert!(!over && supervisor.rung() == rung),
                Decision::Next { rung: next, .. } => {
                    let person = ladder[next] == Rung::Person;
                    prop_assert!(person || (!over && next == rung + 1), "{} to {}", rung, next);
                    prop_assert_eq!(supervisor.rung(), next);
                    if person {
                        return Ok(());
                    }
                }
                Decision::Stop(_) => {
                    prop_assert!(!ladder.contains(&Rung::Person));
                    return Ok(());
                }
            }
        }
    }

    #[test]
    fn work_that_leaves_the_same_twice_is_ended_and_work_that_mends_each_time_is_not(open in 1_u32..30) {
        let attempt = |open: u32| {
            let findings: BTreeMap<String, u32> = (0..open).map(|id| (id.to_string(), 1)).collect();
            Attempt { artifacts: BTreeSet::from([Digest::of(&open.to_be_bytes())]), findings, ..Attempt::default() }
        };
        let limits = Limits { attempts: 100, cost: None };
        let mends: Vec<Attempt> = (1..=open).rev().map(attempt).collect();
        prop_assert_eq!(supervise(&mends, &[], limits), Decision::GoOn);
        let stalls = [mends, vec![attempt(1), attempt(1)]].concat();
        prop_assert!(matches!(supervise(&stalls, &[], limits), Decision::Stop(_)));
    }
}
