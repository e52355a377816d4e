//! A made-up closed run for tests: four phases, a repaired gate, model calls, three signed heads or more.

use ed25519_dalek::{Signer, SigningKey};
use ideamine_core::artifacts::GateOutcome;
use ideamine_core::ports::HistoryStep;
use ideamine_core::records::{ArtifactRef, Fact, FactBody, GateRef, Row, Signature, SignedHead};
use ideamine_core::{Digest, PhaseId, RunId, Tenant, UsdMicros};
use ideamine_ledger::{LedgerDocument, PhaseIndex, StepIndex, Usage, head, seal, sign_bytes};

pub(crate) const PHASES: [&str; 4] = ["intake", "prd", "build", "qa"];
pub(crate) const START_MS: i64 = 1_790_000_000_000;

/// The key of the machine that made the run.
pub(crate) fn machine() -> SigningKey {
    SigningKey::from_bytes(&[11; 32])
}

pub(crate) fn tenant() -> Tenant {
    Tenant::local()
}

pub(crate) fn run() -> RunId {
    RunId::new("01KA0000000000000000000000").unwrap()
}

/// A closed run, sealed at each phase end and once more at the close.
pub(crate) fn closed(key: &SigningKey) -> LedgerDocument {
    let mut book = Book::new(key);
    book.record("run/plan", "run-plan", vec![]);
    for (order, phase) in PHASES.iter().enumerate() {
        book.phase(&format!("{:02}-{phase}", order + 1), phase);
        book.seal();
    }
    book.close()
}

struct Book<'a> {
    key: &'a SigningKey,
    facts: Vec<Fact>,
    rows: Vec<Row>,
    heads: Vec<SignedHead>,
    steps: Vec<HistoryStep>,
    phases: Vec<PhaseIndex>,
}

impl<'a> Book<'a> {
    fn new(key: &'a SigningKey) -> Self {
        let (facts, rows, heads) = (Vec::new(), Vec::new(), Vec::new());
        Self { key, facts, rows, heads, steps: Vec::new(), phases: Vec::new() }
    }

    fn phase(&mut self, path: &str, phase: &str) {
        let mut usage = Usage::default();
        let (mut artifacts, mut gates) = (Vec::new(), Vec::new());
        for attempt in 1..=2 {
            let at = format!("{path}/a{attempt}");
            self.record(&format!("{at}/b00/prepare"), &format!("agent-{phase}"), vec![]);
            let cost = cost(&format!("{at}/request"), attempt);
            usage.add(&cost);
            self.record(&format!("{at}/b00/model/r0"), "job-model-call", vec![cost]);
            let made = artifact(&format!("{phase}.json"), &format!("{at}/{phase}"), phase);
            artifacts = vec![reference(&made)];
            self.record(&format!("{at}/finish"), &format!("agent-{phase}"), vec![made]);
            let (gate, outcome) = gate(phase, &at, attempt);
            gates = vec![gate];
            self.record(&format!("{at}/gate-{phase}"), &format!("gate-{phase}"), vec![outcome]);
        }
        self.phases.push(PhaseIndex {
            id: PhaseId::new(phase).unwrap(),
            path: path.to_owned(),
            artifacts,
            gates,
            usage,
        });
    }

    fn record(&mut self, path: &str, function: &str, more: Vec<FactBody>) {
        let task = FactBody::Task {
            function: function.to_owned(),
            input: Digest::of(format!("in {path}").as_bytes()),
            output: Digest::of(format!("out {path}").as_bytes()),
        };
        for body in std::iter::once(task).chain(more) {
            let at_ms = START_MS + self.facts.len() as i64 * 1_234;
            self.facts.push(Fact { path: path.to_owned(), ordinal: 0, at_ms, body });
        }
        let (state, step) = ("Work".to_owned(), path.to_owned());
        let execution = "run:01KA".to_owned();
        self.steps.push(HistoryStep { execution, state, function: function.to_owned(), step });
    }

    fn seal(&mut self) {
        let facts = self.facts.clone();
        let rows = seal(&tenant(), &run(), &self.rows, self.heads.last(), facts).unwrap();
        self.rows.extend(rows);
        self.heads.push(sign(self.key, &self.rows));
    }

    fn close(mut self) -> LedgerDocument {
        let usage = Usage::of(self.facts.iter());
        let index = StepIndex { steps: self.steps.clone(), phases: self.phases.clone(), usage };
        self.record("run/close", "run-close", vec![index.fact("run-close").unwrap()]);
        self.seal();
        let public_key = hex::encode(self.key.verifying_key().to_bytes());
        LedgerDocument { rows: self.rows, heads: self.heads, index: Some(index), public_key }
    }
}

/// Signs the head over these rows.
pub(crate) fn sign(key: &SigningKey, rows: &[Row]) -> SignedHead {
    let head = head(&tenant(), &run(), rows);
    let public = key.verifying_key().to_bytes();
    let signature = Signature {
        algorithm: "ed25519".to_owned(),
        key_id: Digest::of(&public).hex(),
        public_key: hex::encode(public),
        value: hex::encode(key.sign(&sign_bytes(&head).unwrap()).to_bytes()),
    };
    SignedHead { head, signature }
}

fn cost(request: &str, attempt: u64) -> FactBody {
    FactBody::Cost {
        model: "scripted/one".to_owned(),
        request: Digest::of(request.as_bytes()),
        answer: Some(Digest::of(b"answer")),
        tokens_in: Some(1_000 + attempt),
        tokens_out: Some(200 * attempt),
        usd_micros: UsdMicros(4_321),
        class: if attempt == 1 { "paid" } else { "cached" }.to_owned(),
    }
}

fn artifact(name: &str, content: &str, phase: &str) -> FactBody {
    FactBody::Artifact {
        name: name.to_owned(),
        digest: Digest::of(content.as_bytes()),
        media_type: "application/json".to_owned(),
        bytes: content.len() as u64,
        producer: format!("agent-{phase}"),
        author: "scripted/one".to_owned(),
        inputs: vec![Digest::of(b"brief")],
        traces: vec![("FR-1".to_owned(), "N-1".to_owned())],
    }
}

fn reference(body: &FactBody) -> ArtifactRef {
    let FactBody::Artifact { name, digest, media_type, bytes, .. } = body.clone() else { unreachable!() };
    ArtifactRef { name, digest, media_type, bytes }
}

fn gate(phase: &str, at: &str, attempt: u64) -> (GateRef, FactBody) {
    let outcome = if attempt == 1 { GateOutcome::Fail } else { GateOutcome::Pass };
    let evidence = Digest::of(format!("evidence {at}").as_bytes());
    let artifacts = vec![Digest::of(format!("{at}/{phase}").as_bytes())];
    let body = FactBody::Gate { gate: phase.to_owned(), outcome, evidence, artifacts };
    (GateRef { id: phase.to_owned(), outcome, evidence }, body)
}

/// A small seeded generator (SplitMix64): the same mutations in every run of the tests.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}
