//! Questions about cases that a sentence leaves open, words that cannot be measured, names without a story, and
//! sentences of which no rule knows what follows.

use super::super::actors::{self, Actor};
use super::super::cues::{Role, is_today};
use super::super::fields::Reason;
use super::super::inflection::{is_plural, singular};
use super::super::parts::{Deed, parts};
use super::super::product::ProductKind;
use super::super::segment::Clause;
use super::Asker;
use crate::composer::quote::clip;

/// Most vague words, silent actors, bare records and unsorted sentences that are asked about, each.
const EACH_MAX: usize = 3;
/// Shortest sentence that is asked about when no rule knows it, words.
const UNSORTED_WORDS_MIN: usize = 4;

/// What a deed leaves open.
struct Case {
    verbs: &'static [&'static str],
    weight: u32,
    /// `{what}` is what the deed is done to, `{who}` who does it.
    open: &'static str,
    /// Words of an idea that tells the case.
    told: &'static [&'static str],
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case { verbs: &["reserve", "book", "borrow", "rent", "claim"], weight: 61,
        open: "what happens when two people want {what} at the same time?", told: &["waiting list", "first come", "double-book*"] },
    Case { verbs: &["notify", "remind", "alert", "warn", "message", "inform"], weight: 56,
        open: "how often at most is someone told, and how can they stop it?", told: &["unsubscribe", "mute", "switch off"] },
    Case { verbs: &["approve", "reject", "confirm", "sign", "authorise", "authorize", "accept", "decline"], weight: 55,
        open: "who decides when {who} is away, and can a decision be taken back?", told: &["deputy", "substitute", "stands in"] },
    Case { verbs: &["cancel", "refund", "delete", "remove"], weight: 50,
        open: "until when is that possible, and what becomes of what depends on it?", told: &[] },
    Case { verbs: &["import", "export", "upload", "scan"], weight: 46,
        open: "in what form does it come, how large can it get, and what happens to a faulty one?", told: &[] },
    Case { verbs: &["measure", "detect", "monitor", "weigh"], weight: 45,
        open: "how exact must it be, and what should happen when a value is missing or impossible?", told: &["sensor fails"] },
    Case { verbs: &["search", "find", "filter", "match", "suggest", "recommend"], weight: 44,
        open: "what should be shown when nothing fits, and in which order when much does?", told: &[] },
    Case { verbs: &["share", "publish", "post", "rate", "review", "vote", "comment"], weight: 43,
        open: "who can see it, and who removes what should not be there?", told: &[] },
];

#[rustfmt::skip]
const VAGUE: &[&str] = &[
    "fast", "quickly", "easy", "easily", "simple", "cheap", "soon", "secure", "securely", "user-friendly", "modern", "intuitive",
    "many", "often", "regularly", "as needed", "etc", "appropriate", "reliable", "robust", "smart", "beautiful", "funny", "fun",
    "some time", "affordable", "efficient", "in time", "on time",
];

impl<'a> Asker<'a> {
    /// `question/offline`, `question/conflict` and its kin: one question for each kind of verb.
    pub(super) fn behaviour(&mut self) {
        let kind = self.reading.product.kind;
        if kind.is_called() {
            return;
        }
        let offline = ["offline", "without internet", "no reception", "without a connection"];
        let keeps = !self.reading.entities.is_empty();
        if let Some(said) = self.reading.clause_saying(&offline).filter(|_| keeps).map(|c| self.said(c)) {
            let text = "When two people changed the same thing while offline, whose change counts?";
            self.ask(62, text, format!("It is to work without a connection: {said}."));
        }
        for case in CASES.iter().filter(|c| c.told.is_empty() || !self.reading.says(c.told)) {
            let people = kind == ProductKind::People && case.weight < 50;
            if let Some((clause, deed)) = self.doing(case.verbs).filter(|_| !people) {
                let open = case
                    .open
                    .replace("{what}", &self.what(clause, &deed))
                    .replace("{who}", &self.who(clause));
                self.ask(
                    case.weight,
                    format!("About {}: {open}", self.said(clause)),
                    "A case that the sentence leaves open.",
                );
            }
        }
    }

    /// What the deed is done to, for "want … at the same time": "the same item".
    fn what(&self, clause: &Clause, deed: &Deed) -> String {
        let inside = |t: &&super::super::words::Token| deed.object.is_some_and(|o| o.holds(t.span));
        let nouns: Vec<String> = clause.tokens.iter().filter(inside).map(|t| t.lower.clone()).collect();
        let known = self.reading.entities.iter().find(|e| nouns.iter().any(|n| singular(n) == e.head));
        known.map_or_else(|| "the same one".to_owned(), |e| format!("the same {}", e.words.join(" ")))
    }

