# What is deployed has passed its gates; stages that matter want persons' signatures too.
package ideamine.policy

import rego.v1

allow contains {"rule": "deploy-passed", "reason": "a known stage, the gates passed, and as many signed as the stage wants"} if {
	input.action.kind == "deploy"
	input.action.stage in data.deploy.stages
	input.action.gates in {"pass", "waived"}
	input.action.approvals >= object.get(data.deploy.approvals, input.action.stage, 0)
}

deny contains {"rule": "deploy-gates", "reason": "the gates did not let it through"} if {
	input.action.kind == "deploy"
	not input.action.gates in {"pass", "waived"}
}

deny contains {"rule": "deploy-unsigned", "reason": "fewer persons signed than the stage wants"} if {
	input.action.kind == "deploy"
	input.action.approvals < object.get(data.deploy.approvals, input.action.stage, 0)
}
