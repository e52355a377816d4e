//! The thirteen phase agents, and question, answer, validate.
//!
//! Each agent answers by rules ([`composer`]) or lets a model answer; what becomes of the answer is the same.
//! The typed documents they write are in `ideamine_core::artifacts`.
//!
//! | agent | writes |
//! |---|---|
//! | `agent-intake` | `brief.json` |
//! | `agent-ideation` | `concepts.json`, and `brief.json` anew when a person answered questions about it |
//! | `agent-critique` | `critique.json` |
//! | `agent-prd` | `prd.json` |
//! | `agent-bizdev` | `business-case.json` |
//! | `agent-architecture` | `architecture.json`, `context.mmd`, `sequence.mmd`, `openapi.json`, `schema.sql` |
//! | `agent-build` | `app.json` and the files it lists |
//! | `agent-security` | `security.json` |
//! | `agent-story-loop` | `stories.json` |
//! | `agent-story` | `story-ST-1.json` …, `app.json` and the files it lists |
//! | `agent-qa` | `qa.json` |
//! | `agent-aesthetic` | `aesthetic.json` |
//! | `agent-release` | `release.json` |
//! | `agent-beta` | `beta.json` |
//! | `agent-generic` | whatever its phase's schema says |
//! | `agent-question`, `agent-answer`, `agent-validate` | no artifact: their answers are read by the clarification loop |

pub mod application;
pub mod composer;

pub mod aesthetic;
pub mod answer;
pub mod architecture;
pub mod beta;
pub mod bizdev;
pub mod build;
pub mod critique;
pub mod drafts;
pub mod generic;
pub mod ideation;
pub mod intake;
pub mod prd;
pub mod qa;
pub mod question;
mod records;
pub mod release;
pub mod security;
mod shape;
pub mod story;
pub mod story_loop;
pub mod trace;
mod tree;
pub mod typed;
pub mod validate;

use ideamine_authoring::{Agent, AgentFunction};
use ideamine_core::Registry;
use typed::Typed;

/// Agents that work a phase, each with the artifacts of fixed name that it writes besides the phase's output. The
/// others answer for a part of a phase: a story, a question.
pub const PHASE_AGENTS: &[(&str, &[&str])] = &[
    ("aesthetic", &[]),
    ("architecture", &["context.mmd", "sequence.mmd", "openapi.json", "schema.sql"]),
    ("beta", &[]),
    ("bizdev", &[]),
    ("build", &[]),
    ("critique", &[]),
    ("generic", &[]),
    ("ideation", &["brief.json"]),
    ("intake", &[]),
    ("prd", &[]),
    ("qa", &[]),
    ("release", &[]),
    ("security", &[]),
    ("story-loop", &["app.json"]),
];

/// Every agent as a function, by name.
pub fn registry() -> Registry {
    let registry = add(Registry::default(), Typed(intake::Intake));
    let registry = add(registry, Typed(ideation::Ideation));
    let registry = add(registry, Typed(critique::Critic));
    let registry = add(registry, Typed(prd::PrdWriter));
    let registry = add(registry, Typed(bizdev::BizDev));
    let registry = add(registry, Typed(architecture::Architect));
    let registry = add(registry, Typed(build::Build));
    let registry = add(registry, Typed(security::Security));
    let registry = add(registry, Typed(story_loop::StoryCutter));
    let registry = add(registry, Typed(story::StoryCoder));
    let registry = add(registry, Typed(qa::Qa));
    let registry = add(registry, Typed(aesthetic::Aesthetic));
    let registry = add(registry, Typed(release::Releaser));
    let registry = add(registry, Typed(beta::Beta));
    let registry = add(registry, generic::Generic);
    let registry = add(registry, Typed(question::Questioner));
    let registry = add(registry, Typed(answer::Answerer));
    add(registry, Typed(validate::Validator))
}

fn add<A: Agent>(registry: Registry, agent: A) -> Registry {
    let name = agent.name();
    registry.with_named(&name, AgentFunction(agent))
}
