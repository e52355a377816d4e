//! What is serialised lasts: frozen samples stay readable, and mean the same.

use ideamine_core::Digest;
use ideamine_core::artifacts::{Brief, Document, Evidence, GateInputs};
use ideamine_core::ports::JobMessage;
use ideamine_core::records::{
    BreakerRow, BudgetRow, CallRow, Fact, JobRow, PhaseConfig, PhaseRow, Plan, QuestionRow, RemovedRow, Row,
    RunRow, SignedHead,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::workspace::root;

/// Reads a frozen sample as `T`, and holds that writing it gives the sample back.
fn check<T: Serialize + DeserializeOwned>(name: &str) {
    let path = root().join("tests/compat/v1").join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let sample: Value = serde_json::from_str(&text).unwrap();
    let read: T = serde_json::from_value(sample.clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
    let again = serde_json::to_value(read).unwrap();
    assert_eq!(Digest::of_json(&again), Digest::of_json(&sample), "{name} is written differently now");
}

#[test]
fn frozen_samples_stay_readable() {
    check::<RunRow>("run");
    check::<PhaseRow>("phase");
    check::<BudgetRow>("budget");
    check::<Vec<BreakerRow>>("breakers");
    check::<CallRow>("call");
    check::<JobRow>("job");
    check::<QuestionRow>("question");
    check::<RemovedRow>("removed");
    check::<Vec<Fact>>("facts");
    check::<Row>("row");
    check::<SignedHead>("head");
    check::<Plan>("plan");
    check::<PhaseConfig>("phase-config");
    check::<Document<Brief>>("brief");
    check::<Evidence>("evidence");
    check::<GateInputs>("gate-inputs");
    check::<Vec<JobMessage>>("messages");
}
