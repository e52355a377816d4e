//! SPDX 2.3: <https://spdx.github.io/spdx-spec/v2.3/>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{About, TOOL, plain};
use crate::manifest::Component;

/// The document. What is not known is `NOASSERTION`, never left out.
pub fn spdx2(about: &About, parts: &[Component]) -> Value {
    let packages: Vec<Value> = parts.iter().enumerate().map(|(i, part)| package(part, i)).collect();
    let mut links = vec![
        json!({ "spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-root" }),
    ];
    links.extend(packages.iter().map(|p| json!({ "spdxElementId": "SPDXRef-root", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": p["SPDXID"] })));
    let root = json!({
        "SPDXID": "SPDXRef-root", "name": about.name, "versionInfo": about.version, "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false, "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION",
    });
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": about.name,
        "documentNamespace": format!("https://spdx.org/spdxdocs/{}-{}", about.name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"), about.uuid),
        "creationInfo": { "created": about.created, "creators": [ format!("Tool: {TOOL}") ] },
        "packages": std::iter::once(root).chain(packages).collect::<Vec<_>>(),
        "hasExtractedLicensingInfos": references(parts),
        "relationships": links,
    })
}

fn package(part: &Component, index: usize) -> Value {
    let licence = part.licence().map_or_else(|| "NOASSERTION".to_owned(), |e| e.to_string());
    let mut row = json!({
        "SPDXID": format!("SPDXRef-Package-{}", plain(part, index)),
        "name": part.name,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
        "externalRefs": [ { "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": part.purl() } ],
    });
    if let Some(version) = &part.version {
        row["versionInfo"] = json!(version);
    }
    row
}

/// Every `LicenseRef-…` must be explained in the document.
fn references(parts: &[Component]) -> Vec<Value> {
    let mut rows: BTreeMap<String, String> = BTreeMap::new();
    for part in parts {
        for id in part.licence().iter().flat_map(|e| e.ids()).filter(|id| id.starts_with("LicenseRef-")) {
            rows.entry(id.to_owned()).or_insert_with(|| part.declared.clone().unwrap_or_default());
        }
    }
    rows.into_iter().map(|(id, text)| json!({ "licenseId": id, "extractedText": text })).collect()
}
