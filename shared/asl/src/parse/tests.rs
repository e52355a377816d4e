use super::*;

/// Messages for a machine of one state, whose fields are given.
fn refused(state: &str) -> Vec<(usize, String)> {
    let text = format!(
        "{{\"QueryLanguage\": \"JSONata\", \"StartAt\": \"A\", \"States\": {{\n\"A\": {{{state}}}}}}}"
    );
    match Machine::parse(&text) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems.into_iter().map(|problem| (problem.line, problem.message)).collect(),
    }
}

#[test]
fn what_aws_refuses_is_refused_with_its_line() {
    let table = [
        (r#""Type": "Pass""#, "needs Next or"),
        (r#""Type": "Pass", "Next": "B""#, "no state is named"),
        (r#""Type": "Pass", "Next": "A", "End": true"#, "not both"),
        (r#""Type": "Pas", "End": true"#, "Type is one of"),
        (r#""Type": "Pass", "End": true, "InputPath": "$""#, "belongs to JSONPath"),
        (r#""Type": "Pass", "End": true, "QueryLanguage": "JSONPath""#, "is in JSONPath"),
        (r#""Type": "Pass", "End": true, "Outptu": 1"#, "is not supported here"),
        (r#""Type": "Pass", "End": true, "Output": "{% 1 + %}""#, "does not parse"),
        (r#""Type": "Pass", "End": true, "Output": "{% $a ?? 1 %}""#, "not part of JSONata 2.0.6"),
        (r#""Type": "Pass", "End": true, "Output": "{% $a ?: 1 %}""#, "not part of JSONata 2.0.6"),
        (r#""Type": "Pass", "End": true, "Assign": {"states": 1}"#, "reserved"),
        (r#""Type": "Pass", "End": true, "Assign": {"a-b": 1}"#, "cannot name a variable"),
        (r#""Type": "Wait", "End": true"#, "either Seconds or Timestamp"),
        (r#""Type": "Wait", "End": true, "Seconds": -1"#, "expected a whole number"),
        (r#""Type": "Wait", "End": true, "Timestamp": "tomorrow""#, "ISO 8601"),
        (r#""Type": "Choice", "Choices": []"#, "at least one rule"),
        (r#""Type": "Choice", "Choices": [{"Condition": "x", "Next": "A"}]"#, "is a boolean or"),
        (r#""Type": "Task", "End": true"#, "Resource is missing"),
        (
            r#""Type": "Task", "End": true, "Resource": "r", "TimeoutSeconds": 5, "HeartbeatSeconds": 5"#,
            "smaller",
        ),
        (r#""Type": "Task", "End": true, "Resource": "r", "Retry": [{"ErrorEquals": []}]"#, "ErrorEquals"),
        (
            r#""Type": "Task", "End": true, "Resource": "r", "Retry": [{"ErrorEquals": ["States.ALL", "x"]}]"#,
            "stands alone",
        ),
        (
            r#""Type": "Task", "End": true, "Resource": "r", "Retry": [{"ErrorEquals": ["x"], "BackoffRate": 0.5}]"#,
            "at least 1.0",
        ),
        (r#""Type": "Parallel", "End": true, "Branches": []"#, "at least one branch"),
        (r#""Type": "Map", "End": true"#, "ItemProcessor is missing"),
        (r#""Type": "Pass", "Type": "Pass", "End": true"#, "given twice"),
    ];
    for (state, expected) in table {
        let found = refused(state);
        assert!(found.iter().any(|(line, why)| *line == 2 && why.contains(expected)), "{state}: {found:?}");
    }
}

#[test]
fn jsonata_may_be_declared_state_by_state() {
    let text =
        r#"{"StartAt": "A", "States": {"A": {"QueryLanguage": "JSONata", "Type": "Pass", "End": true}}}"#;
    assert!(Machine::parse(text).is_ok());
    assert!(Machine::parse(&text.replace("\"QueryLanguage\": \"JSONata\", ", "")).is_err());
}

#[test]
fn a_state_that_nothing_leads_to_is_named() {
    let text = r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
        "A": {"Type": "Pass", "End": true},
        "B": {"Type": "Pass", "End": true}}}"#;
    let problems = Machine::parse(text).unwrap_err().problems;
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].state.as_deref(), problems[0].line), (Some("B"), 3));
}

#[test]
fn a_machine_that_cannot_end_is_refused() {
    let found = refused(r#""Type": "Pass", "Next": "A""#);
    assert!(found.iter().any(|(_, why)| why.contains("no state ends")), "{found:?}");
}

#[test]
fn machines_are_shared_between_threads_and_executions_move_between_them() {
    fn shared<T: Send + Sync>() {}
    fn moved<T: Send>() {}
    shared::<Machine>();
    moved::<crate::Execution>();
}

#[test]
fn malformed_json_names_the_line() {
    assert_eq!(Machine::parse("{\n\"a\": }").unwrap_err().problems[0].line, 2);
}

#[test]
fn a_machine_is_pinned_by_the_digest_of_its_text() {
    let text = r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#;
    let machine = Machine::parse(text).unwrap();
    assert_eq!(machine.digest().len(), 64);
    assert_eq!(machine.text(), text);
}
