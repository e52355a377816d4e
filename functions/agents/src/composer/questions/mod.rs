//! What must be asked: the composer's best product. Each question names the words or the gap behind it.
//!
//! | rule | asks when |
//! |---|---|
//! | `question/language` | the idea is not English |
//! | `question/cut` | part of the idea was not read |
//! | `question/problem`, `question/actors`, `question/needs` | the idea does not say |
//! | `question/contradiction` | two sentences cannot both hold |
//! | `question/access` | data needs care and nobody says who may see it |
//! | `question/retention` | data about people is kept and nobody says how long |
//! | `question/payment`, `question/integration` | money or another system is involved |
//! | `question/offline`, `question/conflict`, `question/notify`, `question/approve`, `question/cancel` | a verb has cases that nobody tells |
//! | `question/vague` | a word means different things to different people |
//! | `question/fields`, `question/actor-silent` | a thing or a person is named and nothing is said of it |
//! | `question/unsorted` | a sentence was read and no rule knows what follows from it, or its author asks something |
//! | `question/sort` | the idea does not say what sort of thing it is |
//! | `question/hardware` and its kin for each sort of thing | conditions that such a thing needs are not said |
//! | `question/takeover` | records exist elsewhere today |
//! | `question/deadline`, `question/budget`, `question/success`, `question/exclusions`, `question/operator`, `question/volume`, `question/devices`, `question/language-of-users` | nobody said |
//!
//! What the idea answers is not asked. Questions call things by the person's names for them.

mod care;
mod cases;
mod frame;

use ideamine_core::artifacts::OpenQuestion;

use super::Reading;
use super::contradictions::contradictions;
use super::cues::Role;
use super::name::{called, short};
use super::parts::{Deed, parts};
use super::product::ProductKind;
use super::quote::{clip, clip_text};
use super::segment::Clause;
use super::span::Span;

/// Most questions of a brief.
pub const QUESTIONS_MAX: usize = 20;

struct Asked {
    weight: u32,
    question: OpenQuestion,
}

struct Asker<'a> {
    idea: &'a str,
    reading: &'a Reading,
    asked: Vec<Asked>,
}

/// The open questions, most important first.
pub fn questions(idea: &str, reading: &Reading) -> Vec<OpenQuestion> {
    let mut asker = Asker { idea, reading, asked: Vec::new() };
    asker.contradicting();
    asker.reading_itself();
    asker.missing_core();
    asker.care();
    asker.behaviour();
    asker.vague();
    asker.silent();
    asker.unsorted();
    asker.sort();
    asker.frame();
    let mut asked = asker.asked;
    asked.sort_by_key(|a| (std::cmp::Reverse(a.question.blocking), std::cmp::Reverse(a.weight)));
    asked.truncate(QUESTIONS_MAX);
    asked.into_iter().map(|a| a.question).collect()
}

