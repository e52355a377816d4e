//! The list of parts of a lock file in every form, written to the folder given: `cargo run -p ideamine-licence --example
//! sbom -- Cargo.lock FOLDER`. `infra/attestations` holds them against the official schemas.
use ideamine_licence::manifest::components;
use ideamine_licence::sbom::{About, cyclonedx, spdx2, spdx3};
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, folder] = &arguments[..] else { return Err("give a lock file and a folder".into()) };
    let mut parts = components(&std::fs::read_to_string(file)?, file);
    // Lock files say nothing of licences: one of each way of saying it.
    for (part, declared) in parts.iter_mut().zip([
        "MIT",
        "MIT OR Apache-2.0",
        "GPL-2.0-only WITH Classpath-exception-2.0",
        "see LICENSE.md",
    ]) {
        part.declared = Some(declared.to_owned());
    }
    let about = About {
        name: "example".into(),
        version: "1.0.0".into(),
        created: "2026-01-31T12:00:00Z".into(),
        uuid: "3f2b8c1e-5d7a-4e9b-8a61-0c4d2e6f7a90".into(),
    };
    std::fs::create_dir_all(folder)?;
    for (name, document) in [
        ("bom.cdx.json", cyclonedx(&about, &parts)),
        ("bom.spdx.json", spdx2(&about, &parts)),
        ("bom.spdx3.json", spdx3(&about, &parts)),
    ] {
        std::fs::write(Path::new(folder).join(name), serde_json::to_vec_pretty(&document)?)?;
    }
    Ok(())
}
