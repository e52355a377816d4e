//! Thresholds, calibration and the report, all from outcomes on sources that were left out of the training.
use crate::corpus::Row;
use crate::learn::Example;
use ideamine_shield::Model;
use std::collections::BTreeMap;
use std::fmt::Write;

/// False alarms aimed at, of all harmless rows.
const STRICT_FPR: f32 = 0.02;
const DEFAULT_FPR: f32 = 0.01;
/// Overt types, by their names in the corpora.
const OVERT: [&str; 4] = [
    "instruction_override",
    "system_prompt_extraction",
    "delimiter_format_injection",
    "privilege_escalation_devmode",
];

/// What keeps the figures from being a forecast.
const CAVEAT: &str = "\n**These figures are higher than new sources will give.** Only the weights were learned without the \
    source. The lexicon, the scores of rules, the generated harmless texts, the regularisation (one of some ten settings) and \
    the correction for length were worked out while looking at these same outcomes, samples of misses and false alarms \
    included; the multilingual lexicon and the texts like system prompts and look-alike questions owe most to that. The \
    encoded rows are encodings of rows of other sources that the training saw. A set that took no part is still to be run.\n";

/// A row judged by a model that has not seen its source.
pub(crate) struct Outcome {
    attack: bool,
    kind: String,
    source: String,
    sum: f32,
    rule: bool,
    rule_other: bool,
    rules: Vec<&'static str>,
}

impl Outcome {
    pub(crate) fn of(row: &Row, example: &Example, model: &Model) -> Self {
        Self {
            attack: row.attack,
            kind: row.kind.clone(),
            source: row.source.clone(),
            sum: example.sum(model),
            rule: example.rule_blocks,
            rule_other: example.rule_blocks_other,
            rules: example.rules.clone(),
        }
    }

    /// Whether it is of a kind that comes as a document or from a tool.
    fn is_document(&self) -> bool {
        const KINDS: [&str; 4] =
            ["benign_code", "benign_document", "benign_security_doc", "benign_multilingual"];
        KINDS.contains(&self.kind.as_str()) || self.kind == "indirect_injection"
    }

    fn blocked(&self, threshold: f32) -> bool {
        self.rule || self.sum >= threshold
    }
}

/// The sums from which a text is blocked.
pub(crate) struct Thresholds {
    pub(crate) strict: f32,
    pub(crate) default: f32,
    pub(crate) strict_other: f32,
    pub(crate) default_other: f32,
}

/// The lowest sums that keep the false alarms of all harmless rows, rules included, at what is aimed at.
pub(crate) fn thresholds(outcomes: &[Outcome]) -> Thresholds {
    let at = |fpr: f32, of: &dyn Fn(&Outcome) -> bool, rule: &dyn Fn(&Outcome) -> bool| {
        let benign: Vec<&Outcome> =
            outcomes.iter().filter(|outcome| !outcome.attack && of(outcome)).collect();
        let by_rule = benign.iter().filter(|outcome| rule(outcome)).count();
        let allowed = ((benign.len() as f32 * fpr) as usize).saturating_sub(by_rule);
        let mut sums: Vec<f32> =
            benign.iter().filter(|outcome| !rule(outcome)).map(|outcome| outcome.sum).collect();
        sums.sort_by(|one, two| two.total_cmp(one));
        sums.get(allowed).map_or(0.0, |sum| sum + 1e-4)
    };
    let user = |fpr| at(fpr, &|_| true, &|outcome| outcome.rule);
    let other = |fpr| at(fpr, &Outcome::is_document, &|outcome| outcome.rule_other);
    Thresholds {
        strict: user(STRICT_FPR),
        default: user(DEFAULT_FPR),
        strict_other: other(STRICT_FPR),
        default_other: other(DEFAULT_FPR),
    }
}

/// Slope and intercept of a logistic curve over the outcomes (Platt, 1999), by gradient descent; both labels count alike.
pub(crate) fn calibrate(outcomes: &[Outcome]) -> (f32, f32) {
    let attacks = outcomes.iter().filter(|outcome| outcome.attack).count() as f32;
    let harmless = outcomes.len() as f32 - attacks;
    let (mut slope, mut intercept) = (1.0f32, 0.0f32);
    for _ in 0..2000 {
        let (mut by_slope, mut by_intercept) = (0.0, 0.0);
        for outcome in outcomes.iter().filter(|outcome| outcome.sum.is_finite()) {
            let target = f32::from(outcome.attack);
            let weight = if outcome.attack { 0.5 / attacks } else { 0.5 / harmless };
            let error = 1.0 / (1.0 + (-(slope * outcome.sum + intercept)).exp()) - target;
            by_slope += weight * error * outcome.sum;
            by_intercept += weight * error;
        }
        slope -= 0.5 * by_slope;
        intercept -= 0.5 * by_intercept;
    }
    (slope, intercept)
}

