//! A phase's minutes of tools: kept before a job runs, booked whatever becomes of it.

use std::sync::Arc;

use async_trait::async_trait;
use ideamine_checks::{Check, CheckInput, CheckKind, CheckOutput};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobEnd, JobResult, JobSpec, Jobs};
use ideamine_core::records::{BudgetRow, PhaseSpend, key};
use ideamine_core::{Ctx, Failure, Function, PhaseId};

use crate::{Case, ctx_with, library, stored};

/// A sandbox in which every job takes this long, or is missing, or fails.
struct Takes(Result<u64, FailureKind>);

#[async_trait]
impl Jobs for Takes {
    async fn run(&self, _: JobSpec) -> Result<JobResult, Failure> {
        let duration_ms = self.0.map_err(|kind| Failure::new(kind, "as the test says"))?;
        Ok(JobResult {
            end: JobEnd::Exited { code: 0 },
            stdout: String::new(),
            stderr: String::new(),
            exchanges: vec![],
            files: vec![],
            tool: "test".to_owned(),
            duration_ms,
        })
    }
    async fn probe(&self) -> Result<String, Failure> {
        Ok("test".to_owned())
    }
}

async fn compile(ctx: &Ctx, attempt: u32, takes: Result<u64, FailureKind>) -> Result<CheckOutput, Failure> {
    let (app, openapi) = stored(ctx, &Case::from(library())).await;
    let phase = PhaseId::new("build").unwrap();
    let ctx = Ctx { step: format!("07-build/a{attempt}/check-compile"), ..ctx.clone() };
    let input = CheckInput {
        phase,
        attempt,
        check: CheckKind::Compile,
        app: Some(app),
        story: None,
        openapi,
        timeout_s: 20,
    };
    Check::new(Arc::new(Takes(takes))).run(&ctx, input).await
}

async fn spend(ctx: &Ctx) -> PhaseSpend {
    let item = ctx.env.records.get(&key::budget(&ctx.tenant, &ctx.run)).await.unwrap();
    let row: BudgetRow = item.map(|item| serde_json::from_value(item.value).unwrap()).unwrap_or_default();
    row.phases.get(&PhaseId::new("build").unwrap()).cloned().unwrap_or_default()
}

async fn put(ctx: &Ctx, row: BudgetRow) {
    let write = ideamine_core::ports::Write::Put {
        key: key::budget(&ctx.tenant, &ctx.run),
        value: serde_json::to_value(row).unwrap(),
        when: ideamine_core::ports::Condition::Absent,
    };
    ctx.env.records.write(vec![write]).await.unwrap();
}

#[tokio::test]
async fn a_job_that_could_pass_the_phase_s_minutes_is_not_run() {
    let ctx = ctx_with("07-build", 1).await;
    for attempt in 1..=3 {
        compile(&ctx, attempt, Ok(15_000)).await.unwrap();
        assert_eq!(spend(&ctx).await.tools_ms, 15_000 * u64::from(attempt));
    }
    // 15 s are left, and the job may take 20.
    let refused = compile(&ctx, 4, Ok(15_000)).await.unwrap_err();
    assert_eq!(refused.kind, FailureKind::BudgetExhausted);
    for part in ["20 s", "15 s", "1 minutes", "phase build", "budget.tools_minutes"] {
        assert!(refused.message.contains(part), "{part}: {refused}");
    }
    assert_eq!((spend(&ctx).await.tools_ms, spend(&ctx).await.tools()), (45_000, 45_000));
}

#[tokio::test]
async fn a_phase_without_a_limit_is_counted_and_not_limited() {
    let ctx = ctx_with("07-build", 0).await;
    compile(&ctx, 1, Ok(99_000_000)).await.unwrap();
    assert_eq!((spend(&ctx).await.tools_ms, spend(&ctx).await.tools()), (99_000_000, 99_000_000));
    // The run's own cap holds beside it.
    let capped = BudgetRow { cap_tools_ms: Some(19_999), ..BudgetRow::default() };
    let ctx = ctx_with("07-build", 0).await;
    put(&ctx, capped).await;
    let refused = compile(&ctx, 1, Ok(1)).await.unwrap_err();
    assert_eq!(refused.kind, FailureKind::BudgetExhausted);
    assert!(
        refused.message.contains("of the run") && refused.message.contains("--budget-minutes"),
        "{refused}"
    );
    assert_eq!(spend(&ctx).await, PhaseSpend::default());
}

#[tokio::test]
async fn what_is_not_known_to_be_unused_is_booked() {
    let check = async |takes: Result<u64, FailureKind>, booked_ms: u64| {
        let ctx = ctx_with("07-build", 1).await;
        let _ = compile(&ctx, 1, takes).await;
        assert_eq!(
            (spend(&ctx).await.tools_ms, spend(&ctx).await.tools()),
            (booked_ms, booked_ms),
            "{takes:?}"
        );
    };
    check(Ok(1), 1).await;
    check(Err(FailureKind::SandboxMissing), 0).await;
    check(Err(FailureKind::SandboxFailed), 20_000).await;
}

#[tokio::test]
async fn a_job_that_was_cut_off_is_booked_by_the_next_delivery() {
    let ctx = ctx_with("07-build", 1).await;
    let row = BudgetRow {
        phases: [(
            PhaseId::new("build").unwrap(),
            PhaseSpend {
                tools_reserved_ms: [
                    ("07-build/a1/check-compile#0".to_owned(), 12_000),
                    ("07-build/a1/check-compile#1".to_owned(), 8_000),
                    ("07-build/a2/check-compile#0".to_owned(), 3_000),
                ]
                .into(),
                ..PhaseSpend::default()
            },
        )]
        .into(),
        ..BudgetRow::default()
    };
    put(&ctx, row).await;
    compile(&ctx, 1, Ok(5_000)).await.unwrap();
    assert_eq!((spend(&ctx).await.tools_ms, spend(&ctx).await.tools()), (25_000, 28_000));
}

#[tokio::test]
async fn jobs_of_one_check_that_go_on_at_once_are_booked_each() {
    let ctx = ctx_with("07-build", 60).await;
    let (app, openapi) = stored(&ctx, &Case::from(library())).await;
    let phase = PhaseId::new("build").unwrap();
    let input = CheckInput {
        phase,
        attempt: 1,
        check: CheckKind::OwnTests,
        app: Some(app),
        story: None,
        openapi,
        timeout_s: 20,
    };
    // The command and the runner of ours; what they said is no report, and the check ends there.
    Check::new(Arc::new(Takes(Ok(4_000)))).run(&ctx, input).await.unwrap();
    assert_eq!((spend(&ctx).await.tools_ms, spend(&ctx).await.tools()), (8_000, 8_000));
}
