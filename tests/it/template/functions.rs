//! A Lambda for every function, with its own role and log group; an alarm for every family.

use std::fmt::Write;

use ideamine_core::ports::Priority;

use super::table::{Environment, Fed, Planned, Table};
use super::{ALARM_ACTIONS, TAGS, arn, logical_id, machines};

pub(crate) fn resources(table: &Table) -> String {
    let mut text = String::new();
    let names: Vec<&str> = table.functions().iter().map(|planned| planned.name).collect();
    let called = machines::called(table);
    let mut family = "";
    for planned in table.functions() {
        if planned.family != family {
            family = planned.family;
            writeln!(
                text,
                "  # ---------------------------------------------------------------- functions: {family}"
            )
            .unwrap();
            text.push_str(&alarm(family));
        }
        let own = function(&planned, &names);
        text.push_str(&own);
        if called.iter().any(|pattern| machines::is_named(pattern, planned.name)) {
            // A new value of a parameter publishes nothing, so it must not be what such a function is told.
            let told = own.split_once("Variables:").map_or("", |(_, variables)| variables);
            assert!(!told.contains("!Ref"), "{} is told a parameter's value, and pinned", planned.name);
            // By its number, not by this name; an older version stays for executions that began with it.
            text.push_str("      AutoPublishAlias: newest\n      VersionDeletionPolicy: Retain\n");
        }
        text.push_str(&role(&planned));
        text.push_str(&log(&planned));
        if let Some(fed) = &planned.own.queue {
            text.push_str(&source(&planned, fed));
        }
    }
    text
}

fn function(planned: &Planned<'_>, names: &[&str]) -> String {
    let Planned { name, family, memory_mb, timeout_s, own, .. } = planned;
    let id = logical_id(name);
    let mut text = format!(
        "  {id}:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub ${{AWS::StackName}}-{name}
      CodeUri: ../target/lambda/{family}/bootstrap.zip
      Handler: {name}
      MemorySize: {memory_mb}
      Timeout: {timeout_s}
      Role: !GetAtt {id}Role.Arn
      LoggingConfig: {{ LogGroup: !Ref {id}Log }}
      Tags: {{ family: {family} }}
"
    );
    if let Some(share) = &own.reserved {
        writeln!(
            text,
            "      ReservedConcurrentExecutions: !If [ReservesConcurrency, !Ref {share}, !Ref AWS::NoValue]"
        )
        .unwrap();
    }
    let variables = match own.environment {
        None => String::new(),
        Some(Environment::ModelCall) => "          IDEAMINE_PROVIDER_KEYS: !Sub ${AWS::StackName}/providers/
          IDEAMINE_LOCAL_URL: !Ref LocalModelUrl
"
        .to_owned(),
        Some(Environment::FunctionNames) => {
            format!("          IDEAMINE_FUNCTIONS: {}\n", names.join(","))
        }
    };
    let started = if planned.uses.contains(&"StartRuns") {
        format!(
            "          IDEAMINE_APPROVERS: !Ref Approvers\n          IDEAMINE_MACHINE_VERSIONS: {}\n",
            machines::version_of("run", "run")
        )
    } else {
        String::new()
    };
    let variables = variables + &started;
    if !variables.is_empty() {
        write!(text, "      Environment:\n        Variables:\n{variables}").unwrap();
    }
    text
}

fn role(planned: &Planned<'_>) -> String {
    let id = logical_id(planned.name);
    let uses: Vec<String> = planned.uses.iter().map(|policy| format!("!Ref {policy}")).collect();
    let mut text = format!(
        "  {id}Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - {{ Effect: Allow, Principal: {{ Service: lambda.amazonaws.com }}, Action: sts:AssumeRole }}
      ManagedPolicyArns: [{}]
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - {{ Effect: Allow, Action: [logs:CreateLogStream, logs:PutLogEvents], Resource: !Sub '${{{id}Log.Arn}}:*' }}
              # Knows no resource.
              - {{ Effect: Allow, Action: [xray:PutTelemetryRecords, xray:PutTraceSegments], Resource: '*' }}
",
        uses.join(", ")
    );
    if let Some(fed) = &planned.own.queue {
        let queues = Priority::ALL.map(|priority| logical_id(&priority.queue(&fed.name)));
        writeln!(
            text,
            "              - Effect: Allow
                Action: [sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:ReceiveMessage]
                Resource: [{}]",
            queues.map(|queue| format!("!GetAtt {queue}Queue.Arn")).join(", ")
        )
        .unwrap();
    }
    if matches!(planned.name, "run-reconcile" | "run-seal") {
        text.push_str(
            "              - { Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt EventsDead.Arn }\n",
        );
    }
    text
}

fn log(planned: &Planned<'_>) -> String {
    let Planned { name, .. } = planned;
    let id = logical_id(name);
    format!(
        "  {id}Log:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub /aws/lambda/${{AWS::StackName}}-{name}
      RetentionInDays: !Ref LogDays
      Tags: {TAGS}
"
    )
}

/// One mapping for each priority, so that none takes the share of another.
fn source(planned: &Planned<'_>, fed: &Fed) -> String {
    let id = logical_id(planned.name);
    let condition = fed.when.as_ref().map(|when| format!("    Condition: {when}\n")).unwrap_or_default();
    let Fed { batch, concurrency, .. } = fed;
    let sources = Priority::ALL.map(|priority| {
        let (queue, share) = (logical_id(&priority.queue(&fed.name)), logical_id(priority.name()));
        format!(
            "  {id}{share}Source:
    Type: AWS::Lambda::EventSourceMapping
{condition}    Properties:
      EventSourceArn: !GetAtt {queue}Queue.Arn
      FunctionName: !Ref {id}
      BatchSize: {batch}
      FunctionResponseTypes: [ReportBatchItemFailures]
      ScalingConfig: {{ MaximumConcurrency: !Ref {concurrency}{share} }}
"
        )
    });
    sources.concat()
}

/// What failed by a fault of ours or of AWS, as the functions count it themselves.
fn alarm(family: &str) -> String {
    let id = logical_id(family);
    format!(
        "  {id}Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmDescription: Functions of the family {family} fail in a way that nobody asked for; see the error names in their logs
      Namespace: IdeaMine
      MetricName: faults
      Dimensions: [{{ Name: stack, Value: !Ref AWS::StackName }}, {{ Name: family, Value: {family} }}]
      Statistic: Sum
      Period: 300
      EvaluationPeriods: 1
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: notBreaching
      AlarmActions: {ALARM_ACTIONS}
"
    )
}

/// The ARNs of a function's published versions, or of those of all that a pattern names.
pub(crate) fn versions_arn(name: &str) -> String {
    arn("lambda", &format!("function:${{AWS::StackName}}-{name}:*"))
}
