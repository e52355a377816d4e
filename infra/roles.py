"""Least privilege, as far as the template says it: no action by pattern, no resource `*` where an ARN is possible."""

import pathlib
import sys

from cfnlint.decode import cfn_yaml

# Actions that AWS ties to no resource (Service Authorization Reference).
WITHOUT_RESOURCE = {
    "batch:DescribeJobs",
    "ecr:GetAuthorizationToken",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "states:SendTaskFailure",
    "states:SendTaskHeartbeat",
    "states:SendTaskSuccess",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
# What may only be done by one function's role, or only by policies of its own.
HOLDERS = {
    "kms:Sign": {"SigningKey"},
    "secretsmanager:GetSecretValue": {"CallModels"},
    "bedrock:InvokeModel": {"CallModels"},
    "states:GetExecutionHistory": {"ReadHistories"},
    "batch:SubmitJob": {"RunJobs"},
}
# Nothing may change or remove what is in the ledger.
LEDGER_ACTIONS = {"dynamodb:PartiQLInsert", "dynamodb:Query"}


def listed(value):
    return value if isinstance(value, list) else [value]


def statements(node):
    """Every policy statement below a node, those inside Fn::If too."""
    if isinstance(node, dict):
        if "Effect" in node and "Action" in node:
            yield node
        for value in node.values():
            yield from statements(value)
    elif isinstance(node, list):
        for value in node:
            yield from statements(value)


def mentions(node, name):
    """Whether a resource expression names the logical id."""
    if isinstance(node, dict):
        return any(mentions(value, name) for value in node.values())
    if isinstance(node, list):
        return any(mentions(value, name) for value in node)
    return isinstance(node, str) and (node == name or f"${{{name}." in node)


def findings(resources):
    for name, resource in resources.items():
        for statement in statements(resource.get("Properties", {})):
            if statement["Effect"] != "Allow" or "AssumeRole" in str(statement["Action"]):
                continue
            actions, targets = listed(statement["Action"]), listed(statement.get("Resource", []))
            for action in actions:
                if "*" in action:
                    yield f"{name} allows {action}: name each action"
                holders = HOLDERS.get(action, {name})
                if name not in holders:
                    yield f"{name} allows {action}, which is for {', '.join(holders)} alone"
            # In a key's policy, `*` is the key.
            if "*" in targets and resource["Type"] != "AWS::KMS::Key":
                for action in sorted(set(actions) - WITHOUT_RESOURCE):
                    yield f"{name} allows {action} on every resource: name an ARN"
            if any(mentions(target, "Ledger") for target in targets) and set(actions) - LEDGER_ACTIONS:
                yield f"{name} allows {sorted(set(actions) - LEDGER_ACTIONS)} on the ledger"


def main():
    resources = cfn_yaml.load(sys.argv[1])["Resources"]
    found = list(findings(resources))
    for finding in found:
        print(f"{pathlib.Path(sys.argv[1]).name}: {finding}", file=sys.stderr)
    roles = sum(resource["Type"] == "AWS::IAM::Role" for resource in resources.values())
    print(f"{roles} roles, {len(found)} findings")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
