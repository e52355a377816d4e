//! A made-up closed run of thirteen phases with its store, ledger and dossier.

use std::collections::BTreeMap;

use ed25519_dalek::{Signer, SigningKey};
use ideamine_core::artifacts::{
    CaseOutcome, CaseResult, Document, Evidence, GateFinding, GateOutcome, Measure, Severity,
};
use ideamine_core::digest::canonical;
use ideamine_core::ports::HistoryStep;
use ideamine_core::records::{
    Approval, ArtifactRef, Fact, FactBody, GateRef, Generator, PhaseRow, PhaseStatus, Plan, QuestionRow,
    QuestionState, Row, RunOptions, RunRow, RunStatus, RunVerdict, Signature, SignedApproval, SignedHead,
};
use ideamine_core::{Digest, PhaseId, RunId, Tenant, Text, UsdMicros};
use ideamine_dossier::{Content, Dossier, Sources, missing};
use ideamine_ledger::{LedgerDocument, PhaseIndex, StepIndex, Usage, head, seal, sign_bytes};
use serde_json::{Value, json};

pub(crate) const START_MS: i64 = 1_790_000_000_000;
/// The largest that a run can be given.
pub(crate) const SEED: u64 = (1 << 53) - 1;
pub(crate) const IDEA: &str = "# Repair café desk\n\nOur repair café has no overview any more. Visitors announce a broken item before they come. Fixers see what is coming and claim what they can repair. The host sees at a glance how full an evening is. Nothing about visitors is kept longer than a month. Spare parts can be ordered together.\n";
const MODEL: &str = "scripted/one";
const JSON: &str = "application/json";

/// (phase, wave, gate, documents)
const PHASES: [(&str, u32, Option<&str>, &[&str]); 13] = [
    ("intake", 0, None, &["brief.json"]),
    ("ideation", 1, Some("idea-quality"), &["concepts.json"]),
    ("critique", 2, Some("critique"), &["critique.json"]),
    ("prd", 3, Some("prd-completeness"), &["prd.json"]),
    ("bizdev", 4, Some("business-viability"), &["business-case.json"]),
    ("architecture", 4, Some("architecture-consistency"), &["architecture.json"]),
    (
        "build",
        5,
        None,
        &[
            "app.json",
            "app/desk/__init__.py",
            "app/desk/server.py",
            "app/desk/overview.py",
            "app/tests/test_items.py",
        ],
    ),
    ("security", 6, Some("security"), &["security.json"]),
    ("story-loop", 6, None, &["stories.json", "story-ST-1.json", "story-ST-2.json", "story-ST-3.json"]),
    ("qa", 7, Some("qa"), &["qa.json"]),
    ("aesthetic", 8, Some("aesthetic"), &["aesthetic.json"]),
    ("release", 9, Some("release-readiness"), &["release.json"]),
    ("beta", 10, None, &["beta.json"]),
];

pub(crate) fn machine() -> SigningKey {
    SigningKey::from_bytes(&[11; 32])
}

/// The one approver of the plan.
pub(crate) fn person() -> SigningKey {
    SigningKey::from_bytes(&[22; 32])
}

/// A signature over these bytes.
pub(crate) fn sign(key: &SigningKey, bytes: &[u8]) -> Signature {
    let public = key.verifying_key().to_bytes();
    let value = hex::encode(key.sign(bytes).to_bytes());
    let (algorithm, key_id) = ("ed25519".to_owned(), Digest::of(&public).hex());
    Signature { algorithm, key_id, public_key: hex::encode(public), value }
}

pub(crate) fn fingerprint(key: &SigningKey) -> String {
    Digest::of(&key.verifying_key().to_bytes()).hex()
}

/// The dossier of the run.
pub(crate) fn dossier() -> Dossier {
    World::new(&|text| text).close(&machine())
}

/// A smaller one, which has something in every section all the same.
pub(crate) fn small() -> Dossier {
    let kept = ["intake", "critique", "prd", "architecture", "build", "qa"];
    World::of(&|id| kept.contains(&id), Seen::GOOD, &|text| text).close(&machine())
}

/// The same, but something else was seen of the application.
pub(crate) fn seeing(seen: Seen) -> Dossier {
    World::of(&|_| true, seen, &|text| text).close(&machine())
}

