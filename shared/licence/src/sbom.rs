//! The list of parts as CycloneDX 1.6 and SPDX 2.3 and 3.0.1 JSON.
//!
//! Time and serial number are given by the caller: the same parts make the same bytes.

mod cyclonedx;
mod spdx2;
mod spdx3;

pub use cyclonedx::cyclonedx;
pub use spdx2::spdx2;
pub use spdx3::spdx3;

use crate::manifest::Component;

/// What a document says of itself.
#[derive(Debug, Clone)]
pub struct About {
    /// Name of the work.
    pub name: String,
    /// Its version.
    pub version: String,
    /// RFC 3339, in UTC and whole seconds: `2026-01-31T12:00:00Z`.
    pub created: String,
    /// A UUID (RFC 9562), lower case.
    pub uuid: String,
}

/// `SPDXRef-…` and the like allow letters, digits, dots and dashes.
fn plain(part: &Component, index: usize) -> String {
    let name: String =
        part.name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    format!("{index}-{name}")
}

/// The name and version of this crate, which made the document.
const TOOL: &str = concat!("ideamine-licence-", env!("CARGO_PKG_VERSION"));
