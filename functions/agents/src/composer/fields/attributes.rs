//! Nouns that name properties: which kind of value, which field name.

use ideamine_core::artifacts::FieldKind;

use super::super::phrases::Phrase;
use super::super::words::snake;

/// Attributes by their head noun.
#[rustfmt::skip]
const ATTRIBUTES: &[(&[&str], Plain)] = &[
    (&["birthday", "date", "day", "deadline", "expiry"], Plain::Date),
    (&["arrival", "departure", "end", "start", "time", "timestamp"], Plain::Moment),
    (&["amount", "charge", "cost", "deposit", "fee", "fine", "price", "rent", "salary", "total", "wage"],
        Plain::Money),
    (&["age", "capacity", "count", "distance", "duration", "height", "hour", "humidity", "length", "mileage",
        "minute", "percentage", "point", "pressure", "quantity", "rating", "score", "size", "stock", "temperature",
        "weight", "width"], Plain::Integer),
    (&["address", "author", "barcode", "brand", "category", "class", "code", "color", "colour", "comment",
        "condition", "contact", "cause", "damage", "defect", "department", "description", "destination", "detail",
        "diagnosis", "email", "e-mail", "fault", "gender", "grade", "iban", "image", "ingredient", "instruction",
        "language", "link", "location", "manufacturer", "material", "model", "name", "note", "number", "origin",
        "owner", "phone", "photo", "picture", "place", "position", "priority", "reason", "remark", "result", "role",
        "shelf", "species", "breed", "quality", "programme", "voice", "signature", "state", "status", "subject",
        "supplier", "symptom", "tag", "title", "topic", "type", "unit", "url", "version", "zip"], Plain::Text),
];

#[derive(Clone, Copy)]
pub(super) enum Plain {
    Date,
    Moment,
    Money,
    Integer,
    Text,
}

/// Whether a noun names a property rather than a thing.
pub fn is_attribute(head: &str) -> bool {
    // Some of them are things when they stand alone ("the shelf", "the owner").
    #[rustfmt::skip]
    const THINGS: &[&str] = &[
        "author", "damage", "defect", "department", "fault", "hour", "ingredient", "minute", "owner", "place", "point", "programme",
        "shelf", "supplier", "symptom", "tag", "unit",
    ];
    plain(head).is_some() && !THINGS.contains(&head)
}

pub(super) fn plain(head: &str) -> Option<Plain> {
    ATTRIBUTES.iter().find(|(heads, _)| heads.contains(&head)).map(|(_, plain)| *plain)
}

pub(super) fn kind(item: &Phrase) -> FieldKind {
    let count = item.head == "number" && item.of.as_ref().is_some_and(|of| !of.determined);
    match plain(&item.head).unwrap_or(Plain::Text) {
        _ if count => FieldKind::Integer,
        Plain::Date => FieldKind::Date,
        Plain::Moment => FieldKind::Moment,
        Plain::Money => FieldKind::MoneyMinor,
        Plain::Integer => FieldKind::Integer,
        Plain::Text => FieldKind::Text,
    }
}

/// `date of birth` → date_of_birth; `photos of the damage` → photo.
pub(super) fn name(item: &Phrase) -> Option<String> {
    let mut words = item.singular();
    if let Some(of) = item.of.as_ref().filter(|of| !of.determined && is_attribute(&item.head)) {
        words.push("of".to_owned());
        words.extend(of.words.clone());
    }
    snake(&words.iter().map(String::as_str).collect::<Vec<_>>())
}
