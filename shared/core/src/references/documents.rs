//! What stored documents name.

use super::{Form, Reference, References};
use crate::Digest;
use crate::artifacts::{App, Evidence, GateInputs};

impl References for Evidence {
    fn references(&self) -> Vec<Reference> {
        self.inputs.iter().map(|(name, digest)| Reference::named(name, *digest)).collect()
    }
}

impl References for GateInputs {
    fn references(&self) -> Vec<Reference> {
        let check = |digest: &Digest| Reference {
            digest: *digest,
            form: Form::Evidence,
            name: "evidence of a check".to_owned(),
        };
        let artifacts = self.artifacts.iter().flat_map(References::references);
        let gates = self.gates.iter().flat_map(References::references);
        artifacts.chain(self.checks.iter().map(check)).chain(gates).collect()
    }
}

impl References for App {
    fn references(&self) -> Vec<Reference> {
        self.tree.files.iter().map(|file| Reference::plain(file.path.clone(), file.digest)).collect()
    }
}
