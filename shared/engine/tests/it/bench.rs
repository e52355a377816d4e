//! The bench runs what it says and reports figures that fit together.

use std::time::Duration;

use ideamine_core::failure::FailureKind;
use ideamine_engine::bench::{BenchOptions, bench};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_bench_reports_figures_that_fit_together() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().to_owned();
    let options = |steps| BenchOptions {
        runs: 12,
        concurrency: 4,
        steps,
        payload_bytes: 50,
        sync_floor: Duration::ZERO,
        dir: dir.join(format!("{steps}")),
    };
    for steps in [1, 5, 26] {
        let report = bench(options(steps)).await.unwrap();
        assert_eq!((report.runs, report.concurrency, report.steps), (12, 4, steps));
        assert!(report.steps_per_s > 0.0 && report.cpu_us_per_step > 0.0 && report.fsync_p50_us > 0.0);
        assert!(report.step_p50_ms <= report.step_p99_ms, "{report:?}");
        assert!(report.run_p50_ms >= report.step_p50_ms, "{report:?}");
        assert!(report.journal_bytes_per_run as usize > steps * 32, "every step has a digest of its own");
        assert!(report.first_run_ms > 0.0 && report.sync_floor_us == 0, "{report:?}");
        assert!(report.disk_bytes_per_run >= report.journal_bytes_per_run);
        assert_eq!(report.durability, "fsync");
    }
    let refused = bench(options(0)).await.unwrap_err();
    assert_eq!(refused.kind, FailureKind::InputInvalid);
}
