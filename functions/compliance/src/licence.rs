//! `guard-licence`: whether what the application is made of may be used under the licence that it goes out with.
//!
//! The outgoing licence is the one that the tree's own licence file says. Without one nobody outside may use the work, and
//! what is of others in it is still held against the rule that unknown is never allowed.

use async_trait::async_trait;
use ideamine_core::artifacts::{GateFinding, Severity};
use ideamine_core::{Ctx, Failure};
use ideamine_guarding::{Document, Guard, Look, Subject};
use ideamine_licence::Expression;
use ideamine_licence::compat::{self, Outcome, Use, Verdict};
use ideamine_licence::{identify, manifest};

/// Where the application's files lie among the artifacts.
const TREE: &str = "app/";
/// Files at the top of a tree that say its licence, by the beginning of their names.
const OWN: [&str; 4] = ["LICENSE", "LICENCE", "COPYING", "UNLICENSE"];

/// The licence guard at the application of a run.
pub(crate) struct Licence;

#[async_trait]
impl Guard for Licence {
    fn id(&self) -> &'static str {
        "licence"
    }

    async fn look(&self, _: &Ctx, subject: &Subject) -> Result<Look, Failure> {
        let mut look = Look::pass();
        let files =
            || subject.documents.iter().filter_map(|file| Some((file.name.strip_prefix(TREE)?, file)));
        let own = files().find(|(path, _)| is_own(path));
        let outgoing = own.and_then(|(path, file)| expression(&file.text, path));
        for (path, file) in files().filter(|(path, _)| !is_own(path)) {
            if let Some(inbound) = expression(&file.text, path) {
                judge(&mut look, file, &inbound.to_string(), verdict(Some(&inbound), outgoing.as_ref()));
            }
            for part in manifest::components(&file.text, path).into_iter().filter(|part| !part.root) {
                judge(&mut look, file, &part.purl(), verdict(part.licence().as_ref(), outgoing.as_ref()));
            }
        }
        look.review.sort_unstable();
        look.review.dedup();
        Ok(look)
    }
}

fn is_own(path: &str) -> bool {
    !path.contains('/') && OWN.iter().any(|name| path.to_ascii_uppercase().starts_with(name))
}

fn expression(text: &str, path: &str) -> Option<Expression> {
    identify(text, path).expression.as_deref().and_then(Expression::read)
}

/// Files of a tree become one work. What is unknown on either side is for a person.
fn verdict(inbound: Option<&Expression>, outgoing: Option<&Expression>) -> Verdict {
    match (inbound, outgoing) {
        (Some(inbound), Some(outgoing)) => compat::judge(inbound, outgoing, Use::StaticLink),
        _ => compat::judge_unknown("unknown"),
    }
}

fn judge(look: &mut Look, file: &Document, what: &str, verdict: Verdict) {
    if verdict.outcome == Outcome::Allowed {
        return;
    }
    look.review.push(format!("{what} in {}", file.name));
    look.findings.push(GateFinding {
        rule: "licence/incompatible".to_owned(),
        severity: if verdict.outcome == Outcome::Conflict { Severity::Critical } else { Severity::High },
        place: file.name.clone(),
        message: format!("{what}: {} ({})", verdict.why, verdict.source),
    });
}
