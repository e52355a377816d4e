//! Two statements (origin, SLSA provenance), each signed with Ed25519 and with P-256, and the public keys as PEM, written
//! to the folder given: `infra/attestations` has other tools verify them.
use ed25519_dalek::{Signer as _, SigningKey};
use ideamine_core::Digest;
use ideamine_core::records::Signature;
use ideamine_ledger::signature::{ED25519, P256, fingerprint};
use ideamine_provenance::attest::{Build, Statement, Unsigned, public_key_pem};
use ideamine_provenance::{Author, OriginMap};
use std::path::Path;

/// Keys for this output alone.
const SEED: [u8; 32] = [7; 32];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("give the folder to write to")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let text = b"print()\n";
    let author = Author::Model { model: "example/model-1".to_owned(), request: Digest::of(b"ask") };
    let build = Build {
        builder: "ideamine/1",
        run: "run-1",
        plan: Digest::of(b"plan"),
        materials: vec![("app/main.py".to_owned(), Digest::of(text))],
    };
    let statements = [
        ("origin", Statement::origin("app/main.py", &OriginMap::whole(text, author))?),
        ("slsa", Statement::slsa("app.tar", Digest::of(b"archive"), &build)),
    ];
    let edwards = SigningKey::from_bytes(&SEED);
    let curve = p256::ecdsa::SigningKey::from_slice(&SEED)?;
    for (name, statement) in &statements {
        for algorithm in [ED25519, P256] {
            let unsigned = Unsigned::new(statement)?;
            let (public_key, value) = if algorithm == ED25519 {
                let value = edwards.sign(&unsigned.bytes()).to_bytes();
                (hex::encode(edwards.verifying_key().as_bytes()), hex::encode(value))
            } else {
                let value: p256::ecdsa::Signature = curve.sign(&unsigned.bytes());
                (
                    hex::encode(curve.verifying_key().to_sec1_point(false).as_bytes()),
                    hex::encode(value.to_bytes()),
                )
            };
            let key_id = fingerprint(&public_key).ok_or("no key")?;
            let pem = public_key_pem(&public_key).ok_or("no key")?;
            let signature = Signature { algorithm: algorithm.to_owned(), key_id, public_key, value };
            let envelope = serde_json::to_vec_pretty(&unsigned.signed(&signature)?)?;
            std::fs::write(folder.join(format!("{name}-{algorithm}.dsse.json")), envelope)?;
            std::fs::write(folder.join(format!("{name}-{algorithm}.pem")), pem)?;
        }
    }
    Ok(())
}
