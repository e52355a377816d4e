//! Ways out: places that collect what is sent to them, and links, images, names and requests that carry data.
mod link;
mod lookup;
mod place;

pub(crate) use link::{Link, judge, link};
pub(crate) use lookup::{LOOKUPS, lookup};
pub(crate) use place::{DROPS, PASTES, place};

use crate::leak::Kind;

const CHANNEL: Kind = Kind::ExfilChannel;

/// Longest URL looked at, and how much around it says what is done with it.
const URL: usize = 2048;
const AROUND: usize = 200;
