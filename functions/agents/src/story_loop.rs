//! `agent-story-loop`: cuts the requirements into stories; each is coded and tested in turn afterwards.
//!
//! | rule | what |
//! |---|---|
//! | `stories/records` | for each kind of record, what the requirements ask of it: rules can code that |
//! | `stories/open` | a requirement that asks for more than records is a story that stays open |

use std::collections::BTreeSet;

use ideamine_authoring::check::unknown;
use ideamine_authoring::{Problem, Work};
use ideamine_core::artifacts::{Architecture, Brief, OpenQuestion, Requirement, Stories, Story, assign_ids};
use ideamine_core::{Failure, Origin, Text};

use crate::application;
use crate::composer::parts::parts;
use crate::composer::span::Span;
use crate::drafts::{brief, design, requirements};
use crate::records::{Ask, asked};
use crate::shape::{about, clip, of_prefix, parsed, requirement_ids};
use crate::trace::{Pair, each};
use crate::typed::Body;

/// Most stories; the machine works at most forty.
pub const STORIES_MAX: usize = 40;

/// Fewest and most words of a title.
const TITLE_WORDS_MIN: usize = 3;
const TITLE_WORDS_MAX: usize = 10;

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
    let asks = asked(&brief, &prd);
    let functional: Vec<&Requirement> = of_prefix(&prd, "FR").collect();
    let mut begun = BTreeSet::new();
    let mut stories = Vec::new();
    for entity in &design.entities {
        let of: Vec<&Ask> = asks.iter().filter(|ask| ask.entity == entity.name).collect();
        let asks_for = |r: &&&Requirement| of.iter().any(|ask| ask.requirement == r.id);
        let mut group: Vec<&Requirement> = functional.iter().filter(asks_for).copied().collect();
        if group.is_empty() {
            let speaks = |r: &&&Requirement| about(&brief, r, &entity.name);
            group = functional.iter().filter(speaks).copied().collect();
        }
        if let Some(records) = records(&brief, &design, &entity.name, &group, &of) {
            begun.extend(records.implements.iter().cloned());
            stories.push(records);
        }
    }
    let shown: BTreeSet<&str> = asks.iter().filter(|a| a.shown).map(|a| a.requirement.as_str()).collect();
    let whole = |r: &Requirement| begun.contains(&r.id) && shown.contains(r.id.as_str());
    let open = functional.iter().filter(|r| !whole(r)).map(|r| {
        let lead = if begun.contains(&r.id) { "Beyond the records: " } else { "" };
        let title = heading(&format!("{lead}{}", title(r)));
        story(&brief, r, Text::rule(title, "stories/open"), false)
    });
    stories.extend(open);
    stories.truncate(STORIES_MAX);
    Stories { stories, questions: Vec::new() }
}

/// The story that keeps one kind of record, when rules can code it. What is to be seen stands in it only for those
/// requirements that records wholly fulfil.
fn records(
    brief: &Brief,
    design: &Architecture,
    entity: &str,
    group: &[&Requirement],
    asks: &[&Ask],
) -> Option<Story> {
    let words = entity.replace('_', " ");
    let title = Text::rule(format!("Keep the records: {words}"), "stories/records");
    let wanted = format!("to enter, see and keep records of the kind: {words}");
    let mut story = story(brief, group.first()?, title, true);
    story.i_want = Text::rule(wanted, "stories/records");
    story.implements = group.iter().map(|r| r.id.clone()).collect();
    let shown = |r: &&&Requirement| asks.iter().any(|ask| ask.shown && ask.requirement == r.id);
    story.acceptance = group.iter().filter(shown).flat_map(|r| r.acceptance.clone()).collect();
    application::can_code(design, &story).then_some(story)
}

/// What is done, in the words of the requirement: "Reserves an item for up to 7 days". What is done to something, or
/// said in too few words, keeps its whole sentence.
fn title(requirement: &Requirement) -> String {
    let statement = &requirement.statement.text;
    let parts = parsed(&requirement.statement).first().and_then(|clause| parts(&clause.tokens));
    let done = parts.and_then(|parts| {
        let deed = parts.deed().filter(|deed| !deed.passive)?;
        let span = Span::new(deed.action.start, parts.core.end.max(deed.action.end));
        Some(span.of(statement)).filter(|said| said.split_whitespace().count() >= TITLE_WORDS_MIN)
    });
    let words: Vec<&str> = done.unwrap_or(statement).split_whitespace().collect();
    let shown = words.iter().take(TITLE_WORDS_MAX).copied().collect::<Vec<_>>().join(" ");
    if words.len() > TITLE_WORDS_MAX { format!("{shown} …") } else { shown }
}

/// With a capital.
fn heading(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
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
