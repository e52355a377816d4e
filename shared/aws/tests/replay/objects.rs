use ideamine_aws::limits::{ATTEMPTS_MAX, PART_BYTES};
use ideamine_core::failure::FailureKind;
use ideamine_core::{Digest, Failure, Tenant};

use crate::replay::{Replay, Say, s3_error};

async fn put(bytes: Vec<u8>, answers: Vec<Say>) -> (Result<Digest, Failure>, Replay) {
    let replay = Replay::of(answers);
    (replay.aws().await.env().artifacts.put(&Tenant::local(), bytes).await, replay)
}

#[tokio::test(start_paused = true)]
async fn a_document_is_written_only_where_none_is_with_its_checksum() {
    for answer in [Say::Text(200, String::new()), s3_error(412, "PreconditionFailed")] {
        let (result, replay) = put(b"idea".to_vec(), vec![answer]).await;
        let digest = Digest::of(b"idea");
        assert_eq!(result, Ok(digest));
        let asked = &replay.asked()[0];
        let header =
            |name: &str| asked.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
        assert_eq!(header("if-none-match"), Some("*"));
        assert_eq!(header("x-amz-checksum-sha256"), Some("rgqa0yJ8VCDAfdeavhGYdts9I0oGY0S9TJC48YnNJgY="));
        assert!(
            asked.uri.ends_with(&format!(
                "/local/cas/{}/{}?x-id=PutObject",
                &digest.hex()[..2],
                digest.hex()
            )),
            "{}",
            asked.uri
        );
    }
}

#[tokio::test(start_paused = true)]
async fn another_writer_of_the_same_object_is_waited_for() {
    let race = || s3_error(409, "ConditionalRequestConflict");
    let (result, _) = put(b"idea".to_vec(), vec![race(), race(), s3_error(412, "PreconditionFailed")]).await;
    assert_eq!(result, Ok(Digest::of(b"idea")));
    let (result, replay) = put(b"idea".to_vec(), vec![race(); 50]).await;
    assert_eq!(result.unwrap_err().kind, FailureKind::StoreUnavailable);
    assert!(replay.asked().len() < 10);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_slow_or_refuses_is_told_apart() {
    for (answer, kind) in [
        (s3_error(503, "SlowDown"), FailureKind::StoreUnavailable),
        (s3_error(400, "ExpiredToken"), FailureKind::StoreUnavailable),
        (s3_error(403, "AccessDenied"), FailureKind::ConfigInvalid),
        (s3_error(404, "NoSuchBucket"), FailureKind::ConfigInvalid),
    ] {
        let (result, replay) = put(b"idea".to_vec(), vec![answer.clone(); 9]).await;
        let failure = result.unwrap_err();
        assert_eq!(failure.kind, kind, "{failure}");
        assert!(failure.message.contains("bucket"), "{failure}");
        assert!(replay.asked().len() <= ATTEMPTS_MAX as usize);
    }
}

#[tokio::test(start_paused = true)]
async fn an_upload_in_parts_that_fails_is_taken_back() {
    let begun = "<InitiateMultipartUploadResult><UploadId>up1</UploadId></InitiateMultipartUploadResult>";
    let answers = vec![
        s3_error(404, "NotFound"),
        Say::Text(200, begun.into()),
        s3_error(403, "AccessDenied"),
        Say::Text(204, String::new()),
    ];
    let (result, replay) = put(vec![7; PART_BYTES + 1], answers).await;
    assert_eq!(result.unwrap_err().kind, FailureKind::ConfigInvalid);
    let last = replay.asked().pop().unwrap();
    assert!(
        last.uri.contains("uploadId=up1") && last.uri.contains("x-id=AbortMultipartUpload"),
        "{}",
        last.uri
    );
}
