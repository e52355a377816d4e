use super::*;

fn branches(states: &[(&str, Value)], extra: Value) -> Value {
    let branches: Vec<Value> = states.iter().map(|(name, state)| region(name, state.clone())).collect();
    with(json!({"Type": "Parallel", "Branches": branches, "End": true}), extra)
}

fn map(processor: Value, extra: Value) -> Value {
    with(json!({"Type": "Map", "ItemProcessor": processor, "End": true}), extra)
}

#[test]
fn branches_run_side_by_side_and_join_in_order() {
    let state = branches(
        &[("X", task(json!({}))), ("Y", pass(json!({"Output": "y"})))],
        json!({"Arguments": {"n": "{% $states.input.n %}"}}),
    );
    let mut sim = Sim::start(json!({"A": state}), json!({"n": 1, "m": 2}));
    assert_eq!(sim.arguments("X"), json!({"n": 1}));
    assert_eq!(sim.execution.current_states(), ["A", "X"]);
    sim.succeed("X", json!("x"));
    assert_eq!(sim.output(), json!(["x", "y"]));
}

#[test]
fn the_first_uncaught_failure_gives_up_the_other_branches() {
    let nested = branches(&[("Z", task(json!({})))], json!({}));
    let state = branches(
        &[("X", task(json!({}))), ("Y", nested), ("W", json!({"Type": "Wait", "Seconds": 9, "End": true}))],
        json!({
            "Catch": [{"ErrorEquals": ["Boom"], "Next": "B"}],
        }),
    );
    let mut sim = Sim::start(json!({"A": state, "B": {"Type": "Succeed"}}), json!({}));
    let pending = sim.task("Z");
    let events = sim.fail("X", "Boom");
    assert_eq!(events.iter().filter_map(Event::cancelled_task).collect::<Vec<_>>(), [pending]);
    assert_eq!(sim.output(), json!({"Error": "Boom", "Cause": "Boom happened"}));
    assert_eq!(sim.execution.next_deadline_ms(), None);
    let after: Vec<String> = sim.records().into_iter().skip_while(|kind| kind != "TaskFailed").collect();
    assert_eq!(
        after,
        [
            "TaskFailed",
            "WaitStateAborted",
            "TaskStateAborted",
            "ParallelStateAborted",
            "ParallelStateFailed",
            "ParallelStateExited",
            "SucceedStateEntered",
            "SucceedStateExited",
            "ExecutionSucceeded"
        ]
    );
}

#[test]
fn a_retried_parallel_starts_all_its_branches_anew() {
    let state = branches(
        &[("X", task(json!({}))), ("Y", task(json!({})))],
        json!({"Retry": [{"ErrorEquals": ["Boom"]}]}),
    );
    let mut sim = Sim::start(json!({"A": state}), json!({}));
    sim.succeed("Y", json!("y1"));
    sim.fail("X", "Boom");
    sim.tick_at(1000);
    sim.succeed("X", json!("x2"));
    sim.succeed("Y", json!("y2"));
    assert_eq!(sim.output(), json!(["x2", "y2"]));
    assert!(
        !sim.records().contains(&"ParallelStateFailed".to_owned()),
        "a failure that is retried is not recorded as one"
    );
}

#[test]
fn a_map_runs_at_most_that_many_iterations_and_keeps_the_order() {
    let state =
        map(region("X", task(json!({}))), json!({"Items": "{% $states.input.items %}", "MaxConcurrency": 2}));
    let mut sim = Sim::start(json!({"A": state}), json!({"items": ["a", "b", "c", "d"]}));
    let mut done = 0;
    while let Some(last) = sim.execution.pending_tasks().last().cloned() {
        assert!(sim.execution.pending_tasks().count() <= 2);
        let output = json!([&*last.arguments, done]);
        sim.give(Input::TaskSucceeded { task: last.task, output });
        done += 1;
    }
    let output = sim.output();
    let items: Vec<&Value> = output.as_array().unwrap().iter().map(|pair| &pair[0]).collect();
    assert_eq!(items, ["a", "b", "c", "d"]);
    assert_eq!(output[0][1], 3, "the first started was the last to finish");
}

