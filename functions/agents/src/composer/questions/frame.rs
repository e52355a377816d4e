//! Questions about the frame: physical conditions, time, money, volume, who looks after it.

use super::super::cues::Role;
use super::super::entities::primary;
use super::super::product::ProductKind;
use super::Asker;

/// Words that answer, and what is asked about something physical when none of them is there.
#[rustfmt::skip]
const PHYSICAL: &[(&[&str], &str)] = &[
    (&["battery", "batteries", "solar", "usb*", "mains", "plug", "rechargeable"], "How is it powered, and how long must it last without anyone looking after it?"),
    (&["waterproof", "weatherproof", "outdoor*", "rain", "temperature*", "dust"], "In which conditions must it work: wet, cold, heat, dust, knocks?"),
    (&["certif*", "ce", "norm", "standard", "safety"], "Which safety rules and approvals apply where it is sold or used?"),
    (&["units", "pieces", "batch", "series", "prototype"], "How many are to be made, and by whom?"),
    (&["repair*", "replace*", "spare", "recycle*", "warranty"], "What happens when it breaks: repair, exchange or disposal?"),
];
#[rustfmt::skip]
const DATED: &[&str] = &[
    "deadline", "by the end", "launch", "next year", "this year", "spring", "summer", "autumn", "winter", "christmas", "january",
    "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
];
const PRICED: &[&str] = &["budget", "cost*", "eur", "euro", "euros", "usd", "dollars", "pounds", "cheap*"];
const OPERATED: &[&str] =
    &["administrator*", "admin", "operate*", "maintain*", "support", "hosting", "hosted"];
#[rustfmt::skip]
const DEVICES: &[&str] = &[
    "phone*", "smartphone*", "browser", "tablet*", "desktop", "laptop*", "android", "iphone*", "screen",
];

impl Asker<'_> {
    /// `question/hardware`.
    pub(super) fn hardware(&mut self) {
        for (words, text) in PHYSICAL.iter().filter(|_| self.reading.product.kind == ProductKind::Device) {
            if !self.reading.says(words) {
                self.ask(59, *text, "It is something physical, and the idea does not say.");
            }
        }
    }

    /// What any idea is asked when it does not say.
    pub(super) fn frame(&mut self) {
        let thing = self.thing();
        self.volume_and_success(&thing);
        let device = self.reading.product.kind == ProductKind::Device;
        let excluded = self.reading.with(Role::Exclusion).next().is_some();
        let said = |words| self.reading.says(words);
        let (dated, priced, operated) = (said(DATED), said(PRICED), said(OPERATED));
        let placed = said(DEVICES) || device;
        for (told, weight, text, why) in [
            (excluded, 41, format!("What should the first version of {thing} leave out?"), "The idea excludes nothing."),
            (priced, 36, format!("What may {thing} cost to build and to run?"), "No budget is stated."),
            (dated, 35, format!("By when must {thing} be usable, and what hangs on that date?"), "No date is stated."),
            (operated, 34, format!("Who looks after {thing} once it runs, and whom do people ask when it does not?"), "Nobody is named for that."),
            (placed, 33, format!("On which devices and where will people use {thing}?"), "The idea does not say."),
            (false, 30, "Which languages must its words be in, and who has trouble with small print, colours or a keyboard?".to_owned(), "Nothing is said about language and accessibility."),
            (false, 29, format!("What have you tried instead of {thing}, and why was it not enough?"), "Alternatives tell what matters."),
            (false, 28, format!("Who could object to {thing}, and what would you tell them?"), "Nobody is named who might."),
            (false, 27, "What would be the smallest part of it that is useful by itself?".to_owned(), "A first step is not named."),
        ] {
            if !told {
                self.ask(weight, text, why);
            }
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
            self.ask(
                40,
                format!("By what would you see, some weeks later, that {thing} was worth it?"),
                lack,
            );
        }
        if let Some(words) = primary(self.reading).map(|e| e.words.join(" ")) {
            let text = format!("How many records of “{words}” come up in a usual week, and in the busiest?");
            self.ask(37, text, "The volume decides how it must be built.");
        }
    }
}
