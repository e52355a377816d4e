//! `pom.xml`.

use roxmltree::{Document, Node, ParsingOptions};

use super::{Component, Ecosystem};

/// A project file with more nodes is refused.
const MAX_NODES: u32 = 200_000;

/// The project and its dependencies. Several licences are a choice (<https://maven.apache.org/pom.html#Licenses>).
pub(super) fn pom(text: &str) -> Vec<Component> {
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let Ok(document) = Document::parse_with_options(text, options) else { return Vec::new() };
    let project = document.root_element();
    let parent = child(project, "parent");
    let own = |name: &str| value(project, name).or_else(|| parent.and_then(|p| value(p, name)));
    let name = format!("{}:{}", own("groupId").unwrap_or_default(), own("artifactId").unwrap_or_default());
    let licences = child(project, "licenses").map(|all| {
        let names: Vec<String> =
            all.children().filter_map(|one| value(one, "name").or_else(|| value(one, "url"))).collect();
        if names.len() == 1 {
            names[0].clone()
        } else {
            names.iter().map(|n| n.replace(',', " ")).collect::<Vec<_>>().join(" OR ")
        }
    });
    let root = Component::new(Ecosystem::Maven, &name, own("version").as_deref(), licences.as_deref(), true);
    let needed = child(project, "dependencies")
        .into_iter()
        .flat_map(|all| all.children().filter(Node::is_element))
        .filter_map(|one| {
            let name = format!("{}:{}", value(one, "groupId")?, value(one, "artifactId")?);
            Some(Component::new(Ecosystem::Maven, &name, value(one, "version").as_deref(), None, false))
        });
    std::iter::once(root).chain(needed).collect()
}

fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    node.children().find(|child| child.tag_name().name() == name)
}

fn value(node: Node<'_, '_>, name: &str) -> Option<String> {
    node.children().find(|child| child.tag_name().name() == name)?.text().map(|text| text.trim().to_owned())
}
