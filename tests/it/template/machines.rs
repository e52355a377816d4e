//! A state machine for every file, with a role that may do what its states do.

use std::collections::BTreeSet;

use ideamine_core::ports::Priority;
use serde_json::Value;

use super::table::Table;
use super::{TAGS, arn, functions, logical_id};

const PREFIX: &str = "${FunctionPrefix}";
/// How the version of a function is found whose name, between these two, is known at run time only.
const AFTER: &str = " & $substringBefore($substringAfter('${FunctionVersions}', ',' & ";
const BEFORE: &str = " & '='), ',') %}";

/// What the states of a machine reach.
#[derive(Default)]
struct Reach {
    functions: BTreeSet<String>,
    queues: BTreeSet<String>,
    children: BTreeSet<String>,
}

pub(crate) fn resources(table: &Table) -> String {
    let mut text =
        "  # ---------------------------------------------------------------- state machines\n".to_owned();
    for (name, source) in crate::machines::machines() {
        let reach = reach(&name, &serde_json::from_str(&source).unwrap(), table);
        text.push_str(&machine(&name, &versions(&reach, table)));
        text.push_str(&role(&name, &reach));
    }
    text
}

/// Every function that some machine calls by itself, or a pattern where its name is known at run time only.
pub(crate) fn called(table: &Table) -> BTreeSet<String> {
    let reaches = crate::machines::machines().into_iter();
    let reaches =
        reaches.map(|(name, source)| reach(&name, &serde_json::from_str(&source).unwrap(), table).functions);
    reaches.flatten().collect()
}

/// Whether a function's name, or a pattern of names, means this function.
pub(crate) fn is_named(pattern: &str, function: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == function, |start| function.starts_with(start))
}

fn reach(machine: &str, document: &Value, table: &Table) -> Reach {
    let mut reach = Reach::default();
    crate::machines::states(document, &mut |_, state| {
        let arguments = &state["Arguments"];
        let text = |field: &str| arguments[field].as_str();
        if let Some(name) = text("FunctionName") {
            reach.functions.extend(named(name, machine, table));
        }
        if let Some(url) = text("QueueUrl") {
            let kind = kind(url).unwrap_or_else(|| panic!("{machine}: {url} is no queue by priority"));
            reach.queues.extend(Priority::ALL.map(|priority| priority.queue(kind)));
        }
        if let Some(arn) = text("StateMachineArn") {
            reach.children.extend(started(arn, machine, table));
        }
    });
    reach
}

/// The functions that `FunctionName` may be: one name, or patterns where it is known at run time only.
pub(crate) fn named(function_name: &str, machine: &str, table: &Table) -> Vec<String> {
    if let Some(name) = function_name.strip_prefix(PREFIX) {
        return vec![pinned(name, machine)];
    }
    let (function_name, chosen) = function_name.split_once(AFTER).unwrap_or((function_name, ""));
    let chosen = chosen.strip_suffix(BEFORE).unwrap_or_default();
    let whole = !chosen.is_empty() && function_name.ends_with(&format!("' & {chosen}"));
    assert!(whole, "{machine}: {function_name}: looks up no version, or another function's");
    // `{% '${FunctionPrefix}' & 'gate-' & $x %}`: what literal text the name begins with.
    let literals: Vec<&str> = function_name.split('\'').skip(1).step_by(2).collect();
    assert_eq!(literals.first(), Some(&PREFIX), "{machine}: {function_name}");
    let start = literals[1..].concat();
    if !start.is_empty() {
        return vec![format!("{start}*")];
    }
    let declared = table.machines.get(machine).cloned().unwrap_or_default();
    assert!(!declared.is_empty(), "infra/functions.yaml must say what {machine} calls by {function_name}");
    declared
}

/// The machines that `StateMachineArn` may be: one name, or those of the table where it is known at run time only.
fn started(arn: &str, machine: &str, table: &Table) -> Vec<String> {
    if let Some(name) = arn.strip_prefix("${MachineArnPrefix}") {
        return vec![pinned(name, machine)];
    }
    let declared = table.children.get(machine).cloned().unwrap_or_default();
    assert!(!declared.is_empty(), "infra/functions.yaml must say what {machine} starts by {arn}");
    declared
}

/// The kind of work whose queues `{% '${QueueUrlPrefix}model-' & $priority %}` names.
fn kind(queue_url: &str) -> Option<&str> {
    queue_url.strip_prefix("{% '${QueueUrlPrefix}")?.strip_suffix("-' & $priority %}")
}

/// The name in `run-plan${RunPlanVersion}`: what is called is a published version, its own.
fn pinned(reference: &str, machine: &str) -> String {
    let (name, version) = reference.split_once("${").unwrap_or((reference, ""));
    assert_eq!(version, format!("{}Version}}", logical_id(name)), "{machine} calls {name} in no version");
    name.to_owned()
}

