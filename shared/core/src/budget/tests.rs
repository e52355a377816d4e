//! The tree adds up, nobody passes a limit, and a cap can be used to the end.

use super::*;
use proptest::prelude::*;

/// Calls that go on at once.
const AT_ONCE: usize = 64;
/// The most that one call or job takes of anything in these tests: less than a hundredth of the caps.
const MOST: u64 = 100;
/// Where calls are made: two phases with branches, one with stories, one on its own.
const STEPS: [&str; 8] = [
    "01-a/a1/b00/call-0",
    "01-a/a1/b01/call-0",
    "02-b/a1/b00/call-0",
    "02-b/a2/b00/call-1",
    "03-c/a1/b00/call-0",
    "03-c/a1/ST-1/t1/call-0",
    "03-c/a1/ST-2/t2/call-0",
    "04-d/qav/r1/question/call-0",
];

/// What may happen.
#[derive(Debug, Clone)]
enum Event {
    Take { step: usize, most: (Option<i64>, u64, u64) },
    Job { step: usize, most_ms: u64 },
    GiveBack(usize),
    Book(usize),
    Settle { call: usize, usd: i64, tokens: (Option<u64>, Option<u64>) },
    EndJob { job: usize, used_ms: Option<u64> },
    Grant { step: usize, part: bool },
    Raise(u64),
    Fork,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let share = || prop::option::of(0..=MOST);
    let most = (prop::option::weighted(0.95, 0..=100_i64), 0..=MOST, 0..=MOST);
    let event = prop_oneof![
        40 => (0..STEPS.len(), most).prop_map(|(step, most)| Event::Take { step, most }),
        10 => (0..STEPS.len(), 0..=MOST).prop_map(|(step, most_ms)| Event::Job { step, most_ms }),
        8 => (0..AT_ONCE).prop_map(Event::GiveBack),
        8 => (0..AT_ONCE).prop_map(Event::Book),
        20 => (0..AT_ONCE, 0..=100_i64, (share(), share()))
            .prop_map(|(call, usd, tokens)| Event::Settle { call, usd, tokens }),
        10 => (0..AT_ONCE, share()).prop_map(|(job, used_ms)| Event::EndJob { job, used_ms }),
        2 => (0..STEPS.len(), any::<bool>()).prop_map(|(step, part)| Event::Grant { step, part }),
        1 => (0..1_000_u64).prop_map(Event::Raise),
        1 => Just(Event::Fork),
    ];
    prop::collection::vec(event, 0..600)
}

/// Limits of each of the four phases.
fn limits() -> impl Strategy<Value = [Limits; 4]> {
    let amount = || prop_oneof![Just(0), 0..=20_000_u64];
    let percent = || prop_oneof![Just(0), 1..=100_u8];
    let one = (amount(), amount(), 0..=1_u32, 0..=1_u32, percent(), percent(), percent()).prop_map(
        |(usd_micros, tokens, tools_minutes, gpu_hours, run_percent, story_percent, branch_percent)| Limits {
            usd_micros,
            tokens,
            tools_minutes,
            gpu_hours,
            run_percent,
            story_percent,
            branch_percent,
        },
    );
    prop::array::uniform4(one)
}

fn payers(limits: &[Limits; 4]) -> Vec<Payer> {
    let phase = |step: &str| step.split('/').next().unwrap().split_once('-').unwrap().1.to_owned();
    let of = |step: &&str| {
        let id = phase(step);
        let at = usize::from(id.as_bytes()[0] - b'a');
        Payer::new(PhaseId::new(&id).unwrap(), limits[at].clone(), step)
    };
    STEPS.iter().map(of).collect()
}

fn begin(caps: (Option<i64>, Option<u64>, Option<u64>)) -> BudgetRow {
    let (cap, cap_tokens, cap_tools_ms) = caps;
    BudgetRow { cap: cap.map(UsdMicros), cap_tokens, cap_tools_ms, ..BudgetRow::default() }
}

