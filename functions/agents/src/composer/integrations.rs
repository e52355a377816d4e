//! Other systems that the idea names.
//!
//! | rule | what |
//! |---|---|
//! | `integration/named` | a channel, product or interface that is known by its name |
//! | `integration/connected` | what something is connected to, imported from, exported to |

use super::Reading;
use super::cues::Role;
use super::inflection::verb;
use super::lexicon as lex;
use super::phrases::phrase;
use super::segment::Clause;
use super::span::Span;

/// Most integrations that are kept.
pub const INTEGRATIONS_MAX: usize = 12;

/// What an outside system does for the thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Carries messages to people.
    Messages,
    /// Moves money.
    Payment,
    /// Appointments.
    Calendar,
    /// Places and routes.
    Maps,
    /// Files, tables, bookkeeping.
    Files,
    /// Who someone is.
    Identity,
    /// Devices and radio.
    Device,
    /// Some other system.
    Other,
}

#[rustfmt::skip]
const NAMES: &[(&str, Channel)] = &[
    ("sms", Channel::Messages), ("text message", Channel::Messages), ("text messages", Channel::Messages),
    ("whatsapp", Channel::Messages), ("telegram", Channel::Messages), ("slack", Channel::Messages),
    ("signal group", Channel::Messages), ("microsoft teams", Channel::Messages), ("discord", Channel::Messages),
    ("e-mail", Channel::Messages), ("email", Channel::Messages), ("e-mails", Channel::Messages),
    ("emails", Channel::Messages), ("push notification", Channel::Messages),
    ("push notifications", Channel::Messages), ("outlook", Channel::Calendar), ("google calendar", Channel::Calendar),
    ("ical", Channel::Calendar), ("stripe", Channel::Payment), ("paypal", Channel::Payment),
    ("sumup", Channel::Payment), ("sepa", Channel::Payment), ("credit card", Channel::Payment),
    ("credit cards", Channel::Payment), ("card payment", Channel::Payment), ("card payments", Channel::Payment),
    ("apple pay", Channel::Payment), ("google pay", Channel::Payment), ("bank transfer", Channel::Payment),
    ("google maps", Channel::Maps), ("openstreetmap", Channel::Maps), ("gps", Channel::Device),
    ("bluetooth", Channel::Device), ("wifi", Channel::Device), ("wi-fi", Channel::Device), ("lora", Channel::Device),
    ("lorawan", Channel::Device), ("zigbee", Channel::Device), ("mqtt", Channel::Device), ("nfc", Channel::Device),
    ("rfid", Channel::Device), ("barcode scanner", Channel::Device), ("label printer", Channel::Device),
    ("excel", Channel::Files), ("google sheets", Channel::Files), ("dropbox", Channel::Files),
    ("google drive", Channel::Files), ("sharepoint", Channel::Files), ("sap", Channel::Files),
    ("datev", Channel::Files), ("quickbooks", Channel::Files), ("xero", Channel::Files),
    ("salesforce", Channel::Other), ("hubspot", Channel::Other), ("shopify", Channel::Other),
    ("jira", Channel::Other), ("github", Channel::Other), ("active directory", Channel::Identity),
    ("ldap", Channel::Identity), ("single sign-on", Channel::Identity), ("sso", Channel::Identity),
    ("weather service", Channel::Other), ("weather forecast", Channel::Other), ("alexa", Channel::Other),
    ("home assistant", Channel::Other),
];

/// An outside system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Where its name stands.
    pub span: Span,
    /// What it is for.
    pub channel: Channel,
    /// The clause it is named in.
    pub clause: Span,
}

/// All integrations, in order of first mention, each once.
pub fn integrations(idea: &str, reading: &Reading) -> Vec<Integration> {
    let mut found: Vec<Integration> = Vec::new();
    for clause in &reading.clauses {
        if matches!(reading.role(clause), Role::Exclusion | Role::Problem | Role::Question) {
            continue;
        }
        for new in named(clause).into_iter().chain(connected(clause)).chain(listed(reading, clause)) {
            let name = |i: &Integration| stem(i.span.of(idea));
            let known = found.iter().any(|i| name(i).contains(&name(&new)) || name(&new).contains(&name(i)));
            if !known {
                found.push(new);
            }
        }
    }
    found.truncate(INTEGRATIONS_MAX);
    found
}

