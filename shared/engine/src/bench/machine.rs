//! The machine that the bench runs: phase, gate, Choice, and again.

use serde_json::{Map, Value, json};

use super::step::STEP;

/// A machine of this many calls of [`STEP`], then one of each function in `closing`, with an empty input.
pub fn machine(steps: usize, closing: &[&str]) -> String {
    let mut states = Map::new();
    let begin = json!({
        "Type": "Pass",
        "Assign": { "run": "{% $states.context.Execution.Name %}", "pad": "{% $states.input.pad %}" },
        "Next": call_name(0)
    });
    states.insert("Begin".to_owned(), begin);
    for number in 0..steps {
        let is_gate = number % 2 == 1;
        let after = if number + 1 == steps { closing_name(0, closing) } else { call_name(number + 1) };
        let judge = format!("Judge{number:04}");
        let next = if is_gate { judge.clone() } else { after.clone() };
        let step = format!("{number:04}");
        let input = json!({ "step": step, "pad": "{% $pad %}" });
        states.insert(call_name(number), call(STEP, &step, input, &next));
        if is_gate {
            let passed = json!({ "Condition": "{% $states.input.outcome = 'pass' %}", "Next": after });
            states.insert(judge, json!({ "Type": "Choice", "Choices": [passed], "Default": "Held" }));
        }
    }
    for (number, function) in closing.iter().enumerate() {
        let next = closing_name(number + 1, closing);
        states.insert(closing_name(number, closing), call(function, function, json!({}), &next));
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

fn closing_name(number: usize, closing: &[&str]) -> String {
    if number < closing.len() { format!("Close{number:04}") } else { "Done".to_owned() }
}

fn call(function: &str, step: &str, input: Value, next: &str) -> Value {
    json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {
            "FunctionName": function,
            "Payload": { "tenant": "local", "run": "{% $run %}", "step": step, "input": input }
        },
        "TimeoutSeconds": 60,
        "Retry": [{ "ErrorEquals": ["Store.Unavailable"], "IntervalSeconds": 1, "MaxAttempts": 3 }],
        "Output": "{% $states.result.Payload %}",
        "Next": next
    })
}
