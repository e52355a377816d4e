use super::*;
use serde_json::{Value, json};

/// A machine that keeps every rule; tests break one of them.
fn good() -> Value {
    json!({
        "QueryLanguage": "JSONata",
        "StartAt": "Plan",
        "States": {
            "Plan": task(json!({
                "Arguments": {"FunctionName": "run-plan", "Payload": {"run": "{% $states.input.run %}"}},
                "Assign": {"members": "{% $states.result.Payload.members %}", "round": 0},
                "Next": "Members",
            })),
            "Members": {
                "Type": "Map",
                "Items": "{% $members %}",
                "MaxConcurrency": 4,
                "ItemProcessor": {
                    "StartAt": "Work",
                    "States": {
                        "Work": task(json!({
                            "Resource": "arn:aws:states:::states:startExecution.sync:2",
                            "Arguments": {"StateMachineArn": "${PhaseArn}", "Input": "{% $states.input %}"},
                            "Output": "{% $states.result.Output %}",
                            "Retry": [{"ErrorEquals": ["States.ALL"]}],
                            "End": true,
                        })),
                        "Lost": {"Type": "Pass", "Output": {"outcome": "failed"}, "End": true},
                    },
                },
                "Next": "Again",
            },
            "Again": {
                "Type": "Choice",
                "Choices": [{
                    "Condition": "{% $round < 5 and $count([$states.input[outcome = 'failed']]) > 0 %}",
                    "Assign": {"round": "{% $round + 1 %}"},
                    "Next": "Members",
                }],
                "Default": "Done",
            },
            "Done": {"Type": "Succeed"},
            "Failed": {"Type": "Fail", "Error": "Run.Lost"},
        },
    })
}

fn task(extra: Value) -> Value {
    let mut state = json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "run-plan"},
        "Output": "{% $states.result.Payload %}",
        "TimeoutSeconds": 60,
        "Retry": [{"ErrorEquals": ["Model.Throttled"]}],
    });
    for (name, value) in extra.as_object().unwrap() {
        state[name] = value.clone();
    }
    let lost = if state.get("End").is_some() { "Lost" } else { "Failed" };
    state["Catch"] =
        json!([{"ErrorEquals": ["States.ALL"], "Next": lost, "Output": "{% $states.errorOutput %}"}]);
    state
}

fn known() -> Known {
    let set = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
    Known {
        functions: set(&["run-plan"]),
        machines: set(&["phase"]),
        queues: set(&["jobs"]),
        errors: set(&["Model.Throttled"]),
        substitutions: set(&["PhaseArn"]),
    }
}

fn findings(machine: &Value) -> Vec<Finding> {
    lint(&serde_json::to_string_pretty(machine).unwrap(), &known())
}

#[test]
fn a_machine_that_keeps_the_rules_has_no_findings() {
    assert_eq!(findings(&good()), []);
}

