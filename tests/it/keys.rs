//! Every key begins with the tenant, and no id can reach into another tenant's or run's keys.

use ideamine_core::ports::Key;
use ideamine_core::records::key;
use ideamine_core::{Digest, PhaseId, RunId, Tenant};

#[test]
fn every_key_begins_with_the_tenant() {
    let (tenant, run) = (Tenant::new("acme").unwrap(), RunId::new("01J").unwrap());
    let phase = PhaseId::new("prd").unwrap();
    let keys = [
        key::run(&tenant, &run),
        key::run_index(&tenant, &run),
        key::control(&tenant, &run),
        key::kill_switch(&tenant),
        key::breaker(&tenant, "anthropic/claude"),
        key::hold(&tenant, &run, "prd/a1/hold-0"),
        key::attempt(&tenant, &run, "04-prd/a1"),
        key::budget(&tenant, &run),
        key::phase(&tenant, &run, 3, &phase),
        key::call(&tenant, &run, "04-prd/a1/b00/call-0"),
        key::step(&tenant, &run, "04-prd/a1/b00/call-0"),
        key::question(&tenant, &run, "prd-Q1"),
        key::knowledge(&tenant, &run, "K-prd-Q1"),
        key::event(&tenant, &run, 1, 2, 3),
        Key { pk: key::jobs_pk(&tenant), sk: "job".to_owned() },
        key::queued(&tenant, "model", "0123456789abcdef"),
        key::replay(&tenant, &Digest::of(b"request")),
        key::removed(&tenant, &run),
        key::retention(&tenant, 1),
    ];
    for key in keys {
        assert!(key.pk.starts_with("acme#"), "{key:?}");
    }
}

#[test]
fn phases_sort_in_plan_order() {
    let (tenant, run) = (Tenant::local(), RunId::new("r").unwrap());
    let at = |order| key::phase(&tenant, &run, order, &PhaseId::new("x").unwrap()).sk;
    assert!(at(2) < at(10) && at(10) < at(59));
}

#[test]
fn no_id_can_leave_its_place() {
    for id in ["a#b", "a/b", "..", "a\0", "a b", ""] {
        assert!(Tenant::new(id).is_err() && RunId::new(id).is_err() && PhaseId::new(id).is_err(), "{id:?}");
    }
}
