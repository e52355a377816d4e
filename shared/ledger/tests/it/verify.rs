//! What the verifier accepts, what it finds, and how the finding names the place.

use crate::support::{closed, machine, run, sign, tenant};
use ideamine_core::Digest;
use ideamine_core::artifacts::GateOutcome;
use ideamine_core::records::{Fact, FactBody};
use ideamine_ledger::{
    LedgerDocument, Options, ProblemKind as Kind, SealError, SignatureState, export, gate_is_recorded,
    prove_consistency, prove_inclusion, row_hash, seal, verify, verify_jsonl,
};

fn fingerprint(key: &ed25519_dalek::SigningKey) -> String {
    Digest::of(&key.verifying_key().to_bytes()).hex()
}

#[test]
fn an_honest_ledger_holds_as_value_and_as_file() {
    let document = closed(&machine());
    let options = Options { trust: Some(fingerprint(&machine())), ..Options::default() };
    let verdict = verify(&document, &options);
    assert!(verdict.holds() && verdict.signed && verdict.trusted, "{:?}", verdict.problems);
    let file = export::write(&document).unwrap();
    assert_eq!(export::read(&file).as_ref(), Ok(&document));
    assert_eq!(verify_jsonl(&file, &options), verdict);
    let json = serde_json::to_value(&verdict).unwrap();
    let mut keys: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
    keys.sort();
    assert_eq!(
        keys,
        ["complete", "costs_reconciled", "intact", "problems", "signature", "signed", "signer", "trusted"],
        "the form that the command line prints"
    );
}

#[test]
fn a_stranger_sees_the_signer_but_no_signed_until_the_key_is_trusted() {
    let verdict = verify(&closed(&machine()), &Options::default());
    assert!(verdict.holds() && !verdict.signed && !verdict.trusted);
    assert_eq!(verdict.signer, Some(fingerprint(&machine())));
    let listed = Options { trusted: vec![fingerprint(&machine())], ..Options::default() };
    assert!(verify(&closed(&machine()), &listed).signed);
}

#[test]
fn a_forger_who_rewrites_everything_and_signs_anew_fails_under_trust() {
    let forger = ed25519_dalek::SigningKey::from_bytes(&[66; 32]);
    let forged = closed(&forger);
    assert!(verify(&forged, &Options::default()).holds(), "by itself it is a good ledger");
    let options = Options { trust: Some(fingerprint(&machine())), ..Options::default() };
    let verdict = verify(&forged, &options);
    assert!(!verdict.holds() && !verdict.signed && !verdict.trusted);
    assert_eq!(verdict.problems[0].kind, Kind::Trust);
    let mut one_head = closed(&machine());
    let last = one_head.heads.last_mut().unwrap();
    *last = sign(&forger, &one_head.rows);
    let verdict = verify(&one_head, &Options::default());
    assert!(verdict.problems.iter().any(|p| p.kind == Kind::Key), "two keys: {:?}", verdict.problems);
}

#[test]
fn a_signature_that_does_not_hold_is_told_from_one_by_an_untrusted_key() {
    let check = |change: &dyn Fn(&mut LedgerDocument), expected| {
        let mut document = closed(&machine());
        change(&mut document);
        let verdict = verify(&document, &Options::default());
        assert_eq!((verdict.signature, verdict.signed), (expected, false), "{:?}", verdict.problems);
    };
    check(&|_| {}, SignatureState::Valid);
    check(&|d| d.rows[1].fact.at_ms += 1, SignatureState::Valid);
    check(&|d| d.heads[0].head.last = "0".repeat(64), SignatureState::Invalid);
    check(&|d| d.heads.last_mut().unwrap().signature.value.replace_range(..2, "00"), SignatureState::Invalid);
    check(&|d| d.heads.clear(), SignatureState::Missing);
}

/// Rewrites the ledger with an honest key after changing it: what only completeness can find.
fn resealed(change: impl FnOnce(&mut LedgerDocument)) -> LedgerDocument {
    let mut document = closed(&machine());
    change(&mut document);
    let mut facts: Vec<Fact> = document.facts().cloned().collect();
    facts.retain(|fact| !matches!(fact.body, FactBody::Signature { .. }));
    for fact in &mut facts {
        if fact.path == "run/close" && matches!(fact.body, FactBody::Artifact { .. }) {
            fact.body = document.index.as_ref().unwrap().fact("run-close").unwrap();
        }
    }
    document.rows = seal(&tenant(), &run(), &[], None, facts).unwrap();
    document.heads = vec![sign(&machine(), &document.rows)];
    document
}

fn drop_fact(document: &mut LedgerDocument, gone: impl Fn(&Fact) -> bool) {
    let at = document.rows.iter().position(|row| gone(&row.fact)).unwrap();
    document.rows.remove(at);
}

