use aws_sdk_kms::types::{KeySpec, KeyUsageType};
use ideamine_core::failure::FailureKind;
use ideamine_ledger::signature::verify_signature;

use crate::world::{World, on_emulator};

async fn key(world: &World, spec: KeySpec) -> String {
    let kms = aws_sdk_kms::Client::new(&world.sdk);
    let made = kms.create_key().key_spec(spec).key_usage(KeyUsageType::SignVerify).send().await.unwrap();
    made.key_metadata.unwrap().key_id
}

#[tokio::test]
async fn what_kms_signs_holds_under_the_key_that_it_names() {
    on_emulator(|world| async move {
        let id = key(&world, KeySpec::EccNistP256).await;
        let signer = world.with(|settings| settings.signing_key = Some(id)).await.signer();
        let public = signer.public_key().await.unwrap();
        // Half of all signatures come with the upper `s`, which is not accepted as it is.
        for number in 0..12 {
            let bytes = format!("head {number}");
            let signature = signer.sign(bytes.as_bytes()).await.unwrap();
            assert_eq!(
                (signature.public_key.as_str(), signature.algorithm.as_str()),
                (public.as_str(), "p256")
            );
            assert_eq!(verify_signature(&signature, bytes.as_bytes()), Ok(()));
            assert!(verify_signature(&signature, b"another").is_err());
        }
    })
    .await;
}

#[tokio::test]
async fn another_kind_of_key_or_none_is_for_the_operator() {
    on_emulator(|world| async move {
        let other = key(&world, KeySpec::EccNistP384).await;
        for (key, word) in [
            (Some(other), "ECC_NIST_P256"),
            (Some("alias/none".into()), "alias/none"),
            (None, "IDEAMINE_SIGNER"),
        ] {
            let signer = world.with(|settings| settings.signing_key = key).await.signer();
            let failure = signer.sign(b"head").await.unwrap_err();
            assert_eq!(failure.kind, FailureKind::ConfigInvalid, "{failure}");
            assert!(failure.message.contains(word), "{failure}");
        }
    })
    .await;
}
