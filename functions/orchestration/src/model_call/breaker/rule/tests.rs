use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const LEASE: u64 = 310_000;

fn closed() -> BreakerRow {
    BreakerRow { model: "a/b".to_owned(), epoch: 0, state: BreakerState::Closed { failed_ms: vec![] } }
}

/// The row after calls that were made while it was closed, one a second.
fn after(verdicts: &[Verdict]) -> BreakerRow {
    let each = |row: BreakerRow, (at, verdict): (i64, &Verdict)| {
        told(&row, None, *verdict, at * 1_000, 0).unwrap_or(row)
    };
    (1..).zip(verdicts).fold(closed(), each)
}

const DOWN: Verdict = Verdict::Down(FailureKind::ModelUnavailable, None);

fn is_open(row: &BreakerRow) -> bool {
    matches!(row.state, BreakerState::Open(_))
}

fn is_closed(row: &BreakerRow) -> bool {
    matches!(row.state, BreakerState::Closed { .. })
}

#[test]
fn only_what_says_that_nobody_answers_opens_it() {
    for kind in FailureKind::ALL {
        let failed: Result<(), Failure> = Err(Failure::new(*kind, "as the test says"));
        let opens = is_open(&after(&[Verdict::of(&failed); THRESHOLD]));
        let named = ["Model.Throttled", "Model.Unavailable", "Model.Timeout"].contains(&kind.name());
        assert_eq!(opens, named, "{}", kind.name());
    }
    assert!(!is_open(&after(&[DOWN; THRESHOLD - 1])));
    let answered = [DOWN, DOWN, DOWN, DOWN, Verdict::Up, DOWN, DOWN, DOWN, DOWN];
    assert!(!is_open(&after(&answered)), "an answer forgets what failed before");
    let of_its_own = [DOWN, DOWN, DOWN, DOWN, Verdict::Unknown, DOWN];
    assert!(is_open(&after(&of_its_own)));
}

#[test]
fn failures_of_long_ago_and_of_times_to_come_do_not_count() {
    for at in [WINDOW_MS + 10_000, -1] {
        let row = after(&[DOWN; THRESHOLD - 1]);
        let row = told(&row, None, DOWN, at, 0).unwrap();
        assert_eq!(row.state, BreakerState::Closed { failed_ms: vec![at] });
    }
}

#[test]
fn it_is_open_for_twice_as_long_each_time_up_to_a_cap_and_as_long_as_is_asked() {
    let span = |times, asked, random| match open(times, FailureKind::ModelThrottled, asked, 5, random) {
        BreakerState::Open(outage) => outage.until_ms - 5,
        other => panic!("{other:?}"),
    };
    assert_eq!((span(1, None, 0), span(1, None, 5_000)), (5_000, 10_000));
    assert_eq!((span(2, None, 0), span(3, None, 0), span(60, None, 0)), (10_000, 20_000, 150_000));
    assert_eq!((span(1, Some(600_000), 0), span(1, Some(600_000), 60_000)), (600_000, 660_000));
    assert_eq!(span(1, Some(u64::MAX), 0), 3_600_000);
    let row = told(&closed(), None, Verdict::Down(FailureKind::ModelThrottled, Some(60_001)), 5, 0).unwrap();
    assert_eq!(admit(&row, 10, LEASE), Admission::Refused(60_001 - 5), "a long wait opens it at once");
    let row = told(&closed(), None, Verdict::Down(FailureKind::ModelThrottled, Some(60_000)), 5, 0).unwrap();
    assert_eq!(admit(&row, 10, LEASE), Admission::Free);
}

#[test]
fn a_clock_that_was_set_back_waits_for_the_span_and_no_longer() {
    let row = told(&after(&[DOWN; THRESHOLD - 1]), None, DOWN, 600_000, 5_000).unwrap();
    assert!(is_open(&row));
    let Admission::Again(anew) = admit(&row, 1_000, LEASE) else { panic!("the clock went back") };
    assert_eq!(admit(&anew, 1_000, LEASE), Admission::Refused(10_000));
    assert!(matches!(admit(&anew, 11_000, LEASE), Admission::Probe(_)));
}

