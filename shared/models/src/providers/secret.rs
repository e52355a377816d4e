//! Provider keys: never shown, and good for one origin only.

/// A provider's key and the origin (`https://host`) that it may be sent to.
///
/// It has neither `Debug` nor `Display` nor `Serialize`, so that a struct holding one cannot be printed
/// by accident.
#[derive(Clone)]
pub struct ApiKey {
    text: String,
    origin: String,
}

impl ApiKey {
    /// A key for one origin. White space around it, as a copied line has, is not part of it.
    pub fn new(text: &str, origin: &str) -> Self {
        let origin = origin.trim().trim_end_matches('/').to_ascii_lowercase();
        Self { text: text.trim().to_owned(), origin }
    }

    /// The origin that it is for.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The key itself, if it may be sent to `origin`.
    pub(super) fn for_origin(&self, origin: &str) -> Option<&str> {
        (self.origin == origin).then_some(&self.text)
    }

    /// Whether the key can be an HTTP header: printable ASCII, and not empty.
    pub(super) fn is_usable(&self) -> bool {
        !self.text.is_empty() && self.text.bytes().all(|b| b.is_ascii_graphic())
    }
}
