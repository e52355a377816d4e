use super::*;

fn text_of(bytes: usize) -> Value {
    json!("x".repeat(bytes - 2))
}

#[test]
fn a_result_one_byte_too_large_fails_and_the_largest_passes() {
    for (bytes, error) in [(MAX_PAYLOAD_BYTES, None), (MAX_PAYLOAD_BYTES + 1, Some(DATA_LIMIT))] {
        let mut sim = Sim::start(json!({"A": task(json!({}))}), json!({}));
        sim.succeed("A", text_of(bytes));
        match error {
            None => assert_eq!(sim.output(), text_of(bytes)),
            Some(error) => assert_eq!(sim.error(), error),
        }
    }
}

#[test]
fn outputs_arguments_inputs_and_variables_are_bounded() {
    let big = json!("{% $join($map([1..300], function($i) { $pad('', 1000, 'x') })) %}");
    for state in
        [pass(json!({"Output": big})), pass(json!({"Assign": {"v": big}})), task(json!({"Arguments": big}))]
    {
        assert_eq!(Sim::start(json!({"A": state}), json!({})).error(), DATA_LIMIT);
    }
    assert_eq!(Sim::start(json!({"A": pass(json!({}))}), text_of(MAX_PAYLOAD_BYTES + 1)).error(), DATA_LIMIT);
}

/// Each place in which a payload stands, with the largest that is taken and one byte more.
#[test]
fn inputs_outputs_arguments_and_variables_hold_to_the_byte() {
    for (bytes, fits) in [(MAX_PAYLOAD_BYTES, true), (MAX_PAYLOAD_BYTES + 1, false)] {
        let check = |what: &str, state: Value, input: Value| {
            let sim = Sim::start(json!({"A": state}), input);
            let failed = match sim.execution.status() {
                Status::Failed { error, .. } => error.as_deref() == Some(DATA_LIMIT),
                _ => false,
            };
            assert_eq!(failed, !fits, "{what} of {bytes} bytes");
        };
        let text = text_of(bytes);
        check("an input", pass(json!({})), text.clone());
        check("an output", pass(json!({"Output": text})), json!({}));
        check("arguments", task(json!({"Arguments": text})), json!({}));
        check("a variable", pass(json!({"Assign": {"v": text}})), json!({}));
    }
}

/// A Map whose iterations leave four events each, behind states that leave two or five.
#[test]
fn the_last_event_that_fits_ends_an_execution_well_and_one_more_fails_it() {
    let run = |first: Value, items: u64| {
        let each = json!({"Type": "Map", "ItemProcessor": region("X", pass(json!({}))), "End": true});
        let states = json!({"A": first, "B": pass(json!({"Next": "C"})), "C": each});
        let mut sim = Sim::start(states, json!((0..items).collect::<Vec<u64>>()));
        if sim.execution.pending_tasks().next().is_some() {
            sim.succeed("A", json!((0..items).collect::<Vec<u64>>()));
        }
        sim
    };
    let fits = run(pass(json!({"Next": "B"})), 6_247);
    assert!(matches!(fits.execution.status(), Status::Succeeded { .. }), "{:?}", fits.execution.status());
    assert_eq!(fits.records().len() as u64, MAX_HISTORY_EVENTS - 2);
    let fits = run(task(json!({"Next": "B"})), 6_246);
    assert!(matches!(fits.execution.status(), Status::Succeeded { .. }), "{:?}", fits.execution.status());
    assert_eq!(fits.records().len() as u64, MAX_HISTORY_EVENTS - 3);
    for items in 6_247..6_250 {
        for first in [pass(json!({"Next": "B"})), task(json!({"Next": "B"}))] {
            let full = run(first, items + 1);
            assert_eq!((full.error(), full.records().len() as u64), (RUNTIME, MAX_HISTORY_EVENTS));
        }
    }
    assert_eq!(run(task(json!({"Next": "B"})), 6_247).error(), RUNTIME, "25,001 would be needed");
}

#[test]
fn too_much_data_is_caught_only_by_name() {
    for (name, caught) in [("States.ALL", false), ("States.DataLimitExceeded", true)] {
        let catch = json!({"Catch": [{"ErrorEquals": [name], "Next": "B"}]});
        let mut sim = Sim::start(json!({"A": task(catch), "B": {"Type": "Succeed"}}), json!({}));
        sim.succeed("A", text_of(MAX_PAYLOAD_BYTES + 1));
        assert_eq!(matches!(sim.execution.status(), Status::Succeeded { .. }), caught, "{name}");
    }
}

#[test]
fn the_joined_outputs_of_branches_are_bounded() {
    let inner = pass(json!({"Output": "{% $join($map([1..150], function($i) { $pad('', 1000, 'x') })) %}"}));
    let state = json!({"Type": "Map", "ItemProcessor": region("X", inner), "End": true});
    assert_eq!(Sim::start(json!({"A": state}), json!([1, 2])).error(), DATA_LIMIT);
}

#[test]
fn a_loop_without_end_stops_when_the_history_is_full() {
    let states = json!({
        "A": {"Type": "Choice", "Choices": [{"Condition": false, "Next": "C"}], "Default": "B"},
        "B": pass(json!({"Next": "A"})),
        "C": {"Type": "Succeed"},
    });
    let sim = Sim::start(states, json!({}));
    assert_eq!(sim.error(), RUNTIME);
    assert_eq!(sim.records().len() as u64, MAX_HISTORY_EVENTS);
}
