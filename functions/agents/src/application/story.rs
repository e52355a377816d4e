//! Code for a story that is about the records of an entity: whole files, made from the plan.
//!
//! What is written depends on the architecture and on what the requirements ask of records; the story only says which
//! records. So stories may come in any order, and again: the tree they leave is the same.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::Text;
use ideamine_core::artifacts::{Architecture, Story, StoryAnswer};
use ideamine_core::ports::SourceFile;

use super::HEADER;
use super::escape::one_line;
use super::names::identifier;
use super::plan::{Plan, Resource};
use super::python::{RESOURCES, module, module_path, modules_in, registration, verb};
use super::python_tests::{TestModule, test_module};
use crate::composer::inflection::plural;
use crate::records::Ask;

/// Words for what can be done with records, in the forms in which stories use them.
const RECORD_WORDS: &str = "
    add browse change correct create delete edit enter find keep kept list log look maintain manage
    note read record register remove save see seen show shown store track update view write written
";
/// Words for what records alone cannot do: a story with one of these needs more than these rules.
const OTHER_WORDS: &str = "
    alert analyse analyze calculate charge chat compare compute convert detect download encrypt
    export forecast generate import integrate invite measure notify optimise optimize paid pay
    photograph predict print recognise recognize recommend remind scan search send sent stream
    suggest sync synchronise synchronize translate upload verify warn
";

/// Whether `story_code` can write code for a story.
pub(crate) fn can_code(architecture: &Architecture, story: &Story) -> bool {
    !subjects(&Plan::of(architecture), story).is_empty()
}

/// Code and tests for a story about records; `asks` is what all requirements ask of records, `files` the application's
/// tree so far. A requirement is said to be shown by the tests that were written for it alone.
///
/// `None` when the story asks for more than keeping records, names no entity with an interface, or
/// the tree is not one that [`super::skeleton`] made.
pub(crate) fn story_code(
    architecture: &Architecture,
    story: &Story,
    asks: &[Ask],
    files: &[SourceFile],
) -> Option<StoryAnswer> {
    let plan = Plan::of(architecture);
    let subjects = subjects(&plan, story);
    if subjects.is_empty() || !is_ours(files) {
        return None;
    }
    let tests: Vec<TestModule> = subjects.iter().map(|index| test_module(&plan, *index, asks)).collect();
    let shown = shown(story, &tests);
    Some(StoryAnswer {
        summary: Text::rule(summary(&plan, &subjects), "app/records"),
        files: changed_files(&plan, &subjects, files, tests),
        removed: Vec::new(),
        tests: shown,
    })
}

/// The resources that a story is about.
fn subjects(plan: &Plan, story: &Story) -> BTreeSet<usize> {
    let words = words(&format!("{} {}", story.title.text, story.i_want.text));
    // `message` or `scan` may be what is kept: a word of an entity's name says nothing about what is done.
    let names = entity_words(plan);
    let deeds: Vec<String> = words.iter().filter(|word| !names.contains(*word)).cloned().collect();
    if OTHER_WORDS.split_whitespace().any(|word| has_form_of(&deeds, word)) {
        return BTreeSet::new();
    }
    let served = |resource: &Resource| {
        !resource.operations.is_empty() && story.implements.iter().any(|id| serves(resource, id))
    };
    let by_requirement: BTreeSet<usize> = indices(plan, served);
    if !by_requirement.is_empty() || !RECORD_WORDS.split_whitespace().any(|word| has_form_of(&deeds, word)) {
        return by_requirement;
    }
    indices(plan, |resource| !resource.operations.is_empty() && is_named(&words, resource))
}

/// The words of all entity names, singular and plural.
fn entity_words(plan: &Plan) -> BTreeSet<String> {
    let both = |word: &str| [word.to_owned(), plural(word)];
    let identifiers = plan.resources.iter().map(|resource| identifier(&resource.entity));
    identifiers.flat_map(|name| name.split('_').flat_map(both).collect::<Vec<_>>()).collect()
}

