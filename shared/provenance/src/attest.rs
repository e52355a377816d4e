//! Attestations in the forms that the usual tools read: in-toto Statement v1 in a DSSE envelope.
//!
//! Sources: in-toto Attestation Framework v1 (Statement), DSSE 1.0 (envelope and pre-authentication encoding), SLSA 1.0
//! (provenance predicate), RFC 8410 and RFC 5480 (public keys as PEM).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ideamine_core::Digest;
use ideamine_core::digest::{NotCanonical, canonical};
use ideamine_core::records::Signature;
use ideamine_ledger::signature::{BadSignature, ED25519, P256, fingerprint, verify_signature};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::origin::OriginMap;

/// The payload type of in-toto statements.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// The type of statements.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// The predicate that holds an [`OriginMap`].
pub const ORIGIN_PREDICATE: &str = "urn:ideamine:origin:v1";
/// The predicate of SLSA provenance.
pub const SLSA_PREDICATE: &str = "https://slsa.dev/provenance/v1";
/// Largest payload that is read, bytes.
pub const PAYLOAD_BYTES_MAX: usize = 16 << 20;

/// What a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its name.
    pub name: String,
    /// Its digests by algorithm; `sha256` always.
    pub digest: std::collections::BTreeMap<String, String>,
}

impl Subject {
    /// A named document.
    pub fn new(name: impl Into<String>, digest: Digest) -> Self {
        Self { name: name.into(), digest: [("sha256".to_owned(), digest.hex())].into() }
    }

    /// Whether it is this document.
    pub fn is(&self, digest: Digest) -> bool {
        self.digest.get("sha256").is_some_and(|hex| *hex == digest.hex())
    }
}

/// An in-toto statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// [`STATEMENT_TYPE`].
    #[serde(rename = "_type")]
    pub kind: String,
    /// What it is about.
    pub subject: Vec<Subject>,
    /// What is said: the predicate's type.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What is said.
    pub predicate: Value,
}

/// How a thing was built.
#[derive(Debug, Clone)]
pub struct Build<'a> {
    /// What built it: a name and a version.
    pub builder: &'a str,
    /// The run.
    pub run: &'a str,
    /// The plan: everything that may change bytes.
    pub plan: Digest,
    /// What it was made from, by name.
    pub materials: Vec<(String, Digest)>,
}

impl Statement {
    /// Who wrote what of a document.
    ///
    /// # Errors
    /// Never for a map that serialises.
    pub fn origin(name: &str, map: &OriginMap) -> Result<Self, serde_json::Error> {
        Ok(Self {
            kind: STATEMENT_TYPE.to_owned(),
            subject: vec![Subject::new(name, map.digest)],
            predicate_type: ORIGIN_PREDICATE.to_owned(),
            predicate: serde_json::to_value(map)?,
        })
    }

    /// How a document was built, as SLSA provenance.
    pub fn slsa(name: &str, digest: Digest, build: &Build<'_>) -> Self {
        let materials = build
            .materials
            .iter()
            .map(|(name, digest)| json!({ "name": name, "digest": { "sha256": digest.hex() } }));
        Self {
            kind: STATEMENT_TYPE.to_owned(),
            subject: vec![Subject::new(name, digest)],
            predicate_type: SLSA_PREDICATE.to_owned(),
            predicate: json!({
                "buildDefinition": {
                    "buildType": "urn:ideamine:run:v1",
                    "externalParameters": { "plan": { "sha256": build.plan.hex() } },
                    "internalParameters": {},
                    "resolvedDependencies": materials.collect::<Vec<_>>(),
                },
                "runDetails": {
                    "builder": { "id": format!("urn:ideamine:builder:{}", build.builder) },
                    "metadata": { "invocationId": build.run },
                },
            }),
        }
    }

    /// The origin map that it holds.
    pub fn origin_map(&self) -> Option<OriginMap> {
        (self.predicate_type == ORIGIN_PREDICATE)
            .then(|| serde_json::from_value(self.predicate.clone()).ok())?
    }
}

/// A DSSE envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The statement, base64.
    pub payload: String,
    /// [`PAYLOAD_TYPE`].
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// Who signed.
    pub signatures: Vec<EnvelopeSignature>,
}

/// A signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeSignature {
    /// Fingerprint of the key: SHA-256 of the raw public key, hex.
    pub keyid: String,
    /// Over the pre-authentication encoding, base64; ECDSA as DER.
    pub sig: String,
}

/// Why an envelope does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEnvelope {
    /// Not the form.
    #[error("not an in-toto statement in a DSSE envelope: {0}")]
    Form(String),
    /// None of the keys signed it.
    #[error("none of the given keys signed it")]
    NoSigner,
    /// A signature by a given key does not hold.
    #[error("the signature by {keyid} does not hold: {why}")]
    False {
        /// By whom.
        keyid: String,
        /// Why not.
        why: BadSignature,
    },
}

