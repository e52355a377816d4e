//! `aws`: what a person must know of the stack before removing it. Asks nobody; the template says it.

use std::collections::BTreeMap;

use ideamine_core::Failure;
use serde::Deserialize;
use serde_json::json;

use super::Common;
use super::run::show;
use crate::cli::AwsCommand;
use crate::exit::Exit;

/// The template of this build.
const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");

const MACHINE_VERSION: &str = "AWS::StepFunctions::StateMachineVersion";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Template {
    resources: BTreeMap<String, Resource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    r#type: String,
    deletion_policy: Option<String>,
}

/// `ideamine aws …`.
pub(super) fn aws(common: &Common, command: AwsCommand) -> Result<Exit, Failure> {
    let AwsCommand::Remove { stack } = command;
    let kept = kept(TEMPLATE)?;
    let value = json!({
        "stack": stack,
        "delete": delete_stack(&stack),
        "kept": kept.iter().map(|(name, kind)| json!({
            "resource": name, "type": kind, "find": find(&stack, name), "remove": remove(kind),
        })).collect::<Vec<_>>(),
        "versions": remove_versions(&stack),
    });
    show(common, &value, |_| words(&stack, &kept));
    Ok(Exit::Ok)
}

/// Resources that outlive the stack, by logical name, with their types.
fn kept(template: &str) -> Result<Vec<(String, String)>, Failure> {
    let template: Template =
        serde_saphyr::from_str(template).map_err(|e| Failure::bug(format!("infra/template.yaml: {e}")))?;
    let kept = template.resources.into_iter();
    let kept = kept.filter(|(_, resource)| resource.deletion_policy.as_deref() == Some("Retain"));
    // A version outlives an upgrade, not its machine.
    let kept = kept.filter(|(_, resource)| resource.r#type != MACHINE_VERSION);
    Ok(kept.map(|(name, resource)| (name, resource.r#type)).collect())
}

fn delete_stack(stack: &str) -> String {
    format!("aws cloudformation delete-stack --stack-name {stack}")
}

/// The command that prints a resource's real name; it works before the stack is deleted.
fn find(stack: &str, name: &str) -> String {
    format!(
        "aws cloudformation describe-stack-resource --stack-name {stack} --logical-resource-id {name} \
         --query StackResourceDetail.PhysicalResourceId --output text"
    )
}

/// What removes published versions that upgrades have left, without the stack: those of machines first, and only what no
/// execution runs on. MACHINE and FUNCTION are names, VERSION is a number.
fn remove_versions(stack: &str) -> Vec<String> {
    let machine = "--state-machine-arn arn:aws:states:REGION:ACCOUNT:stateMachine:";
    vec![
        format!("aws stepfunctions list-state-machine-versions {machine}{stack}-MACHINE"),
        format!(
            "aws stepfunctions list-executions --status-filter RUNNING {machine}{stack}-MACHINE:VERSION   # must be empty for all machines of that upgrade"
        ),
        format!(
            "aws stepfunctions delete-state-machine-version --state-machine-version-arn arn:aws:states:REGION:ACCOUNT:stateMachine:{stack}-MACHINE:VERSION"
        ),
        format!(
            "aws lambda list-versions-by-function --function-name {stack}-FUNCTION --query Versions[].Version"
        ),
        format!(
            "aws lambda delete-function --function-name {stack}-FUNCTION --qualifier VERSION   # never without --qualifier"
        ),
    ]
}

/// What removes a resource of a type for good, its name as NAME.
fn remove(kind: &str) -> &'static [&'static str] {
    match kind {
        "AWS::DynamoDB::Table" => &[
            "aws dynamodb update-table --table-name NAME --no-deletion-protection-enabled",
            "aws dynamodb delete-table --table-name NAME",
        ],
        "AWS::S3::Bucket" => &[
            "aws s3api list-object-versions --bucket NAME   # every version must go first; those under a lock cannot before its end",
            "aws s3api delete-bucket --bucket NAME",
        ],
        "AWS::KMS::Key" => &[
            "aws kms schedule-key-deletion --key-id NAME --pending-window-in-days 30   # ledgers can still be verified, none sealed",
        ],
        _ => &[],
    }
}

fn words(stack: &str, kept: &[(String, String)]) -> String {
    let mut text =
        "Deleting the stack removes its functions, machines, queues, roles and alarms. It keeps what holds \
                    runs:\n\nfirst, note the names that stay:\n"
            .to_owned();
    for (name, kind) in kept {
        text.push_str(&format!("  {name} ({kind})\n    {}\n", find(stack, name)));
    }
    text.push_str(&format!("\nthen:\n  {}\n", delete_stack(stack)));
    text.push_str("\nand only if the runs are not needed any more, for each NAME that stayed:\n");
    let mut told = Vec::new();
    for (_, kind) in kept {
        if !told.contains(&kind) {
            told.push(kind);
            text.push_str(&format!("  {kind}\n"));
            remove(kind).iter().for_each(|command| text.push_str(&format!("    {command}\n")));
        }
    }
    text.push_str("\nPublished versions go with their functions and machines. To remove those that upgrades have left, and keep the stack:\n");
    remove_versions(stack).iter().for_each(|command| text.push_str(&format!("  {command}\n")));
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_outlives_the_stack_can_be_removed_by_hand() {
        let kept = kept(TEMPLATE).unwrap();
        let lines = |text: &str| TEMPLATE.lines().filter(|line| line.trim() == text).count();
        let versions = lines(&format!("Type: {MACHINE_VERSION}"));
        assert_eq!(kept.len() + versions, lines("DeletionPolicy: Retain"));
        assert!(!kept.is_empty() && versions > 0);
        let told = words("idea", &kept);
        assert!(
            told.contains("delete-state-machine-version") && told.contains("--qualifier VERSION"),
            "{told}"
        );
        for (name, kind) in &kept {
            assert!(!remove(kind).is_empty(), "nothing says how to remove {name}, a {kind}");
            assert!(words("idea", &kept).contains(&format!("--logical-resource-id {name} ")), "{name}");
        }
    }
}
