//! Compatibility, obligations, manifests and lists of parts, as facts.

use ideamine_licence::compat::{Outcome, Use, judge};
use ideamine_licence::manifest::{Component, Ecosystem, components};
use ideamine_licence::notice::{Obligation, Part, notice, obligations};
use ideamine_licence::sbom::{About, cyclonedx, spdx2, spdx3};
use ideamine_licence::{Expression, identify};

fn read(text: &str) -> Expression {
    Expression::read(text).unwrap_or_else(|| panic!("{text} can be read"))
}

#[test]
fn expressions_are_read_as_written_in_the_wild() {
    for (wild, strict) in [
        ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        ("GPL-2.0+", "GPL-2.0-or-later"),
        ("GPL-2.0-with-classpath-exception", "GPL-2.0-or-later WITH Classpath-exception-2.0"),
        ("GPL-2+ or Artistic", "GPL-2.0-or-later OR Artistic-1.0-Perl"),
        ("GPLv3 or later", "GPL-3.0-or-later"),
        ("LGPL-2.1+ and Expat", "LGPL-2.1-or-later AND MIT"),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", "(MIT OR Apache-2.0) AND Unicode-3.0"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("LicenseRef-Own", "LicenseRef-Own"),
        ("Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"),
    ] {
        assert_eq!(read(wild).to_string(), strict, "{wild}");
    }
}

#[test]
fn a_choice_is_avoidable_and_an_addition_is_not() {
    assert!(!read("MIT OR GPL-3.0-only").must_gpl_family() && read("MIT OR GPL-3.0-only").any_gpl_family());
    assert!(read("MIT AND GPL-3.0-only").must_gpl_family());
}

#[test]
fn uses_are_judged_by_published_rules() {
    use Outcome::{Allowed, Conflict, Review};
    for (inbound, outgoing, used, outcome) in [
        ("MIT", "MIT", Use::StaticLink, Allowed),
        ("GPL-3.0-only", "MIT OR Apache-2.0", Use::StaticLink, Conflict),
        ("GPL-3.0-only", "MIT", Use::Internal, Allowed),
        ("GPL-3.0-only", "MIT", Use::NetworkService, Allowed),
        ("AGPL-3.0-only", "MIT", Use::NetworkService, Conflict),
        ("LGPL-2.1-or-later", "MIT", Use::DynamicLink, Allowed),
        ("LGPL-2.1-or-later", "MIT", Use::StaticLink, Review),
        ("CDDL-1.0", "MIT OR Apache-2.0", Use::StaticLink, Review),
        ("CDDL-1.0", "GPL-3.0-only", Use::StaticLink, Conflict),
        ("Apache-2.0", "GPL-2.0-only", Use::StaticLink, Conflict),
        ("Apache-2.0", "GPL-3.0-or-later", Use::StaticLink, Allowed),
        ("GPL-2.0-only", "GPL-3.0-only", Use::StaticLink, Conflict),
        ("GPL-2.0-or-later", "GPL-3.0-only", Use::StaticLink, Allowed),
        ("MIT OR GPL-3.0-only", "MIT", Use::StaticLink, Allowed),
        ("MIT AND GPL-3.0-only", "MIT", Use::StaticLink, Conflict),
        ("CC-BY-NC-4.0", "MIT", Use::Internal, Conflict),
        ("LicenseRef-Own", "MIT", Use::Internal, Review),
        ("BUSL-1.1", "MIT", Use::NetworkService, Conflict),
    ] {
        let verdict = judge(&read(inbound), &read(outgoing), used);
        assert_eq!(verdict.outcome, outcome, "{inbound} in {outgoing}, {used:?}: {verdict:?}");
        assert!(!verdict.source.is_empty());
    }
}

#[test]
fn obligations_follow_the_branch_that_asks_least() {
    assert!(obligations(&read("GPL-3.0-only")).contains(&Obligation::OfferSource));
    assert!(!obligations(&read("GPL-3.0-only OR MIT")).contains(&Obligation::OfferSource));
    assert!(obligations(&read("Apache-2.0 AND MIT")).contains(&Obligation::KeepNoticeFile));
    assert!(obligations(&read("LicenseRef-Own")).contains(&Obligation::Review));
}