fn indices(plan: &Plan, holds: impl Fn(&Resource) -> bool) -> BTreeSet<usize> {
    plan.resources
        .iter()
        .enumerate()
        .filter(|(_, resource)| holds(resource))
        .map(|(index, _)| index)
        .collect()
}

fn serves(resource: &Resource, id: &str) -> bool {
    resource.operations.values().any(|served| served.serves.contains(id))
}

/// Lower-case words of letters and digits.
fn words(text: &str) -> Vec<String> {
    let lower = one_line(text).to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether `add`, `adds`, `added` or `adding` is among the words.
fn has_form_of(words: &[String], verb: &str) -> bool {
    let stem = verb.strip_suffix('e').unwrap_or(verb);
    let stem_y = verb.strip_suffix('y');
    let doubled = verb.chars().last().map(|last| format!("{verb}{last}"));
    let is_form = |word: &str| {
        word == verb
            || ["s", "es", "ed", "ing", "d", "er", "ers"]
                .iter()
                .any(|end| word.strip_suffix(end) == Some(verb))
            || ["ed", "ing", "es", "ation"].iter().any(|end| word.strip_suffix(end) == Some(stem))
            || ["ed", "ing", "er"]
                .iter()
                .any(|end| doubled.is_some() && word.strip_suffix(end) == doubled.as_deref())
            || stem_y
                .is_some_and(|stem| ["ies", "ied"].iter().any(|end| word.strip_suffix(end) == Some(stem)))
    };
    words.iter().any(|word| is_form(word))
}

/// Whether the words name the entity, in singular or plural.
fn is_named(words: &[String], resource: &Resource) -> bool {
    let name = identifier(&resource.entity);
    let found = |name: &str| {
        let parts: Vec<&str> = name.split('_').collect();
        words.windows(parts.len()).any(|window| window.iter().eq(parts.iter()))
    };
    found(&name) || found(&plural(&name))
}

fn is_ours(files: &[SourceFile]) -> bool {
    let registration = format!("{RESOURCES}__init__.py");
    files.iter().any(|file| file.path == registration && file.content.starts_with(&format!("# {HEADER}\n")))
}

fn changed_files(
    plan: &Plan,
    subjects: &BTreeSet<usize>,
    files: &[SourceFile],
    tests: Vec<TestModule>,
) -> Vec<SourceFile> {
    // A table needs the tables that it refers to.
    let needed: BTreeSet<usize> = subjects.iter().flat_map(|index| plan.with_references(*index)).collect();
    let file = |path: String, content: String| SourceFile { path, content };
    let mut changed: Vec<SourceFile> =
        needed.iter().map(|index| file(module_path(&plan.resources[*index]), module(plan, *index))).collect();
    let paths = files.iter().chain(&changed).map(|file| file.path.as_str());
    let listed = registration(modules_in(paths).into_iter());
    changed.push(file(format!("{RESOURCES}__init__.py"), listed));
    changed.extend(tests.into_iter().map(|test| file(test.path, test.source)));
    changed.sort_by(|a, b| a.path.cmp(&b.path));
    changed
}

/// Tests by requirement, of those that the story implements.
fn shown(story: &Story, tests: &[TestModule]) -> BTreeMap<String, Vec<String>> {
    let mut shown: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, names) in
        tests.iter().flat_map(|module| &module.tests).filter(|(id, _)| story.implements.contains(id))
    {
        shown.entry(id.clone()).or_default().extend(names.iter().cloned());
    }
    shown
}

fn summary(plan: &Plan, subjects: &BTreeSet<usize>) -> String {
    let of_resource = |index: &usize| {
        let resource = &plan.resources[*index];
        let verbs: Vec<&str> = resource.operations.keys().map(|operation| verb(*operation)).collect();
        format!("records of {} can be {}", resource.name, verbs.join(", "))
    };
    let parts: Vec<String> = subjects.iter().map(of_resource).collect();
    format!("Composed by rules: {}, over the JSON interface and on the page.", parts.join("; "))
}