/// What the checks saw of the application.
#[derive(Clone, Copy)]
pub(crate) struct Seen {
    /// Of its own tests together.
    pub(crate) own_tests: GateOutcome,
    /// Of the test that claims an item.
    pub(crate) claim: CaseOutcome,
    /// Of announcing an item by held-out requests; none when there were no such requests.
    pub(crate) announce: Option<CaseOutcome>,
    /// Whether it was this application.
    pub(crate) this: bool,
}

impl Seen {
    pub(crate) const GOOD: Self = Self {
        own_tests: GateOutcome::Pass,
        claim: CaseOutcome::Passed,
        announce: Some(CaseOutcome::Passed),
        this: true,
    };
}

/// The same with every word of the documents changed by `spell`.
pub(crate) fn spelled(spell: &dyn Fn(String) -> String) -> Dossier {
    World::new(spell).close(&machine())
}

pub(crate) struct World {
    pub(crate) run: RunRow,
    plan: Plan,
    phases: Vec<PhaseRow>,
    questions: Vec<QuestionRow>,
    facts: Vec<Fact>,
    rows: Vec<Row>,
    heads: Vec<SignedHead>,
    steps: Vec<HistoryStep>,
    store: BTreeMap<Digest, Vec<u8>>,
    now: i64,
    seen: Seen,
    /// Done to the content before it is bound.
    pub(crate) change: fn(&mut Content),
}

impl World {
    pub(crate) fn new(spell: &dyn Fn(String) -> String) -> Self {
        Self::of(&|_| true, Seen::GOOD, spell)
    }

    fn of(kept: &dyn Fn(&str) -> bool, seen: Seen, spell: &dyn Fn(String) -> String) -> Self {
        let plan = plan();
        let stored = canonical(&plan).unwrap();
        let mut world = Self {
            run: RunRow { plan: Some(Digest::of(&stored)), ..run(spell) },
            plan,
            phases: Vec::new(),
            questions: questions(spell),
            facts: Vec::new(),
            rows: Vec::new(),
            heads: Vec::new(),
            steps: Vec::new(),
            store: BTreeMap::from([
                (Digest::of(IDEA.as_bytes()), IDEA.as_bytes().to_vec()),
                (Digest::of(&stored), stored),
            ]),
            now: START_MS,
            seen,
            change: |_| {},
        };
        let documents = documents(spell);
        world.step("run/plan", "run-plan", vec![]);
        for (order, (id, _, gate, names)) in (0..).zip(PHASES).filter(|(_, (id, ..))| kept(id)) {
            world.phase(order, id, gate, names, &documents);
            world.seal(&machine());
        }
        let plan = Digest::of_json(&world.plan).unwrap();
        let verdict = decision("verdict", "held", "run-verdict", Some(plan));
        world.step("run/verdict", "run-verdict", vec![verdict]);
        world
    }

    fn phase(
        &mut self,
        order: u32,
        id: &str,
        gate: Option<&str>,
        names: &[&str],
        documents: &BTreeMap<String, Vec<u8>>,
    ) {
        let path = format!("{:02}-{id}", order + 1);
        let started_ms = self.now;
        // The PRD needed a second try.
        let attempts = if id == "prd" { 2 } else { 1 };
        let (mut artifacts, mut gates) = (Vec::new(), Vec::new());
        for attempt in 1..=attempts {
            let at = format!("{path}/a{attempt}");
            self.step(&format!("{at}/b00/prepare"), &format!("agent-{id}"), vec![]);
            self.now += 4_000 + 900 * i64::from(order);
            self.step(&format!("{at}/b00/call-0"), "job-model-call", vec![cost(&at, order)]);
            let made: Vec<FactBody> = names.iter().map(|name| self.artifact(name, id, documents)).collect();
            artifacts = made.iter().map(reference).collect();
            self.step(&format!("{at}/finish"), &format!("agent-{id}"), made);
            gates =
                gate.map(|gate| self.gate(gate, &at, attempt == attempts, &artifacts)).into_iter().collect();
            let choice = if attempt == attempts { "stands" } else { "again" };
            self.step(&format!("{at}/judge"), "run-judge", vec![decision("loop", choice, "run-judge", None)]);
        }
        let concerns = gates.iter().any(|gate: &GateRef| gate.outcome == GateOutcome::Concerns);
        self.phases.push(PhaseRow {
            id: PhaseId::new(id).unwrap(),
            order,
            status: if concerns { PhaseStatus::Concerns } else { PhaseStatus::Passed },
            attempts,
            artifacts,
            gates,
            generator: Some(Generator::Model),
            problems: vec![],
            stopped: None,
            started_ms: Some(started_ms),
            ended_ms: Some(self.now),
        });
    }

