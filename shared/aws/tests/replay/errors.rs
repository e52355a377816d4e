use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Key;

use crate::replay::{Replay, Say, error, ok};

async fn read(answers: Vec<Say>) -> (Result<(), Failure>, Replay) {
    let replay = Replay::of(answers);
    let key = Key { pk: "acme#run#1".into(), sk: "run".into() };
    let result = replay.aws().await.env().records.get(&key).await;
    (result.map(|found| assert_eq!(found, None)), replay)
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_tried_again_and_then_said_to_be_unavailable() {
    for trouble in [
        error(400, "ProvisionedThroughputExceededException"),
        error(400, "ThrottlingException"),
        error(500, "InternalServerError"),
        Say::Text(503, "<html>busy</html>".into()),
        Say::Nothing,
        Say::Silence,
    ] {
        let (result, replay) = read(vec![trouble.clone(), trouble.clone(), ok(serde_json::json!({}))]).await;
        assert_eq!(result, Ok(()), "{trouble:?}");
        assert_eq!((replay.asked().len(), replay.left()), (3, 0), "{trouble:?}");
        let (result, replay) = read(vec![trouble.clone(); 9]).await;
        let failure = result.unwrap_err();
        assert_eq!(failure.kind, FailureKind::StoreUnavailable, "{trouble:?}: {failure}");
        assert!(failure.message.contains("acme#run#1"), "the row is named: {failure}");
        assert!(replay.asked().len() <= 4, "{trouble:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_stays_wrong_is_asked_once_and_named() {
    for (code, kind) in [
        ("ExpiredTokenException", FailureKind::StoreUnavailable),
        ("AccessDeniedException", FailureKind::ConfigInvalid),
        ("UnrecognizedClientException", FailureKind::ConfigInvalid),
        ("ResourceNotFoundException", FailureKind::ConfigInvalid),
        ("ValidationException", FailureKind::Bug),
    ] {
        let (result, replay) = read(vec![error(400, code); 9]).await;
        let failure = result.unwrap_err();
        assert_eq!(failure.kind, kind, "{failure}");
        assert!(failure.message.contains(code), "{failure}");
        assert_eq!(replay.asked().len(), 1, "{code}");
        assert!(!failure.message.contains("hidden") && !failure.message.contains("session"), "{failure}");
    }
}
