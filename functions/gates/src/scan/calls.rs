//! Calls, imports and addresses that have no place in a generated application.

use ideamine_core::artifacts::Severity::{self, High, Medium};

use super::python::Token;
use super::{Said, say};

/// Built-in functions that run text as code.
const RUNS_TEXT: [&str; 2] = ["eval", "exec"];
/// `module.function` that is dangerous wherever it stands: rule, severity, what to do instead.
const DANGEROUS: [(&str, &str, &str, Severity, &str); 22] = [
    ("os", "system", "shell-command", High, "use the standard library instead of a shell"),
    ("os", "popen", "shell-command", High, "use the standard library instead of a shell"),
    ("subprocess", "getoutput", "shell-command", High, "use subprocess.run with a list of arguments"),
    ("subprocess", "getstatusoutput", "shell-command", High, "use subprocess.run with a list of arguments"),
    ("pickle", "load", "unsafe-deserialisation", High, "use json"),
    ("pickle", "loads", "unsafe-deserialisation", High, "use json"),
    ("pickle", "Unpickler", "unsafe-deserialisation", High, "use json"),
    ("marshal", "load", "unsafe-deserialisation", High, "use json"),
    ("marshal", "loads", "unsafe-deserialisation", High, "use json"),
    ("dill", "load", "unsafe-deserialisation", High, "use json"),
    ("dill", "loads", "unsafe-deserialisation", High, "use json"),
    ("jsonpickle", "decode", "unsafe-deserialisation", High, "use json"),
    ("shelve", "open", "unsafe-deserialisation", High, "use sqlite3 or json: shelve reads pickles"),
    ("yaml", "unsafe_load", "unsafe-deserialisation", High, "use yaml.safe_load"),
    ("yaml", "full_load", "unsafe-deserialisation", High, "use yaml.safe_load"),
    ("ssl", "_create_unverified_context", "tls-unverified", High, "verify certificates"),
    ("tempfile", "mktemp", "temporary-file-race", Medium, "use tempfile.mkstemp or NamedTemporaryFile"),
    ("importlib", "import_module", "dynamic-import", Medium, "import by name"),
    ("hashlib", "md5", "weak-hash", Medium, "use sha256, or scrypt for passwords"),
    ("hashlib", "sha1", "weak-hash", Medium, "use sha256, or scrypt for passwords"),
    ("ctypes", "CDLL", "native-code", High, "stay within Python"),
    ("os", "execv", "shell-command", High, "do not replace the process"),
];
/// Keyword arguments that switch a safeguard off.
const SWITCHES: [(&str, &str, &str, Severity, &str); 4] = [
    ("shell", "True", "shell-command", High, "give subprocess a list of arguments, without a shell"),
    ("verify", "False", "tls-unverified", High, "verify certificates"),
    ("debug", "True", "debug-mode", Medium, "do not serve with debug mode"),
    ("check_hostname", "False", "tls-unverified", High, "verify host names"),
];
/// Modules that call out: an application of ours has no network.
const CALLS_OUT: [&str; 9] = [
    "requests",
    "httpx",
    "aiohttp",
    "ftplib",
    "smtplib",
    "telnetlib",
    "paramiko",
    "urllib.request",
    "http.client",
];
/// Functions that take an address to listen on.
const LISTENERS: [&str; 7] = [
    "HTTPServer",
    "ThreadingHTTPServer",
    "TCPServer",
    "ThreadingTCPServer",
    "bind",
    "create_server",
    "make_server",
];

