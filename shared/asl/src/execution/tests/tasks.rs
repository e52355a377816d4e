use super::*;

#[test]
fn a_task_hands_out_its_arguments_and_takes_back_the_result() {
    let mut sim = Sim::start(
        json!({
            "A": task(json!({
                "Arguments": {"FunctionName": "f", "Payload": {"n": "{% $states.input.n + 1 %}"}},
                "Assign": {"old": "{% $exists($got) ? $got : 'none' %}", "got": "{% $states.result.Payload %}"},
                "Output": "{% $states.result.Payload.list %}",
                "Next": "B",
            })),
            "B": pass(json!({"Output": {"got": "{% $got.id %}", "old": "{% $old %}", "input": "{% $states.input %}"}})),
        }),
        json!({"n": 1}),
    );
    assert_eq!(sim.arguments("A"), json!({"FunctionName": "f", "Payload": {"n": 2}}));
    assert_eq!(sim.execution.current_states(), ["A"]);
    sim.succeed("A", json!({"Payload": {"id": "x", "list": [1]}}));
    assert_eq!(sim.output(), json!({"got": "x", "old": "none", "input": [1]}));
    assert_eq!(sim.execution.next_deadline_ms(), None);
}

#[test]
fn an_output_that_lies_in_the_result_is_journaled_as_its_place() {
    let state = |output: &str| json!({"A": task(json!({"Output": output}))});
    for (output, stored) in [("{% $states.result.a.b %}", false), ("{% $states.result.a.b & '' %}", true)] {
        let mut sim = Sim::start(state(output), json!({}));
        let events = sim.succeed("A", json!({"a": {"b": "text"}}));
        assert_eq!(sim.output(), json!("text"));
        let exit = events.iter().find(|event| matches!(event, Event::StateExited { .. })).unwrap();
        assert_eq!(serde_json::to_string(exit).unwrap().contains("text"), stored, "{output}");
    }
}

#[test]
fn a_late_second_or_unknown_result_is_ignored() {
    let mut sim = Sim::start(json!({"A": task(json!({"Next": "B"})), "B": task(json!({}))}), json!({}));
    let first = sim.task("A");
    sim.succeed("A", json!(1));
    for input in [
        Input::TaskSucceeded { task: first, output: json!(2) },
        Input::TaskFailed { task: first, error: "E".into(), cause: String::new() },
        Input::TaskHeartbeat { task: first },
        Input::TaskSucceeded { task: 999, output: json!(2) },
        Input::Start { input: json!({}) },
    ] {
        assert_eq!(sim.give(input.clone()), [], "{input:?}");
    }
    sim.succeed("B", json!(3));
    assert_eq!(sim.output(), json!(3));
    assert_eq!(sim.give(Input::Tick), []);
}

#[test]
fn a_timed_out_attempt_is_cancelled_and_its_late_result_ignored() {
    let retry = json!({"TimeoutSeconds": 5, "Retry": [{"ErrorEquals": ["States.Timeout"]}]});
    let mut sim = Sim::start(json!({"A": task(retry)}), json!({}));
    let first = sim.task("A");
    assert_eq!(sim.execution.next_deadline_ms(), Some(5000));
    assert_eq!(sim.tick_at(4999), []);
    let events = sim.tick_at(5000);
    assert_eq!(events[0].cancelled_task(), Some(first));
    assert_eq!(sim.give(Input::TaskSucceeded { task: first, output: json!(1) }), []);
    assert_eq!(sim.execution.next_deadline_ms(), Some(6000));
    let again = sim.tick_at(6000);
    let scheduled = again.iter().find_map(Event::scheduled_task).unwrap();
    assert_ne!(scheduled.task, first);
    assert_eq!((scheduled.attempt, scheduled.deadline_ms), (1, Some(11_000)));
    sim.succeed("A", json!("late but well"));
    assert_eq!(sim.output(), json!("late but well"));
}

#[test]
fn heartbeats_keep_a_task_alive_and_a_missed_one_is_a_timeout() {
    for (caught, expected) in
        [("States.Timeout", true), ("States.HeartbeatTimeout", true), ("States.TaskFailed", false)]
    {
        let fields = json!({
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "HeartbeatSeconds": 10,
            "Catch": [{"ErrorEquals": [caught], "Next": "B"}],
        });
        let mut sim = Sim::start(json!({"A": task(fields), "B": pass(json!({}))}), json!({}));
        let first = sim.task("A");
        sim.now_ms = 9000;
        sim.give(Input::TaskHeartbeat { task: first });
        assert_eq!(sim.execution.next_deadline_ms(), Some(19_000));
        assert_eq!(sim.tick_at(18_999), []);
        sim.tick_at(19_000);
        if expected {
            assert_eq!(sim.output(), json!({"Error": "States.Timeout", "Cause": ""}), "{caught}");
        } else {
            assert_eq!(sim.error(), "States.Timeout", "{caught}");
        }
    }
}

