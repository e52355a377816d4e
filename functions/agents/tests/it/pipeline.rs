//! All phases in order, composed: what a run does, without the run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ideamine_agents::typed::{Body, Typed};
use ideamine_agents::{
    aesthetic, architecture, beta, bizdev, build, critique, generic, ideation, intake, prd, qa, release,
    security, story, story_loop,
};
use ideamine_authoring::{Agent, Finish, Work, aggregate};
use ideamine_core::artifacts::{App, Document, Stories};
use ideamine_core::ports::SourceFile;
use ideamine_core::records::{FanOutMode, PhaseConfig};

/// Phases in a topological order.
pub(crate) const ORDER: [&str; 13] = [
    "intake",
    "ideation",
    "critique",
    "prd",
    "bizdev",
    "architecture",
    "build",
    "security",
    "story-loop",
    "qa",
    "aesthetic",
    "release",
    "beta",
];

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn config(phase: &str) -> PhaseConfig {
    let path = root().join(format!("statemachines/phases/{phase}.yaml"));
    serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub(crate) fn agent(name: &str) -> Box<dyn Agent> {
    fn typed<B: Body>(body: B) -> Box<dyn Agent> {
        Box::new(Typed(body))
    }
    match name {
        "intake" => typed(intake::Intake),
        "ideation" => typed(ideation::Ideation),
        "critique" => typed(critique::Critic),
        "prd" => typed(prd::PrdWriter),
        "bizdev" => typed(bizdev::BizDev),
        "architecture" => typed(architecture::Architect),
        "build" => typed(build::Build),
        "security" => typed(security::Security),
        "story-loop" => typed(story_loop::StoryCutter),
        "story" => typed(story::StoryCoder),
        "qa" => typed(qa::Qa),
        "aesthetic" => typed(aesthetic::Aesthetic),
        "release" => typed(release::Releaser),
        "beta" => typed(beta::Beta),
        "generic" => Box::new(generic::Generic),
        other => panic!("there is no agent {other}"),
    }
}

pub(crate) fn work(phase: PhaseConfig, idea: &str) -> Work {
    Work {
        label: format!("{}/a1/b00", phase.id),
        phase,
        model: "composer".to_owned(),
        idea: idea.to_owned(),
        role: None,
        attempt: 1,
        findings: vec![],
        inputs: BTreeMap::new(),
        before: None,
        knowledge: vec![],
        story: None,
        files: vec![],
        question: None,
        seed: 7,
    }
}

/// Every artifact of a composed run, by name; each phase's answers are checked on the way.
pub(crate) fn compose(idea: &str) -> BTreeMap<String, String> {
    let mut artifacts = BTreeMap::new();
    for phase in ORDER {
        let config = config(phase);
        let agent = agent(&config.agent);
        let finish = phase_of(agent.as_ref(), &given(&config, idea, &artifacts));
        keep(&mut artifacts, finish);
        if config.stories {
            stories(&config, idea, &mut artifacts);
        }
    }
    artifacts
}

fn keep(artifacts: &mut BTreeMap<String, String>, finish: Finish) {
    for artifact in finish.artifacts {
        artifacts.insert(artifact.name, String::from_utf8(artifact.bytes).unwrap());
    }
}

/// The work of a phase with what came before it.
fn given(config: &PhaseConfig, idea: &str, artifacts: &BTreeMap<String, String>) -> Work {
    let mut work = work(config.clone(), idea);
    let read = config.inputs.iter().filter_map(|name| Some((name.clone(), artifacts.get(name)?.clone())));
    work.inputs = read.collect();
    if let Some(app) = work.inputs.get("app.json") {
        let app: Document<App> = serde_json::from_str(app).unwrap();
        let file = |path: String| SourceFile { content: artifacts[&format!("app/{path}")].clone(), path };
        work.files = app.body.tree.files.into_iter().map(|f| file(f.path)).collect();
    }
    work
}

fn phase_of(agent: &dyn Agent, work: &Work) -> Finish {
    let fan_out = &work.phase.fan_out;
    let mut answers = Vec::new();
    for index in 0..work.phase.branch_count() {
        let mut work = work.clone();
        work.role = fan_out.branches.get(index).cloned();
        work.before = answers.last().cloned().filter(|_| fan_out.mode == FanOutMode::Iterative);
        let answer = agent.compose(&work).unwrap();
        let problems = agent.check(&work, &answer);
        assert!(problems.is_empty(), "{}: {problems:#?}", work.label);
        answers.push(answer);
    }
    if fan_out.mode == FanOutMode::Iterative {
        answers = answers.split_off(answers.len() - 1);
    }
    let answer = aggregate(&answers, &work.phase.aggregation).unwrap();
    let problems = agent.check(work, &answer);
    assert!(problems.is_empty(), "{}, joined: {problems:#?}", work.label);
    agent.finish(work, answer).unwrap()
}

fn stories(config: &PhaseConfig, idea: &str, artifacts: &mut BTreeMap<String, String>) {
    let stories: Document<Stories> = serde_json::from_str(&artifacts["stories.json"]).unwrap();
    for story in stories.body.stories.into_iter().filter(|s| s.coded) {
        let mut work = given(config, idea, artifacts);
        work.story = Some(story);
        work.phase.fan_out = ideamine_core::records::FanOut::default();
        keep(artifacts, phase_of(agent("story").as_ref(), &work));
    }
}
