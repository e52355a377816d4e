//! A state machine for every file, with a role that may do what its states do.

use std::collections::BTreeSet;

use ideamine_core::ports::Priority;
use serde_json::Value;

use super::table::Table;
use super::{TAGS, arn, functions, logical_id};

const PREFIX: &str = "${FunctionPrefix}";

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
        text.push_str(&machine(&name));
        text.push_str(&role(&name, &reach));
    }
    text
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
        return vec![name.to_owned()];
    }
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
        return vec![name.to_owned()];
    }
    let declared = table.children.get(machine).cloned().unwrap_or_default();
    assert!(!declared.is_empty(), "infra/functions.yaml must say what {machine} starts by {arn}");
    declared
}

/// The kind of work whose queues `{% '${QueueUrlPrefix}model-' & $priority %}` names.
fn kind(queue_url: &str) -> Option<&str> {
    queue_url.strip_prefix("{% '${QueueUrlPrefix}")?.strip_suffix("-' & $priority %}")
}

fn machine(name: &str) -> String {
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
      Role: !GetAtt {id}MachineRole.Arn
      # Without data: inputs and outputs hold task tokens.
      Logging:
        Level: ERROR
        IncludeExecutionData: false
        Destinations: [{{ CloudWatchLogsLogGroup: {{ LogGroupArn: !GetAtt {id}MachineLog.Arn }} }}]
      Tracing: {{ Enabled: true }}
      Tags: {{ application: ideamine, stack: !Ref AWS::StackName }}
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
                Action: lambda:InvokeFunction
                Resource:
{}",
        list(reach.functions.iter().map(|name| functions::function_arn(name)).collect())
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
