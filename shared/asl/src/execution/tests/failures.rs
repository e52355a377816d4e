use super::*;

/// Fails the task of `A` until it is not tried again; returns the delays in milliseconds.
fn delays(retry: Value, draws: Vec<u64>) -> Vec<i64> {
    let mut sim = Sim::start(json!({"A": task(json!({"Retry": [retry]}))}), json!({}));
    sim.draws = draws;
    let mut delays = Vec::new();
    while *sim.execution.status() == Status::Running {
        sim.fail("A", "Boom");
        if let Some(next) = sim.execution.next_deadline_ms() {
            delays.push(next - sim.now_ms);
            assert_eq!(sim.tick_at(next - 1), [], "nothing happens before the delay is over");
            sim.tick_at(next);
        }
    }
    assert_eq!(sim.error(), "Boom");
    delays
}

#[test]
fn retries_wait_longer_each_time_up_to_the_longest_delay() {
    let boom = |fields: Value| with(json!({"ErrorEquals": ["Boom"]}), fields);
    assert_eq!(delays(boom(json!({})), vec![]), [1000, 2000, 4000]);
    assert_eq!(delays(boom(json!({"MaxAttempts": 0})), vec![]), Vec::<i64>::new());
    let slow = json!({"IntervalSeconds": 3, "BackoffRate": 1.5, "MaxAttempts": 5, "MaxDelaySeconds": 8});
    assert_eq!(delays(boom(slow), vec![]), [3000, 4500, 6750, 8000, 8000]);
}

#[test]
fn full_jitter_draws_each_delay_and_the_journal_keeps_it() {
    let retry =
        json!({"ErrorEquals": ["Boom"], "IntervalSeconds": 10, "BackoffRate": 1.0, "JitterStrategy": "FULL"});
    assert_eq!(delays(retry, vec![1 << 63, 1 << 62, 3 << 62]), [5000, 2500, 7500]);
}

#[test]
fn each_retrier_counts_for_itself_and_the_first_that_matches_decides() {
    let retry = json!([
        {"ErrorEquals": ["One"], "MaxAttempts": 1, "IntervalSeconds": 1},
        {"ErrorEquals": ["States.ALL"], "MaxAttempts": 2, "IntervalSeconds": 5, "BackoffRate": 1.0},
    ]);
    let mut sim = Sim::start(json!({"A": task(json!({"Retry": retry}))}), json!({}));
    for (error, delay) in [("Other", 5000), ("One", 1000), ("Other", 5000)] {
        sim.fail("A", error);
        let next = sim.execution.next_deadline_ms().unwrap();
        assert_eq!(next - sim.now_ms, delay, "{error}");
        sim.tick_at(next);
    }
    sim.fail("A", "One");
    assert_eq!(sim.error(), "One", "its own retrier is used up, the wildcard after it does not take over");
}

#[test]
fn entering_a_state_again_resets_its_retries() {
    let states = json!({
        "A": task(json!({"Retry": [{"ErrorEquals": ["Boom"], "MaxAttempts": 1}], "Next": "B"})),
        "B": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input = 'again' %}", "Next": "A"}], "Default": "C"},
        "C": {"Type": "Succeed"},
    });
    let mut sim = Sim::start(states, json!({}));
    for round in ["again", "done"] {
        sim.fail("A", "Boom");
        sim.tick_at(sim.now_ms + 1000);
        sim.succeed("A", json!(round));
    }
    assert_eq!(sim.output(), json!("done"));
}

#[test]
fn a_catcher_sees_the_error_and_its_own_fields_replace_the_states() {
    let states = json!({
        "A": task(json!({
            "Assign": {"by": "A"},
            "Output": "of A",
            "Catch": [
                {"ErrorEquals": ["Other"], "Next": "B"},
                {
                    "ErrorEquals": ["States.TaskFailed"],
                    "Next": "B",
                    "Assign": {"by": "{% 'catch of ' & $states.errorOutput.Error %}"},
                    "Output": {"why": "{% $states.errorOutput.Cause %}", "in": "{% $states.input %}"},
                },
            ],
        })),
        "B": pass(json!({"Output": {"by": "{% $by %}", "in": "{% $states.input %}"}})),
    });
    let mut sim = Sim::start(states, json!(7));
    sim.fail("A", "Boom");
    assert_eq!(sim.output(), json!({"by": "catch of Boom", "in": {"why": "Boom happened", "in": 7}}));
}

