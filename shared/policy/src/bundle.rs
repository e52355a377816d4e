//! A bundle: modules and data, canonical, with limits.

use std::collections::BTreeMap;

use ideamine_core::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The package that says yes or no.
pub const PACKAGE: &str = "ideamine.policy";

/// A policy as an operator writes it. Its digest is that of its canonical JSON (RFC 8785).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The operator's own name for this state of it.
    pub version: String,
    /// Rego (version 1) by file name. Names that end in `_test.rego` hold tests and decide nothing.
    pub modules: BTreeMap<String, String>,
    /// What rules read as `data`.
    #[serde(default)]
    pub data: Value,
}

/// Why something is no bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadBundle {
    /// A limit.
    #[error("the bundle has {found} {what}; at most {most} are allowed")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// How many.
        found: usize,
        /// Limit.
        most: usize,
    },
    /// No module decides anything.
    #[error("no module of the bundle belongs to the package `{PACKAGE}`: it would refuse everything")]
    NoRules,
    /// A name or a version.
    #[error("`{0}` is no name for {1}: letters, digits, `.`, `_`, `-`, 64 at most")]
    Name(String, &'static str),
    /// A decision must be the same each time.
    #[error("{module}: `{builtin}` is not offered: a decision depends on the action and the bundle alone")]
    NotOffered {
        /// In which module.
        module: String,
        /// Which function.
        builtin: &'static str,
    },
    /// What an evaluation needs would have no bound.
    #[error(
        "{module}: `{builtin}` is not offered: what it makes has no bound; write out what is meant, or put it into the data"
    )]
    Unbounded {
        /// In which module.
        module: String,
        /// Which function.
        builtin: &'static str,
    },
    /// A rule that needs itself.
    #[error("the rule `{0}` calls itself, directly or through others: rules must not be recursive")]
    Recursive(String),
    /// It does not compile.
    #[error("{module}: {what}")]
    Rego {
        /// In which module.
        module: String,
        /// What the compiler says.
        what: String,
    },
    /// A rule of another kind.
    #[error("`{0}` must be a set: write `{0} contains {{\"rule\": \"…\", \"reason\": \"…\"}} if {{ … }}`")]
    NoSet(&'static str),
    /// The data are not an object.
    #[error("the bundle's data must be a JSON object, without a member `ideamine`")]
    Data,
    /// A number that canonical JSON cannot hold.
    #[error("the bundle has no canonical form: {0}")]
    Canonical(String),
}

impl Bundle {
    /// Most modules.
    pub const MODULES_MAX: usize = 64;
    /// Most bytes of all modules.
    pub const MODULE_BYTES_MAX: usize = 1 << 20;
    /// Most bytes of data, as JSON.
    pub const DATA_BYTES_MAX: usize = 1 << 20;

    /// The bundle that comes with the program: what a platform engineer would keep, and change by `data` first.
    pub fn starter() -> Self {
        macro_rules! module {
            ($($name:literal),*) => {
                [$(($name.to_owned(), include_str!(concat!("../starter/", $name)).to_owned())),*]
            };
        }
        let data = serde_json::from_str(include_str!("../starter/data.json"));
        Self {
            version: "starter-1".to_owned(),
            modules: BTreeMap::from(module![
                "model_call.rego",
                "tool_call.rego",
                "file.rego",
                "network.rego",
                "deploy.rego",
                "data_release.rego",
                "starter_test.rego"
            ]),
            // Held by a test: it is our own file.
            data: data.unwrap_or_default(),
        }
    }

    /// What it is called in plans, on the ledger and in signatures.
    ///
    /// # Errors
    /// When its data hold what canonical JSON cannot.
    pub fn digest(&self) -> Result<Digest, BadBundle> {
        Digest::of_json(self).map_err(|trouble| BadBundle::Canonical(trouble.to_string()))
    }

    /// Whether this module holds tests alone.
    pub(crate) fn is_test(name: &str) -> bool {
        name.ends_with("_test.rego")
    }

    /// Holds it against the limits.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), BadBundle> {
        let modules = self.modules.len();
        let bytes = self.modules.values().map(String::len).sum();
        let data = serde_json::to_vec(&self.data).map_or(0, |bytes| bytes.len());
        for (what, found, most) in [
            ("modules", modules, Self::MODULES_MAX),
            ("bytes of modules", bytes, Self::MODULE_BYTES_MAX),
            ("bytes of data", data, Self::DATA_BYTES_MAX),
        ] {
            if found > most {
                return Err(BadBundle::TooMuch { what, found, most });
            }
        }
        plain(&self.version, "a version")?;
        for (name, text) in &self.modules {
            plain(name, "a module")?;
            if let Some(builtin) = CHANGING.iter().find(|builtin| calls(text, builtin)) {
                return Err(BadBundle::NotOffered { module: name.clone(), builtin });
            }
            if let Some(builtin) = UNBOUNDED.iter().find(|builtin| calls(text, builtin)) {
                return Err(BadBundle::Unbounded { module: name.clone(), builtin });
            }
        }
        match &self.data {
            Value::Null => Ok(()),
            Value::Object(members) if !members.contains_key("ideamine") => Ok(()),
            _ => Err(BadBundle::Data),
        }
    }
}

/// Functions of Rego whose value is not decided by their arguments.
const CHANGING: [&str; 6] =
    ["rand.intn", "time.now_ns", "http.send", "opa.runtime", "net.lookup_ip_addr", "uuid.rfc4122"];

/// Functions of Rego that make more than they are given, in one instruction: no limit of an evaluation holds them.
const UNBOUNDED: [&str; 2] = ["numbers.range", "numbers.range_step"];

/// Whether code outside comments and strings calls it. A name in a string does no harm, and is refused no less than in
/// code when it stands before a parenthesis: rather too strict.
fn calls(text: &str, builtin: &str) -> bool {
    let squeezed: String = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let squeezed: String = squeezed.chars().filter(|c| !c.is_whitespace()).collect();
    let (package, function) = builtin.split_once('.').unwrap_or((builtin, ""));
    squeezed.contains(&format!("{builtin}(")) || squeezed.contains(&format!("{package}[\"{function}\"]("))
}

fn plain(name: &str, of: &'static str) -> Result<(), BadBundle> {
    let letters = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    if letters && !name.is_empty() && name.len() <= 64 {
        return Ok(());
    }
    Err(BadBundle::Name(name.chars().take(80).collect(), of))
}
