//! `agent-security`: threats by rule from the design, and what the files show to stand against them.
//!
//! | rule | who sees it | what |
//! |---|---|---|
//! | `security/open-door` | attacker | an interface without sign-in lets anyone read and change |
//! | `security/flood`, `security/forged` | attacker | too many, too large or forged requests |
//! | `security/messages` … `security/entity` | attacker | what each part and each kind of record can suffer |
//! | `security/care` | privacy | data that needs care is seen or kept too long |
//! | `security/outage`, `security/loss` | operations | another system fails; records are lost |
//! | `security/denied`, `security/misuse` | abuse | who did it; an honest feature used to harm |
//! | `security/control` | all | a measure whose words stand in a file of the tree |

use ideamine_authoring::Work;
use ideamine_core::artifacts::{
    Architecture, Brief, Finding, OpenQuestion, SecurityReview, Severity, Stride, Threat, assign_ids,
};
use ideamine_core::ports::SourceFile;
use ideamine_core::{Failure, Text};

use crate::drafts::{brief, design};
use crate::shape::{clip, operation, says};
use crate::trace::Pair;
use crate::typed::Body;

/// The security agent.
pub struct Security;

impl Body for Security {
    type Answer = SecurityReview;
    const NAME: &'static str = "agent-security";
    const FORM: &'static str = "security";

    fn compose(&self, work: &Work) -> Result<SecurityReview, Failure> {
        let (brief, design) = (brief(work), design(work));
        let role = work.role.as_ref().map(|r| r.role.as_str());
        let views = ["attacker", "privacy", "operations", "abuse"];
        let sees = |view: &str| role.is_none_or(|r| r == view || !views.contains(&r));
        let mut review = SecurityReview {
            threats: vec![],
            findings: vec![],
            controls: controls(&work.files),
            questions: vec![],
        };
        if sees("attacker") {
            attacker(&brief, &design, &work.files, &mut review);
        }
        if sees("attacker") {
            parts(&design, &mut review);
        }
        if sees("privacy") {
            privacy(&brief, &design, &mut review);
        }
        if sees("operations") {
            operations(&design, &mut review);
        }
        if sees("abuse") {
            abuse(&brief, &design, &mut review);
        }
        Ok(review)
    }
    fn number(review: &mut SecurityReview) {
        assign_ids("T", review.threats.iter_mut().map(|t| &mut t.id));
        assign_ids("F", review.findings.iter_mut().map(|f| &mut f.id));
    }
    fn traces(review: &SecurityReview) -> Vec<Pair> {
        review.threats.iter().map(|t| (t.id.clone(), format!("element:{}", t.element))).collect()
    }
    fn questions(review: &mut SecurityReview) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut review.questions)
    }
}

fn threat(element: &str, stride: Stride, statement: String, rule: &str, mitigation: Text) -> Threat {
    let statement = Text::rule(statement, rule);
    Threat { id: String::new(), element: element.to_owned(), stride, statement, mitigation }
}

fn finding(severity: Severity, subject: &str, text: String, rule: &str, answer: Option<Text>) -> Finding {
    Finding {
        id: String::new(),
        severity,
        subject: subject.to_owned(),
        statement: Text::rule(text, rule),
        answer,
    }
}

/// Signs in code that someone is asked who they are.
const SIGN_IN: &[&str] =
    &["authorization", "session_cookie", "set-cookie", "check_password", "authenticate("];

