//! A run whose documents are good, to be spoiled in one place at a time.

use std::collections::BTreeMap;

use ideamine_core::artifacts::{
    CaseOutcome, CaseResult, Document, Evidence, GateInputs, GateOutcome, QuestionSummary, Unchecked,
};
use ideamine_core::records::{ArtifactRef, FactBody, GateRef, Generator, PhaseStatus, QuestionState};
use ideamine_core::{Ctx, Digest, PhaseId, RunId, Tenant};
use ideamine_gates::{Judged, registry, rerun};
use serde_json::{Value, json};

use ideamine_testkit::Memory;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../fixtures/", $name))
    };
}

const BODIES: [(&str, &str); 12] = [
    ("brief.json", fixture!("brief.json")),
    ("concepts.json", fixture!("concepts.json")),
    ("critique.json", fixture!("critique.json")),
    ("prd.json", fixture!("prd.json")),
    ("business-case.json", fixture!("business-case.json")),
    ("architecture.json", fixture!("architecture.json")),
    ("security.json", fixture!("security.json")),
    ("stories.json", fixture!("stories.json")),
    ("story-ST-1.json", fixture!("story-ST-1.json")),
    ("qa.json", fixture!("qa.json")),
    ("aesthetic.json", fixture!("aesthetic.json")),
    ("release.json", fixture!("release.json")),
];

/// Everything that gates look at.
#[derive(Clone)]
pub(crate) struct Run {
    /// Bodies of the typed documents.
    pub(crate) bodies: BTreeMap<String, Value>,
    /// Other artifacts.
    pub(crate) texts: BTreeMap<String, String>,
    /// The source tree.
    pub(crate) files: BTreeMap<String, String>,
    /// The page that the checks saw.
    pub(crate) page: Option<String>,
    pub(crate) checks: Vec<(String, GateOutcome)>,
    pub(crate) unchecked: Vec<Unchecked>,
    /// How each of the application's own tests ended.
    pub(crate) test: CaseOutcome,
    pub(crate) gates: Vec<(String, GateOutcome)>,
    pub(crate) phases: Vec<(String, PhaseStatus)>,
    pub(crate) questions: Vec<QuestionSummary>,
    pub(crate) generator: Generator,
}

/// A question of the `prd` phase.
pub(crate) fn question(blocking: bool, state: QuestionState) -> QuestionSummary {
    QuestionSummary { id: "prd-Q1".to_owned(), phase: phase("prd"), blocking, state }
}

fn phase(id: &str) -> PhaseId {
    PhaseId::new(id).unwrap()
}

fn owned<T: Copy>(pairs: &[(&str, T)]) -> Vec<(String, T)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}

/// The phase that each gate closes.
fn phase_of(gate: &str) -> PhaseId {
    phase(match gate {
        "idea-quality" => "ideation",
        "prd-completeness" => "prd",
        "business-viability" => "bizdev",
        "architecture-consistency" => "architecture",
        "release-readiness" => "release",
        same => same,
    })
}

impl Run {
    pub(crate) fn good() -> Self {
        let texts = [("openapi.json", fixture!("openapi.json")), ("schema.sql", fixture!("schema.sql"))];
        let files =
            [("app/server.py", fixture!("server.py")), ("tests/test_visits.py", fixture!("test_visits.py"))];
        let pairs =
            |list: &[(&str, &str)]| list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let parsed = |(name, text): &(&str, &str)| ((*name).to_owned(), serde_json::from_str(text).unwrap());
        Self {
            bodies: BODIES.iter().map(parsed).collect(),
            texts: pairs(&texts),
            files: pairs(&files),
            page: Some(fixture!("page.html").to_owned()),
            checks: owned(&[
                ("start", GateOutcome::Pass),
                ("own-tests", GateOutcome::Pass),
                ("held-out", GateOutcome::Pass),
            ]),
            unchecked: Vec::new(),
            test: CaseOutcome::Passed,
            gates: owned(&[
                ("idea-quality", GateOutcome::Pass),
                ("qa", GateOutcome::Concerns),
                ("critique", GateOutcome::Waived),
            ]),
            phases: owned(&[("prd", PhaseStatus::Passed), ("qa", PhaseStatus::Concerns)]),
            questions: vec![question(true, QuestionState::Answered), question(false, QuestionState::Open)],
            generator: Generator::Model,
        }
    }

    /// Sets the value at a JSON pointer of a document's body; the end of a list with `-`.
    pub(crate) fn set(mut self, name: &str, pointer: &str, value: Value) -> Self {
        let body = self.bodies.get_mut(name).unwrap_or_else(|| panic!("no {name}"));
        if let Some(list) = pointer.strip_suffix("/-") {
            body.pointer_mut(list).and_then(Value::as_array_mut).unwrap().push(value);
        } else {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            match body.pointer_mut(parent).unwrap_or_else(|| panic!("{name} has no {parent}")) {
                Value::Object(fields) => {
                    *fields.get_mut(key).unwrap_or_else(|| panic!("{name} has no {pointer}")) = value
                }
                Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
                _ => panic!("{name}{parent} has no parts"),
            }
        }
        self
    }

    /// Replaces words in another artifact or a source file.
    pub(crate) fn edit(mut self, name: &str, old: &str, new: &str) -> Self {
        let text = self
            .texts
            .get_mut(name)
            .or_else(|| self.files.get_mut(name))
            .unwrap_or_else(|| panic!("no {name}"));
        assert!(text.contains(old), "{name} has no `{old}`");
        *text = text.replacen(old, new, 1);
        self
    }

