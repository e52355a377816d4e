//! `agent-aesthetic`: what look and words should follow, and what the page's files show.
//!
//! | rule | who sees it | what |
//! |---|---|---|
//! | `aesthetic/language`, `…/title`, `…/labels`, `…/viewport` | accessibility | the page lacks it |
//! | `aesthetic/words` | wording | the person's own words name things on the page |
//! | `aesthetic/people` | wording | who uses it decides its tone |

use ideamine_authoring::Work;
use ideamine_core::artifacts::{AestheticReview, Brief, Finding, OpenQuestion, Severity, assign_ids};
use ideamine_core::ports::SourceFile;
use ideamine_core::{Failure, Text};

use crate::drafts::brief;
use crate::shape::{clip, question, thing};
use crate::typed::Body;

/// The aesthetic agent.
pub struct Aesthetic;

impl Body for Aesthetic {
    type Answer = AestheticReview;
    const NAME: &'static str = "agent-aesthetic";
    const FORM: &'static str = "aesthetic";

    fn compose(&self, work: &Work) -> Result<AestheticReview, Failure> {
        let brief = brief(work);
        let role = work.role.as_ref().map(|r| r.role.as_str());
        let sees = |view: &str| role.is_none_or(|r| r == view || !["accessibility", "wording"].contains(&r));
        let (mut principles, mut findings) = (Vec::new(), Vec::new());
        if sees("accessibility") {
            principles.push(Text::rule(
                "Everything works with a keyboard alone and at twice the size.",
                "aesthetic/keyboard",
            ));
            principles.push(Text::rule("Colour never carries a meaning by itself.", "aesthetic/colour"));
            findings.extend(missing(&work.files));
        }
        if sees("wording") {
            principles.extend(words(&brief));
            findings.extend(unnamed(&brief));
        }
        Ok(AestheticReview { principles, findings, questions: asks(&brief) })
    }
    fn number(review: &mut AestheticReview) {
        assign_ids("F", review.findings.iter_mut().map(|f| &mut f.id));
    }
    fn questions(review: &mut AestheticReview) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut review.questions)
    }
}

/// What a page must have, and the words of which one shows it in a file.
#[rustfmt::skip]
const DEMANDS: &[(&[&str], &str, Severity, &str)] = &[
    (&["lang=", "\"lang\"", "'lang'", "lang:"], "aesthetic/language", Severity::High, "The page does not say in which language it is."),
    (&["<title", "\"title\"", "'title'", "title("], "aesthetic/title", Severity::High, "The page has no title."),
    (&["<label", "\"label\"", "'label'", "label(", "aria-label"], "aesthetic/labels", Severity::High, "Inputs have no labels."),
    (&["viewport"], "aesthetic/viewport", Severity::Medium, "The page does not fit itself to a small screen."),
    (&[":focus"], "aesthetic/focus", Severity::Medium, "Nothing shows which element has the keyboard."),
];

fn missing(files: &[SourceFile]) -> Vec<Finding> {
    if files.is_empty() {
        return Vec::new();
    }
    let code = || files.iter().filter(|f| !f.path.starts_with("tests/"));
    let shown = |words: &[&str]| code().any(|f| words.iter().any(|w| f.content.contains(w)));
    let lacking = DEMANDS.iter().filter(|(words, ..)| !shown(words));
    let finding = |(_, rule, severity, text): &(&[&str], &str, Severity, &str)| Finding {
        id: String::new(),
        severity: *severity,
        subject: "component:page".to_owned(),
        statement: Text::rule(*text, *rule),
        answer: None,
    };
    lacking.map(finding).collect()
}

fn words(brief: &Brief) -> Vec<Text> {
    let names: Vec<String> =
        brief.entities.iter().take(4).map(|e| format!("“{}”", e.name.replace('_', " "))).collect();
    let mut principles = Vec::new();
    if !names.is_empty() {
        let text = format!("The page calls things by the names that the idea uses: {}.", names.join(", "));
        principles.push(Text::rule(text, "aesthetic/words"));
    }
    if let Some(actor) = brief.actors.first() {
        let text =
            format!("Words are those that “{}” would use; no term of ours reaches them.", clip(&actor.name));
        principles.push(Text::rule(text, "aesthetic/people"));
    }
    if principles.is_empty() {
        principles.push(Text::missing("whose words the page should use"));
    }
    principles
}

fn unnamed(brief: &Brief) -> Option<Finding> {
    (brief.actors.is_empty() && brief.entities.is_empty()).then(|| Finding {
        id: String::new(),
        severity: Severity::Medium,
        subject: "wording".to_owned(),
        statement: Text::rule(
            "Neither people nor things are named, so the page can only speak in general words.",
            "aesthetic/words",
        ),
        answer: None,
    })
}

fn asks(brief: &Brief) -> Vec<OpenQuestion> {
    let text = format!("Is there a name, a colour or a voice that {} must keep to?", thing(brief));
    vec![question(text, "The idea says nothing about how it should look and sound.")]
}