#[test]
fn each_rule_finds_what_breaks_it_and_names_state_and_line() {
    let plan = "/States/Plan";
    let work = "/States/Members/ItemProcessor/States/Work";
    let breaks: Vec<(&str, String, Value)> = vec![
        ("query-language", "/QueryLanguage".into(), Value::Null),
        ("task-timeout", format!("{plan}/TimeoutSeconds"), Value::Null),
        ("task-retry", format!("{plan}/Retry"), Value::Null),
        ("task-catch", format!("{plan}/Catch/0/ErrorEquals"), json!(["Model.Throttled"])),
        ("task-resource", format!("{plan}/Resource"), json!("arn:aws:states:::sns:publish")),
        ("task-resource", format!("{plan}/Resource"), json!("arn:aws:lambda:us-east-1:1:function:run-plan")),
        ("retry-bound", format!("{plan}/Retry/0/MaxAttempts"), json!(99)),
        ("timeout-names", format!("{plan}/Retry/0/ErrorEquals"), json!(["States.Timeout"])),
        ("error-name", format!("{plan}/Retry/0/ErrorEquals"), json!(["Model.Throtled"])),
        ("error-name", format!("{plan}/Retry/0/ErrorEquals"), json!(["States.Nope"])),
        ("child-errors", format!("{work}/Retry/0/ErrorEquals"), json!(["Model.Throttled"])),
        ("function-name", format!("{plan}/Arguments/FunctionName"), json!("run-plam")),
        (
            "machine-name",
            format!("{work}/Arguments/StateMachineArn"),
            json!("arn:aws:states:x:1:stateMachine:fase"),
        ),
        ("queue-name", format!("{plan}/Arguments/QueueUrl"), json!("https://q/1/jbos")),
        ("substitution", format!("{work}/Arguments/StateMachineArn"), json!("${FaseArn}")),
        ("result-payload", format!("{plan}/Output"), json!("{% $states.result.StatusCode %}")),
        ("result-payload", format!("{plan}/Output"), Value::Null),
        ("expression-root", format!("{plan}/Output"), json!("{% $.Payload %}")),
        ("expression-root", format!("{plan}/Output"), json!("{% $$.Payload %}")),
        ("expression-root", format!("{plan}/Output"), json!("{% Payload.x %}")),
        ("expression-variable", format!("{plan}/Output"), json!("{% $nobody.x %}")),
        ("expression-eval", format!("{plan}/Output"), json!("{% $eval('1') %}")),
        ("expression-impure", format!("{plan}/Output"), json!("{% $uuid() %}")),
        ("expression-quotes", format!("{plan}/Output"), json!("{% \"x\" %}")),
        ("expression-lines", format!("{plan}/Output"), json!("{% 1 +\n 1 +\n 1 +\n 1 %}")),
        ("expression-number", format!("{plan}/Output"), json!("{% 9007199254740999 %}")),
        ("list-wrapped", "/States/Members/Items".into(), json!("{% $members[x = 1] %}")),
        ("map-concurrency", "/States/Members/MaxConcurrency".into(), Value::Null),
        (
            "map-distributed",
            "/States/Members/ItemProcessor/ProcessorConfig".into(),
            json!({"Mode": "DISTRIBUTED"}),
        ),
        ("variable-shadowed", format!("{work}/Assign"), json!({"round": 1})),
        ("fail-in-branch", "/States/Members/ItemProcessor/States/Lost".into(), json!({"Type": "Fail"})),
        (
            "choice-default",
            "/States/Again".into(),
            json!({
                "Type": "Choice",
                "Choices": [
                    {"Condition": "{% $round < 5 %}", "Next": "Members"},
                    {"Condition": "{% $round >= 5 %}", "Next": "Done"},
                ],
            }),
        ),
        ("choice-constant", "/States/Again/Choices/0/Condition".into(), json!(true)),
        (
            "cause-branch",
            "/States/Again/Choices/0/Condition".into(),
            json!("{% $states.input.Cause = 'x' %}"),
        ),
        ("loop-unbounded", "/States/Again/Default".into(), json!("Members")),
        ("wait-polling", "/States/Again".into(), json!({"Type": "Wait", "Seconds": 1, "Next": "Members"})),
        (
            "parallel-arguments",
            "/States/Members".into(),
            json!({
                "Type": "Parallel", "Arguments": {}, "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}], "Next": "Again",
            }),
        ),
        ("aws", "/States/Plan/Next".into(), json!("Nowhere")),
    ];
    for (rule, pointer, value) in breaks {
        let mut machine = good();
        set(&mut machine, &pointer, value.clone());
        if !machine["States"]["Again"].to_string().contains("Done") {
            set(&mut machine, "/States/Done", Value::Null);
        }
        if rule == "query-language" {
            for state in machine["States"].as_object_mut().unwrap().values_mut() {
                state["QueryLanguage"] = "JSONata".into();
            }
            for state in
                machine["States"]["Members"]["ItemProcessor"]["States"].as_object_mut().unwrap().values_mut()
            {
                state["QueryLanguage"] = "JSONata".into();
            }
        }
        let found = findings(&machine);
        let hit = found.iter().find(|finding| finding.rule == rule);
        let hit = hit.unwrap_or_else(|| panic!("{rule} not found for {pointer} = {value}: {found:#?}"));
        let whole = matches!(rule, "query-language" | "substitution" | "aws") || hit.state.is_some();
        assert!(whole && hit.line >= 1, "{hit:?}");
    }
}

/// Sets or removes (null) the value at a pointer.
fn set(machine: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = machine.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Object(fields), Value::Null) => {
            fields.remove(name);
        }
        (parent, Value::Null) => panic!("{parent} has no {name}"),
        (Value::Array(items), value) => items[name.parse::<usize>().unwrap()] = value,
        (parent, value) => parent[name] = value,
    }
}

#[test]
fn a_finding_names_the_line_of_the_field() {
    let text = "{\"QueryLanguage\": \"JSONata\", \"StartAt\": \"A\",\n\"States\": {\n\"A\": {\"Type\": \"Pass\",\n\"Output\": \"{% $now() %}\",\n\"End\": true}}}";
    let found = lint(text, &Known::default());
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].rule, found[0].line, found[0].state.as_deref()),
        ("expression-impure", 4, Some("A"))
    );
    assert_eq!(
        found[0].to_string(),
        "line 4, state 'A': $now reads the clock or randomness; let a function do that [expression-impure]"
    );
}
