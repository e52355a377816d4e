# Connections go to listed hosts, encrypted; addresses of private networks and of machines' metadata are never asked.
package ideamine.policy

import rego.v1

allow contains {"rule": "network-listed", "reason": "the host is one of `network.hosts`, over TLS"} if {
	input.action.kind == "network"
	input.action.tls
	some pattern in data.network.hosts
	glob.match(pattern, ["."], lower(input.action.host))
}

allow contains {"rule": "network-loopback", "reason": "this machine itself"} if {
	input.action.kind == "network"
	data.network.loopback
	loopback(input.action.host)
}

deny contains {"rule": "network-private", "reason": "the address belongs to a private network or to a machine's metadata"} if {
	input.action.kind == "network"
	address(input.action.host)
	some net in data.network.private
	net.cidr_contains(net, trim(input.action.host, "[]"))
}

loopback(host) if lower(host) == "localhost"

loopback(host) if host in {"::1", "[::1]"}

loopback(host) if regex.match(`^127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$`, host)

address(host) if regex.match(`^[0-9]{1,3}(\.[0-9]{1,3}){3}$`, host)

address(host) if contains(host, ":")