#[test]
fn what_is_missing_is_found_though_everything_is_sealed_anew() {
    let check = |change: &dyn Fn(&mut LedgerDocument), kind, phase: Option<&str>| {
        let verdict = verify(&resealed(change), &Options::default());
        let found = verdict.problems.iter().find(|p| p.kind == kind);
        let found = found.unwrap_or_else(|| panic!("no {kind:?} in {:?}", verdict.problems));
        assert_eq!(found.phase.as_deref(), phase, "{}", found.what);
        assert!(!verdict.holds());
    };
    check(&|d| drop_fact(d, |f| f.path == "02-prd/a1/b00/prepare"), Kind::MissingTask, Some("prd"));
    let cost = |f: &Fact| f.path == "03-build/a1/b00/model/r0" && matches!(f.body, FactBody::Cost { .. });
    check(&|d| drop_fact(d, cost), Kind::MissingCost, Some("build"));
    check(&|d| drop_fact(d, cost), Kind::Costs, None);
    let artifact = |f: &Fact| f.path == "01-intake/a2/finish" && matches!(f.body, FactBody::Artifact { .. });
    check(&|d| drop_fact(d, artifact), Kind::MissingArtifact, Some("intake"));
    let gate = |f: &Fact| f.path == "04-qa/a2/gate-qa" && matches!(f.body, FactBody::Gate { .. });
    check(&|d| drop_fact(d, gate), Kind::MissingGate, Some("qa"));
    check(
        &|d| d.index.as_mut().unwrap().phases[3].gates[0].outcome = GateOutcome::Waived,
        Kind::MissingGate,
        Some("qa"),
    );
    check(&|d| drop(d.index.as_mut().unwrap().steps.remove(3)), Kind::Beyond, Some("intake"));
    check(&|d| d.index.as_mut().unwrap().phases[1].usage.tokens_in += 1, Kind::Costs, Some("prd"));
    check(&|d| d.index.as_mut().unwrap().usage.usd_micros.0 -= 1, Kind::Costs, None);
}

#[test]
fn a_tail_that_was_cut_off_with_its_head_is_missed() {
    let whole = closed(&machine());
    for kept in 1..whole.heads.len() {
        let mut cut = whole.clone();
        cut.heads.truncate(kept);
        cut.rows.truncate(cut.heads[kept - 1].head.size as usize);
        for index in [whole.index.clone(), None] {
            let verdict = verify(&LedgerDocument { index, ..cut.clone() }, &Options::default());
            assert!(verdict.intact, "each prefix was sealed once: {:?}", verdict.problems);
            assert!(!verdict.complete && !verdict.holds());
            assert!(verdict.problems.iter().any(|p| p.kind == Kind::StepIndex), "{:?}", verdict.problems);
        }
    }
}

#[test]
fn an_expected_head_must_be_in_the_history() {
    let document = closed(&machine());
    let (first, last) = (&document.heads[0].head, &document.heads.last().unwrap().head);
    let check = |number: u64, hash: &str, holds: bool| {
        let options = Options { expect_head: Some((number, hash.to_owned())), ..Options::default() };
        assert_eq!(verify(&document, &options).holds(), holds, "{number}:{hash}");
    };
    check(last.size, &last.root, true);
    check(last.size, &last.last, true);
    check(last.size - 1, &last.last, true);
    check(first.size, &first.root, true);
    check(last.size, &first.root, false);
    check(last.size + 1, &last.root, false);
    check(0, &last.root, false);
    check(u64::MAX, &last.root, false);
}

#[test]
fn a_writer_may_not_write_another_ones_kind() {
    let mut facts: Vec<Fact> = closed(&machine()).facts().cloned().collect();
    facts.retain(|fact| !matches!(fact.body, FactBody::Signature { .. }));
    let gate = facts.iter().find(|f| matches!(f.body, FactBody::Gate { .. })).unwrap().body.clone();
    let planted = Fact { path: "02-prd/a1/finish".into(), ordinal: 9, at_ms: 0, body: gate };
    facts.push(planted.clone());
    let refused = seal(&tenant(), &run(), &[], None, facts.clone());
    let expected = SealError::MayNotWrite { path: planted.path, kind: "gate", writer: "agent-prd".into() };
    assert_eq!(refused, Err(expected));
    let nowhere = Fact { path: "02-prd/nowhere".into(), ..facts.pop().unwrap() };
    let refused = seal(&tenant(), &run(), &[], None, vec![nowhere.clone()]);
    assert!(matches!(refused, Err(SealError::MayNotWrite { writer, .. }) if writer == "nobody"));
    // The same planted by whoever can rewrite and sign: still found.
    let mut document = closed(&machine());
    let artifact = |fact: &Fact| matches!(fact.body, FactBody::Artifact { .. });
    let row = document.rows.iter().position(|row| row.fact.path == "02-prd/a1/finish" && artifact(&row.fact));
    let place = row.unwrap();
    document.rows[place].fact.body = nowhere.body;
    document.rows[place].hash = row_hash(&document.rows[place]).unwrap();
    let verdict = verify(&document, &Options::default());
    let found = verdict.problems.iter().find(|p| p.kind == Kind::Writer).unwrap();
    assert_eq!((found.seq, found.phase.as_deref()), (Some(place as u64), Some("prd")));
}