    fn artifact(&mut self, name: &str, phase: &str, documents: &BTreeMap<String, Vec<u8>>) -> FactBody {
        let bytes = documents[name].clone();
        let digest = Digest::of(&bytes);
        let python = name.rsplit('.').next() == Some("py");
        let body = FactBody::Artifact {
            name: name.to_owned(),
            digest,
            media_type: if python { "text/x-python" } else { JSON }.to_owned(),
            bytes: bytes.len() as u64,
            producer: format!("agent-{phase}"),
            author: MODEL.to_owned(),
            inputs: vec![],
            traces: if name == "story-ST-3.json" {
                vec![("desk/overview.py".into(), "FR-3".into())]
            } else {
                vec![]
            },
        };
        self.store.insert(digest, bytes);
        body
    }

    fn put<T: serde::Serialize>(&mut self, value: &T) -> Digest {
        let bytes = canonical(value).unwrap();
        let digest = Digest::of(&bytes);
        self.store.insert(digest, bytes);
        digest
    }

    fn gate(&mut self, gate: &str, at: &str, last: bool, artifacts: &[ArtifactRef]) -> GateRef {
        let outcome = match (last, gate) {
            (false, _) => GateOutcome::Fail,
            (true, "critique" | "release-readiness") => GateOutcome::Concerns,
            (true, _) => GateOutcome::Pass,
        };
        let mut inputs: Vec<(String, Digest)> =
            artifacts.iter().map(|a| (a.name.clone(), a.digest)).collect();
        if gate == "qa" {
            for pack in self.checks() {
                inputs.push((pack.what.clone(), self.put(&pack)));
            }
        }
        let pack = self.put(&evidence(&format!("gate:{gate}"), outcome, inputs));
        let artifacts = artifacts.iter().map(|artifact| artifact.digest).collect();
        let body = FactBody::Gate { gate: gate.to_owned(), outcome, evidence: pack, artifacts };
        self.step(&format!("{at}/gate-{gate}"), &format!("gate-{gate}"), vec![body]);
        GateRef { id: gate.to_owned(), outcome, evidence: pack }
    }

    fn checks(&self) -> Vec<Evidence> {
        let mut made = self.phases.iter().flat_map(|phase| &phase.artifacts);
        let app = made.rfind(|artifact| artifact.name == "app.json").map(|artifact| artifact.digest);
        let app = app.filter(|_| self.seen.this).unwrap_or_else(|| Digest::of(b"another"));
        let pack = |what, outcome, cases: &[(&str, CaseOutcome)]| {
            let case =
                |(name, outcome): &(&str, _)| CaseResult { name: (*name).to_owned(), outcome: *outcome };
            let cases = cases.iter().map(case).collect();
            Evidence { cases, ..evidence(what, outcome, vec![("app.json".to_owned(), app)]) }
        };
        let own_tests = [
            ("tests.test_items.TestItems.test_announce", CaseOutcome::Passed),
            ("tests.test_items.TestItems.test_full_evening", CaseOutcome::Passed),
            ("tests.test_items.TestItems.test_claim", self.seen.claim),
            ("tests.test_items.TestItems.test_overview", CaseOutcome::Passed),
        ];
        let own_tests = pack("check:own-tests", self.seen.own_tests, &own_tests);
        let held_out = self.seen.announce.map(|announce| {
            let operations = [
                ("GET /items", CaseOutcome::Passed),
                ("POST /items", announce),
                ("PUT /items/{item_id}", CaseOutcome::NotRun),
            ];
            pack("check:held-out", GateOutcome::Pass, &operations)
        });
        [own_tests].into_iter().chain(held_out).collect()
    }

    fn step(&mut self, path: &str, function: &str, more: Vec<FactBody>) {
        let (input, output) = (Digest::of(path.as_bytes()), Digest::of(function.as_bytes()));
        let task = FactBody::Task { function: function.to_owned(), input, output };
        for (ordinal, body) in (0..).zip(std::iter::once(task).chain(more)) {
            self.now += 37;
            self.facts.push(Fact { path: path.to_owned(), ordinal, at_ms: self.now, body });
        }
        let (execution, state) = ("run:01KB".to_owned(), "Work".to_owned());
        let (function, step) = (function.to_owned(), path.to_owned());
        self.steps.push(HistoryStep { execution, state, function, step });
    }