/// `n` and the share blocked at the two points and by rules alone.
fn line(out: &mut String, name: &str, rows: &[&Outcome], limits: &Thresholds) {
    let share = |count: usize| count as f32 / rows.len().max(1) as f32;
    let blocked = |threshold: f32| share(rows.iter().filter(|outcome| outcome.blocked(threshold)).count());
    let by_rule = share(rows.iter().filter(|outcome| outcome.rule).count());
    let (strict, default) = (blocked(limits.strict), blocked(limits.default));
    let _ = writeln!(out, "| {name} | {} | {strict:.3} | {default:.3} | {by_rule:.3} |", rows.len());
}

/// A table of groups of outcomes.
fn table(
    out: &mut String,
    title: &str,
    outcomes: &[&Outcome],
    key: impl Fn(&Outcome) -> String,
    limits: &Thresholds,
) {
    let _ = writeln!(
        out,
        "\n## {title}\n\n| | rows | strict | default | by rules alone |\n|---|---|---|---|---|"
    );
    let mut groups: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        groups.entry(key(outcome)).or_default().push(outcome);
    }
    for (name, rows) in &groups {
        line(out, name, rows, limits);
    }
    line(out, "**all**", outcomes, limits);
    let overt: Vec<&Outcome> =
        outcomes.iter().copied().filter(|outcome| OVERT.contains(&outcome.kind.as_str())).collect();
    if !overt.is_empty() {
        line(out, "**overt**", &overt, limits);
    }
}

/// Misses and false alarms at the strict point, to be read while working on the rules; never checked in.
pub(crate) fn errors(rows: &[&Row], outcomes: &[Outcome], limits: &Thresholds) -> String {
    let mut out = String::new();
    for (row, outcome) in
        rows.iter().zip(outcomes).filter(|(_, outcome)| outcome.attack != outcome.blocked(limits.strict))
    {
        let text: String = row.text.chars().take(200).collect();
        let _ = writeln!(
            out,
            "{}\t{}\t{}\t{:.2}\t{}\t{text:?}",
            outcome.attack,
            outcome.source,
            outcome.kind,
            outcome.sum,
            outcome.rules.join(",")
        );
    }
    out
}

/// The report as it is checked in.
pub(crate) fn write_report(rows: &[Row], outcomes: &[Outcome], limits: &Thresholds, model: &Model) -> String {
    let mut out = String::from(
        "# Training report of the prompt shield\n\nWritten by `shield-train`. Every figure is of rows whose source (or \
         group of sources that copied from each other) was left out of the training that judged them, at thresholds \
         chosen over all of those rows, on the user channel. \n",
    );
    out.push_str(CAVEAT);
    let attacks = rows.iter().filter(|row| row.attack).count();
    let _ = writeln!(
        out,
        "\n{} rows, {attacks} of them attacks. Sums from which a text is blocked: strict {:.3}, \
        default {:.3}; calibration {:.3} x + {:.3}.",
        rows.len(),
        limits.strict,
        limits.default,
        model.slope,
        model.intercept
    );
    let (attack, harmless): (Vec<&Outcome>, Vec<&Outcome>) =
        outcomes.iter().partition(|outcome| outcome.attack);
    table(&mut out, "Recall by type", &attack, |outcome| outcome.kind.clone(), limits);
    table(&mut out, "Recall by source", &attack, |outcome| outcome.source.clone(), limits);
    table(&mut out, "False alarms by type", &harmless, |outcome| outcome.kind.clone(), limits);
    table(&mut out, "False alarms by source", &harmless, |outcome| outcome.source.clone(), limits);
    documents_table(&mut out, outcomes, limits);
    rules_table(&mut out, outcomes);
    out
}

/// The document channel, on the kinds that come by it.
fn documents_table(out: &mut String, outcomes: &[Outcome], limits: &Thresholds) {
    let mut groups: BTreeMap<(&str, &str), Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|outcome| outcome.is_document()) {
        groups.entry((&outcome.kind, &outcome.source)).or_default().push(outcome);
    }
    let _ = writeln!(
        out,
        "\n## Blocked on the document channel (strict {:.3}, default {:.3})\n\n| type | source | rows | strict | \
        default | by rules alone |\n|---|---|---|---|---|---|",
        limits.strict_other, limits.default_other
    );
    for ((kind, source), rows) in &groups {
        let share = |threshold: f32| {
            let blocked =
                rows.iter().filter(|outcome| outcome.rule_other || outcome.sum >= threshold).count();
            blocked as f32 / rows.len() as f32
        };
        let (strict, default, rules) =
            (share(limits.strict_other), share(limits.default_other), share(f32::INFINITY));
        let _ =
            writeln!(out, "| {kind} | {source} | {} | {strict:.3} | {default:.3} | {rules:.3} |", rows.len());
    }
}

/// How often each rule fires on attacks and on harmless rows.
fn rules_table(out: &mut String, outcomes: &[Outcome]) {
    let mut rules: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for outcome in outcomes {
        let names: std::collections::BTreeSet<_> = outcome.rules.iter().collect();
        for name in names {
            rules.entry(name).or_default()[usize::from(outcome.attack)] += 1;
        }
    }
    let _ = writeln!(out, "\n## Rules\n\n| rule | attacks | harmless |\n|---|---|---|");
    for (name, [harmless, attacks]) in rules {
        let _ = writeln!(out, "| {name} | {attacks} | {harmless} |");
    }
}
