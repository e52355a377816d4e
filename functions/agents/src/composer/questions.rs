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
//! | `question/hardware-*` | something physical is missing its conditions |
//! | `question/takeover` | records exist elsewhere today |
//! | `question/deadline`, `question/budget`, `question/success`, `question/exclusions`, `question/operator`, `question/volume`, `question/devices`, `question/language-of-users` | nobody said |

use ideamine_core::artifacts::OpenQuestion;

use super::cues::{Role, is_today};
use super::integrations::Channel;
use super::entities::primary;
use super::segment::Clause;
use super::sensitive::Kind;
use super::span::Span;
use super::words::{is_plural, verb};
use super::{Reading, Sort, actors};

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
        self.reading.title(self.idea)
            .map_or_else(|| "the thing".to_owned(), |span| format!("“{}”", clip(self.idea, span)))
    }
    /// The first clause with one of these verbs that is no exclusion and not about today.
    fn doing(&self, verbs: &[&str]) -> Option<&Clause> {
        let acts = |c: &&Clause| c.tokens.iter().any(|t| verb(&t.lower).is_some_and(|v| verbs.contains(&v)));
        let future = |c: &&Clause| matches!(self.reading.role(c), Role::Need(_) | Role::Constraint);
        self.reading.clauses.iter().filter(future).find(acts)
    }

    fn reading_itself(&mut self) {
        if !self.reading.english {
            self.block(
                100,
                "Can you give the idea in English?",
                "The rules read English best; of this text they only quote sentences.",
            );
            self.block(
                90,
                "What should the first version do, for whom, in one English sentence each?",
                "Needs and actors could not be told apart in this language.",
            );
        }
        if self.reading.source.cut {
            self.ask(
                80,
                "Which parts of this long text matter for the first version?",
                "Only the first part was read.",
            );
        }
    }

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

    fn care(&mut self) {
        let found = self.reading.sensitive.clone();
        for s in &found {
            let (label, cue) = (s.kind.label(), clip(self.idea, s.cue));
            let access = ["may see", "may read", "can see", "only the", "only they", "access", "visible to", "private", "is shown to"];
            let stem = cue.to_lowercase();
            let stem = stem.trim_end_matches('s');
            let told = self.reading.clauses.iter().any(|c| c.says(&access) && c.norm.contains(stem));
            if !told {
                let strict = matches!(
                    s.kind,
                    Kind::Health | Kind::Children | Kind::Biometric | Kind::Credentials | Kind::Employment
                );
                let ask = if strict { Self::block } else { Self::ask };
                ask(
                    self,
                    68,
                    format!("Who may see and change {label} (“{cue}”), and who may not?"),
                    format!("“{cue}” needs care, and nobody says who has access."),
                );
            }
        }
        let kept = found.iter().find(|s| s.kind != Kind::Credentials).map(|s| clip(self.idea, s.cue));
        let told = self.reading.says(&[
            "delete*",
            "erase*",
            "retention",
            "kept for",
            "keep for",
            "no longer than",
            "anonymi*",
        ]);
        if let (Some(cue), false) = (kept, told) {
            self.ask(
                64,
                format!("How long may data such as “{cue}” be kept, and who deletes it?"),
                "Nothing says when data about people ends.",
            );
        }
        let money = self.reading.clause_saying(&[
            "pay", "pays", "payment*", "invoice*", "refund*", "deposit*", "price*", "fee", "fees", "charge*",
        ]);
        if let Some(said) = money.filter(|c| self.reading.role(c) != Role::Exclusion).map(|c| self.said(c)) {
            self.ask(60, "In which currency is money handled, and what happens when a payment fails or must be given back?", format!("Money is involved: {said}."));
        }
        for i in self.reading.integrations.clone().iter().take(3) {
            let (name, clause) = (clip(self.idea, i.span), clip(self.idea, i.clause));
            self.ask(52, about_channel(i.channel, &name), format!("“{clause}” depends on it."));
        }
    }

    fn behaviour(&mut self) {
        if let Some(said) = self
            .reading
            .clause_saying(&["offline", "without internet", "no internet", "no reception"])
            .map(|c| self.said(c))
        {
            self.ask(
                62,
                "When two people changed the same thing while offline, whose change counts?",
                format!("It is to work without a connection: {said}."),
            );
        }
        let cases: [(&[&str], u32, &str); 8] = [
            (
                &["reserve", "book", "borrow", "rent", "claim"],
                61,
                "What happens when two people want the same one at the same time?",
            ),
            (
                &["notify", "remind", "alert", "warn", "message", "inform"],
                56,
                "When exactly is someone told, how often at most, and how can they stop it?",
            ),
            (
                &["approve", "reject", "confirm", "sign", "authorise", "authorize", "release"],
                55,
                "Who decides when the person who should is away, and can a decision be taken back?",
            ),
            (
                &["cancel", "return", "refund", "delete", "remove"],
                50,
                "Until when is that possible, and what becomes of what depends on it?",
            ),
            (
                &["import", "export", "upload", "scan"],
                46,
                "In what form does it come, how large can it get, and what happens to a faulty one?",
            ),
            (
                &["measure", "detect", "monitor", "weigh"],
                45,
                "How exact must it be, and what should happen when a value is missing or impossible?",
            ),
            (
                &["search", "find", "filter", "match", "suggest", "recommend"],
                44,
                "By which properties, and what should be shown when nothing fits?",
            ),
            (
                &["share", "publish", "post", "invite", "rate", "review", "vote"],
                43,
                "Who can see it, and who removes what should not be there?",
            ),
        ];
        for (verbs, weight, text) in cases {
            if let Some(said) = self.doing(verbs).map(|c| self.said(c)) {
                self.ask(
                    weight,
                    format!("About {said}: {}", lower_first(text)),
                    "A case that the sentence leaves open.",
                );
            }
        }
    }

    fn vague(&mut self) {
        const VAGUE: &[&str] = &[
            "fast",
            "quickly",
            "easy",
            "easily",
            "simple",
            "cheap",
            "soon",
            "secure",
            "securely",
            "user-friendly",
            "modern",
            "intuitive",
            "many",
            "often",
            "regularly",
            "as needed",
            "etc",
            "appropriate",
            "reliable",
            "robust",
            "nice",
            "smart",
            "beautiful",
            "funny",
            "large",
            "small",
            "some time",
            "affordable",
            "efficient",
            "in time",
            "on time",
        ];
        const AT_MOST: usize = 4;
        let future = |c: &&Clause| matches!(self.reading.role(c), Role::Need(_) | Role::Constraint);
        let vague =
            self.reading.clauses.iter().filter(future).filter_map(|c| Some((c.first(VAGUE)?, self.said(c))));
        let mut found: Vec<(&str, String)> = Vec::new();
        for (word, said) in vague {
            if found.len() < AT_MOST && !found.iter().any(|(w, _)| *w == word) {
                found.push((word, said));
            }
        }
        for (word, said) in found {
            self.ask(
                48,
                format!("How would one measure “{word}” in {said}?"),
                "The word means different things to different people.",
            );
        }
    }

    fn silent(&mut self) {
        let reading = self.reading;
        let needs: Vec<&Clause> =
            reading.clauses.iter().filter(|c| matches!(reading.role(c), Role::Need(_))).collect();
        let acts = |a: &actors::Actor| {
            needs.iter().any(|c| actors::subject(&reading.actors, c).is_some_and(|s| s == a))
        };
        for actor in reading.actors.iter().filter(|a| a.name.len() > 2 && !acts(a)).take(3) {
            let name = &actor.name;
            let verb = if is_plural(&name.to_lowercase()) { "are" } else { "is" };
            self.ask(
                47,
                format!("What {verb} “{name}” to do with it, or to get from it?"),
                format!("“{name}” {verb} named, and no sentence says what for."),
            );
        }
        for entity in reading.entities.iter().filter(|e| e.fields.len() <= 1).take(3) {
            let words = entity.words.join(" ");
            self.ask(
                54,
                format!("What must be recorded about each {words}?"),
                format!("“{}” handles it and names no properties.", clip(self.idea, entity.clause)),
            );
        }
        if let Some(said) = reading.clauses.iter().find(|c| is_today(c)).map(|c| self.said(c)) {
            self.ask(
                42,
                "Should what is recorded today be taken over, and who checks it?",
                format!("Something is in use already: {said}."),
            );
        }
    }

    fn hardware(&mut self) {
        if self.reading.sort != Sort::Hardware {
            return;
        }
        let topics: [(&[&str], &str); 5] = [
            (
                &["battery", "batteries", "solar", "usb*", "mains", "plug", "rechargeable"],
                "How is it powered, and how long must it last without anyone looking after it?",
            ),
            (
                &["waterproof", "weatherproof", "outdoor*", "rain", "temperature*", "dust"],
                "In which conditions must it work: wet, cold, heat, dust, knocks?",
            ),
            (
                &["certif*", "ce", "norm", "standard", "safety"],
                "Which safety rules and approvals apply where it is sold or used?",
            ),
            (&["units", "pieces", "batch", "series", "prototype"], "How many are to be made, and by whom?"),
            (
                &["repair*", "replace*", "spare", "recycle*", "warranty"],
                "What happens when it breaks: repair, exchange or disposal?",
            ),
        ];
        for (words, text) in topics {
            if !self.reading.says(words) {
                self.ask(59, text, "It is something physical, and the idea does not say.");
            }
        }
    }

    fn frame(&mut self) {
        let thing = self.thing();
        let has = |phrases: &[&str]| self.reading.says(phrases);
        let number = !self.reading.quantities.is_empty();
        let dated = has(&[
            "deadline",
            "by the end",
            "until",
            "by january",
            "by february",
            "by march",
            "by april",
            "by may",
            "by june",
            "by july",
            "by august",
            "by september",
            "by october",
            "by november",
            "by december",
            "launch",
            "next year",
            "this year",
            "by spring",
            "by summer",
            "by autumn",
            "by winter",
            "before christmas",
        ]);
        let priced = has(&["budget", "cost*", "eur", "euro", "euros", "usd", "dollars", "pounds", "cheap*"]);
        let primary = primary(self.reading).map(|e| e.words.join(" "));
        let excluded = self.reading.with(Role::Exclusion).next().is_some();
        let operated =
            has(&["administrator*", "admin", "operate*", "maintain*", "support", "hosting", "hosted"]);
        let on = has(&[
            "phone*",
            "smartphone*",
            "browser",
            "tablet*",
            "desktop",
            "laptop*",
            "android",
            "iphone*",
            "screen",
        ]);
        if !excluded {
            self.ask(
                41,
                format!("What should the first version of {thing} leave out?"),
                "The idea excludes nothing.",
            );
        }
        if !dated {
            self.ask(
                35,
                format!("By when must {thing} be usable, and what hangs on that date?"),
                "No date is stated.",
            );
        }
        if !priced {
            self.ask(36, format!("What may {thing} cost to build and to run?"), "No budget is stated.");
        }
        let lack = if number { "The stated numbers are not tied to success." } else { "The idea states no number." };
        if self.reading.with(Role::Goal).next().is_none() {
            self.ask(40, format!("By what would you see, some weeks later, that {thing} was worth it?"), lack);
        }
        if let Some(words) = primary {
            self.ask(
                37,
                format!("How many records of “{words}” come up in a usual week, and in the busiest?"),
                "The volume decides how it must be built.",
            );
        }
        if !operated {
            self.ask(
                34,
                format!("Who looks after {thing} once it runs, and whom do people ask when it does not?"),
                "Nobody is named for that.",
            );
        }
        if self.reading.sort != Sort::Hardware && !on {
            self.ask(
                33,
                format!("On which devices and where will people use {thing}?"),
                "The idea does not say.",
            );
        }
        self.ask(30, "Which languages must its words be in, and who has trouble with small print, colours or a keyboard?", "Nothing is said about language and accessibility.");
        self.ask(
            29,
            format!("What have you tried instead of {thing}, and why was it not enough?"),
            "Alternatives tell what matters.",
        );
        self.ask(
            28,
            format!("Who could object to {thing}, and what would you tell them?"),
            "Nobody is named who might.",
        );
        self.ask(
            27,
            "What would be the smallest part of it that is useful by itself?",
            "A first step is not named.",
        );
    }
}

fn about_channel(channel: Channel, name: &str) -> String {
    match channel {
        Channel::Messages => format!("Whose account sends {name}, who may be written to, and how do they stop it?"),
        Channel::Payment => format!("Who holds the account for {name}, and who sees what was paid?"),
        Channel::Files => format!("What exactly must stand in {name}: which columns, in which form, for which period?"),
        Channel::Identity => format!("Who looks after {name}, and what may people do who are not in it?"),
        Channel::Device => format!("How far must {name} reach, and what happens where it does not?"),
        Channel::Calendar | Channel::Maps | Channel::Other => {
            format!("Which account or contract for {name} exists already, and what should happen while {name} is away?")
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
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
