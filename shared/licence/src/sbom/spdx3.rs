//! SPDX 3.0.1 as JSON-LD: <https://spdx.github.io/spdx-spec/v3.0.1/>.

use serde_json::{Value, json};

use super::{About, TOOL, plain};
use crate::manifest::Component;

/// The document: one graph of elements with identifiers below one namespace.
pub fn spdx3(about: &About, parts: &[Component]) -> Value {
    let space = format!("https://spdx.org/spdxdocs/{}#", about.uuid);
    let named = |name: &str| format!("{space}{name}");
    let creation = "_:creation";
    let mut graph = vec![
        json!({ "type": "CreationInfo", "@id": creation, "specVersion": "3.0.1", "created": about.created, "createdBy": [named("tool-agent")] }),
        json!({ "type": "SoftwareAgent", "spdxId": named("tool-agent"), "creationInfo": creation, "name": TOOL }),
        json!({ "type": "software_Package", "spdxId": named("root"), "creationInfo": creation, "name": about.name, "software_packageVersion": about.version }),
    ];
    let mut needed = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        let id = named(&format!("package-{}", plain(part, i)));
        let mut row = json!({ "type": "software_Package", "spdxId": id, "creationInfo": creation, "name": part.name, "software_packageUrl": part.purl() });
        if let Some(version) = &part.version {
            row["software_packageVersion"] = json!(version);
        }
        graph.push(row);
        let licence = part.licence().map_or_else(|| "NOASSERTION".to_owned(), |e| e.to_string());
        let target = named(&format!("licence-{i}"));
        if licence != "NOASSERTION" {
            graph.push(json!({ "type": "simplelicensing_LicenseExpression", "spdxId": target, "creationInfo": creation, "simplelicensing_licenseExpression": licence }));
            graph.push(link(
                &named(&format!("declared-{i}")),
                creation,
                &id,
                "hasDeclaredLicense",
                &[target],
            ));
        }
        needed.push(id);
    }
    if !needed.is_empty() {
        graph.push(link(&named("depends-on"), creation, &named("root"), "dependsOn", &needed));
    }
    let elements: Vec<Value> = graph.iter().filter_map(|row| row.get("spdxId").cloned()).collect();
    graph.push(json!({
        "type": "SpdxDocument", "spdxId": named("document"), "creationInfo": creation, "name": about.name,
        "rootElement": [named("root")], "element": elements, "profileConformance": ["core", "software", "simpleLicensing"],
    }));
    json!({ "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": graph })
}

fn link(id: &str, creation: &str, from: &str, kind: &str, to: &[String]) -> Value {
    json!({ "type": "Relationship", "spdxId": id, "creationInfo": creation, "from": from, "relationshipType": kind, "to": to })
}
