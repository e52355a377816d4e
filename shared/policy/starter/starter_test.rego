# What the starter bundle promises. `ideamine policy test` runs these.
package ideamine.policy_test

import data.ideamine.policy
import rego.v1

call(change) := object.union({"kind": "model_call", "model": "openai/gpt-5", "origin": "https://api.openai.com", "tokens": 1000, "usd_micros": 100, "findings": []}, change)

tool(change) := object.union({"kind": "tool_call", "tool": "sandbox-job", "argv": [], "sandboxed": true, "network": false, "timeout_s": 60}, change)

allowed(action) if {
	count(policy.allow) > 0 with input as {"action": action}
	count(policy.deny) == 0 with input as {"action": action}
}

refused_by(action, rule) if {
	some ruling in policy.deny with input as {"action": action}
	ruling.rule == rule
}

test_a_listed_model_is_asked if allowed(call({}))

test_a_model_without_a_price_is_asked if allowed(object.remove(call({}), ["usd_micros"]))

test_an_unlisted_model_is_not_asked if not allowed(call({"model": "elsewhere/one"}))

test_a_dear_call_is_refused if refused_by(call({"usd_micros": 5000001}), "model-price")

test_a_large_call_is_refused if refused_by(call({"tokens": 1000001}), "model-tokens")

test_plain_http_is_refused if refused_by(call({"origin": "http://models.example"}), "model-plain-http")

test_a_host_that_begins_like_this_machine_is_elsewhere if refused_by(call({"origin": "http://127.0.0.1.evil.example"}), "model-plain-http")

test_plain_http_on_this_machine_is_fine if allowed(call({"model": "local/llama", "origin": "http://127.0.0.1:11434"}))

test_a_secret_does_not_leave if refused_by(call({"findings": ["api_key"]}), "model-secret")

test_an_attack_reaches_no_model if refused_by(call({"model": "composer", "origin": "", "findings": ["multilingual"]}), "model-attack")

test_a_secret_may_be_read_on_this_machine if allowed(call({"model": "composer", "origin": "", "findings": ["api_key"]}))

test_a_sandboxed_job_runs if allowed(tool({}))

test_a_bare_program_does_not_run if not allowed(tool({"sandboxed": false}))

test_a_tool_with_a_network_is_refused if refused_by(tool({"network": true}), "tool-network")

test_a_long_job_is_refused if refused_by(tool({"timeout_s": 901}), "tool-time")

file(path) := {"kind": "file", "access": "write", "path": path, "bytes": 10}

test_a_file_inside_is_written if allowed(file("app/main.py"))

test_paths_that_lead_out_are_refused if {
	every path in ["/etc/passwd", "../x", "a/../../x", "~/.ssh/x", "C:\\x", "a\\..\\x", "", "a\u0000b"] {
		refused_by(file(path), "file-outside")
	}
}

test_files_with_keys_are_refused if {
	every path in [".env", "a/.ENV", "home/id_rsa"] {
		refused_by(file(path), "file-secret")
	}
}

test_a_large_file_is_refused if refused_by(object.union(file("x"), {"bytes": 16777217}), "file-size")

test_nothing_is_executed if not allowed(object.union(file("x"), {"access": "execute"}))

net(host, tls) := {"kind": "network", "host": host, "port": 443, "tls": tls, "method": "POST"}

test_a_listed_host_is_reached if allowed(net("api.anthropic.com", true))

test_a_subdomain_of_a_listed_one_is_reached if allowed(net("bedrock.amazonaws.com", true))

test_other_hosts_are_not if {
	every host in ["example.com", "api.anthropic.com.evil.example", "evil-amazonaws.com"] {
		not allowed(net(host, true))
	}
}

test_listed_hosts_are_not_reached_in_the_clear if not allowed(net("api.anthropic.com", false))

test_private_addresses_are_refused if {
	every host in ["169.254.169.254", "10.1.2.3", "192.168.0.1", "172.31.255.1", "[fd00::1]", "fe80::1", "0.0.0.0"] {
		refused_by(net(host, true), "network-private")
	}
}

test_this_machine_is_reached if allowed(net("127.0.0.1", false))

deploy(stage, approvals, gates) := {"kind": "deploy", "stage": stage, "artifact": "sha256:x", "approvals": approvals, "gates": gates}

test_what_passed_is_deployed if allowed(deploy("dev", 0, "pass"))

test_prod_wants_a_signature if {
	refused_by(deploy("prod", 0, "pass"), "deploy-unsigned")
	allowed(deploy("prod", 1, "pass"))
}

test_what_failed_is_not_deployed if refused_by(deploy("dev", 3, "fail"), "deploy-gates")

test_an_unknown_stage_is_not_deployed_to if not allowed(deploy("moon", 3, "pass"))

release(destination, findings) := {"kind": "data_release", "destination": destination, "digest": "sha256:x", "bytes": 1, "findings": findings}

test_clean_data_leave if allowed(release("dossier", []))

test_personal_data_in_a_dossier_are_the_owners_business if allowed(release("dossier", ["personal_data"]))

test_secrets_do_not_leave if refused_by(release("dossier", ["private_key"]), "release-finding")

test_unknown_places_get_nothing if not allowed(release("evil.example", []))

test_an_unknown_kind_is_not_allowed if not allowed({"kind": "teleport"})
