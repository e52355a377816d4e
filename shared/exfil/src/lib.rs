//! The exfiltration guard: what must not leave, found in any text that is about to: tokens by their formats and checksums,
//! secrets by what stands around them, private keys, personal data by its check digits, internal hosts, all of that
//! encoded or in pieces, and the channels that would carry it. Registered secrets are found in every encoding.
//!
//! Pure: no IO, no clock, no randomness. Linear in the input: one multi-pattern search finds where anything can begin, and
//! each rule looks at a bounded piece from there; decoding is bounded in depth and in size.
//!
//! # Operating points
//! [`Point::Default`] counts leaks with a score from 0.5 on: at most one false alarm in a hundred harmless texts.
//! [`Point::Strict`] counts from 0.25 on: mailboxes of roles, private addresses in prose, documented logins, too.
//!
//! # What is not found
//! Names of persons alone; places; secrets in pictures, sound or archives; unknown secrets under a cipher with a key, under
//! two different ciphers of letters, or spelled out in words; unknown secrets without form, context or registration.

mod channels;
pub mod checksum;
mod credentials;
mod exception;
mod guard;
mod hosts;
mod keys;
mod known;
mod leak;
mod logins;
mod mailbox;
mod national;
mod people;
mod personal;
mod pieces;
mod readings;
mod redact;
mod scan;
mod tokens;
mod triggers;
mod turned;
mod value;
mod vendors;

pub use exception::{Exception, ExceptionError, except};
pub use guard::Guard;
pub use known::{RULE as REGISTERED, Registry};
pub use leak::{Context, Decision, Kind, Leak, Point, decide};
pub use redact::{Key, NotOpened, Redacted, SealedMap, redact};
