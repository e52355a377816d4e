//! CycloneDX 1.6 (ECMA-424): <https://cyclonedx.org/docs/1.6/json/>.

use serde_json::{Value, json};

use super::{About, TOOL};
use crate::expression::Expression;
use crate::manifest::Component;

/// The document. A licence that is no expression is given by name, one that is not known not at all.
pub fn cyclonedx(about: &About, parts: &[Component]) -> Value {
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", about.uuid),
        "version": 1,
        "metadata": {
            "timestamp": about.created,
            "tools": { "components": [ { "type": "application", "name": TOOL } ] },
            "component": { "type": "application", "bom-ref": "root", "name": about.name, "version": about.version },
        },
        "components": parts.iter().map(component).collect::<Vec<_>>(),
        "dependencies": [ { "ref": "root", "dependsOn": refs(parts) } ],
    })
}

/// References are unique by specification; a part that is listed twice is one.
fn refs(parts: &[Component]) -> Vec<String> {
    let mut refs: Vec<String> = parts.iter().map(Component::purl).collect();
    refs.sort();
    refs.dedup();
    refs
}

fn component(part: &Component) -> Value {
    let mut row =
        json!({ "type": "library", "bom-ref": part.purl(), "name": part.name, "purl": part.purl() });
    if let Some(version) = &part.version {
        row["version"] = json!(version);
    }
    match (part.licence(), &part.declared) {
        (Some(Expression::Licence { id, exception: None }), _) if spdx::license_id(&id).is_some() => {
            row["licenses"] = json!([ { "license": { "id": id } } ])
        }
        (Some(expression), _) => row["licenses"] = json!([ { "expression": expression.to_string() } ]),
        (None, Some(declared)) => row["licenses"] = json!([ { "license": { "name": declared } } ]),
        (None, None) => {}
    }
    row
}
