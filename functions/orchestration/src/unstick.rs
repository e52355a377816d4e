//! What `run-judge` and `run-story-judge` do about work that did not pass: go on, fall back, or end it with a reason.
//!
//! The decision is [`ideamine_unstick`]'s, on what earlier attempts left in their rows. Cost is not among it: a run that
//! is replayed pays nothing for answers that are stored, and has to decide as it did before. A run's ladder is its own
//! model, the phase's `fallback` (a smaller job, other models), and a person where one can be heard. No run cuts its
//! input into chunks.

use ideamine_authoring::brief;
pub(crate) use ideamine_authoring::rung::ladder;
use ideamine_authoring::rung::weight;
use ideamine_core::artifacts::{GateFinding, GateOutcome, Measure};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Progress;
use ideamine_core::records::{
    ControlRow, Desired, FactBody, PhaseConfig, Plan, PlannedPhase, StopReason, key,
};
use ideamine_core::{Ctx, Digest, Failure, PhaseId};
use ideamine_unstick::{Attempt, Decision, Limits, Rung, Supervisor};

use crate::brief::AttemptRow;
use crate::judge::Follow;
use crate::plan::ATTEMPTS_MAX;
use crate::rows;

/// Ordinals of the facts that say so, beside the step's own decision.
const REASON_ORDINAL: u32 = 1;
const RUNG_ORDINAL: u32 = 2;
/// Most that one measure adds to a shortfall, thousandths of its threshold.
const SHORTFALL_MAX: u64 = 1_000_000;

/// What follows on the last of some attempts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Next {
    /// What the machine does.
    pub(crate) follow: Follow,
    /// Rung of the next attempt.
    pub(crate) rung: u32,
    /// Why the rung is left, or the work ended; and the rung that is taken.
    pub(crate) left: Option<(StopReason, Option<String>)>,
}

impl Next {
    /// It passed, or nobody can mend it.
    pub(crate) const CLOSE: Self = Self { follow: Follow::Close, rung: 0, left: None };

    /// Why nothing more is tried.
    pub(crate) fn stopped(&self) -> Option<StopReason> {
        self.left.as_ref().filter(|_| self.follow != Follow::Again).map(|(reason, _)| *reason)
    }

    /// Writes the decision down, and tells watchers.
    pub(crate) async fn record(&self, ctx: &Ctx, phase: &str, by: &str) -> Result<(), Failure> {
        let Some((reason, rung)) = &self.left else { return Ok(()) };
        let fact = |decision: &str, choice: &str| FactBody::Decision {
            decision: decision.to_owned(),
            choice: choice.to_owned(),
            by: by.to_owned(),
            subject: None,
        };
        ctx.record(REASON_ORDINAL, fact("unstick", reason.name())).await?;
        let mut note = format!("gets no further: {}", reason.name());
        if let Some(rung) = rung {
            ctx.record(RUNG_ORDINAL, fact("rung", rung)).await?;
            note = format!("{note}; goes on with {rung}");
        }
        let progress = Progress::Work { phase: phase.to_owned(), function: by.to_owned(), note };
        ctx.env.events.publish(&ctx.tenant, &ctx.run, progress);
        Ok(())
    }
}

/// Who wants a run to wait whose author has no answer on any rung.
pub(crate) const NO_ANSWER: &str = "policy:no-answer";

/// What came of an attempt.
#[derive(Debug, Clone)]
pub(crate) enum Tried {
    /// Gates or tests judged what it left.
    Judged(Attempt),
    /// Its author had no answer, and the next one was made on this rung.
    Failed(u32),
}

/// What follows on these attempts, of which the last was the `number`th, and was judged.
pub(crate) fn next(tried: &[Tried], number: u32, ladder: &[Rung]) -> Next {
    // Attempts whose rows are gone were made all the same.
    let judged = tried.iter().filter(|tried| matches!(tried, Tried::Judged(_))).count();
    let unseen = number.saturating_sub(u32::try_from(judged).unwrap_or(number));
    let limits = Limits { attempts: ATTEMPTS_MAX.saturating_sub(unseen), cost: None };
    let mut supervisor = Supervisor::new(ladder, limits);
    let mut decision = Decision::GoOn;
    for tried in tried {
        match tried {
            Tried::Judged(attempt) => decision = supervisor.read(attempt),
            Tried::Failed(rung) => supervisor.skip(*rung as usize),
        }
    }
    let rung = u32::try_from(supervisor.rung()).unwrap_or(u32::MAX);
    match decision {
        Decision::GoOn => Next { follow: Follow::Again, rung, left: None },
        Decision::Stop(reason) => Next { follow: Follow::Close, rung, left: Some((reason, None)) },
        Decision::Next { rung: index, reason } => {
            let person = ladder[index] == Rung::Person;
            let follow = if person { Follow::Appeal } else { Follow::Again };
            Next { follow, rung, left: Some((reason, Some(ladder[index].name().to_owned()))) }
        }
    }
}