fn attacker(brief: &Brief, design: &Architecture, files: &[SourceFile], review: &mut SecurityReview) {
    let Some(endpoint) = design.endpoints.first() else { return };
    let place = operation(endpoint);
    let signed = shows(files, SIGN_IN)
        .map(|path| Text::rule(format!("Requests are checked in app/{path}."), "security/control"));
    let mitigation = signed.clone().unwrap_or_else(|| Text::missing("how people are known to the interface"));
    let text = "Someone who can reach the interface reads or changes every record under anyone's name.";
    review.threats.push(threat(&place, Stride::Spoofing, text.to_owned(), "security/open-door", mitigation));
    let severity = if brief.sensitive_data.is_empty() { Severity::Medium } else { Severity::High };
    let text = "The interface asks nobody who they are: whoever reaches it may do everything.".to_owned();
    review.findings.push(finding(severity, "component:interface", text, "security/open-door", signed));
    let limit = shows(files, &["max_body", "content-length", "413"]);
    let limited =
        limit.map(|path| Text::rule(format!("Large bodies are refused in app/{path}."), "security/control"));
    let mitigation = limited.unwrap_or_else(|| Text::missing("limits on size and number of requests"));
    let text = "Large or many requests keep others from being served.".to_owned();
    review.threats.push(threat("interface", Stride::DenialOfService, text, "security/flood", mitigation));
    let escaped = shows(files, &["escape("])
        .map(|path| Text::rule(format!("Texts are escaped in app/{path}."), "security/control"));
    let mitigation = escaped.unwrap_or_else(|| Text::missing("how texts are kept from acting as code"));
    let text =
        "A text that someone enters acts as code in another person's page or in the records.".to_owned();
    review.threats.push(threat("page", Stride::Tampering, text, "security/forged", mitigation));
}

fn privacy(brief: &Brief, design: &Architecture, review: &mut SecurityReview) {
    for kind in &brief.sensitive_data {
        let element = design.entities.first().map_or("records", |e| e.name.as_str());
        let bound = brief.constraints.iter().find(|c| {
            says(
                c,
                &["delete*", "only the", "only they", "may see", "never", "must not", "encrypted", "gdpr"],
            )
        });
        let mitigation =
            bound.cloned().unwrap_or_else(|| Text::missing("who may see it and how long it is kept"));
        let text = format!("{} reach people who have no need for them.", clip(kind));
        review.threats.push(threat(
            element,
            Stride::InformationDisclosure,
            text,
            "security/care",
            mitigation,
        ));
        let text = format!("Nothing in the skeleton keeps {} from anyone or deletes them.", clip(kind));
        review.findings.push(finding(Severity::High, "data", text, "security/care", None));
    }
}

fn operations(design: &Architecture, review: &mut SecurityReview) {
    for external in design.externals.iter().take(4) {
        let text =
            format!("{} is away, slow or answers wrongly, and part of the system waits.", external.name);
        let mitigation = Text::missing("what happens meanwhile");
        review.threats.push(threat(
            &external.name,
            Stride::DenialOfService,
            text,
            "security/outage",
            mitigation,
        ));
        let text = format!("The key or account for {} leaks from a configuration or a log.", external.name);
        let mitigation = Text::rule(
            "Keep it outside the source and outside every log; the skeleton holds none.",
            "security/outage",
        );
        review.threats.push(threat(
            &external.name,
            Stride::InformationDisclosure,
            text,
            "security/outage",
            mitigation,
        ));
    }
    if !design.entities.is_empty() {
        let text = "The records are lost with the machine they lie on.".to_owned();
        let mitigation =
            Text::rule("Copy the data folder to another place while nothing writes to it.", "security/loss");
        review.threats.push(threat(
            "records",
            Stride::DenialOfService,
            text.clone(),
            "security/loss",
            mitigation,
        ));
        let answer =
            Text::rule("The runbook says how the data folder is copied and put back.", "security/loss");
        review.findings.push(finding(
            Severity::Medium,
            "component:records",
            text,
            "security/loss",
            Some(answer),
        ));
    }
}

fn abuse(brief: &Brief, design: &Architecture, review: &mut SecurityReview) {
    for endpoint in design.endpoints.iter().filter(|e| operation(e).starts_with("DELETE")).take(3) {
        let text = "Someone removes or changes a record and denies it.".to_owned();
        let mitigation = Text::missing("a trail of who changed what");
        review.threats.push(threat(
            &operation(endpoint),
            Stride::Repudiation,
            text,
            "security/denied",
            mitigation,
        ));
    }
    let telling = brief.needs.iter().find(|n| {
        says(&n.statement, &["send*", "sms", "notif*", "remind*", "message*", "invite*", "share*", "post*"])
    });
    if let Some(need) = telling {
        let text = format!("“{}” is used to flood or to deceive others.", clip(&need.statement));
        let mitigation = Text::missing("a limit per person and a way to stop it");
        review.threats.push(threat(
            &need.id,
            Stride::ElevationOfPrivilege,
            text,
            "security/misuse",
            mitigation,
        ));
    }
}