/// What stands for the versions of what a machine calls.
fn versions(reach: &Reach, table: &Table) -> String {
    let mut text = String::new();
    let (patterns, names): (Vec<&String>, Vec<&String>) =
        reach.functions.iter().partition(|name| name.ends_with('*'));
    for name in names {
        let id = logical_id(name);
        text.push_str(&format!("        {id}Version: !Sub ':${{{id}.Version.Version}}'\n"));
    }
    if !patterns.is_empty() {
        let functions = table.functions().into_iter().map(|planned| planned.name);
        let matching = functions.filter(|name| patterns.iter().any(|pattern| is_named(pattern, name)));
        let entry = |name: &str| format!("{name}=:${{{}.Version.Version}},", logical_id(name));
        let entries: String = matching.map(entry).collect();
        text.push_str(&format!("        FunctionVersions: !Sub ',{entries}'\n"));
    }
    for child in &reach.children {
        text.push_str(&format!("        {}Version: {}\n", logical_id(child), version_of(child, "")));
    }
    text
}

/// `:7`, or what else precedes the number, where machines are published; else empty.
pub(crate) fn version_of(machine: &str, name: &str) -> String {
    let id = logical_id(machine);
    format!(
        "!If [PublishesMachines, !Sub ['{name}:${{Number}}', {{ Number: !Select [7, !Split [':', !Ref {id}MachineVersion]] }}], '']"
    )
}

fn machine(name: &str, versions: &str) -> String {
    let id = logical_id(name);
    format!(
        "  {id}Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Name: !Sub ${{AWS::StackName}}-{name}
      Type: STANDARD
      DefinitionUri: ../statemachines/{name}.asl.json
      DefinitionSubstitutions:
        FunctionPrefix: !Sub ${{AWS::StackName}}-
        MachineArnPrefix: {}
        QueueUrlPrefix: !Sub https://sqs.${{AWS::Region}}.${{AWS::URLSuffix}}/${{AWS::AccountId}}/${{AWS::StackName}}-
{versions}      Role: !GetAtt {id}MachineRole.Arn
      # Without data: inputs and outputs hold task tokens.
      Logging:
        Level: ERROR
        IncludeExecutionData: false
        Destinations: [{{ CloudWatchLogsLogGroup: {{ LogGroupArn: !GetAtt {id}MachineLog.Arn }} }}]
      Tracing: {{ Enabled: true }}
      Tags: {{ application: ideamine, stack: !Ref AWS::StackName }}
  # An execution ends by the version that it began with: every change publishes one, and none goes with an update.
  {id}MachineVersion:
    Type: AWS::StepFunctions::StateMachineVersion
    Condition: PublishesMachines
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      StateMachineArn: !Ref {id}Machine
      StateMachineRevisionId: !GetAtt {id}Machine.StateMachineRevisionId
  {id}MachineLog:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub /aws/vendedlogs/states/${{AWS::StackName}}-{name}
      RetentionInDays: !Ref LogDays
      Tags: {TAGS}
",
        arn("states", "stateMachine:${AWS::StackName}-")
    )
}

fn role(name: &str, reach: &Reach) -> String {
    let id = logical_id(name);
    let list = |entries: Vec<String>| {
        entries.into_iter().map(|entry| format!("                  - {entry}\n")).collect::<String>()
    };
    let mut text = format!(
        "  {id}MachineRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: {{ Service: states.amazonaws.com }}
            Action: sts:AssumeRole
            Condition: {{ StringEquals: {{ aws:SourceAccount: !Ref AWS::AccountId }} }}
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              # Log delivery and tracing know no resource.
              - Effect: Allow
                Action:
                  - logs:CreateLogDelivery
                  - logs:DeleteLogDelivery
                  - logs:DescribeLogGroups
                  - logs:DescribeResourcePolicies
                  - logs:GetLogDelivery
                  - logs:ListLogDeliveries
                  - logs:PutResourcePolicy
                  - logs:UpdateLogDelivery
                  - xray:GetSamplingRules
                  - xray:GetSamplingTargets
                  - xray:PutTelemetryRecords
                  - xray:PutTraceSegments
                Resource: '*'
              - Effect: Allow
                # Published versions alone, those of older releases too: executions that began with them use this role.
                Action: lambda:InvokeFunction
                Resource:
{}",
        list(reach.functions.iter().map(|name| functions::versions_arn(name)).collect())
    );
    if !reach.queues.is_empty() {
        let queues =
            reach.queues.iter().map(|name| arn("sqs", &format!("${{AWS::StackName}}-{name}"))).collect();
        text.push_str(&format!(
            "              - Effect: Allow\n                Action: sqs:SendMessage\n                Resource:\n{}",
            list(queues)
        ));
    }
    if !reach.children.is_empty() {
        text.push_str(&children(reach, list));
    }
    text
}

/// Starting a child and waiting for it: Step Functions hears of its end through a rule of its own.
fn children(reach: &Reach, list: impl Fn(Vec<String>) -> String) -> String {
    let machines = |kind: &str, end: &str| {
        let one = |name: &String| arn("states", &format!("{kind}:${{AWS::StackName}}-{name}{end}"));
        list(reach.children.iter().map(one).collect())
    };
    format!(
        "              - Effect: Allow
                # Of any version: Step Functions asks for the machine's own ARN.
                Action: states:StartExecution
                Resource:
{}              - Effect: Allow
                Action: [states:DescribeExecution, states:StopExecution]
                Resource:
{}              - Effect: Allow
                Action: [events:DescribeRule, events:PutRule, events:PutTargets]
                Resource: {}
",
        machines("stateMachine", ""),
        machines("execution", ":*"),
        arn("events", "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule")
    )
}
