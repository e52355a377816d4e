//! Questions about the frame: physical conditions, time, money, volume, who looks after it; by the sort of the thing.

use super::super::cues::{Role, is_today};
use super::super::entities::primary;
use super::super::inflection::plural;
use super::super::product::ProductKind;
use super::Asker;

/// Weight, words that answer, the question (`{}` is the name), and why it is asked.
type Framed = (u32, &'static [&'static str], &'static str, &'static str);

#[rustfmt::skip]
const DATED: &[&str] = &[
    "deadline", "by the end", "launch", "next year", "this year", "spring", "summer", "autumn", "winter", "christmas", "january",
    "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
];
#[rustfmt::skip]
const PRICED: &[&str] = &[
    "budget", "cost*", "eur", "euro", "euros", "usd", "dollars", "pounds", "cheap*", "for free", "pay for anything", "can pay",
    "can spend",
];
const OPERATED: &[&str] =
    &["administrator*", "admin", "operate*", "maintain*", "support", "hosting", "hosted", "looks after"];
#[rustfmt::skip]
const DEVICES: &[&str] = &[
    "phone*", "smartphone*", "browser", "tablet*", "desktop", "laptop*", "android", "iphone*", "screen*", "windows*", "pc",
];
const SYSTEMS: &[&str] =
    &["linux", "macos", "windows*", "unix", "mac", "browser", "node", "python 3*", "version*"];
const FAILING: &[&str] =
    &["error*", "raise*", "exception*", "exit code*", "exit status", "fail*", "refuse*", "listed"];
const SPOKEN: &[&str] =
    &["language*", "english", "german", "french", "spanish", "translat*", "accessib*", "blind", "deaf"];

#[rustfmt::skip]
const PHYSICAL: &[Framed] = &[
    (59, &["battery", "batteries", "coin cell", "solar", "usb*", "mains", "plug", "rechargeable"], "How is {} powered, and how long must that last without anyone looking after it?", "It is something physical, and the idea does not say."),
    (59, &["waterproof", "weatherproof", "outdoor*", "rain", "temperature*", "dust"], "In which conditions must {} work: wet, cold, heat, dust, knocks?", "It is something physical, and the idea does not say."),
    (59, &["certif*", "ce", "norm", "standard", "safety"], "Which safety rules and approvals apply where {} is sold or used?", "It is something physical, and the idea does not say."),
    (59, &["units", "pieces", "batch", "series", "prototype"], "How many of {} are to be made, and by whom?", "It is something physical, and the idea does not say."),
    (59, &["repair*", "replace*", "spare", "recycle*", "warranty"], "What happens when {} breaks: repair, exchange or disposal?", "It is something physical, and the idea does not say."),
    (34, OPERATED, "Whom do people ask when {} does not do what it should?", "Nobody is named for that."),
];
#[rustfmt::skip]
const LIBRARY: &[Framed] = &[
    (59, FAILING, "What does a caller of {} get when what is handed over is wrong or makes no sense?", "Callers must know what can come back."),
    (56, SYSTEMS, "Which versions of its language and which systems must {} support?", "The idea does not say."),
    (45, &["semver", "breaking", "deprecat*", "stable"], "How are users of {} told when something that they call changes or goes?", "Whoever calls a library depends on it."),
    (44, &["licence", "license", "open source", "mit"], "Under which licence may others use and change {}?", "No licence is stated."),
    (38, &["documentation", "docs", "examples", "readme"], "Which example would show in a few lines what {} is for?", "People choose a library by its first example."),
    (34, OPERATED, "Who answers when users of {} report a fault?", "Nobody is named for that."),
];
#[rustfmt::skip]
const COMMAND: &[Framed] = &[
    (59, FAILING, "What should {} say and return when a file is missing, unreadable or makes no sense?", "The idea does not say."),
    (56, SYSTEMS, "On which systems must {} run?", "The idea does not say."),
    (43, &["install*", "download*", "pip", "cargo", "brew", "package"], "How do people get {}, and how do they get the next version?", "The idea does not say."),
    (38, &["files", "lines", "gb", "mb", "photos"], "How large are the inputs of {} usually, and at worst?", "Size decides how it must be built."),
    (34, OPERATED, "Who answers when users of {} report a fault?", "Nobody is named for that."),
];
#[rustfmt::skip]
const INTERFACE: &[Framed] = &[
    (63, &["api key*", "token*", "oauth", "authenticat*", "sign in", "signed"], "Who may call {}, and how do they prove who they are?", "An interface that anyone can call is open to everyone."),
    (50, &["error*", "refuse*", "fail*"], "What does a caller see when {} is down, too busy or cannot answer?", "Callers must know what can come back."),
    (45, &["version*", "breaking", "deprecat*"], "How are callers of {} told when something that they call changes or goes?", "Other programs depend on it."),
    (34, OPERATED, "Who looks after {} once it runs, and whom do callers ask when it does not?", "Nobody is named for that."),
];
#[rustfmt::skip]
const PAGE: &[Framed] = &[
    (34, OPERATED, "Who looks after {} once it runs, and whom do people ask when it does not?", "Nobody is named for that."),
    (33, DEVICES, "On which devices and where will people use {}?", "The idea does not say."),
    (30, SPOKEN, "Which languages must the words of {} be in, and who has trouble with small print, colours or a keyboard?", "Nothing is said about language and accessibility."),
];
#[rustfmt::skip]
const PEOPLE: &[Framed] = &[
    (66, &["app", "website*", "page", "software"], "Does {} need any software at all, for instance to book, to remind or to keep lists?", "No word of the idea asks for software, so that none was designed."),
    (58, &["deputy", "stand in", "replacement"], "Who does the work of {} when the one who usually does it is ill or away?", "Nobody is named for that."),
    (56, &["permit*", "licence*", "license*", "insurance", "contract*"], "Which permits, contracts or insurance does {} need before it begins?", "The idea does not say."),
    (52, &["km", "area", "town", "city", "opening hours", "o'clock"], "Where and at which hours does {} take place?", "The idea does not say."),
    (50, &["cancel*", "refund*", "no-show*"], "What happens when somebody cancels or does not come to {}?", "A case that the idea leaves open."),
    (46, &["book", "sign up", "register", "call me"], "How do the first people who want {} reach you?", "The idea does not say."),
];
#[rustfmt::skip]
const ALWAYS: &[Framed] = &[
    (36, PRICED, "What may {} cost to begin and to keep going?", "No budget is stated."),
    (35, DATED, "By when must {} be usable, and what hangs on that date?", "No date is stated."),
    (28, &["object*", "against"], "Who could object to {}, and what would you tell them?", "Nobody is named who might."),
];