    /// Judges, and proves on the way that the evidence can be judged again to the same.
    pub(crate) async fn judged(&self, gate: &str) -> Evidence {
        let (env, memory) = Memory::env();
        let ctx = Ctx {
            env: env.clone(),
            tenant: Tenant::local(),
            run: RunId::new("run").unwrap(),
            plan: None,
            step: "01-x/a1/gate".to_owned(),
        };
        let inputs = self.stored(&ctx, gate).await;
        let payload =
            json!({ "tenant": "local", "run": "run", "step": "01-x/a1/gate", "input": { "inputs": inputs } });
        let output = registry().invoke(&env, &format!("gate-{gate}"), payload).await.unwrap();
        let judged: Judged = serde_json::from_value(output).unwrap();
        let evidence: Evidence = ctx.get_json(&judged.evidence).await.unwrap();
        assert_eq!((judged.outcome, judged.count), (evidence.outcome, evidence.findings.len()));
        assert_eq!(rerun(&ctx, &evidence).await.unwrap(), evidence);
        let said = |body: &FactBody| matches!(body, FactBody::Gate { gate: id, outcome, evidence, .. } if id == gate && *outcome == judged.outcome && *evidence == judged.evidence);
        assert!(memory.facts().iter().any(|fact| said(&fact.body)), "the gate fact is missing");
        evidence
    }

    async fn stored(&self, ctx: &Ctx, gate: &str) -> Digest {
        let mut artifacts = Vec::new();
        for (name, body) in &self.bodies {
            let document = self.document(name, body);
            artifacts.push(artifact(name, ctx.put_json(&document).await.unwrap()));
        }
        for (name, text) in &self.texts {
            artifacts.push(artifact(name, ctx.put(text.clone().into_bytes()).await.unwrap()));
        }
        artifacts.push(artifact("app.json", self.app(ctx).await));
        let inputs = GateInputs {
            unchecked: self.unchecked.clone(),
            phase: phase_of(gate),
            attempt: 1,
            artifacts,
            checks: self.evidence(ctx).await,
            gates: self
                .gates
                .iter()
                .map(|(id, outcome)| GateRef {
                    id: id.clone(),
                    outcome: *outcome,
                    evidence: Digest::of(b"e"),
                })
                .collect(),
            phases: self.phases.iter().map(|(id, status)| (phase(id), *status)).collect(),
            questions: self.questions.clone(),
            generator: self.generator,
        };
        ctx.put_json(&inputs).await.unwrap()
    }

    /// The stored form holds texts as objects: typed bodies are read and written once.
    fn document(&self, name: &str, body: &Value) -> Value {
        use ideamine_core::artifacts as a;
        fn wrapped<T: serde::de::DeserializeOwned + serde::Serialize>(
            body: &Value,
            generator: Generator,
        ) -> Value {
            let body: T = serde_json::from_value(body.clone()).unwrap_or_else(|e| panic!("{e}: {body}"));
            serde_json::to_value(Document::wrap("x", generator, body).unwrap()).unwrap()
        }
        let by = self.generator;
        match name {
            "brief.json" => wrapped::<a::Brief>(body, by),
            "concepts.json" => wrapped::<a::Concepts>(body, by),
            "critique.json" => wrapped::<a::Critique>(body, by),
            "prd.json" => wrapped::<a::Prd>(body, by),
            "business-case.json" => wrapped::<a::BusinessCase>(body, by),
            "architecture.json" => wrapped::<a::Architecture>(body, by),
            "security.json" => wrapped::<a::SecurityReview>(body, by),
            "stories.json" => wrapped::<a::Stories>(body, by),
            "qa.json" => wrapped::<a::QaPlan>(body, by),
            "aesthetic.json" => wrapped::<a::AestheticReview>(body, by),
            "release.json" => wrapped::<a::Release>(body, by),
            _ => wrapped::<a::StoryResult>(body, by),
        }
    }

    async fn app(&self, ctx: &Ctx) -> Digest {
        let mut files = Vec::new();
        for (path, content) in &self.files {
            let digest = ctx.put(content.clone().into_bytes()).await.unwrap();
            files.push(json!({ "path": path, "digest": digest, "bytes": content.len() }));
        }
        let body = json!({ "summary": "Visits.", "tree": { "files": files }, "start": ["python3", "-m", "app"], "test": ["x"], "serves": {} });
        let app: ideamine_core::artifacts::App = serde_json::from_value(body).unwrap();
        ctx.put_json(&Document::wrap("app", self.generator, app).unwrap()).await.unwrap()
    }

    /// Own tests, one by one.
    fn cases(&self, check: &str) -> Vec<CaseResult> {
        let case = |name: &&str| CaseResult { name: (*name).to_owned(), outcome: self.test };
        let tests = ["tests.test_visits.TestVisits.test_plan", "tests.test_visits.TestVisits.test_day"];
        tests.iter().filter(|_| check == "own-tests").map(case).collect()
    }

    async fn evidence(&self, ctx: &Ctx) -> Vec<Digest> {
        let mut checks = Vec::new();
        for (name, outcome) in &self.checks {
            let mut inputs = Vec::new();
            if let Some(page) = &self.page {
                inputs.push(("page:/".to_owned(), ctx.put(page.clone().into_bytes()).await.unwrap()));
            }
            let evidence = Evidence {
                what: format!("check:{name}"),
                tool: "bubblewrap 0.8.0".to_owned(),
                outcome: *outcome,
                measures: Vec::new(),
                findings: Vec::new(),
                cases: self.cases(name),
                inputs,
                raw: String::new(),
                again: Vec::new(),
            };
            checks.push(ctx.put_json(&evidence).await.unwrap());
        }
        checks
    }
}

fn artifact(name: &str, digest: Digest) -> ArtifactRef {
    ArtifactRef { name: name.to_owned(), digest, media_type: "application/json".to_owned(), bytes: 1 }
}