impl Asker<'_> {
    fn ask(&mut self, weight: u32, text: impl Into<String>, why: impl Into<String>) {
        let question =
            OpenQuestion { id: String::new(), text: text.into(), why: why.into(), blocking: false };
        if !self.asked.iter().any(|a| a.question.text == question.text) {
            self.asked.push(Asked { weight, question });
        }
    }
    fn block(&mut self, weight: u32, text: impl Into<String>, why: impl Into<String>) {
        self.ask(weight, text, why);
        if let Some(last) = self.asked.last_mut() {
            last.question.blocking = true;
        }
    }
    fn said(&self, clause: &Clause) -> String {
        format!("“{}”", clip(self.idea, clause.span))
    }
    fn thing(&self) -> String {
        let name = called(self.idea, self.reading);
        name.map_or_else(|| "this idea".to_owned(), |text| format!("“{}”", short(&clip_text(&text.text))))
    }
    /// The first clause that is wanted and whose subject does one of these things, and what it does.
    fn doing(&self, verbs: &[&str]) -> Option<(&Clause, Deed)> {
        let needs = self.reading.clauses.iter().filter(|c| matches!(self.reading.role(c), Role::Need(_)));
        // "an app for people who share" tells who they are, not what is done.
        let tells = |c: &Clause, subject: Span| {
            c.tokens.iter().any(|t| subject.holds(t.span) && t.any(&["who", "that", "which"]))
        };
        let does = |c: &&Clause| {
            let parts = parts(&c.tokens).filter(|p| !p.subject.is_some_and(|s| tells(c, s)))?;
            parts.deeds.into_iter().find(|d| verbs.contains(&d.verb))
        };
        needs.into_iter().find_map(|c| Some((c, does(&c)?)))
    }

    /// `question/contradiction`.
    fn contradicting(&mut self) {
        for pair in contradictions(self.idea, self.reading) {
            self.ask(71, pair.question(self.idea), "The two sentences cannot both hold.");
        }
    }

    /// `question/language`, `question/cut`.
    fn reading_itself(&mut self) {
        if !self.reading.english {
            let why = "The rules read English only: of this text they quote sentences and understand none.";
            self.block(100, "Can you give the idea in English, since the rules read no other language?", why);
            let text = "What should the first version do, for whom, in one English sentence each?";
            self.block(90, text, "Needs and actors could not be told apart in this language.");
        }
        if self.reading.source.cut {
            let text = "Which parts of this long text matter for the first version?";
            self.ask(80, text, "Only the first part was read.");
        }
    }

    /// `question/problem`, `question/actors`, `question/needs`.
    fn missing_core(&mut self) {
        let thing = self.thing();
        let reading = self.reading;
        if reading.with(Role::Problem).next().is_none() {
            self.block(
                70,
                format!("What goes wrong today without {thing}, and for whom?"),
                "The idea names no problem.",
            );
        }
        if reading.actors.is_empty() {
            self.block(75, format!("Who would use {thing} first?"), "The idea names nobody who uses it.");
        }
        let needs = reading.clauses.iter().filter(|c| matches!(reading.role(c), Role::Need(_))).count();
        if needs == 0 {
            self.block(
                74,
                format!("What must {thing} be able to do?"),
                "The idea names nothing that it must do.",
            );
        } else if needs <= 2 {
            self.ask(
                58,
                format!("What else must {thing} do before anyone would use it twice?"),
                "The idea names very little that it must do.",
            );
        }
        let remembers =
            matches!(reading.product.kind, ProductKind::Page | ProductKind::Open | ProductKind::Interface);
        if reading.entities.is_empty() && remembers {
            self.ask(
                57,
                format!("What, if anything, must {thing} remember from one use to the next?"),
                "No thing was found that records are kept of.",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(idea: &str) -> Vec<OpenQuestion> {
        questions(idea, &Reading::of(idea))
    }

    #[test]
    fn every_idea_gets_enough_questions_and_not_too_many() {
        for idea in [
            "Uber",
            "A toaster that tells puns.",
            "",
            "Eine App für Bäcker, die das Brot von gestern an die Nachbarn verschenken wollen.",
        ] {
            let n = asked(idea).len();
            assert!((10..=QUESTIONS_MAX).contains(&n), "{idea}: {n}");
        }
    }

    #[test]
    fn gaps_are_named() {
        let check = |idea: &str, part: &str, there: bool| {
            let all = asked(idea);
            assert_eq!(all.iter().any(|q| q.text.contains(part)), there, "{idea}: {part}\n{all:#?}");
        };
        check("An app where members take photos of the tool.", "pictures and recordings (“photos”)", true);
        check(
            "An app where members take photos. Only the warden can see photos.",
            "pictures and recordings",
            false,
        );
        check("Members reserve tools.", "two people want the same tool", true);
        check("It must be fast.", "measure “fast”", true);
        check("No payments in the first version.", "currency", false);
        check("An app: members pay a fee.", "currency", true);
        check("An app: members pay a fee of 5 EUR.", "currency", false);
        check("An app: members pay a fee of 5 EUR.", "must be given back", true);
        check(
            "An app where a neighbour reserves an item.",
            "two people want the same item at the same time",
            true,
        );
        check("An app: the owner approves the loan.", "when “the owner” is away", true);
        check("A Python library that reads dates.", "On which devices", false);
        check("A Python library that reads dates.", "Under which licence", true);
        check("A Python library that reads dates. MIT licence.", "Under which licence", false);
        check("I come to people's homes and fix bikes.", "any software at all", true);
        check("An app for flats. The neighbours are rather old people there.", "What follows for", true);
        check(
            "An app to book rooms. Who would pay for that?",
            "You ask yourself “Who would pay for that”",
            true,
        );
        check("Eine App für Bäcker, die das Brot von gestern verschenken wollen.", "in English", true);
    }

    #[test]
    fn blocking_questions_come_first() {
        let all = asked("Uber");
        let blocking = all.iter().take_while(|q| q.blocking).count();
        assert!(blocking >= 2 && all[blocking..].iter().all(|q| !q.blocking));
    }
}
