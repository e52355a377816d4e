//! The signing key in KMS: P-256, which never leaves it; KMS sees a digest and nothing else.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};
use ideamine_core::ports::Signer;
use ideamine_core::records::Signature;
use ideamine_core::{Digest, Failure};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{self, VerifyingKey};
use p256::pkcs8::DecodePublicKey;
use tokio::sync::OnceCell;

use crate::error::{failure, unavailable};
use crate::settings::{SIGNER, Settings, invalid, needed};

/// As `ideamine_ledger` names it: SEC1 point and `r || s`, with `s` in the lower half.
const ALGORITHM: &str = "p256";

/// Signs with one key of KMS.
pub(crate) struct KmsSigner {
    client: Client,
    settings: Arc<Settings>,
    /// Asked for once: a key's public part does not change.
    public: OnceCell<Public>,
}

struct Public {
    key: VerifyingKey,
    /// Compressed SEC1 point.
    point: Vec<u8>,
}

impl KmsSigner {
    pub(crate) fn new(client: Client, settings: Arc<Settings>) -> Self {
        Self { client, settings, public: OnceCell::new() }
    }

    fn key(&self) -> Result<&str, Failure> {
        needed(&self.settings.signing_key, SIGNER)
    }

    async fn public(&self) -> Result<&Public, Failure> {
        self.public.get_or_try_init(|| self.read_public()).await
    }

    async fn read_public(&self) -> Result<Public, Failure> {
        let key = self.key()?;
        let answer = self.client.get_public_key().key_id(key).send().await;
        let answer = answer.map_err(|e| failure(&format!("read the public key of {SIGNER} {key}"), &e))?;
        let der = answer.public_key.unwrap_or_else(|| Blob::new([]));
        let key = VerifyingKey::from_public_key_der(der.as_ref()).map_err(|_| {
            let spec = answer.key_spec.map_or_else(|| "unknown".to_owned(), |spec| spec.as_str().to_owned());
            invalid(format!(
                "{SIGNER} {key} is a key of kind {spec}: make one of kind ECC_NIST_P256 for signing"
            ))
        })?;
        let point = key.to_sec1_point(true).as_bytes().to_vec();
        Ok(Public { key, point })
    }
}

#[async_trait]
impl Signer for KmsSigner {
    async fn public_key(&self) -> Result<String, Failure> {
        Ok(hex::encode(&self.public().await?.point))
    }

    async fn sign(&self, bytes: &[u8]) -> Result<Signature, Failure> {
        let (key, public) = (self.key()?, self.public().await?);
        let what = format!("sign with {SIGNER} {key}");
        let request = self.client.sign().key_id(key).message_type(MessageType::Digest);
        let request = request.message(Blob::new(Digest::of(bytes).as_bytes()));
        let answer = request.signing_algorithm(SigningAlgorithmSpec::EcdsaSha256).send().await;
        let answer = answer.map_err(|e| failure(&what, &e))?;
        let der = answer.signature.unwrap_or_else(|| Blob::new([]));
        let value = ecdsa::Signature::from_der(der.as_ref());
        // Both (r, s) and (r, -s) verify; only the lower one is taken, and KMS gives either.
        let value = value.map_err(|_| unavailable(&what, "the answer is no signature"))?.normalize_s();
        // An alias may have been moved to another key since its public part was read.
        public.key.verify(bytes, &value).map_err(|_| {
            invalid(format!(
                "{SIGNER} {key} signs with another key than the one it named: restart the function"
            ))
        })?;
        Ok(Signature {
            algorithm: ALGORITHM.to_owned(),
            key_id: Digest::of(&public.point).hex(),
            public_key: hex::encode(&public.point),
            value: hex::encode(value.to_bytes()),
        })
    }
}