    fn seal(&mut self, key: &SigningKey) {
        let (tenant, run) = (Tenant::local(), self.run.run_id.clone());
        let rows = seal(&tenant, &run, &self.rows, self.heads.last(), self.facts.clone()).unwrap();
        self.rows.extend(rows);
        let head = head(&tenant, &run, &self.rows);
        let signature = sign(key, &sign_bytes(&head).unwrap());
        self.heads.push(SignedHead { head, signature });
    }

    /// What the plan's approver would sign to let this gate pass, though it failed.
    pub(crate) fn statement(&mut self, gate: &str) -> Approval {
        // What is on the ledger already says that it passed: it is sealed anew.
        (self.rows, self.heads) = (Vec::new(), Vec::new());
        let row = self.phases.iter_mut().find(|row| row.gates.iter().any(|found| found.id == gate)).unwrap();
        let found = row.gates.iter_mut().find(|found| found.id == gate).unwrap();
        found.outcome = GateOutcome::Waived;
        let path = format!("{:02}-{}/a{}/gate-{gate}", row.order + 1, row.id, row.attempts);
        let at = |fact: &&mut Fact| fact.path == path;
        for fact in self.facts.iter_mut().filter(at) {
            if let FactBody::Gate { outcome, .. } = &mut fact.body {
                *outcome = GateOutcome::Fail;
            }
        }
        Approval {
            tenant: Tenant::local(),
            run: self.run.run_id.clone(),
            phase: row.id.clone(),
            gate: gate.to_owned(),
            attempt: row.attempts,
            artifacts: row.artifacts.iter().map(|artifact| artifact.digest).collect(),
            evidence: found.evidence,
            decision: "waive".to_owned(),
            expires_ms: self.now + 1_000_000,
            nonce: format!("nonce-of-{gate}"),
        }
    }

    /// Uses an approval for a gate, as the run does.
    pub(crate) fn waive(&mut self, gate: &str, signed: &SignedApproval) {
        let over = self.put(&signed.approval);
        self.decide(gate, over);
        let (signature, purpose) = (signed.signature.clone(), "approval".to_owned());
        let body = FactBody::Signature { over, signature, purpose };
        self.now += 37;
        let path = format!("control/approval-{}", signed.approval.nonce);
        // The path is the signature's own: a second one there is told apart by its number only.
        let ordinal = self.facts.iter().filter(|fact| fact.path == path).count();
        self.facts.push(Fact { path, ordinal: u32::try_from(ordinal).unwrap(), at_ms: self.now, body });
    }

    /// Decides to waive a gate.
    pub(crate) fn decide(&mut self, gate: &str, over: Digest) {
        let row = self.phases.iter().find(|row| row.gates.iter().any(|found| found.id == gate)).unwrap();
        let step = format!("{:02}-{}/a{}/waive", row.order + 1, row.id, row.attempts);
        self.step(&step, "run-waive", vec![decision("waive", gate, "person", Some(over))]);
    }

    pub(crate) fn content(&self) -> Content {
        let mut documents = BTreeMap::new();
        loop {
            let wanted = missing(&self.run, &self.phases, &[], &self.facts, &documents);
            if wanted.is_empty() {
                break;
            }
            documents.extend(wanted.into_iter().map(|digest| (digest, self.store[&digest].clone())));
        }
        Content::build(&Sources {
            tenant: &Tenant::local(),
            run: &self.run,
            plan: (&self.plan, Digest::of_json(&self.plan).unwrap()),
            phases: &self.phases,
            questions: &self.questions,
            guards: &[],
            generator: Generator::Model,
            facts: &self.facts,
            step: "run/content",
            documents: &documents,
        })
    }

    /// The orchestrator's way: content, its digest and the step index as facts, the last seal, the dossier.
    pub(crate) fn close(mut self, key: &SigningKey) -> Dossier {
        let mut content = self.content();
        (self.change)(&mut content);
        let index = self.index();
        let facts =
            vec![index.fact("run-dossier-content").unwrap(), content.fact("run-dossier-content").unwrap()];
        self.step("run/content", "run-dossier-content", facts);
        if *key != machine() {
            // A forger starts over, so that one key signs everything.
            (self.rows, self.heads) = (Vec::new(), Vec::new());
        }
        self.seal(key);
        let public_key = hex::encode(key.verifying_key().to_bytes());
        let ledger = LedgerDocument { rows: self.rows, heads: self.heads, index: Some(index), public_key };
        Dossier::new(content, ledger)
    }

