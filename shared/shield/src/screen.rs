//! The shield itself: readings of the text, rules over each, the classifier over each stretch of each, one judgement.
use crate::concepts::{Concept, Hit, concepts, lower};
use crate::features::{features, windows};
use crate::model::Model;
use crate::rules::{BLOCKING_SCORE, Fired, fire};
use crate::threat::{Channel, Finding, Point, Screening, Threat};
use ideamine_unmask::{HiddenKind, Limits, Step, Unmasked, View, unmask};
use std::ops::Range;

/// Added to the sum of a stretch that was encoded: who encodes orders means to hide them.
const DECODED_BONUS: f32 = 1.0;
/// A run of invisible tag or selector characters this long carries text.
const MIN_SMUGGLED: usize = 6;
/// Words with letters of another script that look Latin: one may be a slip or a name.
const MIN_DISGUISED_WORDS: usize = 2;
/// Letters followed by an invisible character: a few are left over from a copy.
const MIN_SPLIT_LETTERS: usize = 8;
/// How much the highest sum grows with the logarithm of the number of stretches, and up to which number.
const CHANCE_PER_STRETCH: f32 = 0.35;
const MAX_COUNTED_STRETCHES: usize = 8;
/// Findings told for one text; more say nothing new.
const MAX_FINDINGS: usize = 32;

/// One stretch of one reading.
pub struct Stretch {
    /// The bytes of the source it comes from.
    pub span: Range<usize>,
    /// What the classifier sees.
    pub features: Vec<u32>,
    /// Whether it was encoded.
    pub decoded: bool,
    /// The type of attack it would be.
    pub threat: Threat,
}

/// A rule that fired, with the bytes of the source.
pub struct RuleHit {
    /// Its name.
    pub name: &'static str,
    finding: Finding,
}

impl RuleHit {
    /// Whether it blocks by itself.
    pub fn blocks(&self) -> bool {
        self.finding.score >= BLOCKING_SCORE
    }
}

/// What there is to judge in a text. `each` gets every stretch, its features in a buffer used again.
fn read(found: &Unmasked<'_>, channel: Channel, mut each: impl FnMut(Stretch) -> Vec<u32>) -> Vec<RuleHit> {
    let mut rule_hits = Vec::new();
    let mut buffer = Vec::new();
    for view in readings(found) {
        let text = lower(&view.text);
        let hits = concepts(&text);
        let hidden = is_hidden(view, found);
        rule_hits.extend(fire(&hits).iter().map(|fired| rule_hit(view, fired, channel, hidden)));
        let mut from = 0;
        for window in windows(&text) {
            from += hits[from..].iter().take_while(|hit| hit.start < window.start).count();
            let count = hits[from..].iter().take_while(|hit| hit.start < window.end).count();
            let inside = &hits[from..from + count];
            let rules: Vec<u8> = fire(inside).iter().map(|fired| fired.at as u8).collect();
            features(&text[window.clone()], inside, &rules, &mut buffer);
            let threat = threat_of(inside, view);
            let span = view.source_span(window);
            buffer = each(Stretch { span, features: buffer, decoded: hidden, threat });
        }
    }
    rule_hits
}

/// Whether a reading was hidden from a reader: what was an encoding as a whole, or text mostly in escapes.
fn is_hidden(view: &View<'_>, found: &Unmasked<'_>) -> bool {
    let in_place =
        |step: &Step| matches!(step, Step::Percent | Step::Html | Step::Escape | Step::QuotedPrintable);
    let runs = view.how.iter().any(|step| step.is_decoding() && !in_place(step));
    let source = found.views.first().map_or(0, |source| source.text.len());
    runs || (view.is_decoded() && view.text.len() * 2 <= source)
}

/// The readings worth judging: the folded one instead of the source if they differ.
fn readings<'f, 't>(found: &'f Unmasked<'t>) -> &'f [View<'t>] {
    let folded = found.views.get(1).is_some_and(|view| view.how == [Step::Fold]);
    &found.views[usize::from(folded)..]
}

fn rule_hit(view: &View<'_>, fired: &Fired, channel: Channel, hidden: bool) -> RuleHit {
    let threat = match (hidden, fired.foreign) {
        (true, _) => Threat::EncodingObfuscation,
        (_, true) => Threat::Multilingual,
        _ => fired.rule.threat,
    };
    // Encoded or disguised orders are meant to be hidden: what is doubtful in the open is not.
    let plain = fired.score(channel);
    let score = if hidden && plain >= 0.5 { plain.max(BLOCKING_SCORE) } else { plain };
    let span = view.source_span(fired.start..fired.end);
    RuleHit {
        name: fired.rule.name,
        finding: Finding { threat, span, score, rule: fired.rule.name, reason: fired.rule.reason },
    }
}