/// The attempts before the `number`th, whose rows lie at `path(1)`, `path(2)` and so on.
pub(crate) async fn before(
    ctx: &Ctx,
    number: u32,
    path: impl Fn(u32) -> String + Send,
) -> Result<Vec<Tried>, Failure> {
    let mut tried = vec![];
    for number in 1..number {
        let Some(row) = brief::attempt(ctx, &path(number)).await? else { continue };
        if row.failed {
            tried.push(Tried::Failed(row.rung));
            continue;
        }
        let findings: Vec<GateFinding> = match &row.findings {
            Some(digest) => ctx.get_json(digest).await?,
            None => vec![],
        };
        // What a story leaves is its answer.
        let left = if row.artifacts.is_empty() { row.answer.into_iter().collect() } else { row.artifacts };
        tried.push(Tried::Judged(attempt(left, &findings, row.shortfall)));
    }
    Ok(tried)
}

/// An attempt whose author had no answer.
pub(crate) struct Unanswered<'a> {
    /// The phase.
    pub(crate) planned: &'a PlannedPhase,
    /// Where its attempts lie, each under its number: `04-prd/a`, or `09-story-loop/a1/ST-1/t`.
    pub(crate) attempts: &'a str,
    /// Its attempt.
    pub(crate) attempt: u32,
    /// Name of the failure.
    pub(crate) error: &'a str,
    /// Place of the decision among those of the step.
    pub(crate) ordinal: u32,
}

/// Whether the attempt after it is made on a lower rung, and which: then its row says so. The last rung is a person, where
/// one can be heard: the run waits until it is resumed, which tries once more. None where rules answer, where no rung is
/// left that could do better, and where what failed is no author's failure.
pub(crate) async fn fall_back(
    ctx: &Ctx,
    plan: &Plan,
    of: &Unanswered<'_>,
    by: &str,
) -> Result<Option<String>, Failure> {
    let Unanswered { planned, attempts, attempt, error, ordinal } = *of;
    if plan.composes() || !is_of_an_author(error) || attempt >= ATTEMPTS_MAX {
        return Ok(None);
    }
    let path = |number: u32| format!("{attempts}{number}");
    let before = brief::attempt(ctx, &path(attempt.saturating_sub(1))).await?.unwrap_or_default();
    let findings: Vec<GateFinding> = match &before.findings {
        Some(digest) => ctx.get_json(digest).await?,
        None => vec![],
    };
    let (rung, name) = match below(&planned.config, before.rung, !findings.is_empty()) {
        Some(below) => below,
        None if plan.ask => (before.rung, Rung::Person.name().to_owned()),
        None => return Ok(None),
    };
    let row = AttemptRow { rung, failed: true, artifacts: vec![], shortfall: 0, ..before };
    rows::put(ctx, key::attempt(&ctx.tenant, &ctx.run, &path(attempt)), &row).await?;
    record_rung(ctx, ordinal, &name, by).await?;
    let mut note = format!("no answer ({error}); goes on with {name}");
    if name == Rung::Person.name() {
        rows::update(ctx, &key::control(&ctx.tenant, &ctx.run), |control: &mut ControlRow| {
            control.want(Desired::Pause, NO_ANSWER);
        })
        .await?;
        note =
            format!("no answer ({error}); `ideamine resume {}` tries once more, `cancel` ends it", ctx.run);
    }
    tell(ctx, planned, by, note);
    Ok(Some(name))
}

/// A clarification's author had no answer: those after it in the phase's clarification are asked of the next model. The row
/// lies at the step that says so, so that saying it again changes nothing.
pub(crate) async fn clarify_below(
    ctx: &Ctx,
    plan: &Plan,
    phase: &PhaseId,
    error: Option<&str>,
    by: &str,
) -> Result<(), Failure> {
    let planned = plan.phase(phase).ok_or_else(|| Failure::input("phase is not in the plan"))?;
    let Some(error) = error.filter(|error| is_of_an_author(error) && !plan.composes()) else { return Ok(()) };
    let path = ctx.step.clone();
    let rung = match brief::attempt(ctx, &path).await? {
        Some(_) => return Ok(()),
        None => brief::clarifying_rung(ctx, planned).await?,
    };
    let Some((rung, name)) = below(&planned.config, rung, false) else { return Ok(()) };
    record_rung(ctx, RUNG_ORDINAL, &name, by).await?;
    let row = AttemptRow { rung, failed: true, ..AttemptRow::default() };
    rows::put(ctx, key::attempt(&ctx.tenant, &ctx.run, &path), &row).await?;
    tell(ctx, planned, by, format!("no answer ({error}); clarifies further with {name}"));
    Ok(())
}

