use ed25519_dalek::{Signer as _, SigningKey};
use ideamine_core::Digest;
use ideamine_core::records::Signature;
use ideamine_ledger::signature::fingerprint;
use ideamine_provenance::attest::{
    BadEnvelope, Build, Envelope, PAYLOAD_TYPE, SLSA_PREDICATE, Statement, Unsigned, pre_authentication,
    public_key_pem,
};
use ideamine_provenance::{Author, OriginMap};

fn key(seed: u8) -> (SigningKey, String) {
    let key = SigningKey::from_bytes(&[seed; 32]);
    let public = key.verifying_key().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    (key, public)
}

fn signed(statement: &Statement, seed: u8) -> Envelope {
    let (key, public_key) = key(seed);
    let unsigned = Unsigned::new(statement).expect("canonical");
    let value = key.sign(&unsigned.bytes()).to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let key_id = fingerprint(&public_key).expect("a key");
    let signature = Signature { algorithm: "ed25519".to_owned(), key_id, public_key, value };
    unsigned.signed(&signature).expect("an envelope")
}

fn map() -> OriginMap {
    OriginMap::whole(
        b"print()\n",
        Author::Model { model: "openai/gpt-5".to_owned(), request: Digest::of(b"ask") },
    )
}

#[test]
fn the_signed_bytes_are_those_of_the_specification() {
    // The example of the DSSE protocol document.
    let bytes = pre_authentication("http://example.com/HelloWorld", b"hello world");
    assert_eq!(bytes, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

#[test]
fn an_origin_comes_back_as_it_was_signed() {
    let statement = Statement::origin("app/main.py", &map()).expect("a statement");
    let envelope = signed(&statement, 7);
    let back = envelope.verify(&[key(7).1]).expect("it holds");
    assert_eq!(back.origin_map(), Some(map()));
    assert!(back.subject[0].is(Digest::of(b"print()\n")));
    assert_eq!(envelope.payload_type, PAYLOAD_TYPE);
}

#[test]
fn what_was_changed_does_not_hold() {
    let envelope = signed(&Statement::origin("app/main.py", &map()).expect("a statement"), 7);
    let keys = [key(7).1];
    assert_eq!(envelope.verify(&[key(8).1]), Err(BadEnvelope::NoSigner));
    let check = |change: fn(&mut Envelope), expected: &str| {
        let mut envelope = envelope.clone();
        change(&mut envelope);
        let trouble = envelope.verify(&keys).expect_err(expected).to_string();
        assert!(trouble.contains(expected), "{trouble}");
    };
    check(|it| it.payload = it.payload.replacen('e', "f", 1), "does not hold");
    check(|it| it.payload.insert(0, '!'), "not base64");
    check(|it| it.payload_type = "text/plain".to_owned(), "another payload type");
    check(|it| it.signatures[0].sig = "AAAA".to_owned(), "does not hold");
    check(|it| it.signatures.clear(), "none of the given keys");
}

#[test]
fn what_was_built_says_from_what() {
    let build = Build {
        builder: "ideamine-0.1.0",
        run: "01M831TJAXR780B3JV8PDY4NRT",
        plan: Digest::of(b"plan"),
        materials: vec![("app.json".to_owned(), Digest::of(b"app"))],
    };
    let statement = Statement::slsa("app.tar", Digest::of(b"tar"), &build);
    let back = signed(&statement, 1).verify(&[key(1).1]).expect("it holds");
    assert_eq!(back.predicate_type, SLSA_PREDICATE);
    let dependency = &back.predicate["buildDefinition"]["resolvedDependencies"][0];
    assert_eq!(dependency["digest"]["sha256"], Digest::of(b"app").hex());
    assert_eq!(back.predicate["runDetails"]["metadata"]["invocationId"], build.run);
}

#[test]
fn keys_are_written_as_other_tools_read_them() {
    // The public key of RFC 8410, section 10.1 and 10.2.
    let raw = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
    let pem = public_key_pem(raw).expect("a key");
    assert!(pem.contains("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="), "{pem}");
    assert_eq!(public_key_pem("00"), None);
    assert_eq!(public_key_pem("zz"), None);
}
