//! The product as its documents describe it; what a run did not come to is left out.

use ideamine_core::artifacts::{
    Architecture, BetaPlan, Brief, BusinessCase, Concepts, Critique, Prd, Release, SecurityReview,
};
use minijinja::{Value, context};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Content;
use crate::content::PaperKind;

pub(super) fn product(content: &Content) -> Value {
    let idea = content.papers.iter().find(|paper| paper.kind == PaperKind::Idea);
    context! {
        idea => idea.and_then(|idea| idea.text.clone()),
        brief => document::<Brief>(content, "brief.json"),
        concepts => document::<Concepts>(content, "concepts.json"),
        critique => document::<Critique>(content, "critique.json"),
        prd => document::<Prd>(content, "prd.json"),
        business => document::<BusinessCase>(content, "business-case.json"),
        architecture => document::<Architecture>(content, "architecture.json"),
        security => document::<SecurityReview>(content, "security.json"),
        release => document::<Release>(content, "release.json"),
        beta => document::<BetaPlan>(content, "beta.json"),
    }
}

/// A typed document, or nothing: a page must not depend on a form that it does not know.
fn document<T: DeserializeOwned + Serialize>(content: &Content, name: &str) -> Value {
    content.document::<T>(name).map_or_else(|| Value::from(()), super::from)
}
