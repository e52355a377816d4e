//! Questions about cases that a sentence leaves open, words that cannot be measured, and names without a story.

use super::super::actors::{self, Actor};
use super::super::cues::{Role, is_today};
use super::super::inflection::is_plural;
use super::super::segment::Clause;
use super::{Asker, clip};

/// Most vague words, silent actors and bare records that are asked about, each.
const EACH_MAX: usize = 3;

/// Verbs, the weight of their question, and what a sentence with one of them leaves open.
#[rustfmt::skip]
const CASES: &[(&[&str], u32, &str)] = &[
    (&["reserve", "book", "borrow", "rent", "claim"], 61, "what happens when two people want the same one at the same time?"),
    (&["notify", "remind", "alert", "warn", "message", "inform"], 56, "when exactly is someone told, how often at most, and how can they stop it?"),
    (&["approve", "reject", "confirm", "sign", "authorise", "authorize"], 55, "who decides when the person who should is away, and can a decision be taken back?"),
    (&["cancel", "return", "refund", "delete", "remove"], 50, "until when is that possible, and what becomes of what depends on it?"),
    (&["import", "export", "upload", "scan"], 46, "in what form does it come, how large can it get, and what happens to a faulty one?"),
    (&["measure", "detect", "monitor", "weigh"], 45, "how exact must it be, and what should happen when a value is missing or impossible?"),
    (&["search", "find", "filter", "match", "suggest", "recommend"], 44, "by which properties, and what should be shown when nothing fits?"),
    (&["share", "publish", "post", "invite", "rate", "review", "vote"], 43, "who can see it, and who removes what should not be there?"),
];

#[rustfmt::skip]
const VAGUE: &[&str] = &[
    "fast", "quickly", "easy", "easily", "simple", "cheap", "soon", "secure", "securely", "user-friendly", "modern", "intuitive",
    "many", "often", "regularly", "as needed", "etc", "appropriate", "reliable", "robust", "nice", "smart", "beautiful", "funny",
    "large", "small", "some time", "affordable", "efficient", "in time", "on time",
];

impl<'a> Asker<'a> {
    /// `question/offline`, `question/conflict` and its kin: one question for each kind of verb.
    pub(super) fn behaviour(&mut self) {
        let offline = ["offline", "without internet", "no internet", "no reception"];
        if let Some(said) = self.reading.clause_saying(&offline).map(|c| self.said(c)) {
            let text = "When two people changed the same thing while offline, whose change counts?";
            self.ask(62, text, format!("It is to work without a connection: {said}."));
        }
        for (verbs, weight, open) in CASES {
            if let Some(said) = self.doing(verbs).map(|c| self.said(c)) {
                self.ask(*weight, format!("About {said}: {open}"), "A case that the sentence leaves open.");
            }
        }
    }

    /// `question/vague`.
    pub(super) fn vague(&mut self) {
        let mut found: Vec<&str> = Vec::new();
        for clause in self.wanted() {
            let Some(word) = clause.first(VAGUE).filter(|w| !found.contains(w) && found.len() < EACH_MAX)
            else {
                continue;
            };
            found.push(word);
            let text = format!("How would one measure “{word}” in {}?", self.said(clause));
            self.ask(48, text, "The word means different things to different people.");
        }
    }

    /// `question/actor-silent`, `question/fields`, `question/takeover`.
    pub(super) fn silent(&mut self) {
        let (reading, wanted) = (self.reading, self.wanted());
        let acts =
            |a: &Actor| wanted.iter().any(|c| actors::subject(&reading.actors, c).is_some_and(|s| s == a));
        for actor in reading.actors.iter().filter(|a| a.name.len() > 2 && !acts(a)).take(EACH_MAX) {
            let name = &actor.name;
            let verb = if is_plural(&name.to_lowercase()) { "are" } else { "is" };
            let why = format!("“{name}” {verb} named, and no sentence says what for.");
            self.ask(47, format!("What {verb} “{name}” to do with it, or to get from it?"), why);
        }
        for entity in reading.entities.iter().filter(|e| e.fields.len() <= 1).take(EACH_MAX) {
            let text = format!("What must be recorded about each {}?", entity.words.join(" "));
            let why = format!("“{}” handles it and names no properties.", clip(self.idea, entity.clause));
            self.ask(54, text, why);
        }
        if let Some(said) = reading.clauses.iter().find(|c| is_today(c)).map(|c| self.said(c)) {
            let text = "Should what is recorded today be taken over, and who checks it?";
            self.ask(42, text, format!("Something is in use already: {said}."));
        }
    }

    fn wanted(&self) -> Vec<&'a Clause> {
        let wanted = |c: &&Clause| matches!(self.reading.role(c), Role::Need(_) | Role::Constraint);
        self.reading.clauses.iter().filter(wanted).collect()
    }
}