impl Asker<'_> {
    /// `question/sort`.
    pub(super) fn sort(&mut self) {
        let (name, product) = (self.thing(), &self.reading.product);
        match (product.kind, product.said) {
            (ProductKind::Open, _) if self.reading.english => self.ask(
                73,
                format!("What should {name} be: a page that people open, an app, a command, a library, a device, or something that people do?"),
                "No word of the idea says what sort of thing it is.",
            ),
            (ProductKind::Page, None) => self.ask(
                66,
                format!("Should {name} be a page that people open in a browser, as it is drawn up here?"),
                "The idea speaks of things that are recorded and looked up, and does not say where.",
            ),
            _ => {}
        }
    }

    /// What a thing of this sort is asked when the idea does not say.
    pub(super) fn frame(&mut self) {
        let own = match self.reading.product.kind {
            ProductKind::Library => LIBRARY,
            ProductKind::Command => COMMAND,
            ProductKind::Interface => INTERFACE,
            ProductKind::Device => PHYSICAL,
            ProductKind::People => PEOPLE,
            ProductKind::Page | ProductKind::Open => PAGE,
        };
        let thing = self.thing();
        for (weight, answered, text, why) in own.iter().chain(ALWAYS) {
            if !self.reading.says(answered) {
                self.ask(*weight, text.replace("{}", &thing), *why);
            }
        }
        self.usage(&thing);
        self.volume_and_success(&thing);
        if self.reading.with(Role::Exclusion).next().is_none() {
            self.ask(
                41,
                format!("What should the first version of {thing} leave out?"),
                "The idea excludes nothing.",
            );
        }
        if !self.reading.clauses.iter().any(is_today) {
            let text = format!("What have you tried instead of {thing}, and why was it not enough?");
            self.ask(29, text, "Alternatives tell what matters.");
        }
    }

    /// What one types, where the idea shows no call.
    fn usage(&mut self, thing: &str) {
        let shown = self.idea.contains('`') || self.idea.contains(" --");
        match self.reading.product.kind {
            ProductKind::Command if !shown => {
                let text = format!("What does one type to start {thing}, with which files and options?");
                self.ask(57, text, "The idea shows no call.");
            }
            ProductKind::Library if !shown => {
                let text = format!(
                    "Which call should a program make to use {thing}, with what, and what comes back?"
                );
                self.ask(57, text, "The idea shows no call.");
            }
            _ => {}
        }
    }

    /// `question/success`, `question/volume`.
    fn volume_and_success(&mut self, thing: &str) {
        if self.reading.with(Role::Goal).next().is_none() {
            let lack = if self.reading.quantities.is_empty() {
                "The idea states no number."
            } else {
                "The stated numbers are not tied to success."
            };
            let text = format!("By what would you see, some weeks later, that {thing} was worth it?");
            self.ask(40, text, lack);
        }
        let Some(entity) = primary(self.reading) else { return };
        let many = plural(&entity.words.join(" "));
        let counted = self.reading.quantities.iter().filter_map(|q| q.unit);
        if !counted.into_iter().any(|unit| unit.of(self.idea).to_lowercase().starts_with(&many)) {
            let text = format!("How many {many} come up in a usual week, and in the busiest?");
            self.ask(37, text, "The volume decides how it must be built.");
        }
    }
}
