# Data leave to known places, and without what guards have found in them.
package ideamine.policy

import rego.v1

allow contains {"rule": "release-known", "reason": "a known destination"} if {
	input.action.kind == "data_release"
	input.action.destination in data.release.destinations
}

deny contains {"rule": "release-finding", "reason": "a guard found in it what must not leave"} if {
	input.action.kind == "data_release"
	some finding in input.action.findings
	finding in data.release.blocked_findings
}
