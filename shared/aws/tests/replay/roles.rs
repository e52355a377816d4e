//! What each way of using a port asks of AWS is what its policy in `infra/template.yaml` allows: no less, no more.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::ports::{USES, unheard, well};
use crate::replay::{Asked, Replay};

/// Allowed and never asked for: it makes AWS say of an absent object that it is absent.
const UNASKED: &str = "s3:ListBucket";

#[tokio::test(start_paused = true)]
async fn a_policy_allows_what_its_port_asks_for() {
    for policy in [
        "ReadRows",
        "WriteRows",
        "InsertFacts",
        "ReadLedger",
        "AppendLedger",
        "ReadDocuments",
        "StartRuns",
        "ReadHistories",
        "AnswerTokens",
        "CallModels",
        "RunJobs",
        "EndJobs",
        "ReadQueues",
    ] {
        let mut asked = BTreeSet::new();
        for one in USES.iter().filter(|one| one.policy == policy) {
            asked.extend(calls(async |aws| drop((one.run)(aws).await)).await);
        }
        // Jobs are remembered in rows; a role that may use them has both policies of rows as well.
        if matches!(policy, "RunJobs" | "EndJobs") {
            asked.retain(|action| !action.starts_with("dynamodb:"));
        }
        if policy == "InsertFacts" {
            // A repetition is told from a contradiction by reading what is there.
            asked.insert("dynamodb:Query".to_owned());
        }
        assert_eq!(asked, allowed(policy), "{policy}");
    }
    let documents = async |aws: ideamine_aws::Aws| unheard(&aws).await;
    let mut asked = calls(documents).await;
    let reads = ["s3:GetObject".to_owned()];
    asked.retain(|action| !reads.contains(action));
    let both: BTreeSet<_> = allowed("WriteDocuments").union(&allowed("PublishProgress")).cloned().collect();
    assert_eq!(asked, both, "WriteDocuments and PublishProgress");
}

#[tokio::test(start_paused = true)]
async fn a_queue_and_the_key_are_used_as_their_holders_may() {
    let template = template();
    let mut asked = BTreeSet::new();
    for one in USES.iter().filter(|one| one.policy == "queue") {
        asked.extend(calls(async |aws| drop((one.run)(aws).await)).await);
    }
    // A worker of its own keeps its messages hidden; Lambda does so for a function. Its role is not of this template.
    assert!(asked.remove("sqs:ChangeMessageVisibility") && asked.remove("sqs:DeleteMessage"));
    assert_eq!(asked, BTreeSet::from(["sqs:ReceiveMessage".to_owned()]));
    let sealing = template.split("Sid: Sealing").nth(1).unwrap().split("Tags:").next().unwrap();
    let mut asked = BTreeSet::new();
    for one in USES.iter().filter(|one| one.policy == "SigningKey") {
        asked.extend(calls(async |aws| drop((one.run)(aws).await)).await);
    }
    assert_eq!(asked, actions(sealing));
}

/// The actions of IAM behind what is asked of AWS.
async fn calls(use_it: impl AsyncFnOnce(ideamine_aws::Aws)) -> BTreeSet<String> {
    let replay = Replay::then([], well);
    use_it(replay.aws().await).await;
    replay.asked().iter().flat_map(action).collect()
}

fn action(asked: &Asked) -> Vec<String> {
    let host = asked.uri.split('/').nth(2).unwrap().to_owned();
    let one = |service: &str, name: &str| vec![format!("{service}:{name}")];
    let target = asked.target.as_str();
    if host.starts_with("dynamodb") {
        return match target {
            "TransactWriteItems" => parts(&asked.json()["TransactItems"]),
            "ExecuteTransaction" => statements(&asked.json()["TransactStatements"]),
            other => one("dynamodb", other),
        };
    }
    let named = [("states", "states"), ("sqs", "sqs"), ("kms", "kms"), ("secretsmanager", "secretsmanager")];
    if let Some((_, service)) = named.iter().find(|(start, _)| host.contains(start)) {
        return one(service, target);
    }
    let operation = asked.uri.rsplit('/').next().unwrap();
    match operation {
        "submitjob" => one("batch", "SubmitJob"),
        "describejobs" => one("batch", "DescribeJobs"),
        "terminatejob" => one("batch", "TerminateJob"),
        "converse" => one("bedrock", "InvokeModel"),
        _ => match asked.method.as_str() {
            "GET" | "HEAD" => one("s3", "GetObject"),
            "DELETE" => one("s3", "AbortMultipartUpload"),
            _ => one("s3", "PutObject"),
        },
    }
}

fn parts(items: &Value) -> Vec<String> {
    let kinds = items.as_array().unwrap().iter().flat_map(|item| item.as_object().unwrap().keys());
    kinds
        .map(|kind| match kind.as_str() {
            "ConditionCheck" => "dynamodb:ConditionCheckItem".to_owned(),
            kind => format!("dynamodb:{kind}Item"),
        })
        .collect()
}

fn statements(items: &Value) -> Vec<String> {
    let inserts = |item: &Value| item["Statement"].as_str().unwrap().starts_with("INSERT INTO");
    assert!(items.as_array().unwrap().iter().all(inserts), "{items}");
    vec!["dynamodb:PartiQLInsert".to_owned()]
}

fn template() -> String {
    let path = format!("{}/../../infra/template.yaml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn allowed(policy: &str) -> BTreeSet<String> {
    let template = template();
    let from = template.split(&format!("\n  {policy}:\n")).nth(1).expect(policy);
    // Up to the next resource.
    let end = from.lines().take_while(|line| line.is_empty() || line.starts_with("    "));
    let mut allowed = actions(&end.collect::<Vec<_>>().join("\n"));
    allowed.remove(UNASKED);
    allowed
}

/// Everything after an `Action:` that reads `service:Name`.
fn actions(text: &str) -> BTreeSet<String> {
    let lists = text.split("Action:").skip(1).map(|rest| rest.split("Resource").next().unwrap());
    let words = lists.flat_map(|list| list.split([' ', ',', '[', ']', '\n']));
    let is_action = |word: &&str| {
        word.split_once(':').is_some_and(|(_, name)| name.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    words.filter(is_action).map(str::to_owned).collect()
}
