//! The web of ids: which need, requirement, story, file and test belong together, and which document says so.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::Digest;
use ideamine_core::artifacts::{App, Architecture, CaseKind, Prd, QaPlan, Stories, StoryResult};
use ideamine_core::records::FactBody;

use super::{View, read};
use crate::content::Paper;

/// What an id names, by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdKind {
    Need,
    Requirement,
    Story,
    Case,
    Component,
    File,
    Test,
    Other,
}

/// Prefixes of the names that are no numbered ids.
const COMPONENT: &str = "component:";
const TEST: &str = "test:";

/// Links in both directions, and the ids that each document speaks of.
#[derive(Debug, Default)]
pub(super) struct Links {
    joined: BTreeMap<String, BTreeSet<String>>,
    spoken: BTreeMap<Digest, BTreeSet<String>>,
    /// Files of the application, as its tree names them.
    pub(super) files: BTreeSet<String>,
}

impl Links {
    /// From the traces of the artifact facts and from the documents themselves; only of last attempts.
    pub(super) fn of(view: &View<'_>) -> Self {
        let mut links = Self::default();
        let app = view.document::<App>("app.json");
        links.files = app.into_iter().flat_map(|app| app.tree.files).map(|file| file.path).collect();
        view.artifacts().for_each(|paper| links.read(paper));
        let last: BTreeSet<Digest> = view.artifacts().map(|paper| paper.digest).collect();
        for fact in &view.facts {
            if let FactBody::Artifact { digest, traces, .. } = &fact.body
                && last.contains(digest)
            {
                traces.iter().for_each(|(from, to)| links.join(*digest, from, to));
            }
        }
        links
    }

    /// What it is joined to, of one kind.
    pub(super) fn of_kind(&self, id: &str, kind: IdKind) -> BTreeSet<String> {
        let joined = self.joined.get(id).into_iter().flatten();
        joined.filter(|other| self.kind(other) == kind).cloned().collect()
    }

    /// What it is joined to of one kind, without the prefix that tells the kind.
    pub(super) fn bare(&self, id: &str, kind: IdKind) -> BTreeSet<String> {
        let bare =
            |name: String| name.split_once(':').map_or_else(|| name.clone(), |(_, bare)| bare.to_owned());
        self.of_kind(id, kind).into_iter().map(bare).collect()
    }

    /// Whether the document with this digest speaks of this id.
    pub(super) fn speaks(&self, document: &Digest, id: &str) -> bool {
        self.spoken.get(document).is_some_and(|ids| ids.contains(id))
    }

    fn join(&mut self, document: Digest, from: &str, to: &str) {
        let (from, to) = (self.named(from), self.named(to));
        self.joined.entry(from.clone()).or_default().insert(to.clone());
        self.joined.entry(to.clone()).or_default().insert(from.clone());
        self.spoken.entry(document).or_default().extend([from, to]);
    }

    fn join_all<'a>(&mut self, document: Digest, from: &str, to: impl IntoIterator<Item = &'a String>) {
        to.into_iter().for_each(|to| self.join(document, from, to));
    }

    /// One name per file: an artifact `app/x` is the file `x` of the tree.
    fn named(&self, id: &str) -> String {
        match id.strip_prefix("app/") {
            Some(path) if !self.files.contains(id) && self.files.contains(path) => path.to_owned(),
            _ => id.to_owned(),
        }
    }

    fn kind(&self, id: &str) -> IdKind {
        let numbered = |prefix: &str| {
            let number = id.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-'));
            number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
        };
        match id {
            _ if numbered("N") => IdKind::Need,
            _ if ["FR", "QR", "CR"].into_iter().any(numbered) => IdKind::Requirement,
            _ if numbered("ST") => IdKind::Story,
            _ if numbered("TC") => IdKind::Case,
            _ if id.starts_with(COMPONENT) => IdKind::Component,
            _ if id.starts_with(TEST) => IdKind::Test,
            // `endpoint:GET /items` and the like are neither.
            _ if self.files.contains(id) || (id.contains('/') && !id.contains(':')) => IdKind::File,
            _ => IdKind::Other,
        }
    }

    /// Links that a document states by its form.
    fn read(&mut self, paper: &Paper) {
        let at = paper.digest;
        match &*paper.name {
            "prd.json" => {
                for r in read::<Prd>(paper).into_iter().flat_map(|prd| prd.requirements) {
                    self.join_all(at, &r.id, &r.serves);
                }
            }
            "architecture.json" => {
                for part in read::<Architecture>(paper).into_iter().flat_map(|a| a.components) {
                    self.join_all(at, &format!("{COMPONENT}{}", part.name), &part.carries);
                }
            }
            "stories.json" => {
                for story in read::<Stories>(paper).into_iter().flat_map(|s| s.stories) {
                    self.join_all(at, &story.id, &story.implements);
                }
            }
            "app.json" => {
                for (file, serves) in read::<App>(paper).into_iter().flat_map(|app| app.serves) {
                    self.join_all(at, &file, &serves);
                }
            }
            "qa.json" => {
                for case in read::<QaPlan>(paper).into_iter().flat_map(|qa| qa.cases) {
                    self.join(at, &case.id, &case.requirement);
                    if let CaseKind::Automated(test) = &case.kind {
                        self.join(at, &case.id, &format!("{TEST}{test}"));
                    }
                }
            }
            _ => self.read_story(paper),
        }
    }

    fn read_story(&mut self, paper: &Paper) {
        let named = paper.name.starts_with("story-") && paper.name.ends_with(".json");
        let Some(result) = named.then(|| read::<StoryResult>(paper)).flatten() else { return };
        self.join_all(paper.digest, &result.story, &result.implements);
        self.join_all(paper.digest, &result.story, result.files.keys());
        for (requirement, tests) in &result.tests {
            tests.iter().for_each(|test| self.join(paper.digest, requirement, &format!("{TEST}{test}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_what_it_names_and_a_file_has_one_name() {
        let mut links = Links::default();
        links.files.extend(["server.py".to_owned(), "app/__main__.py".to_owned()]);
        let check = |id: &str, kind| assert_eq!(links.kind(&links.named(id)), kind, "{id}");
        check("N-1", IdKind::Need);
        check("QR-12", IdKind::Requirement);
        check("ST-3", IdKind::Story);
        check("TC-1", IdKind::Case);
        check("app/server.py", IdKind::File);
        check("test:tests.test_items.TestItems.test_create", IdKind::Test);
        check("component:desk", IdKind::Component);
        check("endpoint:GET /items", IdKind::Other);
        check("idea:12-40", IdKind::Other);
        check("tests/test_items.py", IdKind::File);
        check("FR-", IdKind::Other);
        check("ADR-1", IdKind::Other);
        assert_eq!(links.named("app/server.py"), "server.py");
        assert_eq!(links.named("app/__main__.py"), "app/__main__.py");
        assert_eq!(links.named("app/app/__main__.py"), "app/__main__.py");
    }
}