    fn index(&self) -> StepIndex {
        let phase = |row: &PhaseRow| {
            let path = format!("{:02}-{}", row.order + 1, row.id);
            let prefix = format!("{path}/");
            PhaseIndex {
                id: row.id.clone(),
                artifacts: row.artifacts.clone(),
                gates: row.gates.clone(),
                usage: Usage::of(self.facts.iter().filter(|fact| fact.path.starts_with(&prefix))),
                path,
            }
        };
        StepIndex {
            steps: self.steps.clone(),
            phases: self.phases.iter().map(phase).collect(),
            usage: Usage::of(self.facts.iter()),
        }
    }
}

fn run(spell: &dyn Fn(String) -> String) -> RunRow {
    let options =
        RunOptions { model: MODEL.to_owned(), budget: Some(UsdMicros(5_000_000)), ..RunOptions::default() };
    RunRow {
        run_id: RunId::new("01KB0000000000000000000000").unwrap(),
        idea: Digest::of(IDEA.as_bytes()),
        idea_media_type: "text/markdown".to_owned(),
        title: spell("Repair café desk".to_owned()),
        options,
        plan: None,
        status: RunStatus::Completed,
        verdict: Some(RunVerdict::Held),
        reasons: vec![
            spell("gate release-readiness has concerns: one checklist item is open".to_owned()),
            "1 blocking question is open".to_owned(),
        ],
        execution: None,
        dossier: None,
        page: None,
        created_ms: START_MS,
        ended_ms: None,
    }
}

fn plan() -> Plan {
    let phases = (0..).zip(PHASES).map(|(order, (id, wave, _, names))| {
        let title = id.replace('-', " ");
        let config = json!({ "id": id, "title": title, "agent": id, "output": names[0], "prompt": "" });
        json!({ "order": order, "wave": wave, "config": config })
    });
    let plan = json!({
        "version": 1, "build": "ideamine 0.1.0", "idea": Digest::of(IDEA.as_bytes()),
        "idea_media_type": "text/markdown", "seed": SEED, "model": MODEL, "ask": false,
        "phases": phases.collect::<Vec<_>>(), "machines": { "run": Digest::of(b"run") },
        "approvers": [hex::encode(person().verifying_key().to_bytes())],
    });
    serde_json::from_value(plan).unwrap()
}

fn questions(spell: &dyn Fn(String) -> String) -> Vec<QuestionRow> {
    let row = |id: &str, text: &str, blocking, state, answer: Option<&str>| QuestionRow {
        id: id.to_owned(),
        phase: PhaseId::new("prd").unwrap(),
        text: spell(text.to_owned()),
        why: spell("the idea says nothing about it".to_owned()),
        blocking,
        rank: 1,
        state,
        answer: answer.map(|answer| Text::model(spell(answer.to_owned()))),
        token: Some("a capability that must not be shown".to_owned()),
    };
    vec![
        row(
            "prd-Q1",
            "Who may claim an item?",
            false,
            QuestionState::Assumed,
            Some("Anyone on the café's network"),
        ),
        row("prd-Q2", "What happens to items nobody collects?", true, QuestionState::Open, None),
        row("prd-Q3", "How many seats has an evening?", false, QuestionState::Answered, Some("Forty")),
    ]
}

/// All documents of the sample as they are stored.
fn documents(spell: &dyn Fn(String) -> String) -> BTreeMap<String, Vec<u8>> {
    let mut sample: Value = serde_json::from_str(include_str!("sample.json")).unwrap();
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let source = |text: &str| text.as_bytes().to_vec();
    files.insert("app/desk/__init__.py".into(), source(""));
    files.insert("app/desk/server.py".into(), source("# SPDX-License-Identifier: MIT\nprint('desk')\n"));
    files.insert("app/desk/overview.py".into(), source("def overview(items):\n    return len(items)\n"));
    files.insert("app/tests/test_items.py".into(), source(include_str!("test_items.py")));
    let entry = |(name, bytes): (&String, &Vec<u8>)| json!({ "path": &name[4..], "digest": Digest::of(bytes), "bytes": bytes.len() });
    sample["app.json"]["tree"]["files"] = files.iter().map(entry).collect();
    for (story, requirement, test) in
        [("ST-1", "FR-1", "test_announce"), ("ST-2", "FR-2", "test_claim"), ("ST-3", "FR-3", "test_overview")]
    {
        sample[format!("story-{story}.json")] = json!({
            "story": story, "summary": "Done.", "implements": [requirement], "removed": [], "passed": true,
            "files": { "desk/server.py": Digest::of(b"later") },
            "tests": { requirement: [format!("tests.test_items.TestItems.{test}")] },
        });
    }
    reword(&mut sample, spell);
    for (name, body) in sample.as_object().unwrap() {
        let document = Document::wrap(name, Generator::Model, body).unwrap();
        files
            .insert(name.clone(), canonical(&typed(name, &serde_json::to_value(document).unwrap())).unwrap());
    }
    files
}

