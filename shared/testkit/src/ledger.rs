//! What every ledger store must do.

use std::sync::Arc;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Ledger;
use ideamine_core::records::{Fact, FactBody, Head, Row, Signature, SignedHead};
use ideamine_core::{Digest, Failure, RunId, Tenant};

/// A fact that something was decided.
pub fn decision(path: &str, ordinal: u32, choice: &str) -> Fact {
    let body = FactBody::Decision {
        decision: "loop".to_owned(),
        choice: choice.to_owned(),
        by: "test".to_owned(),
        subject: Some(Digest::of(choice.as_bytes())),
    };
    Fact { path: path.to_owned(), ordinal, at_ms: 1_000, body }
}

/// Rows from `first` on and the head behind them; hashes and signature are made up, for storage looks at neither.
pub fn sealed(tenant: &Tenant, run: &RunId, first: u64, facts: &[Fact]) -> (Vec<Row>, SignedHead) {
    let hash = |number: u64| Digest::of(&number.to_be_bytes()).hex();
    let row = |(seq, fact): (u64, &Fact)| Row {
        seq,
        prev: hash(seq),
        tenant: tenant.clone(),
        run: run.clone(),
        fact: fact.clone(),
        hash: hash(seq + 1),
    };
    let size = first + facts.len() as u64;
    let (tenant_, run_) = (tenant.clone(), run.clone());
    let head = Head { tenant: tenant_, run: run_, size, root: hash(size), last: hash(size) };
    let text = |text: &str| text.to_owned();
    let signature = Signature {
        algorithm: text("ed25519"),
        key_id: text("id"),
        public_key: text("key"),
        value: text("value"),
    };
    ((first..).zip(facts).map(row).collect(), SignedHead { head, signature })
}

fn run(name: &str) -> RunId {
    RunId::new(name).unwrap_or_else(|e| panic!("{e}"))
}

fn kind(result: &Result<(), Failure>) -> Option<FailureKind> {
    result.as_ref().err().map(|failure| failure.kind)
}

/// Idempotent facts, order, all-or-nothing, gap-free rows, heads, and runs and tenants kept apart.
///
/// # Panics
/// When the port does otherwise.
pub async fn ledger_contract(port: Arc<dyn Ledger>) {
    facts_are_idempotent_and_never_change(&*port).await;
    facts_come_back_in_order(&*port).await;
    rows_are_appended_without_gap(&*port).await;
    runs_and_tenants_are_apart(&*port).await;
    one_of_two_at_one_place_wins(&port).await;
}

async fn facts_are_idempotent_and_never_change(port: &dyn Ledger) {
    let (local, run) = (Tenant::local(), run("facts"));
    let first = decision("01-intake/a1", 0, "go");
    port.insert(&local, &run, vec![first.clone()]).await.expect("first");
    let later = Fact { at_ms: 9_000, ..first.clone() };
    port.insert(&local, &run, vec![later]).await.expect("the same again");
    assert_eq!(port.facts(&local, &run).await, Ok(vec![first.clone()]), "the first time stays");

    let other = decision("01-intake/a1", 0, "stop");
    let fresh = decision("01-intake/a1", 1, "go");
    for set in [vec![fresh.clone(), other.clone()], vec![other, fresh.clone()]] {
        assert_eq!(kind(&port.insert(&local, &run, set).await), Some(FailureKind::StepConflict));
        assert_eq!(port.facts(&local, &run).await.expect("facts").len(), 1, "all or nothing");
    }
    let clash = vec![fresh.clone(), decision("01-intake/a1", 1, "other")];
    assert_eq!(kind(&port.insert(&local, &run, clash).await), Some(FailureKind::StepConflict), "in one set");
    port.insert(&local, &run, vec![first.clone(), fresh.clone(), fresh.clone()])
        .await
        .expect("old, new, twice");
    assert_eq!(port.facts(&local, &run).await, Ok(vec![first, fresh]));
    port.insert(&local, &run, Vec::new()).await.expect("nothing");
}

