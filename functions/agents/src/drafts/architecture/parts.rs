//! Components, and which requirements each of them carries.

use ideamine_core::Text;
use ideamine_core::artifacts::{Brief, Component, Prd, Requirement};

use crate::composer::product::ProductKind;
use crate::shape::{about, says};

pub(super) const PAGE: &str = "page";
pub(super) const INTERFACE: &str = "interface";
pub(super) const RECORDS: &str = "records";
pub(super) const MESSAGES: &str = "messages";
pub(super) const TIMER: &str = "timer";
pub(super) const OFFLINE: &str = "offline copy";
pub(super) const DEVICE: &str = "device";
pub(super) const GATEWAY: &str = "gateway";
pub(super) const LIBRARY: &str = "library";
pub(super) const COMMAND: &str = "command";
pub(super) const BY_HAND: &str = "by hand";

pub(super) const TELLING: &[&str] = &[
    "notif*", "remind*", "alert*", "warn*", "sms", "e-mail*", "email*", "whatsapp", "message*", "send",
    "sends",
];
#[rustfmt::skip]
pub(super) const TIMED: &[&str] = &[
    "every day", "daily", "weekly", "monthly", "every week", "every month", "every night", "each month", "each week", "overdue",
    "deleted after", "deleted within", "automatically", "days before", "day before", "hours before", "expire*", "at night",
    "every morning", "every evening", "every minute", "every hour",
];
pub(super) const OFFLINE_CUES: &[&str] =
    &["offline", "without internet", "no internet", "no reception", "without a connection"];

/// Names that components have, each with what it is for.
#[rustfmt::skip]
const PARTS: &[(&str, &str)] = &[
    (LIBRARY, "What programs call: takes what they hand over, and answers or says what is wrong with it."),
    (COMMAND, "Reads what is typed, does it, and says what came of it."),
    (PAGE, "Shows what is kept and takes in what people enter."),
    (INTERFACE, "Answers requests and refuses wrong ones."),
    (RECORDS, "Keeps records so that they are there after a restart."),
    (MESSAGES, "Tells people something through a channel that is not ours."),
    (TIMER, "Does what is due without anyone asking."),
    (OFFLINE, "Lets people work without a connection and brings the copies together later."),
    (DEVICE, "The thing itself: measures, shows or moves something."),
    (GATEWAY, "Speaks to other systems that messages do not reach."),
    (BY_HAND, "What people do themselves: no software carries it."),
];

/// Whether a name is one of ours.
pub(super) fn is_reserved(name: &str) -> bool {
    name == "system" || PARTS.iter().any(|(own, _)| *own == name)
}

/// Which requirements each part carries: by the sort of the thing and the words of the requirement.
pub(super) fn components(brief: &Brief, prd: &Prd, kind: ProductKind) -> Vec<Component> {
    let carried = |name: &str| -> Vec<String> {
        let by = |r: &&Requirement| carriers(brief, r, kind).contains(&name);
        prd.requirements.iter().filter(by).map(|r| r.id.clone()).collect()
    };
    let keeps = !brief.entities.is_empty() && kind != ProductKind::Device;
    let always = |name: &str| name == main(kind) || keeps && needs_records(kind).contains(&name);
    let part = |(name, what): &(&str, &str)| Component {
        name: (*name).to_owned(),
        responsibility: Text::rule(*what, format!("architecture/{}", name.replace(' ', "-"))),
        carries: carried(name),
    };
    PARTS.iter().map(part).filter(|c| !c.carries.is_empty() || always(&c.name)).collect()
}

/// The part that a thing of this sort always has, and that carries what no word gives away.
pub(super) const fn main(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::Library => LIBRARY,
        ProductKind::Command => COMMAND,
        ProductKind::Interface => INTERFACE,
        ProductKind::Device => DEVICE,
        ProductKind::People => BY_HAND,
        ProductKind::Page | ProductKind::Open => PAGE,
    }
}

/// What is there as well where records are kept.
const fn needs_records(kind: ProductKind) -> &'static [&'static str] {
    match kind {
        ProductKind::Library | ProductKind::Command => &[RECORDS],
        ProductKind::People => &[],
        _ => &[INTERFACE, RECORDS],
    }
}

fn carriers(brief: &Brief, requirement: &Requirement, kind: ProductKind) -> Vec<&'static str> {
    if matches!(kind, ProductKind::People | ProductKind::Library) {
        return vec![main(kind)];
    }
    let text = &requirement.statement;
    let functional = requirement.id.starts_with("FR");
    let entity = brief.entities.iter().any(|e| about(brief, requirement, &e.name));
    let integration =
        brief.integrations.iter().any(|i| text.text.to_lowercase().contains(&i.text.to_lowercase()));
    let called = kind == ProductKind::Command;
    let telling = !called && says(text, TELLING);
    let candidates = [
        (telling, MESSAGES),
        (!called && says(text, TIMED), TIMER),
        (!called && says(text, OFFLINE_CUES), OFFLINE),
        (integration && !telling, GATEWAY),
        (kind == ProductKind::Device && !entity || called, main(kind)),
        (entity && functional && matches!(kind, ProductKind::Page | ProductKind::Open), PAGE),
        (entity && !called, INTERFACE),
        (entity, RECORDS),
    ];
    let mut carriers: Vec<&str> =
        candidates.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name).collect();
    if carriers.is_empty() {
        carriers.push(main(kind));
    }
    carriers
}
