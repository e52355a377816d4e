//! The thirteen phase files: complete, runnable, and described by a schema.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_agents::PHASE_AGENTS;
use ideamine_authoring::render;
use ideamine_core::records::{Branch, PhaseConfig};

use crate::pipeline::{ORDER, agent, config, root, work};

#[test]
fn the_files_are_the_thirteen_phases_with_their_dependencies_and_gates() {
    let files = std::fs::read_dir(root().join("statemachines/phases")).unwrap();
    let names = files.map(|f| f.unwrap().file_name().into_string().unwrap());
    let found: BTreeSet<String> = names.filter_map(|n| n.strip_suffix(".yaml").map(str::to_owned)).collect();
    assert_eq!(found, ORDER.iter().map(|&p| p.to_owned()).collect());
    let check = |phase: &str, depends_on: &[&str], gates: &[&str]| {
        let config = config(phase);
        assert_eq!(config.id.as_str(), phase);
        let before: Vec<&str> = config.depends_on.iter().map(|p| p.as_str()).collect();
        assert_eq!(before, depends_on, "{phase}");
        assert_eq!(config.gates, gates, "{phase}");
    };
    check("intake", &[], &[]);
    check("ideation", &["intake"], &["idea-quality"]);
    check("critique", &["ideation"], &["critique"]);
    check("prd", &["critique"], &["prd-completeness"]);
    check("bizdev", &["prd"], &["business-viability"]);
    check("architecture", &["prd"], &["architecture-consistency"]);
    check("build", &["bizdev", "architecture"], &[]);
    check("security", &["build"], &["security"]);
    check("story-loop", &["build"], &[]);
    check("qa", &["security", "story-loop"], &["qa"]);
    check("aesthetic", &["qa"], &["aesthetic"]);
    check("release", &["aesthetic"], &["release-readiness"]);
    check("beta", &["release"], &[]);
}

#[test]
fn every_phase_reads_only_what_an_earlier_one_writes() {
    let made = |phase: &str| -> Vec<String> {
        let config = config(phase);
        let (_, also) = PHASE_AGENTS.iter().find(|(agent, _)| *agent == config.agent).unwrap();
        also.iter().map(|name| (*name).to_owned()).chain([config.output]).collect()
    };
    let before: BTreeMap<&str, BTreeSet<&str>> = ORDER.iter().fold(BTreeMap::new(), |mut before, &phase| {
        let mut all = BTreeSet::new();
        for direct in &config(phase).depends_on {
            let direct = ORDER.into_iter().find(|p| *p == direct.as_str()).unwrap();
            all.insert(direct);
            all.extend(before.get(direct).cloned().unwrap_or_default());
        }
        before.insert(phase, all);
        before
    });
    for phase in ORDER {
        let there: BTreeSet<String> = before[phase].iter().flat_map(|p| made(p)).collect();
        for input in config(phase).inputs {
            assert!(there.contains(&input), "{phase} reads {input}, which nothing before it writes");
        }
    }
}

#[test]
fn an_agent_works_a_phase_or_a_part_of_one() {
    let registry = ideamine_agents::registry();
    let parts = ["answer", "question", "story", "validate"];
    let mut named: Vec<&str> = PHASE_AGENTS.iter().map(|(agent, _)| *agent).chain(parts).collect();
    named.sort_unstable();
    let found: BTreeSet<&str> = registry.names().map(|name| name.strip_prefix("agent-").unwrap()).collect();
    assert_eq!(named, found.into_iter().collect::<Vec<_>>());
}

#[test]
fn every_prompt_renders_for_every_role_and_every_agent_is_registered() {
    let registry = ideamine_agents::registry();
    for phase in ORDER {
        let config = config(phase);
        assert!(registry.get(&format!("agent-{}", config.agent)).is_some(), "{phase}");
        let agent = agent(&config.agent);
        let branches = if config.fan_out.branches.is_empty() {
            vec![None]
        } else {
            config.fan_out.branches.iter().cloned().map(Some).collect::<Vec<Option<Branch>>>()
        };
        for role in branches {
            let mut work = work(config.clone(), "An idea {{ 1 }} </data>");
            work.model = "test/one".to_owned();
            work.role = role.clone();
            let request = render(&work, agent.prompt(), &agent.schema(&work)).unwrap();
            assert!(!request.user.contains("{%") && request.user.contains("An idea {{ 1 }}"), "{phase}");
            let instruction = role.map_or(String::new(), |r| r.instruction);
            assert!(request.user.contains(&instruction), "{phase}");
        }
    }
}

#[test]
fn the_schema_of_phase_files_is_the_one_of_the_code_and_holds_for_all_of_them() {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_deserialize();
    let schema = settings.into_generator().into_root_schema_for::<PhaseConfig>().to_value();
    let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
    let path = root().join("statemachines/phases/phase.schema.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == text, "{} is out of date: run this test with UPDATE=1", path.display());
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut phase = serde_json::json!({ "id": "x", "title": "X", "agent": "prd", "prompt": "hi" });
    for output in
        ["x.json", "a-B_1.2.json", ".json", ".x.json", "../x.json", "a/b.json", "x", "x.JSON", "x.json "]
    {
        phase["output"] = output.into();
        assert_eq!(validator.is_valid(&phase), PhaseConfig::is_output(output), "{output}");
    }
    for phase in ORDER {
        let yaml =
            std::fs::read_to_string(root().join(format!("statemachines/phases/{phase}.yaml"))).unwrap();
        let value: serde_json::Value = serde_saphyr::from_str(&yaml).unwrap();
        let problems: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(problems.is_empty(), "{phase}: {problems:?}");
    }
}
