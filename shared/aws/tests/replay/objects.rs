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

#[tokio::test(start_paused = true)]
async fn a_link_is_for_one_object_of_one_tenant_and_for_a_short_while() {
    let tenant = Tenant::new("acme").unwrap();
    let digest = Digest::of(b"dossier");
    let object = format!("/bucket/acme/cas/{}/{}?", &digest.hex()[..2], digest.hex());
    // It is there; it is not, and is put there first.
    let there = Say::Text(200, String::new());
    for (answers, calls) in [
        (vec![there.clone()], vec!["HEAD"]),
        (vec![s3_error(404, "NotFound"), there.clone()], vec!["HEAD", "PUT"]),
    ] {
        let replay = Replay::of(answers);
        let link = replay.aws().await.link(&tenant, b"dossier", "application/json").await.unwrap();
        let asked: Vec<String> = replay.asked().into_iter().map(|asked| asked.method).collect();
        assert_eq!(asked, calls);
        let (path, query) = link.split_once('?').unwrap();
        let path = path.replace("https://bucket.s3.eu-west-1.amazonaws.com/", "/bucket/");
        assert_eq!(format!("{path}?"), object);
        for part in [
            "X-Amz-Expires=60",
            "X-Amz-Security-Token=session",
            "X-Amz-SignedHeaders=host",
            "response-content-type=application%2Fjson",
            "x-id=GetObject",
        ] {
            assert!(query.contains(part), "{part}");
        }
        assert!(!link.contains("hidden"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_is_refused_where_nothing_can_be_said_of_its_object() {
    for (answer, kind) in [
        (s3_error(503, "SlowDown"), FailureKind::StoreUnavailable),
        (s3_error(403, "AccessDenied"), FailureKind::ConfigInvalid),
    ] {
        let replay = Replay::of(vec![answer; 9]);
        let failure = replay.aws().await.link(&Tenant::local(), b"x", "text/plain").await.unwrap_err();
        assert_eq!(failure.kind, kind, "{failure}");
    }
}