#[test]
fn manifests_of_five_ecosystems_say_name_version_and_licence() {
    for (path, text, name, licence) in [
        (
            "Cargo.toml",
            "[package]\nname='a'\nversion='1.0.0'\nlicense='MIT'\n[dependencies]\nb='2'",
            "a",
            Some("MIT"),
        ),
        (
            "package.json",
            r#"{"name":"a","version":"1.0.0","license":"ISC","dependencies":{"b":"^2"}}"#,
            "a",
            Some("ISC"),
        ),
        (
            "pyproject.toml",
            "[project]\nname='a'\nversion='1'\nlicense='GPL-3.0-only'\ndependencies=['b>=2']",
            "a",
            Some("GPL-3.0-only"),
        ),
        (
            "METADATA",
            "Metadata-Version: 2.1\nName: a\nVersion: 1\nClassifier: License :: OSI Approved :: MIT License\nRequires-Dist: b>=2\n\nText",
            "a",
            Some("MIT"),
        ),
        (
            "setup.cfg",
            "[metadata]\nname = a\nlicense = MIT\n[options]\ninstall_requires =\n    b>=2\n",
            "a",
            Some("MIT"),
        ),
        ("go.mod", "module example.org/a\n\nrequire (\n\texample.org/b v2.0.0\n)\n", "example.org/a", None),
        (
            "pom.xml",
            "<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version><licenses><license><name>Apache License, Version 2.0</name></license></licenses><dependencies><dependency><groupId>g</groupId><artifactId>b</artifactId></dependency></dependencies></project>",
            "g:a",
            Some("Apache-2.0"),
        ),
    ] {
        let found = components(text, path);
        assert_eq!(found.len(), 2, "{path}: {found:?}");
        assert_eq!((found[0].name.as_str(), found[0].root), (name, true), "{path}");
        assert_eq!(found[0].licence().map(|e| e.to_string()).as_deref(), licence, "{path}");
    }
    assert!(identify("[project]\nname='a'\nlicense='GPL-3.0-only'", "x/pyproject.toml").gpl_family);
    for (path, text, count) in [
        (
            "Cargo.lock",
            "[[package]]\nname='a'\nversion='1'\n[[package]]\nname='b'\nversion='2'\nsource='registry+x'",
            2,
        ),
        (
            "package-lock.json",
            r#"{"name":"a","packages":{"":{},"node_modules/b":{"version":"1","license":"MIT"},"node_modules/b/node_modules/@c/d":{"version":"2"}}}"#,
            3,
        ),
        ("yarn.lock", "# yarn\n\n\"@a/b@^1\", \"@a/b@^2\":\n  version \"1.2.3\"\n", 1),
        ("go.sum", "m v1 h1:x\nm v1/go.mod h1:y\n", 1),
        ("requirements.txt", "# c\na==1 --hash=sha256:x\nb[x]>=2; python_version>'3'\n-r other.txt\n", 2),
        ("uv.lock", "[[package]]\nname='a'\nversion='1'\n", 1),
    ] {
        assert_eq!(components(text, path).len(), count, "{path}: {:?}", components(text, path));
    }
}

#[test]
fn lists_of_parts_have_what_their_formats_demand() {
    let part = |name: &str, declared: Option<&str>| Component {
        ecosystem: Ecosystem::Npm,
        name: name.to_owned(),
        version: Some("1.0.0".to_owned()),
        declared: declared.map(str::to_owned),
        root: false,
    };
    let parts = [part("@a/b", Some("MIT OR Apache-2.0")), part("c", Some("Own terms")), part("d", None)];
    let about = About {
        name: "work".into(),
        version: "1".into(),
        created: "2026-01-31T12:00:00Z".into(),
        uuid: "3e671687-395b-41f5-a30f-a58921a69b79".into(),
    };
    let bom = cyclonedx(&about, &parts);
    assert_eq!((bom["bomFormat"].as_str(), bom["specVersion"].as_str()), (Some("CycloneDX"), Some("1.6")));
    assert_eq!(bom["components"][0]["purl"], "pkg:npm/%40a/b@1.0.0");
    assert_eq!(bom["components"][0]["licenses"][0]["expression"], "MIT OR Apache-2.0");
    let two = spdx2(&about, &parts);
    for key in [
        "spdxVersion",
        "dataLicense",
        "SPDXID",
        "name",
        "documentNamespace",
        "creationInfo",
        "packages",
        "relationships",
    ] {
        assert!(two.get(key).is_some(), "{key}");
    }
    assert_eq!(two["packages"][3]["licenseDeclared"], "NOASSERTION");
    let three = spdx3(&about, &parts);
    let graph = three["@graph"].as_array().expect("a graph");
    let known: Vec<&str> = graph.iter().filter_map(|row| row["spdxId"].as_str()).collect();
    for link in graph.iter().filter(|row| row["type"] == "Relationship") {
        assert!(known.contains(&link["from"].as_str().expect("from")));
        assert!(
            link["to"].as_array().expect("to").iter().all(|to| known.contains(&to.as_str().expect("id")))
        );
    }
    let texts = vec!["Terms".to_owned()];
    let rows: Vec<Part> = parts
        .iter()
        .map(|c| Part { component: c.clone(), licence: c.licence(), copyright: vec![], texts: texts.clone() })
        .collect();
    let notice = notice("work", &rows);
    assert!(
        notice.contains("d 1.0.0\n  Licence: UNKNOWN") && notice.matches("\nTerms\n").count() == 1,
        "{notice}"
    );
}
