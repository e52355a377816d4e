//! Control lists of SOC 2, GDPR and HIPAA as data, and what a run has to show for each control.
//!
//! A mapping says which evidence is there and which is missing. Whether that satisfies a control is for an auditor: nothing
//! here ever says "compliant".
//!
//! Numbers and subjects were checked against the control catalogues of prowler 5.46.0 (Apache-2.0; `soc2_aws`, `soc2_azure`,
//! `soc2_gcp`, `gdpr_aws`, `hipaa_aws`, `hipaa_azure`): its 28 criteria of SOC 2, 3 articles of the GDPR and the standards
//! above its 34 specifications of HIPAA are all here under the same numbers. HIPAA is listed by standard (45 CFR 164.308
//! to 316) without the specifications below one. What prowler does not list (criteria and articles without a technical
//! check) follows the numbering of the regulation and of the AICPA's criteria, and no second source was at hand for it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The list that a control belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Framework {
    /// AICPA Trust Services Criteria (2017, points of focus 2022).
    Soc2,
    /// Regulation (EU) 2016/679.
    Gdpr,
    /// 45 CFR parts 160 and 164.
    Hipaa,
}

/// What the work handles; a control about something else does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Any work.
    Any,
    /// Personal data.
    Personal,
    /// Personal data of a special category (GDPR, article 9).
    Special,
    /// Transfers to third countries.
    Transfer,
    /// Protected health information.
    Health,
    /// Promises about availability.
    Availability,
    /// Promises about correct processing.
    Integrity,
    /// Information held in confidence.
    Confidential,
}

/// One control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Control {
    /// The list.
    pub framework: Framework,
    /// Its number there.
    pub id: &'static str,
    /// What it is about, in our words.
    pub title: &'static str,
    /// Where it is written.
    pub source: String,
    /// What it is about.
    pub subject: Subject,
    /// Evidence that would speak for it, as `kind:name`; any one of them is some evidence.
    pub evidence: Vec<&'static str>,
}

/// What was found for a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Some evidence is in the run.
    Present,
    /// None is.
    Missing,
    /// It is about what the work does not handle.
    NotApplicable,
}

/// A control's state with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mapped {
    /// The list.
    pub framework: Framework,
    /// The control's number.
    pub id: &'static str,
    /// Present, missing or not applicable.
    pub state: State,
    /// Which evidence there is or would be needed, or why it does not apply.
    pub why: String,
}

/// Every control.
pub static CONTROLS: LazyLock<Vec<Control>> = LazyLock::new(|| {
    include_str!("../data/controls.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(read)
        .collect()
});

/// Maps evidence (`artifact:prd.md`, `gate:security`, `guard:exfil`, `ledger:head`) to all controls of `framework`.
pub fn map(framework: Framework, evidence: &BTreeSet<String>, handles: &BTreeSet<Subject>) -> Vec<Mapped> {
    CONTROLS
        .iter()
        .filter(|control| control.framework == framework)
        .map(|control| one(control, evidence, handles))
        .collect()
}

fn one(control: &Control, evidence: &BTreeSet<String>, handles: &BTreeSet<Subject>) -> Mapped {
    let there: Vec<&str> =
        control.evidence.iter().copied().filter(|wanted| evidence.contains(*wanted)).collect();
    let (state, why) = if control.subject != Subject::Any && !handles.contains(&control.subject) {
        (
            State::NotApplicable,
            format!("the work is not stated to handle what {} is about ({:?})", control.id, control.subject),
        )
    } else if there.is_empty() {
        (State::Missing, format!("none of {} is in the run", control.evidence.join(", ")))
    } else {
        (State::Present, format!("in the run: {}", there.join(", ")))
    };
    Mapped { framework: control.framework, id: control.id, state, why }
}

fn read(line: &'static str) -> Option<Control> {
    let mut cells = line.split('\t');
    let framework = match cells.next()? {
        "soc2" => Framework::Soc2,
        "gdpr" => Framework::Gdpr,
        "hipaa" => Framework::Hipaa,
        _ => return None,
    };
    let id = cells.next()?;
    let title = cells.next()?;
    let subject = match cells.next()? {
        "any" => Subject::Any,
        "personal" => Subject::Personal,
        "special" => Subject::Special,
        "transfer" => Subject::Transfer,
        "health" => Subject::Health,
        "availability" => Subject::Availability,
        "integrity" => Subject::Integrity,
        "confidential" => Subject::Confidential,
        _ => return None,
    };
    let evidence = cells.next()?.split(' ').collect();
    let source = match framework {
        Framework::Soc2 => format!("AICPA TSC section 100, {id}"),
        Framework::Gdpr => {
            format!("Regulation (EU) 2016/679, {id}: https://eur-lex.europa.eu/eli/reg/2016/679/oj")
        }
        Framework::Hipaa => format!("45 CFR {id}: https://www.ecfr.gov/current/title-45/part-164"),
    };
    Some(Control { framework, id, title, source, subject, evidence })
}
