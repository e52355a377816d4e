//! Decisions: one action, one bundle, yes or no.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use ideamine_core::Digest;
use regorus::Engine;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::program::{RuleInfo, RuleType};
use regorus::rvm::{Program, RegoVM};
use regorus::utils::limits::ExecutionTimerConfig;
use serde::{Deserialize, Serialize};

use crate::Action;
use crate::bundle::{BadBundle, Bundle, PACKAGE};
use crate::recursion::recursive;

/// A rule that spoke.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ruling {
    /// Its id: letters, digits and `-`.
    pub rule: String,
    /// Why, for a person.
    pub reason: String,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Whether the action may be done.
    pub allowed: bool,
    /// The bundle that decided.
    pub bundle: Digest,
    /// The rules that decided, by id: those that refuse if one does, else those that allow. Never empty.
    pub rulings: Vec<Ruling>,
}

impl Decision {
    /// When nothing speaks for an action.
    pub const DEFAULT: &'static str = "default-deny";
    /// When a rule fails or takes too long.
    pub const ERROR: &'static str = "policy-error";

    fn refused(bundle: Digest, rule: &str, reason: String) -> Self {
        Self { allowed: false, bundle, rulings: vec![Ruling { rule: rule.to_owned(), reason }] }
    }
}

/// A bundle made ready to decide. Cheap to clone, and shared between threads.
#[derive(Clone)]
pub struct Policy {
    program: Arc<Program>,
    data: regorus::Value,
    digest: Digest,
}

/// Where our own module puts both sets.
const ENTRY: &str = "data.ideamine_entry.said";

