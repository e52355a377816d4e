//! `infra/template.yaml`: its functions, queues and machines are generated from `infra/functions.yaml` and the state
//! machines, and say what the registries say.

mod functions;
mod machines;
mod queues;
mod table;

use crate::workspace::root;
use table::Table;

const BEGIN: &str = "# generated: begin\n";
const END: &str = "# generated: end\n";

/// The table of `infra/functions.yaml`.
pub(crate) fn table() -> Table {
    let path = root().join("infra/functions.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The whole template as it should be: what is written by hand, with the generated part between the markers.
fn expected(current: &str) -> String {
    let (head, rest) =
        current.split_once(BEGIN).expect("the template has a marker where the generated part begins");
    let (_, tail) = rest.split_once(END).expect("the template has a marker where the generated part ends");
    let table = table();
    let generated = [functions::resources(&table), queues::resources(&table), machines::resources(&table)];
    format!("{head}{BEGIN}{}{END}{tail}", generated.concat())
}

#[test]
fn the_template_is_what_the_table_and_the_machines_say() {
    let path = root().join("infra/template.yaml");
    let current = std::fs::read_to_string(&path).unwrap();
    let expected = expected(&current);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &expected).unwrap();
        return;
    }
    assert!(
        current == expected,
        "infra/template.yaml is not what infra/functions.yaml says: run this test with UPDATE=1"
    );
}

/// `run-plan` as a logical id: `RunPlan`.
fn logical_id(name: &str) -> String {
    let words = name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
    words.collect()
}

const TAGS: &str = "[{ Key: application, Value: ideamine }, { Key: stack, Value: !Ref AWS::StackName }]";
const ALARM_ACTIONS: &str = "!If [WithAlarmTopic, [!Ref AlarmTopicArn], !Ref AWS::NoValue]";

/// An ARN in this account and region.
fn arn(service: &str, rest: &str) -> String {
    format!("!Sub arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}")
}
