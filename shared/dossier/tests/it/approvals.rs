//! A waived gate: the signed approval is in the dossier, and nothing about it can be altered, borrowed or used again.
//! Everything around it is sealed anew by the machine's own key each time, so that it is the approval that is found.

use ed25519_dalek::SigningKey;
use ideamine_core::digest::canonical;
use ideamine_core::records::{Approval, SignedApproval};
use ideamine_core::{Digest, PhaseId, RunId, Tenant};
use ideamine_dossier::content::{Content, PaperKind};
use ideamine_dossier::{render, verify_dossier};
use ideamine_ledger::{Options, ProblemKind, Verdict};

use crate::support::{World, machine, person, sign};

const GATE: &str = "aesthetic";

fn signed(approval: Approval, key: &SigningKey) -> SignedApproval {
    let signature = sign(key, &canonical(&approval).unwrap());
    SignedApproval { approval, signature }
}

/// A run with this gate waived by what `sign` makes of the right statement.
fn waived(sign: impl FnOnce(Approval) -> SignedApproval) -> World {
    let mut world = World::new(&|text| text);
    let statement = world.statement(GATE);
    let signed = sign(statement);
    world.waive(GATE, &signed);
    world
}

fn good(statement: Approval) -> SignedApproval {
    signed(statement, &person())
}

fn verified(world: World) -> Verdict {
    let bytes = world.close(&machine()).to_bytes().unwrap();
    verify_dossier(&bytes, &Options::default())
}

/// It does not verify, because of the approval, for this reason.
#[track_caller]
fn found(world: World, why: &str) {
    let verdict = verified(world);
    let about = |problem: &&ideamine_ledger::Problem| problem.kind == ProblemKind::Approval;
    let said: Vec<&str> = verdict.problems.iter().filter(about).map(|problem| &*problem.what).collect();
    assert!(!verdict.intact && said.iter().any(|what| what.contains(why)), "{why}: {:?}", verdict.problems);
    assert!(verdict.problems.iter().filter(about).all(|problem| problem.seq.is_some()));
}

#[test]
fn an_honest_approval_can_be_checked_from_the_dossier_alone() {
    let world = waived(good);
    let dossier = world.close(&machine());
    let verdict = verify_dossier(&dossier.to_bytes().unwrap(), &Options::default());
    assert!(verdict.holds(), "{:?}", verdict.problems);
    let paper = dossier.content.papers.iter().find(|paper| paper.kind == PaperKind::Approval).unwrap();
    assert_eq!(paper.phase, Some(PhaseId::new("aesthetic").unwrap()));
    assert!(render(&dossier).unwrap().contains(&paper.digest.to_string()));
}

type Change = fn(&mut Approval);

#[test]
fn no_field_of_an_approval_can_be_altered() {
    let changes: [(Change, &str); 10] = [
        (|a| a.tenant = Tenant::new("other").unwrap(), "another tenant"),
        (|a| a.run = RunId::new("01KB0000000000000000000001").unwrap(), "another run"),
        (|a| a.phase = PhaseId::new("qa").unwrap(), "other artifacts"),
        (|a| a.gate = "qa".to_owned(), "other evidence"),
        (|a| a.attempt += 1, "another attempt"),
        (|a| a.artifacts.push(Digest::of(b"more")), "other artifacts"),
        (|a| a.evidence = Digest::of(b"other"), "other evidence"),
        (|a| a.decision = "reject".to_owned(), "not `waive`"),
        (|a| a.expires_ms = 0, "expired"),
        // Another nonce is another approval: it only must not be altered.
        (|a| a.nonce = "another".to_owned(), ""),
    ];
    for (change, why) in changes {
        // Altered after it was signed.
        let altered = |statement: Approval| {
            let mut signed = good(statement);
            change(&mut signed.approval);
            signed
        };
        found(waived(altered), "signature does not hold");
        if !why.is_empty() {
            // Signed by the right person, for something else.
            let other = |mut statement: Approval| {
                change(&mut statement);
                good(statement)
            };
            found(waived(other), why);
        }
    }
}

#[test]
fn only_the_plans_approvers_count() {
    found(waived(|statement| signed(statement, &SigningKey::from_bytes(&[33; 32]))), "approvers");
    let mut world = waived(|statement| signed(statement, &SigningKey::from_bytes(&[33; 32])));
    // Whoever adds a key to the plan's text has another plan than the run.
    world.change = |content| {
        let plan = content.papers.iter_mut().find(|paper| paper.kind == PaperKind::Plan).unwrap();
        let other = hex::encode(SigningKey::from_bytes(&[33; 32]).verifying_key().to_bytes());
        let own = hex::encode(person().verifying_key().to_bytes());
        let text = plan.text.as_deref().unwrap().replace(&own, &other);
        (plan.digest, plan.text) = (Digest::of(text.as_bytes()), Some(text));
    };
    let problems = verified(world).problems;
    assert!(problems.iter().any(|problem| problem.what.contains("not the plan")), "{problems:?}");
}

#[test]
fn an_approval_is_used_once_and_no_gate_is_waived_without_one() {
    let twice = |first: &dyn Fn(&mut World, &SignedApproval)| {
        let mut world = World::new(&|text| text);
        let signed = good(world.statement(GATE));
        world.waive(GATE, &signed);
        first(&mut world, &signed);
        world
    };
    found(
        twice(&|world, signed| {
            world.statement("security");
            world.waive("security", signed);
        }),
        "used 2 times",
    );
    found(
        twice(&|world, signed| {
            let other = Approval { gate: "security".to_owned(), ..world.statement("security") };
            let other = good(Approval { nonce: signed.approval.nonce.clone(), ..other });
            world.waive("security", &other);
        }),
        "nonce",
    );
    let mut unsigned = World::new(&|text| text);
    unsigned.statement(GATE);
    unsigned.decide(GATE, Digest::of(b"nobody signed this"));
    found(unsigned, "nobody signed");
}

#[test]
fn the_statement_and_the_plan_must_be_there() {
    let check = |change: fn(&mut Content), why: &str| {
        let mut world = waived(good);
        world.change = change;
        found(world, why);
    };
    check(|content| content.papers.retain(|paper| paper.kind != PaperKind::Approval), "statement");
    check(|content| content.papers.retain(|paper| paper.kind != PaperKind::Plan), "plan");
}