#[test]
fn a_token_is_drawn_once_per_attempt_and_seen_by_arguments() {
    let fields = json!({
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"token": "{% $states.context.Task.Token %}", "try": "{% $states.context.State.RetryCount %}"},
        "Retry": [{"ErrorEquals": ["States.ALL"]}],
    });
    let mut sim =
        Sim::idle(&json!({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": task(fields)}}));
    sim.draws = vec![1, 2, 3, 4];
    sim.give(Input::Start { input: json!({}) });
    let token = sim.execution.pending_tasks().next().unwrap().token.clone().unwrap();
    assert_eq!(&*token, "00000000000000010000000000000002");
    assert_eq!(sim.arguments("A"), json!({"token": &*token, "try": 0}));
    sim.fail("A", "E");
    sim.tick_at(1000);
    assert_eq!(sim.arguments("A"), json!({"token": "00000000000000030000000000000004", "try": 1}));
}

#[test]
fn a_wait_ends_at_its_time_and_a_past_one_at_once() {
    for (field, value, until) in [
        ("Seconds", json!(10), Some(10_000)),
        ("Seconds", json!("{% 1 + 1 %}"), Some(2000)),
        ("Seconds", json!(0), None),
        ("Timestamp", json!("1970-01-01T00:00:07Z"), Some(7000)),
        ("Timestamp", json!("{% '1960-01-01T00:00:00Z' %}"), None),
    ] {
        let mut sim = Sim::start(json!({"A": {"Type": "Wait", field: value, "End": true}}), json!("in"));
        assert_eq!(sim.execution.next_deadline_ms(), until, "{field} {value}");
        if let Some(until) = until {
            assert_eq!(sim.tick_at(until - 1), []);
            sim.tick_at(until);
        }
        assert_eq!(sim.output(), json!("in"));
    }
}

#[test]
fn a_machine_times_out_as_a_whole() {
    let machine =
        json!({"StartAt": "A", "TimeoutSeconds": 60, "States": {"A": task(json!({"TimeoutSeconds": 600}))}});
    let mut sim = Sim::start_machine(machine, json!({}));
    let pending = sim.task("A");
    let events = sim.tick_at(60_000);
    assert_eq!(events[0].cancelled_task(), Some(pending));
    assert!(events[1].ends_execution());
    assert_eq!(sim.execution.status(), &Status::TimedOut { error: None, cause: None });
}

#[test]
fn an_abort_cancels_what_is_pending() {
    let mut sim = Sim::start(json!({"A": task(json!({}))}), json!({}));
    let pending = sim.task("A");
    let events = sim.give(Input::Abort { error: Some("Stop".into()), cause: None });
    assert_eq!(events.iter().filter_map(Event::cancelled_task).collect::<Vec<_>>(), [pending]);
    assert_eq!(sim.execution.status(), &Status::Aborted { error: Some("Stop".into()), cause: None });
    assert_eq!(sim.execution.pending_tasks().count(), 0);
    assert_eq!(
        sim.records(),
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "TaskScheduled",
            "TaskStarted",
            "TaskStateAborted",
            "ExecutionAborted"
        ]
    );
}

#[test]
fn a_choice_takes_the_first_rule_that_holds_with_its_own_assign() {
    let states = json!({
        "A": {
            "Type": "Choice",
            "Assign": {"by": "default"},
            "Choices": [
                {"Condition": "{% $states.input.n > 10 %}", "Next": "B", "Assign": {"by": "big"}, "Output": "big"},
                {"Condition": "{% $states.input.n > 5 %}", "Next": "B"},
            ],
            "Default": "B",
        },
        "B": pass(json!({"Output": {"by": "{% $exists($by) ? $by : 'nobody' %}", "in": "{% $states.input %}"}})),
    });
    for (n, by, input) in
        [(20, "big", json!("big")), (7, "nobody", json!({"n": 7})), (1, "default", json!({"n": 1}))]
    {
        let sim = Sim::start(states.clone(), json!({"n": n}));
        assert_eq!(sim.output(), json!({"by": by, "in": input}), "{n}");
    }
}

#[test]
fn a_choice_without_a_match_fails_and_a_condition_must_be_boolean() {
    for (condition, error) in
        [("{% false %}", "States.NoChoiceMatched"), ("{% 'yes' %}", "States.QueryEvaluationError")]
    {
        let sim = Sim::start(
            json!({"A": {"Type": "Choice", "Choices": [{"Condition": condition, "Next": "B"}]}, "B": {"Type": "Succeed"}}),
            json!({}),
        );
        assert_eq!(sim.error(), error, "{condition}");
    }
}

#[test]
fn the_clock_of_an_expression_is_the_callers() {
    let output =
        json!({"ms": "{% $millis() %}", "now": "{% $now() %}", "day": "{% $now('[Y0001]-[M01]-[D01]') %}"});
    let mut sim = Sim::idle(
        &json!({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": pass(json!({"Output": output}))}}),
    );
    sim.now_ms = 86_400_000;
    sim.give(Input::Start { input: json!({}) });
    assert_eq!(
        sim.output(),
        json!({"ms": 86_400_000, "now": "1970-01-02T00:00:00.000Z", "day": "1970-01-02"})
    );
}
