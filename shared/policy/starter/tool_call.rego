# Programs run in the sandbox, without a network, for a bounded time.
package ideamine.policy

import rego.v1

allow contains {"rule": "tool-sandboxed", "reason": "a listed tool in the sandbox"} if {
	input.action.kind == "tool_call"
	input.action.tool in data.tools.allow
	input.action.sandboxed
}

deny contains {"rule": "tool-network", "reason": "tools have no network"} if {
	input.action.kind == "tool_call"
	input.action.network
}

deny contains {"rule": "tool-time", "reason": "the tool may run longer than `tools.timeout_s_max`"} if {
	input.action.kind == "tool_call"
	input.action.timeout_s > data.tools.timeout_s_max
}