/// Calls and switches.
pub(super) fn dangerous(tokens: &[Token]) -> Vec<Said> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some(name) = token.name() else { continue };
        let after = |ahead: usize| tokens.get(at + ahead);
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let called = after(1).is_some_and(|t| t.is('('));
        let plain = !before.is_some_and(|t| t.is('.') || matches!(t.name(), Some("def" | "class")));
        if called && plain && RUNS_TEXT.contains(&name) {
            found.push(say(
                "dangerous-eval",
                High,
                token.line,
                format!("`{name}` runs text as code: parse what you expect instead"),
            ));
        }
        if called && plain && name == "__import__" {
            found.push(say("dynamic-import", Medium, token.line, "`__import__`: import by name"));
        }
        let member = after(1).filter(|t| t.is('.')).and_then(|_| after(2)).and_then(Token::name);
        for (module, function, rule, severity, instead) in DANGEROUS {
            if name == module && member == Some(function) && plain {
                found.push(say(rule, severity, token.line, format!("`{module}.{function}`: {instead}")));
            }
        }
        if name == "yaml" && member == Some("load") && !is_safe_load(&tokens[at..]) {
            found.push(say(
                "unsafe-deserialisation",
                High,
                token.line,
                "`yaml.load` without SafeLoader: use yaml.safe_load",
            ));
        }
        let value = after(1).filter(|t| t.is('=')).and_then(|_| after(2)).and_then(Token::name);
        let argument = before.is_some_and(|t| t.is('(') || t.is(','));
        for (keyword, switch, rule, severity, instead) in SWITCHES {
            if argument && name == keyword && value == Some(switch) {
                found.push(say(rule, severity, token.line, format!("`{keyword}={switch}`: {instead}")));
            }
        }
    }
    found
}

/// Whether the call that begins here names a safe loader before it ends.
fn is_safe_load(call: &[Token]) -> bool {
    let mut depth = 0;
    for token in call {
        match () {
            () if token.is('(') => depth += 1,
            () if token.is(')') => {
                depth -= 1;
                if depth == 0 {
                    return false;
                }
            }
            () if token.name().is_some_and(|name| name.contains("SafeLoader")) => return true,
            () => {}
        }
    }
    false
}

/// `import x`, `from x import y` of modules that call out or read pickles.
pub(super) fn imports(tokens: &[Token]) -> Vec<Said> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let starts = at == 0 || tokens[at - 1].name().is_none() && !tokens[at - 1].is('.');
        let statement = matches!(token.name(), Some("import" | "from")) && starts;
        if !statement {
            continue;
        }
        let line = tokens[at + 1..].iter().take_while(|t| !matches!(t.kind, super::python::Kind::End));
        let words: Vec<String> = line
            .map(|t| t.name().map_or_else(|| if t.is('.') { "." } else { "," }.to_owned(), str::to_owned))
            .collect();
        let text = words.join(" ").replace(" . ", ".");
        for module in CALLS_OUT {
            let (parent, child) = module.rsplit_once('.').unwrap_or((module, ""));
            let direct =
                text.split([' ', ',']).any(|word| word == module || word.starts_with(&format!("{module}.")));
            let from = !child.is_empty()
                && text.starts_with(&format!("{parent} import"))
                && text.split([' ', ',']).any(|word| word == child);
            if direct || from {
                found.push(say(
                    "calls-out",
                    Medium,
                    token.line,
                    format!("`{module}` calls out: an application here has no network, and needs none"),
                ));
            }
        }
        let from_pickle = token.name() == Some("from")
            && ["pickle", "marshal", "dill"].iter().any(|m| text.starts_with(&format!("{m} import")));
        if from_pickle {
            found.push(say("unsafe-deserialisation", High, token.line, "reads pickles: use json"));
        }
    }
    found
}

/// All interfaces: by their address, or by an empty host.
pub(super) fn listens_everywhere(tokens: &[Token]) -> Vec<Said> {
    let message =
        "listens on every interface of the machine: listen on 127.0.0.1, or on the inherited socket";
    let bound = !tokens.iter().any(|token| token.name() == Some("bind_and_activate"));
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let address = token.text().is_some_and(|text| matches!(text, "0.0.0.0" | "::"));
        let listener = token.name().is_some_and(|name| LISTENERS.contains(&name));
        let opened =
            tokens.get(at + 1).is_some_and(|t| t.is('(')) && tokens.get(at + 2).is_some_and(|t| t.is('('));
        let empty = tokens.get(at + 3).and_then(Token::text) == Some("");
        if address || (bound && listener && opened && empty) {
            found.push(say("listens-everywhere", High, token.line, message));
        }
    }
    found
}