/// The bytes that a signature covers: DSSE's pre-authentication encoding.
pub fn pre_authentication(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// A statement on its way to be signed.
pub struct Unsigned {
    payload: Vec<u8>,
}

impl Unsigned {
    /// Of this statement, in canonical form.
    ///
    /// # Errors
    /// When the statement holds what canonical JSON cannot.
    pub fn new(statement: &Statement) -> Result<Self, NotCanonical> {
        Ok(Self { payload: canonical(statement)? })
    }

    /// What the signer signs.
    pub fn bytes(&self) -> Vec<u8> {
        pre_authentication(PAYLOAD_TYPE, &self.payload)
    }

    /// The envelope, with this signature over [`Unsigned::bytes`].
    ///
    /// # Errors
    /// When the signature is not in our own form.
    pub fn signed(self, signature: &Signature) -> Result<Envelope, BadSignature> {
        let raw = hex::decode(&signature.value).map_err(|_| BadSignature::Encoding)?;
        let sig = match signature.algorithm.as_str() {
            ED25519 => raw,
            P256 => p256::ecdsa::Signature::from_slice(&raw)
                .map_err(|_| BadSignature::Encoding)?
                .to_der()
                .as_bytes()
                .to_vec(),
            _ => return Err(BadSignature::Algorithm),
        };
        Ok(Envelope {
            payload: STANDARD.encode(&self.payload),
            payload_type: PAYLOAD_TYPE.to_owned(),
            signatures: vec![EnvelopeSignature {
                keyid: signature.key_id.clone(),
                sig: STANDARD.encode(sig),
            }],
        })
    }
}

impl Envelope {
    /// The statement, if one of these public keys (hex, raw) signed it.
    ///
    /// # Errors
    /// What does not hold. A false signature by a given key is an error even when another holds.
    pub fn verify(&self, public_keys: &[String]) -> Result<Statement, BadEnvelope> {
        let form = |what: &str| BadEnvelope::Form(what.to_owned());
        if self.payload_type != PAYLOAD_TYPE {
            return Err(form("another payload type"));
        }
        if self.payload.len() > PAYLOAD_BYTES_MAX {
            return Err(form("the payload is too large"));
        }
        let payload = STANDARD.decode(&self.payload).map_err(|_| form("the payload is not base64"))?;
        let signed = pre_authentication(&self.payload_type, &payload);
        let mut signers = 0;
        for public_key in public_keys {
            let Some(keyid) = fingerprint(public_key) else { continue };
            for signature in self.signatures.iter().filter(|signature| signature.keyid == keyid) {
                let own = own_form(signature, public_key, &keyid);
                own.and_then(|own| verify_signature(&own, &signed))
                    .map_err(|why| BadEnvelope::False { keyid: keyid.clone(), why })?;
                signers += 1;
            }
        }
        if signers == 0 {
            return Err(BadEnvelope::NoSigner);
        }
        let statement: Statement =
            serde_json::from_slice(&payload).map_err(|trouble| BadEnvelope::Form(trouble.to_string()))?;
        if statement.kind == STATEMENT_TYPE { Ok(statement) } else { Err(form("another kind of statement")) }
    }
}

/// The signature as this project writes signatures.
fn own_form(signature: &EnvelopeSignature, public_key: &str, keyid: &str) -> Result<Signature, BadSignature> {
    let raw = STANDARD.decode(&signature.sig).map_err(|_| BadSignature::Encoding)?;
    let (algorithm, value) = if public_key.len() == 64 {
        (ED25519, raw)
    } else {
        let parsed = p256::ecdsa::Signature::from_der(&raw).map_err(|_| BadSignature::Encoding)?;
        (P256, parsed.to_bytes().to_vec())
    };
    Ok(Signature {
        algorithm: algorithm.to_owned(),
        key_id: keyid.to_owned(),
        public_key: public_key.to_owned(),
        value: hex::encode(value),
    })
}

/// A raw public key (hex) as PEM, for other tools. `None` when it is no key.
pub fn public_key_pem(public_key: &str) -> Option<String> {
    let raw = hex::decode(public_key).ok()?;
    let prefix: &[u8] = match raw.len() {
        // RFC 8410: id-Ed25519.
        32 => &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00],
        // RFC 5480: id-ecPublicKey, secp256r1; the point uncompressed.
        65 => &[
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
            0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ],
        33 => {
            let point = p256::PublicKey::from_sec1_bytes(&raw).ok()?;
            return public_key_pem(&hex::encode(point.to_sec1_point(false).as_bytes()));
        }
        _ => return None,
    };
    let body = STANDARD.encode([prefix, &raw].concat());
    let lines: Vec<&str> =
        (0..body.len()).step_by(64).filter_map(|at| body.get(at..body.len().min(at + 64))).collect();
    Some(format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n")))
}
