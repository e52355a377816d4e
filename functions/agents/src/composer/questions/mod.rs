//! What must be asked: the composer's best product. Each question names the words or the gap behind it.
//!
//! | rule | asks when |
//! |---|---|
//! | `question/language` | the idea is not English |
//! | `question/cut` | part of the idea was not read |
//! | `question/problem`, `question/actors`, `question/needs` | the idea does not say |
//! | `question/access` | data needs care and nobody says who may see it |
//! | `question/retention` | data about people is kept and nobody says how long |
//! | `question/payment`, `question/integration` | money or another system is involved |
//! | `question/offline`, `question/conflict`, `question/notify`, `question/approve`, `question/cancel` | a verb has cases that nobody tells |
//! | `question/vague` | a word means different things to different people |
//! | `question/fields`, `question/actor-silent` | a thing or a person is named and nothing is said of it |
//! | `question/hardware` | something physical is missing its conditions |
//! | `question/takeover` | records exist elsewhere today |
//! | `question/deadline`, `question/budget`, `question/success`, `question/exclusions`, `question/operator`, `question/volume`, `question/devices`, `question/language-of-users` | nobody said |

mod care;
mod cases;
mod frame;

use ideamine_core::artifacts::OpenQuestion;

use super::Reading;
use super::cues::Role;
use super::phrases::deeds;
use super::segment::Clause;
use super::span::Span;

/// Most questions of a brief.
pub const QUESTIONS_MAX: usize = 20;
/// Longest quotation inside a question, characters.
const CLIP_CHARS_MAX: usize = 90;

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
    asker.reading_itself();
    asker.missing_core();
    asker.care();
    asker.behaviour();
    asker.vague();
    asker.silent();
    asker.hardware();
    asker.frame();
    let mut asked = asker.asked;
    asked.sort_by_key(|a| (std::cmp::Reverse(a.question.blocking), std::cmp::Reverse(a.weight)));
    asked.truncate(QUESTIONS_MAX);
    asked.into_iter().map(|a| a.question).collect()
}

/// The words of a span for a question: one line, cut at a word.
pub fn clip(idea: &str, span: Span) -> String {
    let text = span.of(idea).split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.trim_matches(['"', '“', '”', '*', '`']);
    if text.chars().count() <= CLIP_CHARS_MAX {
        return text.to_owned();
    }
    let cut: String = text.chars().take(CLIP_CHARS_MAX).collect();
    format!("{} …", cut.rsplit_once(' ').map_or(cut.as_str(), |(kept, _)| kept))
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
        self.reading
            .name
            .map_or_else(|| "the thing".to_owned(), |span| format!("“{}”", clip(self.idea, span)))
    }
    /// The first clause with one of these verbs that is wanted or bounds what is wanted.
    fn doing(&self, verbs: &[&str]) -> Option<&Clause> {
        let acts = |c: &&Clause| deeds(&c.tokens).iter().any(|v| verbs.contains(v));
        let future = |c: &&Clause| matches!(self.reading.role(c), Role::Need(_) | Role::Constraint);
        self.reading.clauses.iter().filter(future).find(acts)
    }

    /// `question/language`, `question/cut`.
    fn reading_itself(&mut self) {
        if !self.reading.english {
            let why = "The rules read English best; of this text they only quote sentences.";
            self.block(100, "Can you give the idea in English?", why);
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
        if reading.entities.is_empty() {
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
        check("Members take photos of the tool.", "pictures and recordings (“photos”)", true);
        check("Members take photos. Only the warden can see photos.", "pictures and recordings", false);
        check("Members reserve tools.", "two people want the same one", true);
        check("It must be fast.", "measure “fast”", true);
        check("No payments in the first version.", "currency", false);
        check("Members pay a fee.", "currency", true);
        check("Eine App für Bäcker, die das Brot von gestern verschenken wollen.", "in English", true);
    }

    #[test]
    fn blocking_questions_come_first() {
        let all = asked("Uber");
        let blocking = all.iter().take_while(|q| q.blocking).count();
        assert!(blocking >= 2 && all[blocking..].iter().all(|q| !q.blocking));
    }
}
