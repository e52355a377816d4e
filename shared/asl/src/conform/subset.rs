//! Which definitions the interpreter runs.

use serde_json::Value;

/// Ok if every state is JSONata and every task is one that the interpreter can hand out.
pub(super) fn supported(definition: &Value) -> Result<(), String> {
    let jsonata = definition["QueryLanguage"] == "JSONata";
    region(definition, jsonata)
}

fn region(region: &Value, jsonata: bool) -> Result<(), String> {
    let states = region["States"].as_object().into_iter().flat_map(|states| states.values());
    for state in states {
        let own = state["QueryLanguage"].as_str().map(|language| language == "JSONata");
        if !own.unwrap_or(jsonata) {
            return Err("JSONPath or mixed".into());
        }
        if let Some(resource) = state["Resource"].as_str() {
            task(resource)?;
        }
        for processor in ["ItemProcessor", "Iterator"] {
            if state[processor]["ProcessorConfig"]["Mode"] == "DISTRIBUTED" {
                return Err("distributed Map".into());
            }
            self::region(&state[processor], jsonata)?;
        }
        for branch in state["Branches"].as_array().into_iter().flatten() {
            self::region(branch, jsonata)?;
        }
    }
    Ok(())
}

/// Ok for a function ARN and for the services that are run in process.
pub(super) fn task(resource: &str) -> Result<(), String> {
    let Some(service) = resource.strip_prefix("arn:aws:states:::") else {
        let is_function = resource.starts_with("arn:aws:lambda:");
        return if is_function { Ok(()) } else { Err("activity or other ARN".into()) };
    };
    let known = matches!(
        service,
        "lambda:invoke"
            | "lambda:invoke.waitForTaskToken"
            | "sqs:sendMessage"
            | "sqs:sendMessage.waitForTaskToken"
            | "states:startExecution"
            | "states:startExecution.sync"
            | "states:startExecution.sync:2"
            | "dynamodb:getItem"
            | "dynamodb:putItem"
            | "dynamodb:updateItem"
            | "dynamodb:deleteItem"
            | "events:putEvents"
    );
    if known { Ok(()) } else { Err(format!("task {}", service.split(':').next().unwrap_or(service))) }
}
