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

pub(super) const TELLING: &[&str] = &[
    "notif*", "remind*", "alert*", "warn*", "sms", "e-mail*", "email*", "whatsapp", "message*", "send",
    "sends",
];
#[rustfmt::skip]
pub(super) const TIMED: &[&str] = &[
    "every day", "daily", "weekly", "monthly", "every week", "every month", "each month", "each week", "overdue",
    "deleted after", "automatically", "before the", "days before", "hours before", "expire*", "at night",
    "every morning", "every evening",
];
pub(super) const OFFLINE_CUES: &[&str] =
    &["offline", "without internet", "no internet", "no reception", "without a connection"];

/// Names that components have.
pub(super) const RESERVED: &[&str] =
    &[PAGE, INTERFACE, RECORDS, MESSAGES, TIMER, OFFLINE, DEVICE, GATEWAY, "system"];

/// Which requirements each part carries: by the words of the requirement, the records for the rest.
pub(super) fn components(brief: &Brief, prd: &Prd, kind: ProductKind) -> Vec<Component> {
    let mut parts: Vec<(&str, &str, Vec<String>)> = vec![
        (PAGE, "Shows what is kept and takes in what people enter.", Vec::new()),
        (INTERFACE, "Answers requests about records and refuses wrong ones.", Vec::new()),
        (RECORDS, "Keeps records so that they are there after a restart.", Vec::new()),
        (MESSAGES, "Tells people something through a channel that is not ours.", Vec::new()),
        (TIMER, "Does what is due without anyone asking.", Vec::new()),
        (OFFLINE, "Lets people work without a connection and brings the copies together later.", Vec::new()),
        (DEVICE, "The thing itself: measures, shows or moves something.", Vec::new()),
        (GATEWAY, "Speaks to other systems that messages do not reach.", Vec::new()),
    ];
    for requirement in &prd.requirements {
        for place in carriers(brief, requirement, kind) {
            if let Some(part) = parts.iter_mut().find(|p| p.0 == place) {
                part.2.push(requirement.id.clone());
            }
        }
    }
    let always = |name: &str| kind != ProductKind::Device && [PAGE, INTERFACE, RECORDS].contains(&name);
    let wanted = |p: &(&str, &str, Vec<String>)| !p.2.is_empty() || always(p.0);
    let part = |(name, what, carries): (&str, &str, Vec<String>)| Component {
        name: name.to_owned(),
        responsibility: Text::rule(what, format!("architecture/{}", name.replace(' ', "-"))),
        carries,
    };
    let kept: Vec<Component> = parts.into_iter().filter(wanted).map(part).collect();
    if kept.is_empty() { vec![part((DEVICE, "The thing itself.", Vec::new()))] } else { kept }
}

fn carriers(brief: &Brief, requirement: &Requirement, kind: ProductKind) -> Vec<&'static str> {
    let text = &requirement.statement;
    let mut carriers = Vec::new();
    let entity = brief.entities.iter().any(|e| about(brief, requirement, &e.name));
    let integration =
        brief.integrations.iter().any(|i| text.text.to_lowercase().contains(&i.text.to_lowercase()));
    let telling = says(text, TELLING);
    for (holds, name) in [
        (telling, MESSAGES),
        (says(text, TIMED), TIMER),
        (says(text, OFFLINE_CUES), OFFLINE),
        (integration && !telling, GATEWAY),
        (kind == ProductKind::Device && !entity, DEVICE),
        (entity && requirement.id.starts_with("FR") && kind != ProductKind::Device, PAGE),
        (entity, INTERFACE),
        (entity, RECORDS),
    ] {
        if holds {
            carriers.push(name);
        }
    }
    if carriers.is_empty() {
        // What no word gives away is something that people see or enter; a bound without a place holds everywhere.
        carriers.push(if requirement.id.starts_with("FR") { PAGE } else { INTERFACE });
    }
    carriers
}
