use std::process::Command;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Jobs;

use super::super::Bubblewrap;
use super::spec;

const LOW: &str = "IDEAMINE_TEST_LOW_LIMIT";
const NAME: &str = "sandbox::tests::limits::a_job_is_refused_under_a_lower_hard_limit_than_it_needs";

/// The test runs itself once more under the limit, which cannot be raised again.
#[tokio::test]
async fn a_job_is_refused_under_a_lower_hard_limit_than_it_needs() {
    let Some(limit) = std::env::var_os(LOW) else {
        for limit in ["-f 100000", "-n 200", "-v 900000", "-t 15"] {
            let limited = Command::new("sh")
                .args(["-c", &format!("ulimit {limit}; exec \"$0\" \"$@\"")])
                .arg(std::env::current_exe().unwrap())
                .args(["--exact", NAME, "--nocapture"])
                .env(LOW, limit)
                .status()
                .unwrap();
            assert!(limited.success(), "under ulimit {limit}");
        }
        return;
    };
    let sandbox = Bubblewrap::from_env();
    for failure in [sandbox.run(spec("print(1)")).await.unwrap_err(), sandbox.probe().await.unwrap_err()] {
        if failure.kind == FailureKind::SandboxMissing {
            eprintln!("skipped: {failure}");
            return;
        }
        assert_eq!(failure.kind, FailureKind::SandboxFailed, "{failure}");
        let letter = limit.to_str().unwrap().split(' ').next().unwrap();
        assert!(failure.message.contains(&format!("ulimit -H {letter}")), "{failure}");
    }
}
