//! The machine that the bench runs: phase, gate, Choice, and again.

use serde_json::{Map, Value, json};

use super::step::NAME;

/// A machine of this many calls.
pub(super) fn text(steps: usize) -> String {
    let mut states = Map::new();
    let begin = json!({
        "Type": "Pass",
        "Assign": { "run": "{% $states.context.Execution.Name %}", "pad": "{% $states.input.pad %}" },
        "Next": call_name(0)
    });
    states.insert("Begin".to_owned(), begin);
    for number in 0..steps {
        let is_gate = number % 2 == 1;
        let after = if number + 1 == steps { "Done".to_owned() } else { call_name(number + 1) };
        let judge = format!("Judge{number:04}");
        let next = if is_gate { judge.clone() } else { after.clone() };
        states.insert(call_name(number), call(number, &next));
        if is_gate {
            let passed = json!({ "Condition": "{% $states.input.outcome = 'pass' %}", "Next": after });
            states.insert(judge, json!({ "Type": "Choice", "Choices": [passed], "Default": "Held" }));
        }
    }
    states.insert("Done".to_owned(), json!({ "Type": "Pass", "Output": "done", "End": true }));
    if steps > 1 {
        states.insert("Held".to_owned(), json!({ "Type": "Fail", "Error": "Bench.Held" }));
    }
    json!({ "QueryLanguage": "JSONata", "StartAt": "Begin", "States": states }).to_string()
}

fn call_name(number: usize) -> String {
    let kind = if number % 2 == 1 { "Gate" } else { "Phase" };
    format!("{kind}{number:04}")
}

fn call(number: usize, next: &str) -> Value {
    json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {
            "FunctionName": NAME,
            "Payload": {
                "tenant": "local",
                "run": "{% $run %}",
                "step": format!("{number:04}"),
                "input": { "step": format!("{number:04}"), "pad": "{% $pad %}" }
            }
        },
        "TimeoutSeconds": 60,
        "Retry": [{ "ErrorEquals": ["Store.Unavailable"], "IntervalSeconds": 1, "MaxAttempts": 3 }],
        "Output": "{% $states.result.Payload %}",
        "Next": next
    })
}
