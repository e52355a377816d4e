//! Queues of long work, each with a dead-letter queue and an alarm on it.

use ideamine_core::ports::Priority;

use super::table::Table;
use super::{ALARM_ACTIONS, TAGS, logical_id};

/// How often a message is delivered before it is laid aside.
const DELIVERIES_MAX: u32 = 5;

pub(crate) fn resources(table: &Table) -> String {
    let mut text =
        "  # ---------------------------------------------------------------- queues of long work\n"
            .to_owned();
    let kinds = table.queues.iter();
    for (name, queue) in kinds.flat_map(|(kind, queue)| Priority::ALL.map(|p| (p.queue(kind), queue))) {
        let (id, visibility_s) = (logical_id(&name), queue.visibility_s);
        text.push_str(&format!(
            "  {id}Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub ${{AWS::StackName}}-{name}
      VisibilityTimeout: {visibility_s}
      MessageRetentionPeriod: 1209600
      ReceiveMessageWaitTimeSeconds: 20
      SqsManagedSseEnabled: true
      RedrivePolicy: {{ deadLetterTargetArn: !GetAtt {id}Dead.Arn, maxReceiveCount: {DELIVERIES_MAX} }}
      Tags: {TAGS}
  {id}Dead:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub ${{AWS::StackName}}-{name}-dead
      MessageRetentionPeriod: 1209600
      SqsManagedSseEnabled: true
      RedriveAllowPolicy:
        redrivePermission: byQueue
        sourceQueueArns: [!Sub 'arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:${{AWS::StackName}}-{name}']
      Tags: {TAGS}
  {id}DeadAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmDescription: A message of the queue {name} was delivered {DELIVERIES_MAX} times and never worked
      Namespace: AWS/SQS
      MetricName: ApproximateNumberOfMessagesVisible
      Dimensions: [{{ Name: QueueName, Value: !GetAtt {id}Dead.QueueName }}]
      Statistic: Maximum
      Period: 300
      EvaluationPeriods: 1
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: notBreaching
      AlarmActions: {ALARM_ACTIONS}
"
        ));
    }
    text
}