async fn facts_come_back_in_order(port: &dyn Ledger) {
    let (local, run) = (Tenant::local(), run("order"));
    let artifact = |path: &str, ordinal| Fact {
        path: path.to_owned(),
        ordinal,
        at_ms: 5,
        body: FactBody::Artifact {
            name: "a".into(),
            digest: Digest::of(b"a"),
            media_type: "text/plain".into(),
            bytes: 1,
            producer: "p".into(),
            author: "composer".into(),
            inputs: vec![Digest::of(b"in")],
            traces: vec![("FR-1".into(), "N-1".into())],
        },
    };
    let mut facts = vec![
        decision("02-b", 300, "x"),
        decision("02-b", 2, "x"),
        artifact("02-b", 1),
        decision("01-a/z", 0, "x"),
        decision("01-a", 0, "x"),
        decision("01-a-b", 0, "x"),
        decision("10-é/a", 0, "x"),
    ];
    for fact in &facts {
        port.insert(&local, &run, vec![fact.clone()]).await.expect("insert");
    }
    facts.sort_by_key(Fact::place);
    assert_eq!(port.facts(&local, &run).await, Ok(facts), "by path, kind, ordinal");
}

async fn rows_are_appended_without_gap(port: &dyn Ledger) {
    let (local, run) = (Tenant::local(), run("rows"));
    let facts: Vec<_> = (0..5).map(|ordinal| decision("01-a", ordinal, "x")).collect();
    assert_eq!(port.rows(&local, &run).await, Ok(Vec::new()));
    let (early, head) = sealed(&local, &run, 2, &facts[2..]);
    assert_eq!(kind(&port.append(&local, &run, early, head).await), Some(FailureKind::StepConflict), "a gap");

    let (rows, head) = sealed(&local, &run, 0, &facts[..2]);
    port.append(&local, &run, rows.clone(), head.clone()).await.expect("first");
    port.append(&local, &run, rows.clone(), head.clone()).await.expect("the same again");
    let mut changed = rows.clone();
    changed[1].hash = "0".repeat(64);
    let result = port.append(&local, &run, changed, head.clone()).await;
    assert_eq!(kind(&result), Some(FailureKind::StepConflict), "other rows at the same place");
    let (again, other) = sealed(&local, &run, 0, &facts[..3]);
    assert_eq!(
        kind(&port.append(&local, &run, again, other).await),
        Some(FailureKind::StepConflict),
        "overlap"
    );
    let (torn, _) = sealed(&local, &run, 2, &facts[2..4]);
    let result = port.append(&local, &run, torn, head.clone()).await;
    assert!(result.is_err(), "rows that do not reach the head's size");

    let (more, second) = sealed(&local, &run, 2, &facts[2..]);
    port.append(&local, &run, more.clone(), second.clone()).await.expect("next");
    port.append(&local, &run, rows.clone(), head.clone()).await.expect("the first once more");
    port.append(&local, &run, Vec::new(), second.clone()).await.expect("no rows, the same head");
    let all: Vec<_> = rows.into_iter().chain(more).collect();
    assert_eq!(port.rows(&local, &run).await, Ok(all));
    assert_eq!(port.heads(&local, &run).await, Ok(vec![head, second]));
}

async fn runs_and_tenants_are_apart(port: &dyn Ledger) {
    let (local, mine) = (Tenant::local(), run("apart"));
    let fact = decision("01-a", 0, "mine");
    port.insert(&local, &mine, vec![fact.clone()]).await.expect("insert");
    let (rows, head) = sealed(&local, &mine, 0, &[fact]);
    port.append(&local, &mine, rows.clone(), head.clone()).await.expect("append");
    let other_tenant = Tenant::new("other").unwrap_or_else(|e| panic!("{e}"));
    for (tenant, run) in [(&other_tenant, mine.clone()), (&local, run("apart2")), (&local, run("apar"))] {
        assert_eq!(port.facts(tenant, &run).await, Ok(Vec::new()));
        assert_eq!(port.rows(tenant, &run).await, Ok(Vec::new()));
        assert_eq!(port.heads(tenant, &run).await, Ok(Vec::new()));
        let crossed = port.append(tenant, &run, rows.clone(), head.clone()).await;
        assert!(crossed.is_err(), "rows of {mine} under {tenant}/{run}");
        port.insert(tenant, &run, vec![decision("01-a", 0, "theirs")]).await.expect("their own place");
    }
    assert_eq!(port.facts(&local, &mine).await.expect("facts").len(), 1);
}

async fn one_of_two_at_one_place_wins(port: &Arc<dyn Ledger>) {
    let tries: Vec<_> = (0..16)
        .map(|number| {
            let port = port.clone();
            tokio::spawn(async move {
                let fact = decision("01-race", 0, &format!("choice {number}"));
                port.insert(&Tenant::local(), &run("race"), vec![fact]).await
            })
        })
        .collect();
    let mut won = 0;
    for try_ in tries {
        match try_.await.expect("no panic") {
            Ok(()) => won += 1,
            Err(failure) => assert_eq!(failure.kind, FailureKind::StepConflict),
        }
    }
    assert_eq!(won, 1);
}