/// What may happen to a breaker.
#[derive(Debug, Clone)]
enum Event {
    /// Somebody wants to call.
    Ask,
    /// One of the calls under way ends.
    End(usize, Verdict),
    /// Time passes, or the clock is set.
    Clock(i64),
}

fn events(back: i64) -> impl Strategy<Value = Vec<Event>> {
    let verdict = prop_oneof![
        Just(Verdict::Up),
        Just(Verdict::Unknown),
        prop::option::of(0..200_000_u64).prop_map(|after| Verdict::Down(FailureKind::ModelThrottled, after)),
    ];
    let event = prop_oneof![
        3 => Just(Event::Ask),
        3 => (0..99_usize, verdict).prop_map(|(call, verdict)| Event::End(call, verdict)),
        2 => (back..60_000_i64).prop_map(Event::Clock),
    ];
    prop::collection::vec(event, 0..120)
}

/// Plays events; holds that of calls under way with a lease there is never more than one, and how it ends.
fn play(events: Vec<Event>, random: u64) -> Result<(), TestCaseError> {
    let (mut row, mut now) = (closed(), 1_000_000_i64);
    // Calls under way, by number: a probe's epoch and the end of its lease.
    let mut calls: BTreeMap<u64, Option<(u64, i64)>> = BTreeMap::new();
    let (mut number, mut epochs) = (0, vec![]);
    for event in events {
        let before = row.epoch;
        match event {
            Event::Clock(by) => now += by,
            Event::Ask => {
                let mut admission = admit(&row, now, LEASE);
                if let Admission::Again(anew) = admission {
                    row = anew;
                    admission = admit(&row, now, LEASE);
                }
                number += 1;
                match admission {
                    Admission::Free => {
                        prop_assert!(is_closed(&row), "a call went through a breaker that is not closed");
                        calls.insert(number, None);
                    }
                    Admission::Probe(probing) => {
                        let leased =
                            calls.values().flatten().filter(|(e, end)| *e == row.epoch && *end > now);
                        prop_assert_eq!(leased.count(), 0, "two probes at once");
                        calls.insert(number, Some((probing.epoch, now + i64::try_from(LEASE).unwrap_or(0))));
                        epochs.push(probing.epoch);
                        row = probing;
                    }
                    Admission::Refused(wait) => {
                        prop_assert!(wait > 0 && wait <= RETRY_AFTER_MS_MAX * 11 / 10)
                    }
                    Admission::Again(_) => prop_assert!(false, "it must not ask twice"),
                }
            }
            Event::End(call, verdict) => {
                let Some(call) = calls.keys().nth(call % calls.len().max(1)).copied() else { continue };
                let probe = calls.remove(&call).flatten().map(|(epoch, _)| epoch);
                let was = row.clone();
                row = told(&row, probe, verdict, now, random).unwrap_or(row);
                if matches!(was.state, BreakerState::Probing(_)) && row != was {
                    prop_assert_eq!(probe, Some(was.epoch), "a stale call spoke");
                }
                if matches!(was.state, BreakerState::Probing(_)) && probe == Some(was.epoch) {
                    prop_assert_eq!(
                        is_closed(&row),
                        verdict == Verdict::Up,
                        "a probe that is answered closes it, and nothing else does"
                    );
                }
            }
        }
        prop_assert!(row.epoch >= before);
    }
    prop_assert!(epochs.windows(2).all(|pair| pair[0] < pair[1]), "each probe has an epoch of its own");
    // Whatever happened, time and one answer close it.
    for _ in 0..3 {
        now += i64::try_from(RETRY_AFTER_MS_MAX * 2).unwrap_or(0);
        match admit(&row, now, LEASE) {
            Admission::Again(anew) => row = anew,
            Admission::Probe(probing) => {
                let closed = told(&probing, Some(probing.epoch), Verdict::Up, now, random);
                row = closed.unwrap_or(probing);
            }
            _ => {}
        }
    }
    prop_assert_eq!(admit(&row, now, LEASE), Admission::Free);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn there_is_never_a_second_probe_and_an_answer_closes_it(events in events(0), random: u64) {
        play(events, random)?;
    }

    #[test]
    fn clocks_may_jump(events in events(-600_000), random: u64) {
        play(events, random)?;
    }
}