async fn record_rung(ctx: &Ctx, ordinal: u32, name: &str, by: &str) -> Result<(), Failure> {
    let (decision, choice, by) = ("rung".to_owned(), name.to_owned(), by.to_owned());
    ctx.record(ordinal, FactBody::Decision { decision, choice, by, subject: None }).await
}

fn tell(ctx: &Ctx, planned: &PlannedPhase, by: &str, note: String) {
    let phase = planned.config.id.to_string();
    let progress = Progress::Work { phase, function: by.to_owned(), note };
    ctx.env.events.publish(&ctx.tenant, &ctx.run, progress);
}

/// The next rung below this one that could do better where there was no answer: another model, or a smaller job where
/// there are findings to make it of.
pub(crate) fn below(config: &PhaseConfig, rung: u32, findings: bool) -> Option<(u32, String)> {
    let ladder = ladder(config, false);
    let helps = |rung: &Rung| matches!(rung, Rung::Model(_)) || (findings && *rung == Rung::Smaller);
    let at = ladder.iter().enumerate().skip(rung as usize + 1).find(|(_, rung)| helps(rung));
    at.and_then(|(at, rung)| Some((u32::try_from(at).ok()?, rung.name().to_owned())))
}

/// Whether another model takes over when a phase's author at this step has no answer of this one.
pub(crate) fn has_another(planned: &PlannedPhase, model: &str, step: &str) -> bool {
    // `04-prd/a1/b00/call-0`, `09-story-loop/a1/ST-1/t2/call-0`, `04-prd/qav/r1/question/call-0`.
    let Some(rest) = step.strip_prefix(&planned.path()).and_then(|rest| rest.strip_prefix('/')) else {
        return false;
    };
    let parts: Vec<&str> = rest.split('/').collect();
    let number = |part: &str, letter: char| part.strip_prefix(letter).and_then(|n| n.parse::<u32>().ok());
    let attempt = match parts[..] {
        [ideamine_authoring::brief::CLARIFICATION, ..] => Some(1),
        [attempt, branch, _] if number(branch, 'b').is_some() => number(attempt, 'a'),
        [_, _, attempt, _] => number(attempt, 't'),
        _ => None,
    };
    let rungs = ladder(&planned.config, false);
    let at = rungs.iter().position(|rung| rung.name() == model).and_then(|at| u32::try_from(at).ok());
    attempt.is_some_and(|attempt| attempt < ATTEMPTS_MAX)
        && below(&planned.config, at.unwrap_or(0), false).is_some()
}

/// Whether an author failed by its model, and not by the store, a limit of the machines or a mistake of ours.
fn is_of_an_author(error: &str) -> bool {
    error == FailureKind::AnswerRejected.name() || error.starts_with("Model.")
}

/// One attempt as the supervisor sees it.
pub(crate) fn attempt(left: Vec<Digest>, findings: &[GateFinding], shortfall: u64) -> Attempt {
    let mut attempt = Attempt { artifacts: left.into_iter().collect(), shortfall, ..Attempt::default() };
    for finding in findings {
        let open = attempt.findings.entry(format!("{} {}", finding.rule, finding.place)).or_default();
        *open = open.saturating_add(weight(finding.severity));
    }
    attempt
}

/// How far the measures that fail are from their thresholds, thousandths of these.
pub(crate) fn shortfall(measures: &[Measure]) -> u64 {
    let failing = measures.iter().filter(|measure| !measure.holds && measure.otherwise == GateOutcome::Fail);
    let missing = |measure: &Measure| {
        let by = u128::from(measure.value.abs_diff(measure.threshold)) * 1_000;
        let part = by / u128::from(measure.threshold.unsigned_abs().max(1));
        u64::try_from(part).unwrap_or(u64::MAX).min(SHORTFALL_MAX)
    };
    failing.map(missing).sum()
}

#[cfg(test)]
mod tests {
    use ideamine_core::artifacts::Severity;

    use super::*;
    use crate::world::{World, ctx};