#[test]
fn without_output_a_catcher_passes_the_error_on_not_the_input() {
    let catch = json!({"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}]});
    let mut sim = Sim::start(json!({"A": task(catch), "B": {"Type": "Succeed"}}), json!({"n": 1}));
    sim.fail("A", "Boom");
    assert_eq!(sim.output(), json!({"Error": "Boom", "Cause": "Boom happened"}));
}

#[test]
fn an_expression_that_fails_in_a_task_is_retried_and_caught_like_any_error() {
    let fields = json!({
        "Output": "{% $states.result.missing %}",
        "Retry": [{"ErrorEquals": ["States.QueryEvaluationError"], "MaxAttempts": 1}],
        "Catch": [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "B", "Output": "{% $states.errorOutput.Error %}"}],
    });
    let mut sim = Sim::start(json!({"A": task(fields), "B": {"Type": "Succeed"}}), json!({}));
    sim.succeed("A", json!({}));
    sim.tick_at(1000);
    sim.succeed("A", json!({}));
    assert_eq!(sim.output(), json!("States.QueryEvaluationError"));
}

#[test]
fn runtime_errors_are_never_caught() {
    let fields = json!({
        "Retry": [{"ErrorEquals": ["States.ALL"]}],
        "Catch": [{"ErrorEquals": ["States.Runtime"], "Next": "B"}],
    });
    let mut sim = Sim::start(json!({"A": task(fields), "B": {"Type": "Succeed"}}), json!({}));
    sim.fail("A", "States.Runtime");
    assert_eq!(sim.error(), "States.Runtime");
}

#[test]
fn a_fail_state_names_its_error_only_if_it_has_one() {
    let failed = |state: Value| {
        Sim::start(json!({"A": with(json!({"Type": "Fail"}), state)}), json!({"e": "E"}))
            .execution
            .status()
            .clone()
    };
    let status = |error: Option<&str>, cause: Option<&str>| Status::Failed {
        error: error.map(Into::into),
        cause: cause.map(Into::into),
    };
    assert_eq!(failed(json!({})), status(None, None));
    assert_eq!(failed(json!({"Error": "{% $states.input.e %}", "Cause": "c"})), status(Some("E"), Some("c")));
    assert!(
        matches!(failed(json!({"Error": "{% 1 %}"})), Status::Failed { error: Some(error), .. } if error == "States.QueryEvaluationError")
    );
}

#[test]
fn what_json_cannot_hold_is_an_error_naming_the_field() {
    for (output, why) in [
        (json!({"x": ["{% $none %}"]}), "'Output/x/0' returned nothing (undefined)."),
        (json!("{% function($x) { $x } %}"), "'Output' returned an unsupported result type."),
        (json!("{% /a/ %}"), "'Output' returned an unsupported result type."),
        (json!("{% 1 / 0 %}"), "'Output' "),
        (json!("{% 'a' + 1 %}"), "'Output' threw an error during evaluation. T2001"),
        (json!("{% $eval('1') %}"), "$eval is not supported"),
        (json!("{% $ %}"), "returned nothing"),
    ] {
        let sim = Sim::start(json!({"A": pass(json!({"Output": output}))}), json!({"a": 1}));
        let Status::Failed { error: Some(error), cause: Some(cause) } = sim.execution.status() else {
            panic!("{output} passed: {:?}", sim.execution.status())
        };
        assert_eq!(error, "States.QueryEvaluationError", "{output}");
        assert!(cause.contains(why), "{output}: {cause}");
    }
}

#[test]
fn members_that_are_undefined_inside_an_expression_are_left_out() {
    let sim = Sim::start(
        json!({"A": pass(json!({"Output": "{% {'a': $none, 'b': [1, $none], 'c': null} %}"}))}),
        json!({}),
    );
    assert_eq!(sim.output(), json!({"b": [1], "c": null}));
}

#[test]
fn a_delay_before_a_retry_ends_when_asked_and_a_wait_state_does_not() {
    let retry = json!({"Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 300, "MaxAttempts": 2}]});
    let branch = |name: &str, state: Value| json!({"StartAt": name, "States": {name: state}});
    let waits = json!({"Type": "Wait", "Seconds": 600, "End": true});
    let parallel =
        json!({"Type": "Parallel", "End": true, "Branches": [branch("B", task(retry)), branch("C", waits)]});
    let mut sim = Sim::start(json!({"A": parallel}), json!({}));
    assert_eq!(sim.give(Input::RetryNow), [], "nothing is delayed yet");
    sim.fail("B", "E");
    sim.now_ms = 1_000;
    let events = sim.give(Input::RetryNow);
    assert_eq!(events.iter().find_map(Event::scheduled_task).map(|task| task.attempt), Some(1));
    assert_eq!(sim.tick_at(599_999), [], "the delay is gone, and the wait goes on");
    sim.succeed("B", json!(1));
    sim.tick_at(600_000);
    assert!(matches!(sim.execution.status(), Status::Succeeded { .. }));
}
