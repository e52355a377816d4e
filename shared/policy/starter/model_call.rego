# Which models a run may ask, at what price, with what in the request.
package ideamine.policy

import rego.v1

allow contains {"rule": "model-listed", "reason": "the model is one of `models.allow`"} if {
	input.action.kind == "model_call"
	some pattern in data.models.allow
	glob.match(pattern, null, input.action.model)
}

deny contains {"rule": "model-price", "reason": "the call may cost more than `models.usd_micros_max`"} if {
	input.action.kind == "model_call"
	input.action.usd_micros > data.models.usd_micros_max
}

deny contains {"rule": "model-tokens", "reason": "the call may use more than `models.tokens_max`"} if {
	input.action.kind == "model_call"
	input.action.tokens > data.models.tokens_max
}

deny contains {"rule": "model-plain-http", "reason": "a provider that is not on this machine is asked over HTTPS alone"} if {
	input.action.kind == "model_call"
	startswith(input.action.origin, "http://")
	not on_this_machine(input.action.origin)
}

deny contains {"rule": "model-secret", "reason": "the request holds a secret, and the model is not on this machine"} if {
	input.action.kind == "model_call"
	some finding in input.action.findings
	finding in data.models.blocked_findings
	input.action.origin != ""
	not on_this_machine(input.action.origin)
}

deny contains {"rule": "model-attack", "reason": "the prompt shield found an attack of one of `models.blocked_threats`"} if {
	input.action.kind == "model_call"
	some finding in input.action.findings
	finding in data.models.blocked_threats
}

on_this_machine(origin) if regex.match(`^http://(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?/?$`, origin)
