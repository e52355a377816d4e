//! Questions about what needs care: data about people, money, other systems.

use super::super::cues::Role;
use super::super::integrations::Channel;
use super::super::product::ProductKind;
use super::super::sensitive::{Kind, Sensitive};
use super::Asker;
use crate::composer::quote::clip;

/// Words of sentences that say who may see something.
#[rustfmt::skip]
const ACCESS: &[&str] = &[
    "may see", "may read", "can see", "only the", "only they", "access", "visible to", "private", "is shown to", "only guests",
    "must not leave",
];
const RETENTION: &[&str] = &[
    "delete*",
    "erase*",
    "retention",
    "kept for",
    "keep for",
    "no longer than",
    "longer than",
    "anonymi*",
    "disappear",
];
#[rustfmt::skip]
const MONEY: &[&str] = &["pay", "pays", "payment*", "invoice*", "refund*", "deposit*", "fee", "fees", "charge*", "billed"];
#[rustfmt::skip]
const CURRENCIES: &[&str] = &["eur", "euro", "euros", "usd", "dollar*", "gbp", "pounds", "chf", "francs", "cent", "cents"];
/// Most other systems that are asked about.
const SYSTEMS_MAX: usize = 3;

impl Asker<'_> {
    /// `question/access`, `question/retention`, `question/payment`, `question/integration`.
    pub(super) fn care(&mut self) {
        let kind = self.reading.product.kind;
        let keeps = !kind.is_called() && kind != ProductKind::Device;
        let found: &[Sensitive] = if keeps { &self.reading.sensitive } else { &[] };
        found.iter().for_each(|s| self.access(s));
        let kept = found.iter().find(|s| s.kind != Kind::Credentials).map(|s| clip(self.idea, s.cue));
        if let Some(cue) = kept.filter(|_| !self.reading.says(RETENTION)) {
            let text = format!("How long may data such as “{cue}” be kept, and who deletes it?");
            self.ask(64, text, "Nothing says when data about people ends.");
        }
        self.money(keeps);
        for i in self.reading.integrations.iter().take(SYSTEMS_MAX) {
            let (name, clause) = (clip(self.idea, i.span), clip(self.idea, i.clause));
            self.ask(52, about_channel(i.channel, &name), format!("“{clause}” depends on it."));
        }
    }

    fn money(&mut self, keeps: bool) {
        let moves = |c: &&super::super::segment::Clause| {
            matches!(self.reading.role(c), Role::Need(_) | Role::Other) && c.says(MONEY)
        };
        let Some(said) = self.reading.clauses.iter().find(moves).filter(|_| keeps).map(|c| self.said(c))
        else {
            return;
        };
        let named =
            self.reading.says(CURRENCIES) || ["€", "$", "£"].iter().any(|sign| self.idea.contains(sign));
        let text = if named {
            format!("About {said}: what happens when a payment fails or must be given back?")
        } else {
            format!(
                "About {said}: in which currency, and what happens when a payment fails or must be given back?"
            )
        };
        self.ask(60, text, "Money is involved.");
    }

    fn access(&mut self, s: &Sensitive) {
        let (label, cue) = (s.kind.label(), clip(self.idea, s.cue));
        let lower = cue.to_lowercase();
        let stem = lower.trim_end_matches('s');
        if self.reading.clauses.iter().any(|c| c.says(ACCESS) && c.norm.contains(stem)) {
            return;
        }
        let text = format!("Who may see and change {label} (“{cue}”), and who may not?");
        let why = format!("“{cue}” needs care, and nobody says who has access.");
        match s.kind {
            Kind::Health | Kind::Children | Kind::Biometric | Kind::Credentials | Kind::Employment => {
                self.block(68, text, why);
            }
            _ => self.ask(68, text, why),
        }
    }
}

fn about_channel(channel: Channel, name: &str) -> String {
    match channel {
        Channel::Messages => {
            format!("Whose account sends “{name}”, who may be written to, and how do they stop it?")
        }
        Channel::Payment => format!("Who holds the account for “{name}”, and who sees what was paid?"),
        Channel::Files => {
            format!("What exactly must stand in “{name}”: which columns, in which form, for which period?")
        }
        Channel::Identity => format!("Who looks after “{name}”, and what may people do who are not in it?"),
        Channel::Device => format!("How far must “{name}” reach, and what happens where it does not?"),
        Channel::Calendar | Channel::Maps | Channel::Other => {
            format!(
                "Which account or contract for “{name}” exists already, and what should happen while it is away?"
            )
        }
    }
}
