//! `agent-story-loop`: cuts the requirements into stories; each is coded and tested in turn afterwards.
//!
//! | rule | what |
//! |---|---|
//! | `stories/records` | requirements that rules can code, together for each kind of record |
//! | `stories/open` | every other functional requirement is a story that stays open |

use std::collections::BTreeSet;

use ideamine_authoring::check::unknown;
use ideamine_authoring::{Problem, Work};
use ideamine_core::artifacts::{Architecture, Brief, OpenQuestion, Requirement, Stories, Story, assign_ids};
use ideamine_core::{Failure, Origin, Text};

use crate::application;
use crate::drafts::{brief, design, requirements};
use crate::shape::{about, clip, keeps_records, of_prefix, requirement_ids};
use crate::trace::{Pair, each};
use crate::typed::Body;

/// Most stories; the machine works at most forty.
pub const STORIES_MAX: usize = 40;

/// The story cutter.
pub struct StoryCutter;

impl Body for StoryCutter {
    type Answer = Stories;
    const NAME: &'static str = "agent-story-loop";
    const FORM: &'static str = "stories";

    fn compose(&self, work: &Work) -> Result<Stories, Failure> {
        Ok(stories_of(work))
    }
    fn check(&self, work: &Work, stories: &Stories) -> Vec<Problem> {
        let ids = requirement_ids(&requirements(work));
        let mut problems = Vec::new();
        for (index, story) in stories.stories.iter().enumerate() {
            let place = format!("/stories/{index}/implements");
            problems.extend(unknown(&place, "requirement", story.implements.iter(), &ids));
            if story.implements.is_empty() {
                problems.push(Problem::new(place, "untraced", "a story implements at least one requirement"));
            }
        }
        if stories.stories.len() > STORIES_MAX {
            problems.push(Problem::new("/stories", "too-many", format!("at most {STORIES_MAX} stories")));
        }
        problems
    }
    fn number(stories: &mut Stories) {
        assign_ids("ST", stories.stories.iter_mut().map(|s| &mut s.id));
    }
    fn traces(stories: &Stories) -> Vec<Pair> {
        stories.stories.iter().flat_map(|s| each(&s.id, &s.implements)).collect()
    }
    fn questions(stories: &mut Stories) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut stories.questions)
    }
}

fn stories_of(work: &Work) -> Stories {
    let (brief, prd, design) = (brief(work), requirements(work), design(work));
    let functional: Vec<&Requirement> = of_prefix(&prd, "FR").collect();
    let mut done = BTreeSet::new();
    let mut stories = Vec::new();
    for entity in &design.entities {
        let kept = |r: &&&Requirement| keeps_records(r) && about(&brief, r, &entity.name);
        let kept: Vec<&Requirement> = functional.iter().filter(kept).copied().collect();
        if let Some(records) = records(&brief, &design, &entity.name, &kept) {
            done.extend(records.implements.iter().cloned());
            stories.push(records);
        }
    }
    let left = functional.iter().filter(|r| !done.contains(&r.id));
    let open = left.map(|r| story(&brief, r, Text::rule(title(r), "stories/open"), false));
    stories.extend(open);
    stories.truncate(STORIES_MAX);
    Stories { stories, questions: Vec::new() }
}

/// The story that keeps one kind of record, when rules can code it.
fn records(brief: &Brief, design: &Architecture, entity: &str, group: &[&Requirement]) -> Option<Story> {
    let words = entity.replace('_', " ");
    let title = Text::rule(format!("Keep the records: {words}"), "stories/records");
    let wanted = format!("to enter, see, change and remove records of the kind: {words}");
    let mut story = story(brief, group.first()?, title, true);
    story.i_want = Text::rule(wanted, "stories/records");
    story.implements = group.iter().map(|r| r.id.clone()).collect();
    story.acceptance = group.iter().flat_map(|r| r.acceptance.clone()).collect();
    application::can_code(design, &story).then_some(story)
}

fn title(requirement: &Requirement) -> String {
    let words: Vec<&str> = requirement.statement.text.split_whitespace().collect();
    let shown = words.iter().take(7).copied().collect::<Vec<_>>().join(" ");
    if words.len() > 7 { format!("{shown} …") } else { shown }
}

fn story(brief: &Brief, requirement: &Requirement, title: Text, coded: bool) -> Story {
    let need = brief.needs.iter().find(|n| requirement.serves.contains(&n.id));
    let actor = need.and_then(|n| n.actor.as_ref());
    let named = actor.and_then(|name| brief.actors.iter().find(|a| a.name.text == *name));
    Story {
        id: String::new(),
        title,
        as_a: named.map_or_else(|| Text::missing("who wants it"), |a| a.name.clone()),
        i_want: requirement.statement.clone(),
        so_that: purpose(&requirement.statement),
        implements: vec![requirement.id.clone()],
        acceptance: requirement.acceptance.clone(),
        coded,
    }
}

/// What stands after "so that", as a quote of its own.
fn purpose(statement: &Text) -> Text {
    const LEAD: &str = "so that ";
    let found = statement.text.find(LEAD).map(|at| at + LEAD.len());
    match (found, &statement.origin) {
        (Some(at), Origin::Quote { start, end }) => {
            Text::quote(&statement.text[at..], *start as usize + at, *end as usize)
        }
        (Some(at), _) => {
            Text { text: clip(&Text::template(&statement.text[at..])), origin: statement.origin.clone() }
        }
        (None, _) => Text::missing("what for"),
    }
}
