//! What a run costs on AWS, and which limit its load reaches first.
//!
//! [`Profile`] is what one run used, counted on a real run (`ideamine cost profile`). [`price`] multiplies it with
//! list prices and the functions' memory, [`limits`] with quotas. Nothing here measures or calls anything; both tables carry their source.

mod limits;
mod price;
mod profile;

pub use limits::{Limit, limits};
pub use price::{Assumptions, Bill, Line, Memory, price};
pub use profile::{CallUse, MachineUse, ModelUse, ObjectUse, Profile, TableUse};
