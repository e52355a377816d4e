//! `guard-exfil`: what must not leave the run, in the idea and in what phases leave.
//!
//! The guard finds, the policy decides (`data_release` with the kinds that were found), and what it refuses is cut out
//! where it can be: the dossier then holds a copy with placeholders. A key, something encoded or a channel to a third
//! party is nobody's slip and ends the run.

use async_trait::async_trait;
use ideamine_core::artifacts::{GateFinding, Severity};
use ideamine_core::records::GuardOutcome;
use ideamine_core::{Ctx, Digest, Failure};
use ideamine_exfil::{Context, Decision, Guard as Scanner, Key, Leak, Registry, decide, redact};
use ideamine_guarding::{Ask, Document, Guard, Look, Policies, Subject, plural};
use ideamine_policy::Kind;
use serde_json::Value;

/// The exfiltration guard at documents of a run.
pub(crate) struct Exfil {
    scanner: Scanner,
    policies: Policies,
}

impl Exfil {
    /// Knows these secrets, which stand in nothing that leaves, whatever their writing.
    pub(crate) fn new(secrets: Registry) -> Self {
        Self { scanner: Scanner::new(secrets), policies: Policies::default() }
    }
}

#[async_trait]
impl Guard for Exfil {
    fn id(&self) -> &'static str {
        "exfil"
    }

    async fn look(&self, ctx: &Ctx, subject: &Subject) -> Result<Look, Failure> {
        let mut look = Look::pass();
        let mut blocked: Vec<String> = Vec::new();
        for (ordinal, document) in (1..).zip(&subject.documents) {
            let leaks = self.scanner.scan(&document.text, &context(document));
            if leaks.is_empty() {
                continue;
            }
            let said = self.policies.decide(ctx, &subject.plan, self.ask(document, &leaks, ordinal)).await?;
            let refused = said.outcome.stops();
            look.findings.extend(leaks.iter().map(|leak| finding(document, leak, refused)));
            if !refused {
                continue;
            }
            if decide(&leaks) == Decision::Block {
                blocked.push(format!("{} ({})", document.name, kinds(&leaks).join(", ")));
                look.withheld.push((document.name.clone(), document.digest, None));
            } else {
                let copy = redact(&document.text, &leaks, &key(document)).text;
                let copy = ctx.put(copy.into_bytes()).await?;
                look.withheld.push((document.name.clone(), document.digest, Some(copy)));
                look.outcome = look.outcome.max(GuardOutcome::Redacted);
            }
        }
        if !blocked.is_empty() {
            look.outcome = GuardOutcome::Blocked;
            let (names, count) = (blocked.join(", "), plural(blocked.len(), "document"));
            look.why =
                Some(format!("{count} must not leave: {names}; `ideamine guard exfil FILE` shows where"));
        }
        Ok(look)
    }
}

impl Exfil {
    fn ask<'a>(&self, document: &Document, leaks: &[Leak], ordinal: u32) -> Ask<'a> {
        let action = Kind::DataRelease {
            destination: "artifact".to_owned(),
            digest: document.digest,
            bytes: document.text.len() as u64,
            findings: kinds(leaks),
        };
        Ask { function: "guard-exfil", phase: None, action, subject: document.digest, ordinal }
    }
}

fn context(document: &Document) -> Context<'_> {
    Context { file: Some(document.name.as_str()), ..Context::default() }
}

/// The kinds of what was found, each once.
fn kinds(leaks: &[Leak]) -> Vec<String> {
    let mut kinds: Vec<String> = leaks.iter().map(kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The kind of a leak, as policies know it.
fn kind(leak: &Leak) -> String {
    if leak.rule == ideamine_exfil::REGISTERED {
        return "registered_secret".to_owned();
    }
    match serde_json::to_value(leak.kind) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}

/// Placeholders are the same within a document. The key is the document itself, which only its owner has.
fn key(document: &Document) -> Key {
    let label = b"ideamine/redaction/v1\0".iter().chain(document.text.as_bytes()).copied();
    Key::new(*Digest::of(&label.collect::<Vec<u8>>()).as_bytes())
}

fn finding(document: &Document, leak: &Leak, refused: bool) -> GateFinding {
    GateFinding {
        rule: format!("exfil/{}/{}", kind(leak), leak.rule),
        severity: if refused { Severity::Critical } else { Severity::Low },
        place: format!("{}@{}..{}", document.name, leak.span.start, leak.span.end),
        message: leak.reason.to_string(),
    }
}
