# Files are touched inside the place that a function owns, never run, and never those that hold keys.
package ideamine.policy

import rego.v1

allow contains {"rule": "file-inside", "reason": "a path inside the place that the function owns"} if {
	input.action.kind == "file"
	input.action.access in {"read", "write", "delete"}
	not outside(input.action.path)
}

deny contains {"rule": "file-outside", "reason": "the path leads out of the place that the function owns"} if {
	input.action.kind == "file"
	outside(input.action.path)
}

deny contains {"rule": "file-size", "reason": "the file is larger than `files.bytes_max`"} if {
	input.action.kind == "file"
	input.action.access == "write"
	input.action.bytes > data.files.bytes_max
}

deny contains {"rule": "file-secret", "reason": "files of this name hold keys"} if {
	input.action.kind == "file"
	some part in split(replace(input.action.path, "\\", "/"), "/")
	lower(part) in data.files.secret_names
}

outside(path) if startswith(path, "/")

outside(path) if startswith(path, "~")

outside(path) if regex.match(`^[A-Za-z]:`, path)

outside(path) if ".." in split(replace(path, "\\", "/"), "/")

outside(path) if contains(path, "\u0000")

outside(path) if path == ""