/// Children add up to their parents, and no level has used more than its limit.
fn holds(budget: &BudgetRow, limits: &[Limits; 4]) {
    let sum = |of: fn(&PhaseSpend) -> UsdMicros| budget.phases.values().map(of).sum::<UsdMicros>();
    assert_eq!(sum(|p| p.reserved), budget.reserved);
    assert_eq!(sum(|p| p.settled), budget.settled);
    assert_eq!(sum(|p| p.uncertain), budget.uncertain);
    let sum = |of: fn(&PhaseSpend) -> u64| budget.phases.values().map(of).sum::<u64>();
    assert_eq!((sum(|p| p.tokens_in), sum(|p| p.tokens_out)), (budget.tokens_in, budget.tokens_out));
    let within = |amount: Amount, whose: &str| {
        assert!(amount.limit.is_none_or(|limit| amount.used <= limit), "{whose}: {amount:?} in {budget:?}");
    };
    for resource in Resource::ALL {
        within(Amount::of_run(budget, resource), "run");
        for (phase, spend) in &budget.phases {
            let limits = &limits[usize::from(phase.as_str().as_bytes()[0] - b'a')];
            within(Amount::of_phase(spend, limits, resource), phase.as_str());
            let parts = spend.parts.values().map(|part| part.used(resource)).sum::<u64>();
            let alone = phase.as_str() == "d";
            assert!(if alone { parts == 0 } else { parts == spend.used(resource) }, "{phase}: {spend:?}");
            spend.parts.iter().for_each(|(name, part)| within(Amount::of_part(part, resource), name));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]
    #[test]
    fn whatever_happens_children_add_up_and_nobody_passes_a_limit(
        caps in (prop::option::of(0..=5_000_i64), prop::option::of(0..=9_000_u64), prop::option::of(0..=5_000_u64)),
        limits in limits(),
        events in events(),
    ) {
        let payers = payers(&limits);
        let mut budget = begin(caps);
        let mut open: Vec<(usize, Reserved)> = vec![];
        let mut jobs: Vec<(usize, String)> = vec![];
        for (number, event) in events.into_iter().enumerate() {
            let pick = |call: usize, open: &mut Vec<(usize, Reserved)>| {
                (!open.is_empty()).then(|| open.swap_remove(call % open.len()))
            };
            match event {
                Event::Take { step, most: (usd, tokens, gpu_ms) } if open.len() < AT_ONCE => {
                    let before = budget.clone();
                    match payers[step].take(&mut budget, Ceiling { usd: usd.map(UsdMicros), tokens, gpu_ms }) {
                        Ok(reserved) => open.push((step, reserved)),
                        Err(_) => for resource in Resource::ALL {
                            prop_assert_eq!(
                                Amount::of_run(&before, resource).used, Amount::of_run(&budget, resource).used
                            );
                        },
                    }
                }
                Event::Take { .. } => {}
                Event::Job { step, most_ms } => {
                    let job = format!("{}#{number}", STEPS[step]);
                    if payers[step].take_job(&mut budget, &job, most_ms).is_ok() {
                        jobs.push((step, job));
                    }
                }
                Event::GiveBack(call) => if let Some((step, reserved)) = pick(call, &mut open) {
                    payers[step].give_back(&mut budget, reserved);
                },
                Event::Book(call) => if let Some((step, reserved)) = pick(call, &mut open) {
                    payers[step].book(&mut budget, reserved);
                },
                Event::Settle { call, usd, tokens } => if let Some((step, reserved)) = pick(call, &mut open) {
                    // No more than what was set aside, as a ceiling promises.
                    let half = reserved.tokens / 2;
                    let (tokens_in, tokens_out) = (tokens.0.map(|n| n.min(half)), tokens.1.map(|n| n.min(half)));
                    let usd = UsdMicros(usd).min(reserved.usd);
                    payers[step].settle(&mut budget, reserved, Used { usd, tokens_in, tokens_out, gpu_ms: reserved.gpu_ms });
                },
                Event::EndJob { job, used_ms } => if !jobs.is_empty() {
                    let (step, job) = jobs.swap_remove(job % jobs.len());
                    let most = budget.phases[&payers[step].phase].tools_reserved_ms[&job];
                    payers[step].settle_job(&mut budget, &job, used_ms.map(|ms| ms.min(most)));
                },
                Event::Grant { step, part } => {
                    let Payer { phase, part: own, .. } = &payers[step];
                    let spend = budget.phases.entry(phase.clone()).or_default();
                    match own.as_ref().filter(|_| part) {
                        Some(own) => spend.parts.entry(own.clone()).or_default().grants += 1,
                        None => spend.grants += 1,
                    }
                }
                Event::Raise(more) => {
                    budget.cap = budget.cap.map(|cap| cap.plus(limits::micros(more)));
                    budget.cap_tokens = budget.cap_tokens.map(|cap| cap + more);
                }
                Event::Fork => {
                    // Another run: nothing is used of its caps, and calls of the other one are not its own.
                    budget = begin(caps);
                    (open, jobs) = (vec![], vec![]);
                }
            }
            holds(&budget, &limits);
        }
        for (step, reserved) in open {
            payers[step].give_back(&mut budget, reserved);
        }
        for (step, job) in jobs {
            payers[step].settle_job(&mut budget, &job, Some(0));
        }
        holds(&budget, &limits);
        prop_assert_eq!(budget.reserved, UsdMicros::ZERO);
        let parts = |spend: &PhaseSpend| spend.parts.values().cloned().collect::<Vec<_>>();
        let mut all = budget.phases.values().flat_map(|spend| [vec![spend.clone()], parts(spend)].concat());
        prop_assert!(all.all(|s| s.tokens_reserved == 0 && s.gpu_reserved_ms == 0 && s.tools_reserved_ms.is_empty()));
    }

    /// Slices set nothing aside: 64 callers, of whom some fail and some are cut off, use 99 % of a cap and more.
    #[test]
    fn a_cap_can_be_used_to_the_end(
        seed in any::<u64>(),
        cap in 100 * MOST..400 * MOST,
        percent in prop_oneof![Just(0), 10..=100_u8],
    ) {
        let own = Limits { branch_percent: percent, story_percent: percent, ..Limits::default() };
        let payers = payers(&[own.clone(), own.clone(), own.clone(), own]);
        let mut budget = begin((i64::try_from(cap).ok(), None, None));
        let (mut open, mut chance, mut refused) = (vec![], seed, 0);
        while refused < 20 * AT_ONCE {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = |n: usize| usize::try_from(chance >> 33).unwrap() % n;
            if open.len() < AT_ONCE && at(3) > 0 {
                let (step, usd) = (at(STEPS.len()), Some(limits::micros(1 + chance % MOST)));
                match payers[step].take(&mut budget, Ceiling { usd, ..Ceiling::default() }) {
                    Ok(reserved) => open.push((step, reserved)),
                    // A part that has used up its slice gets it once more, as a person would give it.
                    Err(Refusal::Full { level: Level::Part { phase, part }, .. }) => {
                        budget.phases.get_mut(&phase).unwrap().parts.get_mut(&part).unwrap().grants += 1;
                    }
                    Err(_) => refused += 1,
                }
            } else if !open.is_empty() {
                let (step, reserved): (usize, Reserved) = open.swap_remove(at(open.len()));
                match at(8) {
                    0 => payers[step].give_back(&mut budget, reserved),
                    1 => payers[step].book(&mut budget, reserved),
                    _ => payers[step].settle(&mut budget, reserved, Used { usd: reserved.usd, ..Used::default() }),
                }
            }
            let Amount { limit, used } = Amount::of_run(&budget, Resource::Usd);
            prop_assert!(used <= limit.unwrap());
        }
        for (step, reserved) in open {
            payers[step].settle(&mut budget, reserved, Used { usd: reserved.usd, ..Used::default() });
        }
        let used = Amount::of_run(&budget, Resource::Usd).used;
        prop_assert!(used * 100 >= cap * 99, "{used} of {cap}");
    }
}

#[test]
fn a_step_names_its_story_or_branch() {
    let check = |step, part| assert_eq!(part_of(step), part, "{step}");
    check("04-prd/a1/b00/call-0", Some("b00"));
    check("04-prd/a12/b03/prepare", Some("b03"));
    check("09-story-loop/a1/ST-1/t2/call-0", Some("ST-1"));
    check("09-story-loop/a1/ST-1/t2/check-own-tests", Some("ST-1"));
    check("09-story-loop/a1/b00/call-0", Some("b00"));
    check("04-prd/qav/r1/prd-Q1/answer/call-0", None);
    check("07-build/a1/check-compile", None);
    check("07-build/a1/b00", None);
    check("04-prd/open", None);
    check("", None);
}

/// How a call of $10 or of 50 tokens or of 2 s of a job is refused: by which level, and how there is more.
#[test]
fn a_refusal_names_the_level_and_the_way_on() {
    let check = |mut taken: BudgetRow, limits: Limits, step: &str, usd: Option<i64>, says: &[&str]| {
        let payer = Payer::new(PhaseId::new("c").unwrap(), limits, step);
        let call = payer.take(&mut taken, Ceiling { usd: usd.map(UsdMicros), tokens: 50, gpu_ms: 2_000 });
        let refused = call.err().or_else(|| payer.take_job(&mut taken, "job", 2_000).err());
        match refused {
            None => assert!(says.is_empty(), "{says:?}"),
            Some(refusal) => {
                let failure = refusal.failure(step);
                let named = [failure.kind.name(), &failure.message].join(" ");
                assert!(!says.is_empty() && says.iter().all(|part| named.contains(part)), "{named}");
            }
        }
    };
    let (branch, story) = ("03-c/a1/b00/call-0", "03-c/a1/ST-1/t1/call-0");
    let none = Limits::default;
    let run = |usd, tokens, tools_ms| begin((usd, tokens, tools_ms));
    check(run(None, None, None), none(), branch, Some(10), &[]);
    check(run(Some(10), Some(50), Some(2_000)), none(), branch, Some(10), &[]);
    check(
        run(Some(9), None, None),
        none(),
        branch,
        Some(10),
        &["Budget.Exhausted", "run's cap", "--budget-usd"],
    );
    check(run(None, Some(49), None), none(), branch, None, &["49 of the 49 of the run", "--budget-tokens"]);
    check(
        run(None, None, Some(1_999)),
        none(),
        branch,
        None,
        &["2 s", "1 s of the", "of the run", "--budget-minutes"],
    );
    check(run(Some(9), None, None), none(), branch, None, &["Model.Config", "no known price"]);
    let file = Limits { usd_micros: 9, ..none() };
    check(
        run(None, None, None),
        file.clone(),
        branch,
        Some(10),
        &["phase c", "budget.usd_micros", "--grant c"],
    );
    check(run(None, None, None), file, branch, None, &[]);
    let file = Limits { tokens: 49, ..none() };
    check(
        run(None, None, None),
        file,
        branch,
        Some(10),
        &["Budget.Exhausted", "50 tokens", "49 of the 49", "budget.tokens", "--grant c"],
    );
    let percent = Limits { run_percent: 50, ..none() };
    check(
        run(Some(19), None, None),
        percent,
        branch,
        Some(10),
        &["phase c", "budget.run_percent", "--grant c"],
    );
    let percent = Limits { story_percent: 10, branch_percent: 90, ..none() };
    check(run(None, Some(499), None), percent.clone(), branch, None, &[]);
    check(
        run(None, Some(499), None),
        percent.clone(),
        story,
        None,
        &["50 tokens", "49 of the 49 of story ST-1 of phase c", "budget.story_percent", "--grant c/ST-1"],
    );
    let percent = Limits { branch_percent: 10, ..percent };
    check(
        run(None, None, Some(9_000)),
        percent,
        branch,
        None,
        &["branch b00", "budget.branch_percent", "--grant c/b00"],
    );
    // Nothing uses an accelerator; what would is refused as others are.
    let file = Limits { gpu_hours: 1, story_percent: 1, ..none() };
    check(run(None, None, None), Limits { story_percent: 0, ..file }, story, None, &[]);
    let mut used = run(None, None, None);
    let spent = PhaseSpend { gpu_ms: HOUR_MS - 1_000, ..PhaseSpend::default() };
    used.phases.insert(PhaseId::new("c").unwrap(), spent);
    check(
        used,
        file,
        branch,
        None,
        &["2 s of an accelerator", "1 s of the 1 hours", "budget.gpu_hours", "--grant c"],
    );
}

#[test]
fn a_slice_is_of_what_is_left_and_a_grant_gives_it_once_more() {
    let limits = Limits { tokens: 1_000, story_percent: 50, ..Limits::default() };
    let story =
        |id: &str| Payer::new(PhaseId::new("c").unwrap(), limits.clone(), &format!("03-c/a1/{id}/t1/call-0"));
    let mut budget = begin((None, Some(800), None));
    let mut take = |id: &str, tokens: u64| {
        let taken = story(id).take(&mut budget, Ceiling { tokens, ..Ceiling::default() });
        (taken.is_ok(), budget.phases[&PhaseId::new("c").unwrap()].parts[id].slice.unwrap().tokens)
    };
    // Half of the run's 800, which are less than the phase's 1000.
    assert_eq!(take("ST-1", 401), (false, Some(400)));
    assert_eq!(take("ST-1", 400), (true, Some(400)));
    // Half of the 400 that are left.
    assert_eq!(take("ST-2", 201), (false, Some(200)));
    assert_eq!(take("ST-2", 100), (true, Some(200)));
    assert_eq!(take("ST-1", 1), (false, Some(400)));
    budget.phases.get_mut(&PhaseId::new("c").unwrap()).unwrap().parts.get_mut("ST-1").unwrap().grants = 1;
    assert!(story("ST-1").take(&mut budget, Ceiling { tokens: 300, ..Ceiling::default() }).is_ok());
    // The story could have more; the run has not.
    let refused = story("ST-1").take(&mut budget, Ceiling { tokens: 1, ..Ceiling::default() }).unwrap_err();
    assert!(matches!(refused, Refusal::Full { level: Level::Run, .. }), "{refused}");
}

#[test]
fn a_grant_is_a_phase_or_a_part_of_it() {
    for text in ["prd", "story-loop/ST-1", "prd/b00"] {
        assert_eq!(text.parse::<Grant>().unwrap().to_string(), text);
    }
    for text in ["", "/", "prd/", "a/b/c", "prd/b 0"] {
        assert!(text.parse::<Grant>().is_err(), "{text}");
    }
}