/// Reads both sets at once, so that one evaluation is enough.
const ENTRY_MODULE: &str = "package ideamine_entry
import rego.v1
said := {\"allow\": allow, \"deny\": deny}
default allow := set()
allow := data.ideamine.policy.allow
default deny := set()
deny := data.ideamine.policy.deny
";

impl Policy {
    /// Most instructions of one evaluation: the limit that binds, because it is the same on every machine.
    pub const INSTRUCTIONS_MAX: usize = 1_000_000;
    /// Longest evaluation of one action, for functions of Rego that do much in one instruction.
    pub const EVALUATION_MS_MAX: u64 = 1000;
    /// Most rulings that a decision tells; more say nothing new.
    pub const RULINGS_MAX: usize = 16;
    /// Longest id of a rule, and longest reason, characters.
    pub const TEXT_CHARS_MAX: usize = 200;

    /// Compiles a bundle.
    ///
    /// # Errors
    /// What is wrong with it, in which module.
    pub fn new(bundle: &Bundle) -> Result<Self, BadBundle> {
        bundle.check()?;
        let mut engine = engine(bundle, |name| !Bundle::is_test(name))?;
        let rego = |trouble: String| BadBundle::Rego { module: "bundle".to_owned(), what: trouble };
        let packages = engine.get_packages().map_err(|trouble| rego(trouble.to_string()))?;
        if !packages.iter().any(|package| package.trim_start_matches("data.") == PACKAGE) {
            return Err(BadBundle::NoRules);
        }
        engine
            .add_policy("entry".to_owned(), ENTRY_MODULE.to_owned())
            .map_err(|trouble| rego(trouble.to_string()))?;
        let entry: Arc<str> = Arc::from(ENTRY);
        let compiled = engine.compile_with_entrypoint(&entry).map_err(|trouble| rego(trouble.to_string()))?;
        let program = Compiler::compile_from_policy(&compiled, &[ENTRY])
            .map_err(|trouble| rego(trouble.to_string()))?;
        if let Some(rule) = recursive(&program) {
            return Err(BadBundle::Recursive(rule));
        }
        // Sets have no conflicts; a `deny` of another kind could be silent where it should refuse.
        for set in ["allow", "deny"] {
            let name = format!("data.{PACKAGE}.{set}");
            let other = |info: &&RuleInfo| info.name == name && info.rule_type != RuleType::PartialSet;
            if program.rule_infos.iter().any(|info| other(&info)) {
                return Err(BadBundle::NoSet(set));
            }
        }
        let policy = Self { program, data: engine.get_data(), digest: bundle.digest()? };
        // A rule that fails whatever it is asked is better told now than by refusing everything.
        policy.said(regorus::Value::new_object()).map_err(rego)?;
        Ok(policy)
    }

    /// The bundle's digest.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Decides. Never fails: what cannot be decided is refused, by the rule [`Decision::ERROR`].
    pub fn decide(&self, action: &Action) -> Decision {
        let said = match self.evaluate(action) {
            Ok(said) => said,
            Err(trouble) => {
                let first = trouble.lines().find(|line| line.contains("error")).unwrap_or(&trouble);
                return Decision::refused(self.digest, Decision::ERROR, cut(first));
            }
        };
        let (allowed, mut rulings) =
            if said.deny.is_empty() { (!said.allow.is_empty(), said.allow) } else { (false, said.deny) };
        if rulings.is_empty() {
            let kind = action.action.name();
            let reason = format!("no rule of the policy allows this `{kind}`");
            return Decision::refused(self.digest, Decision::DEFAULT, reason);
        }
        rulings.sort();
        rulings.truncate(Self::RULINGS_MAX);
        for ruling in &mut rulings {
            ruling.rule = cut(&ruling.rule);
            ruling.reason = cut(&ruling.reason);
        }
        Decision { allowed, bundle: self.digest, rulings }
    }

    /// Both sets, for this input.
    fn said(&self, input: regorus::Value) -> Result<regorus::Value, String> {
        let mut vm = RegoVM::new();
        vm.set_max_instructions(Self::INSTRUCTIONS_MAX);
        vm.set_execution_timer_config(Some(timer()));
        vm.set_strict_builtin_errors(true);
        vm.load_program(Arc::clone(&self.program));
        vm.set_data(self.data.clone()).map_err(|trouble| trouble.to_string())?;
        vm.set_input(input);
        vm.execute().map_err(|trouble| trouble.to_string())
    }

    fn evaluate(&self, action: &Action) -> Result<Said, String> {
        let input = serde_json::to_value(action).map_err(|trouble| trouble.to_string())?;
        let said = self.said(regorus::Value::from(input))?;
        let said = serde_json::to_value(&said).map_err(|trouble| trouble.to_string())?;
        serde_json::from_value(said).map_err(|trouble| {
            format!("`allow` and `deny` must hold {{\"rule\", \"reason\"}}: error: {trouble}")
        })
    }
}

/// What both sets hold. A set is an array in JSON.
#[derive(Deserialize)]
struct Said {
    allow: Vec<Ruling>,
    deny: Vec<Ruling>,
}

/// An engine with those modules of a bundle that `wanted` names, and its data.
pub(crate) fn engine(bundle: &Bundle, wanted: impl Fn(&str) -> bool) -> Result<Engine, BadBundle> {
    let mut engine = Engine::new();
    engine.set_strict_builtin_errors(true);
    engine.set_execution_timer_config(timer());
    for (name, text) in bundle.modules.iter().filter(|(name, _)| wanted(name)) {
        engine
            .add_policy(name.clone(), text.clone())
            .map_err(|trouble| BadBundle::Rego { module: name.clone(), what: trouble.to_string() })?;
    }
    if !bundle.data.is_null() {
        let what = |trouble: String| BadBundle::Rego { module: "data".to_owned(), what: trouble };
        engine
            .add_data(regorus::Value::from(bundle.data.clone()))
            .map_err(|trouble| what(trouble.to_string()))?;
    }
    Ok(engine)
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(Policy::TEXT_CHARS_MAX).collect()
}

const fn timer() -> ExecutionTimerConfig {
    ExecutionTimerConfig {
        limit: Duration::from_millis(Policy::EVALUATION_MS_MAX),
        check_interval: NonZeroU32::MIN.saturating_add(255),
    }
}
