use super::*;
use serde_json::json;

fn translated(state: Value) -> Value {
    Value::Object(states::state(&state).unwrap())
}

#[test]
fn the_five_fields_become_arguments_and_output() {
    let table = [
        (
            json!({"Type": "Pass", "InputPath": "$.a"}),
            json!({"Type": "Pass", "Output": "{% $states.input.`a` %}"}),
        ),
        (
            json!({"Type": "Pass", "Result": [1], "ResultPath": "$.a.b"}),
            json!({"Type": "Pass", "Output": "{% $merge([$states.input, {\"a\": $merge([$states.input.`a`, {\"b\": [1]}])}]) %}"}),
        ),
        (
            json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"x.$": "$.a[0]['b c']", "y": "$.a"}, "OutputPath": "$.Payload"}),
            json!({
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"x": "{% $states.input.`a`[0].`b c` %}", "y": "$.a"},
                "Output": "{% ($states.result).`Payload` %}",
            }),
        ),
        (
            json!({"Type": "Wait", "SecondsPath": "$wait.s", "End": true}),
            json!({"Type": "Wait", "End": true, "Seconds": "{% $wait.`s` %}"}),
        ),
        (
            json!({"Type": "Choice", "Choices": [{"Not": {"Variable": "$.n", "NumericLessThan": 3}, "Next": "B"}]}),
            json!({
                "Type": "Choice",
                "Choices": [{
                    "Condition": "{% $not(($type($states.input.`n`) = 'number' and $type(3) = 'number' and $states.input.`n` < 3)) %}",
                    "Next": "B",
                }],
            }),
        ),
    ];
    for (given, expected) in table {
        assert_eq!(translated(given.clone()), expected, "{given}");
    }
}

#[test]
fn what_is_not_trivial_is_refused_with_the_reason() {
    for (state, why) in [
        (json!({"Type": "Pass", "Parameters": {"a.$": "States.UUID()"}}), "intrinsic"),
        (json!({"Type": "Pass", "InputPath": "$.a[*]"}), "not a reference path"),
        (json!({"Type": "Pass", "InputPath": "$.a[?(@.b)]"}), "not a reference path"),
        (json!({"Type": "Task", "Resource": "arn:aws:states:us-east-1:1:activity:a"}), "activity"),
        (json!({"Type": "Map", "ItemReader": {}}), "distributed"),
        (json!({"Type": "Choice", "Choices": [{"Variable": "$.a", "StringMatches": "x*"}]}), "StringMatches"),
    ] {
        let found = states::state(&state).unwrap_err();
        assert!(found.contains(why), "{state}: {found}");
    }
}
