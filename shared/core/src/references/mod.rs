//! Which stored documents a fact, a row or a document names: all of them must be there for a run to be whole.
//!
//! Facts and rows are taken apart field by field, without `..`: a field or a kind that is added does not compile until
//! it says what it names. Digests of what is not stored (the input and the output of a step, a state machine of the
//! build, a head) are no references.

mod documents;
mod facts;
mod rows;

use crate::Digest;
use crate::artifacts::{App, Document, Evidence, GateInputs};

/// Name of the artifact that holds an application's tree.
const APP: &str = "app.json";
/// Name under which a gate's evidence keeps what the gate was shown.
pub const GATE_INPUTS: &str = "gate-inputs";
/// Purpose of a signature over a stored [`crate::records::Approval`].
pub const APPROVAL_PURPOSE: &str = "approval";

/// What a stored document is, as far as it names others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// It names none.
    Plain,
    /// An [`Evidence`] pack.
    Evidence,
    /// [`GateInputs`].
    GateInputs,
    /// A [`Document`] with an [`App`].
    App,
}

/// One stored document as it is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its bytes.
    pub digest: Digest,
    /// What it is.
    pub form: Form,
    /// What it is called there, for people.
    pub name: String,
}

impl Reference {
    /// A document that names no other.
    pub fn plain(name: impl Into<String>, digest: Digest) -> Self {
        Self { digest, form: Form::Plain, name: name.into() }
    }
    /// A document by the name that it has among artifacts and in evidence, which tells its form.
    pub fn named(name: &str, digest: Digest) -> Self {
        let form = match name {
            APP => Form::App,
            GATE_INPUTS => Form::GateInputs,
            _ if ["check:", "gate:", "guard:"].iter().any(|kind| name.starts_with(kind)) => Form::Evidence,
            _ => Form::Plain,
        };
        Self { digest, form, name: name.to_owned() }
    }
    pub(crate) fn evidence(gate: &str, digest: Digest) -> Self {
        Self { digest, form: Form::Evidence, name: format!("evidence of gate {gate}") }
    }
}

impl Form {
    /// What a document of this form names.
    ///
    /// # Errors
    /// When it does not have its form.
    pub fn nested(self, bytes: &[u8]) -> Result<Vec<Reference>, serde_json::Error> {
        match self {
            Self::Plain => Ok(vec![]),
            Self::Evidence => Ok(serde_json::from_slice::<Evidence>(bytes)?.references()),
            Self::GateInputs => Ok(serde_json::from_slice::<GateInputs>(bytes)?.references()),
            Self::App => Ok(serde_json::from_slice::<Document<App>>(bytes)?.body.references()),
        }
    }
}

/// Something that names stored documents.
pub trait References {
    /// The documents, each as it is named here.
    fn references(&self) -> Vec<Reference>;
}