fn stem(name: &str) -> String {
    name.to_lowercase().replace('-', "").trim_end_matches('s').to_owned()
}

fn named(clause: &Clause) -> Vec<Integration> {
    let tokens = &clause.tokens;
    let at = |i: usize| {
        let two = tokens.get(i + 1).map(|next| format!("{} {}", tokens[i].lower, next.lower));
        let matches =
            |(name, _): &&(&str, Channel)| *name == tokens[i].lower || two.as_deref() == Some(*name);
        // A kind of data ("e-mail address") is no channel.
        let data = tokens.get(i + 1).is_some_and(|t| t.any(&["address", "addresses", "number"]));
        let (name, channel) = NAMES.iter().find(matches).filter(|_| !data)?;
        if *channel == Channel::Messages && !carries(clause, i) {
            return None;
        }
        let last = if name.contains(' ') { i + 1 } else { i };
        let span = Span::new(tokens[i].span.start, tokens[last].span.end);
        Some(Integration { span, channel: *channel, clause: clause.span })
    };
    (0..tokens.len()).filter_map(at).collect()
}

/// Whether the clause sends something by this channel: "dates as people write them in e-mails" does not.
fn carries(clause: &Clause, at: usize) -> bool {
    const BY: &[&str] = &["by", "via", "per", "through", "over"];
    #[rustfmt::skip]
    const TELLING: &[&str] = &[
        "send", "sends", "sent", "get", "gets", "receive", "receives", "notify", "notifies", "notified", "remind", "reminds",
        "reminder", "reminders", "message", "messages", "notification", "notifications", "alert", "alerts", "invite", "invites",
        "forward", "forwards", "confirm", "confirms", "confirmation", "warn", "warns", "inform", "informs",
    ];
    let by = at > 0 && clause.tokens[at - 1].any(BY);
    by || clause.tokens.iter().any(|t| t.any(TELLING))
}

/// "connects to the door opener", "import from the bank".
fn connected(clause: &Clause) -> Option<Integration> {
    const JOINING: &[&str] =
        &["connect", "integrate", "sync", "synchronize", "synchronise", "import", "export", "link"];
    let tokens = &clause.tokens;
    let joins = tokens.iter().position(|t| verb(&t.lower).is_some_and(|v| JOINING.contains(&v)))?;
    let towards =
        (joins + 1..tokens.len().min(joins + 8)).find(|i| tokens[*i].any(&["to", "with", "from", "into"]))?;
    let target = phrase(tokens, towards + 1)?;
    let general = lex::has(lex::NOT_ENTITIES, &target.head) && target.words.len() == 1;
    let plain = !general && !lex::has(lex::PERSONS, &target.head);
    plain.then_some(Integration { span: target.span, channel: Channel::Other, clause: clause.span })
}

/// An item under a heading such as "Integrations".
fn listed(reading: &Reading, clause: &Clause) -> Option<Integration> {
    if reading.role(clause) != Role::Integration || !named(clause).is_empty() {
        return None;
    }
    let p = phrase(&clause.tokens, 0)?;
    Some(Integration { span: p.span, channel: Channel::Other, clause: clause.span })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(idea: &str) -> Vec<&str> {
        Reading::of(idea).integrations.iter().map(|i| i.span.of(idea)).collect()
    }

    #[test]
    fn systems_are_found_by_name_or_connection() {
        let check = |idea: &str, expected: &[&str]| assert_eq!(names(idea), expected, "{idea}");
        check("It sends an SMS and an e-mail. Another sms follows.", &["SMS", "e-mail"]);
        check("It must import shifts from the payroll system.", &["payroll system"]);
        check("No PayPal in the first version.", &[]);
        check("It must keep the e-mail address.", &[]);
        check("It reads dates the way people write them in e-mails.", &[]);
        check("It must put visits into Google Calendar.", &["Google Calendar"]);
    }
}
