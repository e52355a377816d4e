//! Everything that a gate may look at, read from the store before it judges.

use std::collections::BTreeMap;

use ideamine_core::artifacts::{App, Coverage, Document, Evidence, GateInputs, QuestionSummary, StoryResult};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::SourceFile;
use ideamine_core::records::{GateRef, QuestionState};
use ideamine_core::{Ctx, Digest, Failure};
use serde::de::DeserializeOwned;
use serde_json::Value;

// The evidence keeps the gate's inputs under this name, for judging again.
pub(crate) use ideamine_core::references::GATE_INPUTS as INPUTS;

/// What a gate looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// One artifact, by name.
    Artifact(&'static str),
    /// The results of all stories.
    Stories,
    /// The source tree that `app.json` names.
    Source,
    /// Pages and style sheets as the checks saw them served.
    Pages,
}

/// A page or a style sheet as it was served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// `page:/things` or `style:/style.css`.
    pub name: String,
    /// HTML or CSS.
    pub content: String,
}

/// What a gate sees. It holds nothing that the stored inputs do not name.
#[derive(Debug, Clone)]
pub struct GateView {
    /// The inputs themselves: questions, earlier gates and phases, the generator.
    pub inputs: GateInputs,
    /// Artifacts that were asked for and exist, by name.
    pub documents: BTreeMap<String, Vec<u8>>,
    /// Evidence of this phase's checks.
    pub checks: Vec<Evidence>,
    /// The source tree that `app.json` names; empty where there is none.
    pub source: Vec<SourceFile>,
    /// Pages and style sheets.
    pub pages: Vec<Page>,
    /// What was looked at, by name, for the evidence.
    pub looked_at: Vec<(String, Digest)>,
}

impl GateView {
    /// Reads what `needs` asks for.
    ///
    /// # Errors
    /// The store's own failures; what is simply not part of the run is no failure.
    pub async fn load(ctx: &Ctx, inputs: &Digest, needs: &[Need]) -> Result<Self, Failure> {
        let mut view = Self {
            inputs: ctx.get_json(inputs).await?,
            documents: BTreeMap::new(),
            checks: Vec::new(),
            source: Vec::new(),
            pages: Vec::new(),
            looked_at: vec![(INPUTS.to_owned(), *inputs)],
        };
        for need in needs {
            view.load_artifacts(ctx, *need).await?;
        }
        for digest in view.inputs.checks.clone() {
            let evidence: Evidence = ctx.get_json(&digest).await?;
            view.looked_at.push((evidence.what.clone(), digest));
            view.checks.push(evidence);
        }
        if needs.contains(&Need::Source) {
            view.source = source(ctx, &view).await?;
        }
        if needs.contains(&Need::Pages) {
            view.pages = pages(ctx, &view.checks).await?;
        }
        Ok(view)
    }

    async fn load_artifacts(&mut self, ctx: &Ctx, need: Need) -> Result<(), Failure> {
        let wanted = |name: &str| match need {
            Need::Artifact(exact) => name == exact,
            Need::Stories => name.starts_with("story-") && name.ends_with(".json"),
            Need::Source | Need::Pages => false,
        };
        // A later artifact replaces an earlier one of the same name.
        let found: BTreeMap<String, Digest> = self
            .inputs
            .artifacts
            .iter()
            .filter(|artifact| wanted(&artifact.name))
            .map(|artifact| (artifact.name.clone(), artifact.digest))
            .collect();
        for (name, digest) in found {
            self.documents.insert(name.clone(), ctx.get(&digest).await?);
            self.looked_at.push((name, digest));
        }
        Ok(())
    }

    /// A typed document.
    ///
    /// # Errors
    /// Why there is none, for a person.
    pub fn document<T: DeserializeOwned>(&self, name: &str) -> Result<Document<T>, String> {
        let bytes = self
            .documents
            .get(name)
            .ok_or_else(|| format!("there is no {name}: an earlier phase must write it"))?;
        serde_json::from_slice(bytes).map_err(|e| format!("{name} does not have its form: {e}"))
    }

    /// A JSON document that is no typed artifact of ours (OpenAPI).
    pub fn json(&self, name: &str) -> Option<Value> {
        serde_json::from_slice(self.documents.get(name)?).ok()
    }

    /// A text document.
    pub fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.documents.get(name)?).ok()
    }

    /// Where a document's texts come from, counted anew: what the document says about itself is not taken.
    pub fn coverage(&self, name: &str) -> Coverage {
        self.json(name).map(|document| Coverage::of(&document["body"])).unwrap_or_default()
    }

    /// Results of stories.
    pub fn stories(&self) -> Vec<StoryResult> {
        let names = self.documents.keys().filter(|name| name.starts_with("story-"));
        names
            .filter_map(|name| self.document::<StoryResult>(name).ok())
            .map(|document| document.body)
            .collect()
    }

    /// Evidence of one of this phase's checks.
    pub fn check(&self, name: &str) -> Option<&Evidence> {
        let what = format!("check:{name}");
        self.checks.iter().find(|evidence| evidence.what == what)
    }

    /// Earlier gates.
    pub fn gates(&self) -> &[GateRef] {
        &self.inputs.gates
    }

    /// Blocking questions that nobody answered or assumed anything for.
    pub fn open_blocking(&self) -> impl Iterator<Item = &QuestionSummary> {
        let open = |state| matches!(state, QuestionState::Open | QuestionState::Asked);
        self.inputs.questions.iter().filter(move |question| question.blocking && open(question.state))
    }
}

async fn source(ctx: &Ctx, view: &GateView) -> Result<Vec<SourceFile>, Failure> {
    let Ok(app) = view.document::<App>("app.json") else { return Ok(Vec::new()) };
    let mut source = Vec::with_capacity(app.body.tree.files.len());
    for entry in app.body.tree.files {
        // Bytes that are no text are no source; the check `compile` says so.
        let content = String::from_utf8_lossy(&ctx.get(&entry.digest).await?).into_owned();
        source.push(SourceFile { path: entry.path, content });
    }
    Ok(source)
}

/// Of a page that several checks saw, the last: it has records on it.
async fn pages(ctx: &Ctx, checks: &[Evidence]) -> Result<Vec<Page>, Failure> {
    let served = checks.iter().flat_map(|evidence| &evidence.inputs);
    let served = served.filter(|(name, _)| name.starts_with("page:") || name.starts_with("style:"));
    let by_name: BTreeMap<&String, &Digest> = served.map(|(name, digest)| (name, digest)).collect();
    let mut pages = Vec::with_capacity(by_name.len());
    for (name, digest) in by_name {
        let content = match ctx.get(digest).await {
            Err(failure) if failure.kind == FailureKind::NotFound => continue,
            bytes => String::from_utf8_lossy(&bytes?).into_owned(),
        };
        pages.push(Page { name: name.clone(), content });
    }
    Ok(pages)
}