/// What each part can suffer; an entity without a threat of its own is read by those who should not.
#[rustfmt::skip]
const PARTS: &[(&str, Stride, &str, &str, &str)] = &[
    ("messages", Stride::Spoofing, "Messages go out in our name that nobody here wrote.", "security/messages", "who may have messages sent, and how many"),
    ("timer", Stride::DenialOfService, "What is due happens twice, or not at all, and nobody notices.", "security/timer", "how one sees that it ran, and what a second run does"),
    ("offline copy", Stride::InformationDisclosure, "A lost device shows what was copied to it.", "security/offline", "what is copied, and how it is locked"),
    ("gateway", Stride::Tampering, "What another system sends is taken over unchecked.", "security/gateway", "what is checked before it is kept"),
    ("device", Stride::Tampering, "Someone with the device in hand opens or changes it.", "security/device", "what a changed device could do to the rest"),
    ("records", Stride::Tampering, "Someone changes records past the interface.", "security/records", "who can reach the data folder"),
    ("interface", Stride::ElevationOfPrivilege, "Someone does with the interface what only others may.", "security/interface", "who may do what"),
    ("page", Stride::Spoofing, "A page that looks the same collects what people enter.", "security/page", "how people know that it is the right page"),
];

fn parts(design: &Architecture, review: &mut SecurityReview) {
    let named = |review: &SecurityReview, name: &str| review.threats.iter().any(|t| t.element == name);
    for component in &design.components {
        let part = PARTS.iter().find(|(name, ..)| *name == component.name);
        if let Some((name, stride, text, rule, gap)) = part.filter(|_| !named(review, &component.name)) {
            review.threats.push(threat(name, *stride, (*text).to_owned(), rule, Text::missing(gap)));
        }
    }
    for entity in design.entities.iter().filter(|e| !named(review, &e.name)).collect::<Vec<_>>() {
        let words = entity.name.replace('_', " ");
        let text = format!("Records of the kind “{words}” are read by people whom they do not concern.");
        let mitigation = Text::missing(&format!("who may read records of the kind “{words}”"));
        review.threats.push(threat(
            &entity.name,
            Stride::InformationDisclosure,
            text,
            "security/entity",
            mitigation,
        ));
    }
}

/// The first file that holds one of these words, in any case; tests do not count.
fn shows<'a>(files: &'a [SourceFile], words: &[&str]) -> Option<&'a str> {
    let holds = |f: &&SourceFile| {
        let lower = f.content.to_lowercase();
        !f.path.starts_with("tests/") && words.iter().any(|w| lower.contains(w))
    };
    files.iter().find(holds).map(|f| f.path.as_str())
}

/// Measures by the words that give them away in a file.
fn controls(files: &[SourceFile]) -> Vec<Text> {
    const MEASURES: &[(&[&str], &str)] = &[
        (&["content-security-policy"], "The page may load nothing from elsewhere"),
        (&["escape("], "What people enter is escaped before it is shown"),
        (&["max_body", "413"], "Bodies over a limit are refused"),
        (&["x-content-type-options"], "Answers cannot be read as another type"),
        (&["values (?", "= ?", "(?, "], "Values are bound to SQL, never written into it"),
        (&["settimeout", "timeout_s", "idle_timeout"], "Silent connections are closed"),
    ];
    let measure = |(words, text): &(&[&str], &str)| {
        shows(files, words).map(|path| Text::rule(format!("{text} (app/{path})."), "security/control"))
    };
    MEASURES.iter().filter_map(measure).collect()
}
