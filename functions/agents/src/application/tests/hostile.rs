//! Names and texts made to break out of whatever they are put in.

use ideamine_core::Text;
use ideamine_core::artifacts::{Architecture, FieldKind};
use proptest::prelude::*;

use super::samples::{architecture, asks, entity, field, prd, story};
use super::tree::{Tree, apply, bare, files, has_python, python, said, write};
use crate::application::{diagrams, openapi, skeleton, sql, story_code};

const NASTY: &[&str] = &[
    "\"\"\"\nimport os\n\"\"\"",
    "'; DROP TABLE x; --",
    "</title><script>alert(1)</script>",
    "\\\" + __import__('os').name + \\\"",
    "{summary} {name} {questions}",
    "]]>\u{2028}end\u{202e}\u{0}",
    "%%{init: {\"theme\": \"x\"}}%%\nend\nclick a href \"javascript:x\"",
    "class",
    "../../etc/passwd",
    "`x` # y\n# z",
    "😀 ünï",
];

/// Every name and text of the sample becomes a nasty one, rotated so that each stands everywhere once.
fn nasty(turn: usize) -> Architecture {
    let text = |at: usize| NASTY[(turn + at) % NASTY.len()];
    let mut made = architecture(vec![
        entity(text(0), vec![field(text(1), FieldKind::Text, true), field(text(2), FieldKind::Date, false)]),
        entity(text(3), vec![field(text(4), FieldKind::Reference(text(0).to_owned()), true)]),
        // The same name twice.
        entity(text(0), vec![field("id", FieldKind::Integer, true), field("id", FieldKind::Boolean, true)]),
    ]);
    for (at, entity) in made.entities.iter_mut().enumerate() {
        entity.description = Text::model(text(at + 5));
        entity.fields.iter_mut().for_each(|field| field.reason = Text::model(text(at + 6)));
    }
    made.system = Text::model(text(7));
    made.people[0].name = text(8).to_owned();
    made.relations[0].from = text(8).to_owned();
    made.sequence[0].message = Text::model(text(9));
    made.endpoints.iter_mut().for_each(|endpoint| endpoint.summary = Text::model(text(10)));
    made.endpoints[0].serves.push("FR-1\"\"\"".to_owned());
    made
}

fn tree_of(architecture: &Architecture, words: &str) -> Tree {
    let mut requirements = prd();
    requirements.summary = Text::model(words);
    requirements.questions[0].text = words.to_owned();
    requirements.requirements[0].statement = Text::model(words);
    let mut tree = bare(architecture);
    tree.extend(
        skeleton(architecture, &requirements, 1).files.into_iter().map(|file| (file.path, file.content)),
    );
    for number in 1..=3 {
        let story = story(number, "to keep records");
        if let Some(answer) = story_code(architecture, &story, &asks(architecture), &files(&tree)) {
            apply(&mut tree, answer);
        }
    }
    tree
}

#[test]
fn nasty_words_are_data_in_every_language() {
    if !has_python() {
        return;
    }
    for (turn, words) in NASTY.iter().enumerate() {
        let architecture = nasty(turn);
        let folder = tempfile::tempdir().unwrap();
        write(&tree_of(&architecture, words), folder.path());
        let script = "import sqlite3, sys; sqlite3.connect(':memory:').executescript(sys.argv[1])";
        let loaded = python(folder.path(), &["-c", script, &sql(&architecture)]);
        assert_eq!(said(&loaded), "", "{turn}");
        let tests = python(folder.path(), &["-m", "unittest", "discover", "-s", "tests", "-t", "."]);
        assert!(tests.status.success(), "{turn}: {}", said(&tests));
    }
}

#[test]
fn paths_of_generated_files_stay_inside_the_tree() {
    for (turn, words) in NASTY.iter().enumerate() {
        for path in tree_of(&nasty(turn), words).keys() {
            let plain = |part: &str| {
                !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "._".contains(c))
            };
            assert!(path.split('/').all(|part| plain(part) && part != ".."), "{path}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_words_leave_the_shape_of_the_documents(words in proptest::collection::vec("(?s).{0,40}", 6)) {
        let mut made = architecture(vec![
            entity(&words[0], vec![field(&words[1], FieldKind::Text, true)]),
            entity(&words[2], vec![field(&words[3], FieldKind::Reference(words[0].clone()), true)]),
        ]);
        made.system = Text::model(words[4].clone());
        made.sequence[0].message = Text::model(words[5].clone());
        let (context, sequence) = diagrams(&made);
        // One line for each thing that is drawn, whatever it is called.
        prop_assert_eq!(context.lines().count(), 7);
        prop_assert!(sequence.lines().count() >= 6 && sequence.lines().count() <= 8);
        let document = openapi(&made, &words[4]);
        let ids = document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
        prop_assert!(ids.map(|op| op["operationId"].as_str().unwrap()).all(|id| id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')));
        for line in sql(&made).lines().filter(|line| line.starts_with("CREATE")) {
            prop_assert!(line.is_ascii() && line.split(' ').nth(2).is_some_and(|name| !name.is_empty()));
        }
        prop_assert_eq!(tree_of(&made, &words[5]), tree_of(&made, &words[5]));
    }
}
