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