/// The type that a stretch without a rule is nearest to, by its concepts.
fn threat_of(hits: &[Hit], view: &View<'_>) -> Threat {
    if view.is_decoded() {
        return Threat::EncodingObfuscation;
    }
    let has = |concept: Concept| hits.iter().any(|hit| hit.concept == concept);
    let foreign = hits.iter().filter(|hit| hit.foreign).count() * 2 > hits.len();
    match () {
        () if foreign => Threat::Multilingual,
        () if has(Concept::Marker) => Threat::DelimiterFormatInjection,
        () if has(Concept::Hidden) => Threat::SystemPromptExtraction,
        () if has(Concept::Privilege) => Threat::PrivilegeEscalation,
        () if has(Concept::Persona) || has(Concept::Unbound) => Threat::Roleplay,
        () if has(Concept::Send) && has(Concept::Data) => Threat::ExfiltrationRequest,
        () if has(Concept::Encoding) || has(Concept::Decode) => Threat::EncodingObfuscation,
        () if has(Concept::Split) => Threat::PayloadSplitting,
        () if has(Concept::Note) && has(Concept::Model) => Threat::IndirectInjection,
        () => Threat::InstructionOverride,
    }
}

/// Text smuggled in characters that nobody sees, whatever it says.
fn smuggled(found: &Unmasked<'_>) -> Vec<RuleHit> {
    let carries = |kind: HiddenKind| matches!(kind, HiddenKind::Tag | HiddenKind::Selector);
    let carried = found.hidden.iter().filter(|hidden| carries(hidden.kind) && hidden.count >= MIN_SMUGGLED);
    let smuggled =
        carried.map(|hidden| (hidden.span.clone(), "smuggled-text", "text in invisible characters", 0.97));
    let words = found.disguised_words >= MIN_DISGUISED_WORDS;
    let whole = 0..found.views.first().map_or(0, |source| source.text.len());
    let disguised =
        words.then_some((whole.clone(), "look-alikes", "words that mix look-alike letters", 0.93));
    let split = found.split_letters >= MIN_SPLIT_LETTERS;
    let split = split.then_some((
        whole,
        "split-words",
        "words with invisible characters between their letters",
        0.93,
    ));
    let all = smuggled.chain(disguised).chain(split);
    all.map(|(span, rule, reason, score)| {
        let finding = Finding { threat: Threat::EncodingObfuscation, span, score, rule, reason };
        RuleHit { name: rule, finding }
    })
    .collect()
}

/// For training: the stretches of `text` and the rules that fire on it.
pub fn stretches(text: &str, channel: Channel) -> (Vec<Stretch>, Vec<RuleHit>) {
    let found = unmask(text, &Limits::default());
    let mut all = Vec::new();
    let mut rules = read(&found, channel, |stretch| {
        all.push(stretch);
        Vec::new()
    });
    rules.extend(smuggled(&found));
    (all, rules)
}

/// The sum of a stretch with what its encoding adds.
pub fn sum_of(model: &Model, features: &[u32], decoded: bool) -> f32 {
    model.sum(features) + if decoded { DECODED_BONUS } else { 0.0 }
}

/// The sum of a text whose highest stretch has `highest`, of `count` stretches: the highest of many is high by chance.
/// The count is capped, so that an attack cannot be drowned in padding.
pub fn text_sum(highest: f32, count: usize) -> f32 {
    highest - CHANCE_PER_STRETCH * (count.clamp(1, MAX_COUNTED_STRETCHES) as f32).ln()
}

/// Judges `text` from `channel` at `point`. Linear in the text and what is encoded in it; never fails.
pub fn screen(text: &str, channel: Channel, point: Point) -> Screening {
    let model = Model::built_in();
    let threshold = model.threshold(channel, point);
    let found = unmask(text, &Limits::default());
    let mut findings = Vec::new();
    let (mut highest, mut count) = (f32::NEG_INFINITY, 0);
    let mut best: Option<(Threat, Range<usize>)> = None;
    let mut rules = read(&found, channel, |stretch| {
        let sum = sum_of(model, &stretch.features, stretch.decoded);
        count += 1;
        if sum > highest {
            highest = sum;
            best = Some((stretch.threat, stretch.span));
        }
        stretch.features
    });
    rules.extend(smuggled(&found));
    let by_rule = rules.iter().any(RuleHit::blocks);
    findings.extend(rules.into_iter().map(|hit| hit.finding));
    let sum = text_sum(highest, count);
    if let Some((threat, span)) = best.filter(|_| sum >= threshold) {
        let score = model.probability(sum);
        findings.push(Finding {
            threat,
            span,
            score,
            rule: "classifier",
            reason: "reads like known attacks of this type",
        });
    }
    findings.sort_by(|one, other| other.score.total_cmp(&one.score));
    findings.truncate(MAX_FINDINGS);
    let by_findings = findings.first().map_or(0.0, |finding| finding.score);
    let score = by_findings.max(if sum.is_finite() { model.probability(sum) } else { 0.0 });
    let blocked = by_rule || sum >= threshold || found.truncated;
    Screening { blocked, score, findings, truncated: found.truncated }
}