    /// `a3`: the artifact `a`, and three findings of medium weight; `!1`: no answer, and the next on rung 1.
    fn tried(names: &str) -> Vec<Tried> {
        let finding = |n: u32| GateFinding {
            rule: "prd/missing".to_owned(),
            severity: Severity::Medium,
            place: format!("prd.json#/{n}"),
            message: String::new(),
        };
        let one = |name: &str| {
            if let Some(rung) = name.strip_prefix('!') {
                return Tried::Failed(rung.parse().unwrap());
            }
            let findings: Vec<GateFinding> = (0..name[1..].parse().unwrap()).map(finding).collect();
            Tried::Judged(attempt(vec![Digest::of(&name.as_bytes()[..1])], &findings, 0))
        };
        names.split_whitespace().map(one).collect()
    }

    #[test]
    fn a_run_goes_on_falls_back_appeals_or_ends_with_a_reason() {
        use StopReason::{AttemptsUsedUp, Cycle, NoProgress, Unchanged};
        let plain = vec![Rung::Same];
        let other = vec![Rung::Same, Rung::Model("x/y".to_owned())];
        let heard = vec![Rung::Same, Rung::Model("x/y".to_owned()), Rung::Person];
        let check = |ladder: &[Rung],
                     names: &str,
                     follow: Follow,
                     rung: u32,
                     left: Option<(StopReason, Option<&str>)>| {
            let tried = tried(names);
            let number = u32::try_from(tried.len()).unwrap();
            let left = left.map(|(reason, name)| (reason, name.map(str::to_owned)));
            assert_eq!(next(&tried, number, ladder), Next { follow, rung, left }, "{ladder:?} {names}");
        };
        check(&plain, "a3", Follow::Again, 0, None);
        check(&plain, "a3 b3 c3 d3", Follow::Again, 0, None);
        check(&plain, "a3 b3 c3 d3 e3", Follow::Close, 0, Some((AttemptsUsedUp, None)));
        check(&plain, "a3 a3", Follow::Close, 0, Some((Unchanged, None)));
        check(&plain, "a3 b4 a3 b4", Follow::Close, 0, Some((Cycle, None)));
        check(&other, "a3 b3", Follow::Again, 0, None);
        check(&other, "a3 b3 c3", Follow::Again, 1, Some((NoProgress, Some("x/y"))));
        check(&other, "a3 b3 c3 d2", Follow::Again, 1, None);
        check(&other, "a3 b3 c3 d2 e1", Follow::Close, 1, Some((AttemptsUsedUp, None)));
        check(&other, "!1 a3 b3 c3", Follow::Again, 1, None);
        check(&other, "a3 !1 c3 c3", Follow::Close, 1, Some((Unchanged, None)));
        check(&other, "a3 !1 c3 d2 e1", Follow::Close, 1, Some((AttemptsUsedUp, None)));
        check(&heard, "a3 b3 c3 c3", Follow::Appeal, 2, Some((Unchanged, Some("person"))));
        check(&heard, "a9 b8 c7 d6 e5", Follow::Appeal, 2, Some((AttemptsUsedUp, Some("person"))));
    }

    #[test]
    fn an_author_without_an_answer_is_followed_by_what_could_do_better() {
        let planned: PlannedPhase =
            serde_json::from_value(serde_json::json!({ "order": 3, "wave": 0, "config": {
            "id": "x", "title": "X", "agent": "prd", "output": "x.json", "prompt": "hi",
            "fallback": ["smaller-job", "a/b", "c/d"],
        } }))
            .unwrap();
        let below = |rung, findings| below(&planned.config, rung, findings).map(|(at, _)| at);
        assert_eq!((below(0, false), below(0, true), below(1, true)), (Some(2), Some(1), Some(2)));
        assert_eq!((below(2, true), below(3, true)), (Some(3), None));
        let another = |model, step| has_another(&planned, model, step);
        assert!(another("own/model", "04-x/a1/b00/call-0") && another("a/b", "04-x/a4/b02/call-3"));
        assert!(!another("c/d", "04-x/a1/b00/call-0"), "the last one");
        assert!(!another("own/model", "04-x/a5/b00/call-0"), "the last attempt");
        assert!(
            another("own/model", "04-x/a1/ST-1/t4/call-2") && another("a/b", "04-x/qav/r1/Q1/answer/call-0")
        );
        assert!(
            !another("own/model", "04-x/a1/ST-1/t5/call-0") && !another("c/d", "04-x/qav/r1/question/call-0")
        );
        assert!(!another("own/model", "05-y/a1/b00/call-0"), "of another phase");
        for (error, is) in [
            ("Answer.Rejected", true),
            ("Model.ContextTooLong", true),
            ("Store.Conflict", false),
            ("States.Timeout", false),
            ("Control.Stopped", false),
        ] {
            assert_eq!(is_of_an_author(error), is, "{error}");
        }
    }

