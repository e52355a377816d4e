use aws_sdk_s3::primitives::ByteStream;
use ideamine_aws::limits::{ARTIFACT_BYTES_MAX, PART_BYTES};
use ideamine_core::failure::FailureKind;
use ideamine_core::{Digest, Tenant};
use ideamine_testkit::artifacts_contract;

use crate::world::{http, on_emulator};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bucket_keeps_the_contract_of_artifacts() {
    on_emulator(|world| async move {
        world.bucket(&world.settings.bucket).await;
        artifacts_contract(world.aws.env().artifacts).await;
    })
    .await;
}

#[tokio::test]
async fn a_large_document_goes_up_in_parts_once_and_comes_back_whole() {
    on_emulator(|world| async move {
        world.bucket(&world.settings.bucket).await;
        let artifacts = world.aws.env().artifacts;
        let bytes: Vec<u8> = (0..2 * PART_BYTES + 1).map(|n| (n % 251) as u8).collect();
        for _ in 0..2 {
            let digest = artifacts.put(&Tenant::local(), bytes.clone()).await.unwrap();
            assert_eq!(digest, Digest::of(&bytes));
            assert!(artifacts.get(&Tenant::local(), &digest).await.unwrap() == bytes);
        }
        let parts = world.requests.uris("partNumber=");
        assert_eq!(parts.len(), 3, "the second time, it is there: {parts:?}");
        let open = world
            .s3()
            .list_multipart_uploads()
            .set_bucket(world.settings.bucket.clone())
            .send()
            .await
            .unwrap();
        assert_eq!(open.uploads.unwrap_or_default().len(), 0);
    })
    .await;
}

#[tokio::test]
async fn other_bytes_are_never_served_and_too_many_never_taken() {
    on_emulator(|world| async move {
        world.bucket(&world.settings.bucket).await;
        let artifacts = world.aws.env().artifacts;
        let digest = artifacts.put(&Tenant::local(), b"precious".to_vec()).await.unwrap();
        let key = format!("local/cas/{}/{}", &digest.hex()[..2], digest.hex());
        let put = world.s3().put_object().set_bucket(world.settings.bucket.clone()).key(&key);
        put.body(ByteStream::from_static(b"Precious")).send().await.unwrap();
        let failure = artifacts.get(&Tenant::local(), &digest).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::DataCorrupt);
        assert!(failure.message.contains(&digest.to_string()) && failure.message.contains(&key), "{failure}");
        let failure = artifacts.put(&Tenant::local(), vec![0; ARTIFACT_BYTES_MAX + 1]).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::InputInvalid);
        assert!(failure.message.contains(&ARTIFACT_BYTES_MAX.to_string()), "{failure}");
    })
    .await;
}

#[tokio::test]
async fn a_large_document_is_fetched_by_its_link_alone() {
    on_emulator(|world| async move {
        world.bucket(&world.settings.bucket).await;
        let tenant = Tenant::new("acme").unwrap();
        let bytes: Vec<u8> = (0..PART_BYTES + 1).map(|n| (n % 249) as u8).collect();
        let link = world.aws.link(&tenant, &bytes, "text/x-large").await.unwrap();
        let puts = world.requests.uris("partNumber=").len();
        let answer = http().get(&link).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/x-large");
        assert!(answer.bytes().await.unwrap() == bytes);
        // It is there now, and found by its digest like any other.
        assert!(world.aws.env().artifacts.get(&tenant, &Digest::of(&bytes)).await.unwrap() == bytes);
        world.aws.link(&tenant, &bytes, "text/x-large").await.unwrap();
        assert_eq!(world.requests.uris("partNumber=").len(), puts, "not stored again");
        let other = link.replace("/acme/cas/", "/other/cas/");
        assert_eq!(http().get(&other).send().await.unwrap().status(), 403, "signed for this object alone");
    })
    .await;
}