    /// Who decides, in the person's words.
    fn who(&self, clause: &Clause) -> String {
        let subject = parts(&clause.tokens).and_then(|p| p.subject).filter(|s| s.end - s.start > 2);
        let person = subject.filter(|s| actors::mentions(&clause.tokens).iter().any(|m| s.holds(m.span)));
        person.map_or_else(|| "whoever decides".to_owned(), |s| format!("“{}”", clip(self.idea, s)))
    }

    /// `question/vague`.
    pub(super) fn vague(&mut self) {
        let mut found: Vec<&str> = Vec::new();
        for clause in self.wanted() {
            let counted = clause.says(&["how many", "how often"]);
            let vague = clause.first(VAGUE).filter(|_| !counted);
            let Some(word) = vague.filter(|w| !found.contains(w) && found.len() < EACH_MAX) else {
                continue;
            };
            found.push(word);
            let text = format!("How would one measure “{word}” in {}?", self.said(clause));
            self.ask(48, text, "The word means different things to different people.");
        }
    }

    /// `question/actor-silent`, `question/fields`, `question/takeover`.
    pub(super) fn silent(&mut self) {
        let (reading, wanted, thing) = (self.reading, self.wanted(), self.thing());
        // Who suffers from what is wrong is not silent.
        let concerned =
            wanted.iter().copied().chain(reading.with(Role::Problem)).chain(reading.with(Role::People));
        let concerned: Vec<&Clause> = concerned.collect();
        let acts = |a: &Actor| {
            let named = |c: &&Clause| actors::mentions(&c.tokens).iter().any(|m| m.head == a.head);
            wanted.iter().any(|c| actors::subject(&reading.actors, c).is_some_and(|s| s == a))
                || concerned.iter().any(named)
        };
        for actor in reading.actors.iter().filter(|a| a.name.len() > 2 && !acts(a)).take(EACH_MAX) {
            let name = &actor.name;
            let verb = if is_plural(&name.to_lowercase()) { "are" } else { "is" };
            let why = format!("“{name}” {verb} named, and no sentence says what for.");
            self.ask(47, format!("What {verb} “{name}” to do with {thing}, or to get from it?"), why);
        }
        for entity in reading.entities.iter().filter(|e| e.fields.len() <= 1).take(EACH_MAX) {
            let text = format!("What must be recorded about each {}?", entity.words.join(" "));
            let why = format!("“{}” handles it and names no properties.", clip(self.idea, entity.clause));
            self.ask(54, text, why);
        }
        let keeps = !reading.entities.is_empty();
        if let Some(said) =
            reading.clauses.iter().find(|c| is_today(c)).filter(|_| keeps).map(|c| self.said(c))
        {
            let text =
                format!("Should what is recorded today be taken over into {thing}, and who checks it?");
            self.ask(42, text, format!("Something is in use already: {said}."));
        }
    }

    /// `question/unsorted`: what no rule could place is asked about, so that nothing that was said is lost unseen.
    pub(super) fn unsorted(&mut self) {
        let reading = self.reading;
        if !reading.english {
            return;
        }
        let described = |c: &Clause| {
            let said = |reason: &Reason| matches!(reason, Reason::Said(span) if *span == c.span);
            reading.entities.iter().any(|e| e.clause == c.span || e.fields.iter().any(|f| said(&f.reason)))
        };
        let first = reading.clauses.first().map(|c| c.index);
        let quoted: Vec<String> = self.asked.iter().map(|a| a.question.text.clone()).collect();
        let lost = |c: &&Clause| {
            reading.role(c) == Role::Other
                && c.words() >= UNSORTED_WORDS_MIN
                && Some(c.index) != first
                && !described(c)
                && !quoted.iter().any(|text| text.contains(&clip(self.idea, c.span)))
        };
        let thing = self.thing();
        for clause in reading.clauses.iter().filter(lost).take(EACH_MAX) {
            let text = format!("What follows for {thing} from {}?", self.said(clause));
            self.ask(49, text, "No rule could tell what the sentence asks for.");
        }
        for clause in reading.with(Role::Question).take(EACH_MAX) {
            let said = clip(self.idea, clause.span).trim_end_matches('?').to_owned();
            self.ask(
                65,
                format!("You ask yourself “{said}”: what is your own answer so far?"),
                "The idea asks it and does not answer it.",
            );
        }
    }

    fn wanted(&self) -> Vec<&'a Clause> {
        let wanted = |c: &&Clause| matches!(self.reading.role(c), Role::Need(_) | Role::Constraint);
        self.reading.clauses.iter().filter(wanted).collect()
    }
}
