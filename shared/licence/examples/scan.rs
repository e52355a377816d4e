//! What files say of their licences: one line of JSON for each file named on standard input.

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for path in std::io::stdin().lock().lines() {
        let path = path?;
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let told = ideamine_licence::identify_bytes(&bytes, &path);
        let row = serde_json::json!({ "path": path, "gpl_family": told.gpl_family, "expression": told.expression, "unreadable": told.unreadable });
        writeln!(out, "{row}")?;
    }
    Ok(())
}