#[test]
fn an_item_selector_sees_the_item_its_index_and_the_states_input() {
    let selector = json!({"v": "{% $states.context.Map.Item.Value %}", "i": "{% $states.context.Map.Item.Index %}", "n": "{% $states.input.n %}"});
    let inner = pass(
        json!({"Output": {"in": "{% $states.input %}", "item": "{% $states.context.Map.Item.Value %}"}}),
    );
    let state = map(region("X", inner), json!({"Items": ["{% 'a' %}", "b"], "ItemSelector": selector}));
    let sim = Sim::start(json!({"A": state}), json!({"n": 5}));
    assert_eq!(
        sim.output(),
        json!([
            {"in": {"v": "a", "i": 0, "n": 5}, "item": "a"},
            {"in": {"v": "b", "i": 1, "n": 5}, "item": "b"},
        ])
    );
}

#[test]
fn no_items_no_iterations() {
    let sim = Sim::start(json!({"A": map(region("X", task(json!({}))), json!({}))}), json!([]));
    assert_eq!(sim.output(), json!([]));
    assert_eq!(
        sim.records(),
        [
            "ExecutionStarted",
            "MapStateEntered",
            "MapStateStarted",
            "MapStateSucceeded",
            "MapStateExited",
            "ExecutionSucceeded"
        ]
    );
}

#[test]
fn a_failed_iteration_fails_the_map_and_the_others_are_given_up() {
    let state = map(region("X", task(json!({}))), json!({}));
    let mut sim = Sim::start(json!({"A": state}), json!([1, 2]));
    let tasks: Vec<TaskId> = sim.execution.pending_tasks().map(|task| task.task).collect();
    let events = sim.give(Input::TaskFailed { task: tasks[0], error: "Boom".into(), cause: String::new() });
    assert_eq!(events.iter().filter_map(Event::cancelled_task).collect::<Vec<_>>(), tasks[1..]);
    assert_eq!(sim.error(), "Boom");
    assert_eq!(
        sim.records()[11..],
        [
            "TaskFailed",
            "MapIterationFailed",
            "TaskStateAborted",
            "MapIterationAborted",
            "MapStateFailed",
            "ExecutionFailed"
        ]
    );
}

#[test]
fn a_selector_that_fails_later_gives_up_what_runs_already() {
    let selector = json!("{% 10 / $states.context.Map.Item.Value > 0 ? 'ok' : $none %}");
    let state = map(
        region("X", task(json!({}))),
        json!({"ItemSelector": selector, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}]}),
    );
    let sim = Sim::start(json!({"A": state, "B": pass(json!({"Output": "caught"}))}), json!([1, -1]));
    assert_eq!(sim.output(), json!("caught"));
    assert_eq!(sim.execution.pending_tasks().count(), 0);
}

#[test]
fn inner_scopes_read_outer_variables_and_keep_their_own() {
    let inner = json!({
        "StartAt": "X",
        "States": {
            "X": pass(json!({"Assign": {"own": "{% $outer + $states.input %}"}, "Next": "Y"})),
            "Y": pass(json!({"Output": "{% $own %}"})),
        },
    });
    let states = json!({
        "A": pass(json!({"Assign": {"outer": 10}, "Next": "M"})),
        "M": map(inner, json!({"Next": "Z"})),
        "Z": pass(json!({"Output": {"sums": "{% $states.input %}", "leaked": "{% $exists($own) %}"}})),
    });
    assert_eq!(Sim::start(states, json!([1, 2])).output(), json!({"sums": [11, 12], "leaked": false}));
}

#[test]
fn maps_nest_and_the_context_names_the_innermost_item() {
    let leaf = pass(json!({"Output": "{% $states.context.Map.Item.Value %}"}));
    let inner = map(region("X", leaf), json!({"Items": "{% $states.input %}"}));
    let sim = Sim::start(json!({"A": map(region("I", inner), json!({}))}), json!([[1, 2], [3]]));
    assert_eq!(sim.output(), json!([[1, 2], [3]]));
}

#[test]
fn map_fields_are_checked_when_they_are_evaluated() {
    for (fields, error) in [
        (json!({"MaxConcurrency": "{% -1 %}"}), "States.QueryEvaluationError"),
        (json!({"MaxConcurrency": "{% 1.5 %}"}), "States.QueryEvaluationError"),
        (json!({"MaxConcurrency": "{% 'x' %}"}), "States.QueryEvaluationError"),
        (json!({"ToleratedFailureCount": "{% -1 %}"}), "States.QueryEvaluationError"),
        (json!({"ToleratedFailurePercentage": "{% 101 %}"}), "States.QueryEvaluationError"),
        (json!({"Items": "{% {'a': 1} %}"}), "States.QueryEvaluationError"),
    ] {
        let sim = Sim::start(json!({"A": map(region("X", pass(json!({}))), fields.clone())}), json!([1]));
        assert_eq!(sim.error(), error, "{fields}");
    }
}