/// Through the typed form, so that plain strings become texts with their origin.
fn typed(name: &str, value: &Value) -> Value {
    use ideamine_core::artifacts as a;
    fn through<T: serde::Serialize + serde::de::DeserializeOwned>(value: &Value) -> Value {
        let document: Document<T> = serde_json::from_value(value.clone()).unwrap();
        serde_json::to_value(document).unwrap()
    }
    match name {
        "brief.json" => through::<a::Brief>(value),
        "concepts.json" => through::<a::Concepts>(value),
        "critique.json" => through::<a::Critique>(value),
        "prd.json" => through::<a::Prd>(value),
        "business-case.json" => through::<a::BusinessCase>(value),
        "architecture.json" => through::<a::Architecture>(value),
        "app.json" => through::<a::App>(value),
        "security.json" => through::<a::SecurityReview>(value),
        "stories.json" => through::<a::Stories>(value),
        "qa.json" => through::<a::QaPlan>(value),
        "aesthetic.json" => through::<a::AestheticReview>(value),
        "release.json" => through::<a::Release>(value),
        "beta.json" => through::<a::BetaPlan>(value),
        _ => through::<a::StoryResult>(value),
    }
}

/// Changes the words of people and models, not ids and names that others refer to.
fn reword(value: &mut Value, spell: &dyn Fn(String) -> String) {
    match value {
        Value::String(text) if text.contains(' ') && text.contains(|c: char| c.is_lowercase()) => {
            *text = spell(std::mem::take(text));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| reword(item, spell)),
        Value::Object(fields) => {
            let names = ["name", "from", "to", "chosen", "path", "digest"];
            let words = fields.iter_mut().filter(|(key, _)| !names.contains(&key.as_str()));
            words.for_each(|(_, field)| reword(field, spell));
        }
        _ => {}
    }
}

fn reference(body: &FactBody) -> ArtifactRef {
    let FactBody::Artifact { name, digest, media_type, bytes, .. } = body.clone() else { unreachable!() };
    ArtifactRef { name, digest, media_type, bytes }
}

fn decision(decision: &str, choice: &str, by: &str, subject: Option<Digest>) -> FactBody {
    FactBody::Decision {
        decision: decision.to_owned(),
        choice: choice.to_owned(),
        by: by.to_owned(),
        subject,
    }
}

fn cost(at: &str, order: u32) -> FactBody {
    FactBody::Cost {
        model: if order.is_multiple_of(3) { "scripted/two" } else { MODEL }.to_owned(),
        request: Digest::of(at.as_bytes()),
        answer: Some(Digest::of(b"answer")),
        tokens_in: Some(2_100 + u64::from(order) * 350),
        tokens_out: Some(640 + u64::from(order) * 90),
        usd_micros: UsdMicros(18_000 + 4_321 * i64::from(order)),
        class: if order == 4 { "cached" } else { "paid" }.to_owned(),
    }
}

fn evidence(what: &str, outcome: GateOutcome, inputs: Vec<(String, Digest)>) -> Evidence {
    let short = outcome == GateOutcome::Fail || outcome == GateOutcome::Concerns;
    let finding = GateFinding {
        rule: "prd/acceptance-missing".to_owned(),
        severity: Severity::Medium,
        place: "prd.json#/body/requirements/4".to_owned(),
        message: "FR-5 has no acceptance criterion; state how one can tell".to_owned(),
    };
    Evidence {
        what: what.to_owned(),
        tool: "ideamine 0.1.0".to_owned(),
        outcome,
        measures: vec![
            Measure::at_least(
                "must-requirements-with-acceptance-percent",
                if short { 80 } else { 100 },
                100,
                GateOutcome::Fail,
            ),
            Measure::at_most("open-blocking-questions", i64::from(short), 0, GateOutcome::Concerns),
        ],
        findings: if short { vec![finding] } else { vec![] },
        cases: Vec::new(),
        inputs,
        raw: String::new(),
        again: ["ideamine", "gate", "qa", "--run", "RUN"].map(str::to_owned).to_vec(),
    }
}
