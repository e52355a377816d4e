//! What the packages of a Cargo workspace are under, held against its own licence.
//!
//! ```sh
//! cargo metadata --format-version 1 | cargo run -p ideamine-licence --example tree -- "MIT OR Apache-2.0"
//! ```

use ideamine_licence::Expression;
use ideamine_licence::compat::{Outcome, Use, judge, judge_unknown};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let own = std::env::args().nth(1).unwrap_or_else(|| "MIT OR Apache-2.0".to_owned());
    let outgoing = Expression::read(&own).ok_or("the own licence is no SPDX expression")?;
    let metadata: serde_json::Value = serde_json::from_reader(std::io::stdin().lock())?;
    let packages = metadata["packages"].as_array().ok_or("not the output of cargo metadata")?;
    let mut shown = 0;
    for package in packages {
        let declared = package["license"].as_str().unwrap_or("no licence");
        let verdict = Expression::read(declared)
            .map_or_else(|| judge_unknown(declared), |e| judge(&e, &outgoing, Use::StaticLink));
        if verdict.outcome != Outcome::Allowed {
            shown += 1;
            eprintln!(
                "{} {}: {:?}, {declared}: {} ({})",
                package["name"], package["version"], verdict.outcome, verdict.why, verdict.source
            );
        }
    }
    eprintln!("{} packages, {shown} to look at", packages.len());
    Ok(())
}