#[test]
fn sealing_again_adds_nothing_and_another_fact_at_a_sealed_place_is_a_conflict() {
    let document = closed(&machine());
    let mut facts: Vec<Fact> = document.facts().cloned().collect();
    facts.retain(|fact| !matches!(fact.body, FactBody::Signature { .. }));
    facts.iter_mut().for_each(|fact| fact.at_ms += 1);
    let again = |facts| seal(&tenant(), &run(), &document.rows, document.heads.last(), facts);
    assert_eq!(again(facts.clone()), Ok(vec![]));
    let task = facts.iter_mut().find(|f| f.path == "run/plan").unwrap();
    task.body =
        FactBody::Task { function: "run-plan".into(), input: Digest::of(b""), output: Digest::of(b"") };
    assert!(matches!(again(facts), Err(SealError::Conflict { path, .. }) if path == "run/plan"));
    let head = document.rows.iter().find(|r| matches!(r.fact.body, FactBody::Signature { .. })).unwrap();
    let forged = Fact { ordinal: 7, ..head.fact.clone() };
    assert!(
        matches!(again(vec![forged]), Err(SealError::MayNotWrite { .. })),
        "heads are recorded by the seal alone"
    );
}

#[test]
fn proofs_about_the_ledger_hold_under_its_heads() {
    let document = closed(&machine());
    let (first, last) = (&document.heads[0].head, &document.heads.last().unwrap().head);
    for seq in 0..last.size {
        let proof = prove_inclusion(&document.rows, seq, last.size).unwrap();
        assert!(proof.holds(last) && !proof.holds(first));
        assert_eq!(proof.hash, document.rows[seq as usize].hash);
    }
    let proof = prove_consistency(&document.rows, first.size, last.size).unwrap();
    assert!(proof.holds(first, last) && !proof.holds(last, first));
    assert!(prove_inclusion(&document.rows, 0, last.size + 1).is_none());
}

#[test]
fn after_the_index_only_the_close_of_the_run_may_follow() {
    let check = |path: &str, function: &str, holds: bool| {
        let mut document = closed(&machine());
        let (input, output) = (Digest::of(b"in"), Digest::of(b"out"));
        let body = FactBody::Task { function: function.into(), input, output };
        let fact = Fact { path: path.into(), ordinal: 0, at_ms: 0, body };
        let rows = seal(&tenant(), &run(), &document.rows, document.heads.last(), vec![fact]).unwrap();
        document.rows.extend(rows);
        document.heads.push(sign(&machine(), &document.rows));
        let verdict = verify(&document, &Options::default());
        assert_eq!(verdict.holds(), holds, "{function} at {path}: {:?}", verdict.problems);
    };
    check("run/dossier", "run-dossier", true);
    check("run/dossier", "agent-prd", false);
    check("02-prd/a3/settle", "run-settle", false);
}

#[test]
fn a_waived_gate_needs_the_decision_and_the_signature_of_a_person() {
    let approval = Digest::of(b"approval");
    let signed = sign(&machine(), &[]).signature;
    let decided = FactBody::Decision {
        decision: "waive".into(),
        choice: "qa".into(),
        by: "person".into(),
        subject: Some(approval),
    };
    let signature =
        |over| FactBody::Signature { over, signature: signed.clone(), purpose: "approval".into() };
    let fact = |path: &str, body| Fact { path: path.into(), ordinal: 7, at_ms: 0, body };
    let check = |more: Vec<Fact>, holds: bool| {
        let document = closed(&machine());
        let index = document.index.clone().unwrap();
        let mut stated = index.phases[3].gates[0].clone();
        stated.outcome = GateOutcome::Waived;
        let first = |fact: &&Fact| matches!(&fact.body, FactBody::Gate { outcome: GateOutcome::Fail, .. });
        let failed = document.facts().filter(first).last().unwrap();
        let FactBody::Gate { evidence, .. } = &failed.body else { unreachable!() };
        stated.evidence = *evidence;
        let facts: Vec<Fact> = document.facts().cloned().chain(more).collect();
        assert_eq!(gate_is_recorded(facts.iter(), "04-qa", &stated), holds);
    };
    let decision = || fact("04-qa/a1/waive", decided.clone());
    check(vec![], false);
    check(vec![decision()], false);
    check(vec![fact("control/approval-1", signature(approval))], false);
    check(vec![decision(), fact("control/approval-1", signature(Digest::of(b"another")))], false);
    check(
        vec![fact("03-build/a1/waive", decided.clone()), fact("control/approval-1", signature(approval))],
        false,
    );
    check(vec![decision(), fact("control/approval-1", signature(approval))], true);
}
