use serde_json::{Value, json};

use crate::stack::{Like, ORDINARY, Stack, on_emulator};

/// What a machine, or a person, tells the function.
fn envelope(step: &str, act: &str) -> Value {
    json!({ "tenant": "acme", "run": "01J", "step": step, "input": { "act": act } })
}

fn input(queue: &str, step: &str, act: &str) -> Value {
    json!({ "tenant": "acme", "run": "01J", "queue": queue, "payload": envelope(step, act) })
}

/// Everything on the ledger of the run.
async fn facts(stack: &Stack) -> Value {
    stack.invoke("look", envelope("show", "show")).await["facts"].clone()
}

/// A killed process, and one that is killed because its time is up: the message comes again, the lease of the first is
/// waited out, and what it had recorded is there once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lambda_killed_in_the_middle_of_its_work_is_replaced() {
    on_emulator(async |stack| {
        stack.machine("one", "v1").await;
        stack.lane("die", Like { hurry: 60, ..ORDINARY }).await;
        stack.lane("hang", Like { hurry: 60, timeout_s: 2, ..ORDINARY }).await;
        let mut started = vec![];
        for act in ["die", "hang"] {
            started.push(stack.start("one", input(act, act, act)).await);
        }
        for execution in &started {
            assert_eq!(stack.end(execution).await.unwrap()["job"]["runs"], 2, "{execution}");
        }
        let once = ["die Decision", "die Task", "hang Decision", "hang Task"];
        assert_eq!(facts(stack).await, json!(once));
        for queue in ["die", "hang", "die-dead", "hang-dead"] {
            stack.wait("an empty queue", async || (stack.held(queue).await == 0).then_some(())).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_come_twice_and_in_another_order_are_worked_once() {
    on_emulator(async |stack| {
        stack.machine("one", "v1").await;
        stack.queue("held").await;
        stack.lane("work", ORDINARY).await;
        let mut started = vec![];
        let mut bodies = vec![];
        for step in ["a", "b"] {
            started.push(stack.start("one", input("held", step, "take-a-while")).await);
            bodies.push(stack.take("held").await.1);
        }
        bodies.reverse();
        stack.send("work", &[bodies.clone(), bodies.clone()].concat()).await;
        for execution in &started {
            assert_eq!(stack.end(execution).await.unwrap()["job"]["runs"], 1);
        }
        // A week later, when everything is over.
        stack.send("work", &bodies).await;
        stack.wait("an empty queue", async || (stack.held("work").await == 0).then_some(())).await;
        assert_eq!(facts(stack).await, json!(["a Decision", "a Task", "b Decision", "b Task"]));
        assert_eq!(stack.held("work-dead").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_was_answered_keeps_its_first_answer() {
    on_emulator(async |stack| {
        stack.machine("one", "v1").await;
        stack.queue("held").await;
        stack.lane("work", ORDINARY).await;
        let execution = stack.start("one", input("held", "a", "work")).await;
        let body = stack.take("held").await.1;
        let message: Value = serde_json::from_str(&body).unwrap();
        let answer = json!({ "taskToken": message["token"], "output": json!("first").to_string() });
        stack.say("AWSStepFunctions.SendTaskSuccess", answer).await;
        stack.send("work", &[body]).await;
        assert_eq!(stack.end(&execution).await, Ok(json!({ "machine": "v1", "job": "first" })));
        stack.wait("an empty queue", async || (stack.held("work").await == 0).then_some(())).await;
        assert_eq!(stack.end(&execution).await, Ok(json!({ "machine": "v1", "job": "first" })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poisoned_message_is_laid_aside_with_its_reason_and_its_batch_goes_on() {
    on_emulator(async |stack| {
        stack.machine("one", "v1").await;
        stack.queue("held").await;
        stack.lane("work", ORDINARY).await;
        let mut started = vec![];
        let mut bodies = vec![];
        for step in ["a", "b"] {
            started.push(stack.start("one", input("held", step, "work")).await);
            bodies.push(stack.take("held").await.1);
        }
        bodies.insert(1, "poison".to_owned());
        stack.send("work", &bodies).await;
        for execution in &started {
            assert_eq!(stack.end(execution).await.unwrap()["job"]["runs"], 1);
        }
        // What somebody waits for is not laid aside but answered.
        let mut wrong = input("work", "c", "work");
        wrong["payload"]["colour"] = json!("red");
        let refused = stack.start("one", wrong).await;
        assert_eq!(stack.end(&refused).await, Err("Input.Invalid".to_owned()));
        let (id, body) = stack.take("work-dead").await;
        assert_eq!(body, "poison");
        let line = stack.logged("work", &id).await;
        assert!(line.contains("cannot be read") && !line.contains("poison"), "{line}");
        assert_eq!(facts(stack).await, json!(["a Decision", "a Task", "b Decision", "b Task"]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_value_goes_through_the_store_or_is_refused_by_name() {
    on_emulator(async |stack| {
        stack.machine("one", "v1").await;
        stack.lane("work", ORDINARY).await;
        let stored = stack.start("one", input("work", "a", "work")).await;
        let refused = stack.start("one", input("work", "b", "large-output")).await;
        let document = stack.end(&stored).await.unwrap()["job"]["document"].clone();
        assert!(document.as_str().unwrap().starts_with("sha256:"), "{document}");
        assert_eq!(stack.end(&refused).await, Err("Output.TooLarge".to_owned()));
    })
    .await;
}

/// A machine names the versions that it calls, so what began before an upgrade ends on them. Messages are worked by
/// whatever is newest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_execution_that_is_upgraded_under_way_ends_on_the_versions_that_it_began_with() {
    on_emulator(async |stack| {
        stack.queue("held").await;
        stack.lane("work", ORDINARY).await;
        stack.function("called", ORDINARY).await;
        let old = stack.publish("called").await;
        stack.machine_that_calls("one", "v1", Some(&old)).await;
        let by = |ended: &Value| {
            [&ended["machine"], &ended["job"]["by"], &ended["then"]["by"]]
                .map(|by| by.as_str().unwrap().to_owned())
        };
        let before = stack.start("one", input("work", "a", "work")).await;
        assert_eq!(by(&stack.end(&before).await.unwrap()), ["v1", "1", "1"]);

        let under_way = stack.start("one", input("held", "b", "work")).await;
        let body = stack.take("held").await.1;
        stack.upgrade("work", "2").await;
        stack.upgrade("called", "2").await;
        let new = stack.publish("called").await;
        assert_ne!(old, new);
        stack.change_machine("one", "v2", Some(&new)).await;
        stack.send("work", &[body]).await;
        let ended = stack.end(&under_way).await.unwrap();
        assert_eq!(by(&ended), ["v1", "2", "1"]);
        assert_eq!(ended["job"]["runs"], 1);

        let after = stack.start("one", input("work", "c", "work")).await;
        assert_eq!(by(&stack.end(&after).await.unwrap()), ["v2", "2", "2"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_execution_is_ended_from_outside_is_closed_fenced_and_sealed() {
    on_emulator(async |stack| {
        stack.machine("run", "v1").await;
        stack.queue("held").await;
        for handler in ["run-reconcile", "run-seal", "run-control", "run-pause"] {
            stack.function(handler, Like { handler, ..ORDINARY }).await;
        }
        stack.rule("run", &["run-reconcile", "run-seal"]).await;
        let control = |step: &str| json!({ "tenant": "acme", "run": "01J", "step": step, "input": {} });
        let show = async || stack.invoke("look", envelope("show", "show")).await;
        stack.invoke("look", envelope("begin", "begin")).await;
        // It waits, and has said so on its ledger.
        let pause = json!({ "tenant": "acme", "run": "01J", "step": "04-prd/a1/pause", "input": { "by": "policy:budget" } });
        stack.invoke("run-pause", pause).await;
        assert_eq!(stack.invoke("run-control", control("before")).await["go"], "pause");
        let execution = stack.start("run", input("held", "a", "work")).await;
        stack.take("held").await;
        stack.stop(&execution).await;
        let told = stack
            .wait("a run that is closed and sealed", async || {
                let told = show().await;
                (told["run"]["status"] != "running" && told["heads"] == 1).then_some(told)
            })
            .await;
        assert_eq!((&told["run"]["status"], &told["run"]["verdict"]), (&json!("failed"), &json!("stopped")));
        // The call that was under way is booked, and its fact is sealed with the others.
        assert_eq!(told["budget"]["reserved"], 0, "{told}");
        assert_eq!(told["budget"]["uncertain"], 100, "{told}");
        let facts = told["facts"].as_array().unwrap();
        assert!(facts.iter().any(|fact| fact.as_str().unwrap().starts_with("04-prd/a1/b00/call-0 ")), "{told}");
        assert_eq!((facts.len(), &told["rows"]), (3, &json!(3)), "every fact is sealed: {told}");
        let reasons = told["run"]["reasons"].to_string();
        assert!(reasons.contains("ABORTED"), "{reasons}");
        // What is left of it finds that nothing more is wanted.
        assert_eq!(stack.invoke("run-control", control("after")).await["go"], "cancel");
        // The same notice once more changes nothing.
        let input = json!({ "tenant": "acme", "run": "01J" }).to_string();
        let detail = json!({ "status": "ABORTED", "input": input });
        let notice = json!({
            "source": "aws.states", "detail-type": "Step Functions Execution Status Change", "detail": detail,
        });
        stack.invoke("run-reconcile", notice).await;
        let again = show().await;
        assert_eq!((&again["run"], &again["control"]["epoch"]), (&told["run"], &json!(2)));
    })
    .await;
}