    /// A phase that falls back on `a/b`; whether a person can be heard.
    async fn planned(world: &std::sync::Arc<World>, step: &str, ask: bool) -> (Ctx, Plan) {
        let mut ctx = ctx(world, step);
        let config = serde_json::json!({ "id": "code", "title": "t", "agent": "story", "output": "code.json",
            "prompt": "p", "fallback": ["a/b"] });
        let plan: Plan = serde_json::from_value(serde_json::json!({
            "version": 1, "build": "b", "idea": Digest::of(b"i"), "idea_media_type": "text/plain", "seed": 0,
            "model": "own/model", "ask": ask, "machines": {}, "approvers": [],
            "phases": [{ "order": 0, "wave": 0, "config": config }],
        }))
        .unwrap();
        ctx.plan = Some(ctx.put_json(&plan).await.unwrap());
        (ctx, plan)
    }

    #[tokio::test]
    async fn a_story_without_an_answer_goes_down_the_ladder_and_in_the_end_a_person_is_waited_for() {
        for (ask, last) in [(false, None), (true, Some("person"))] {
            let world = World::new();
            let tries = "01-code/a1/ST-1/t";
            for (attempt, falls) in [(1, Some("a/b")), (2, last)] {
                let (ctx, plan) = planned(&world, &format!("{tries}{attempt}/aggregate"), ask).await;
                let planned = &plan.phases[0];
                let of = Unanswered { planned, attempts: tries, attempt, error: "Model.Refused", ordinal: 1 };
                let fell = fall_back(&ctx, &plan, &of, "run-aggregate").await.unwrap();
                assert_eq!(fell.as_deref(), falls, "{attempt}, {ask}");
                let row = brief::attempt(&ctx, &format!("{tries}{attempt}")).await.unwrap();
                assert_eq!(row.map(|row| (row.rung, row.failed)), falls.map(|_| (1, true)));
            }
            let (ctx, _) = planned(&world, "x", ask).await;
            let control = rows::wanted(&ctx).await.unwrap();
            let paused = (control.desired, control.by.as_str()) == (Desired::Pause, NO_ANSWER);
            assert_eq!(paused, ask, "{control:?}");
        }
    }

    #[tokio::test]
    async fn a_clarification_goes_on_with_the_next_model_and_says_it_once() {
        let world = World::new();
        let phase = PhaseId::new("code").unwrap();
        for (step, error, rung) in [
            ("01-code/qav/r1/select", None, 0),
            ("01-code/qav/r1/Q1/propose", Some("Store.Conflict"), 0),
            ("01-code/qav/r1/Q2/propose", Some("Model.Refused"), 1),
            ("01-code/qav/r1/Q2/propose", Some("Model.Refused"), 1),
            ("01-code/qav/r1/Q3/conclude", Some("Answer.Rejected"), 1),
        ] {
            let (ctx, plan) = planned(&world, step, false).await;
            clarify_below(&ctx, &plan, &phase, error, "run-x").await.unwrap();
            assert_eq!(brief::clarifying_rung(&ctx, &plan.phases[0]).await.unwrap(), rung, "{step}");
        }
        let rungs = world.facts().into_iter().filter(|fact| matches!(&fact.body, FactBody::Decision { .. }));
        assert_eq!(rungs.count(), 1);
    }

    #[test]
    fn attempts_whose_rows_are_gone_count() {
        assert_eq!(next(&tried("d3 e3"), 5, &[Rung::Same]).stopped(), Some(StopReason::AttemptsUsedUp));
    }

    #[test]
    fn a_shortfall_is_what_failing_measures_lack() {
        let fails = |value, threshold| Measure::at_least("m", value, threshold, GateOutcome::Fail);
        assert_eq!(shortfall(&[fails(80, 100), fails(100, 100)]), 200);
        assert_eq!(shortfall(&[Measure::at_least("m", 0, 100, GateOutcome::Concerns)]), 0);
        assert_eq!(shortfall(&[Measure::at_most("m", 3, 0, GateOutcome::Fail)]), 3_000);
        assert_eq!(shortfall(&[fails(i64::MIN, i64::MAX)]), 2_000);
        assert_eq!(shortfall(&[fails(i64::MIN, 0)]), SHORTFALL_MAX);
    }
}
