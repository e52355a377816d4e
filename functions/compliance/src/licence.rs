//! `guard-licence`: whether what the application is made of may be used under the licence that it goes out with.
//!
//! The outgoing licence is the one that the tree's own licence file says. Without one nobody outside may use the work, and
//! what is of others in it is still held against the rule that unknown is never allowed.

use async_trait::async_trait;
use ideamine_authoring::rows;
use ideamine_core::artifacts::{GateFinding, Severity};
use ideamine_core::records::{RunRow, key};
use ideamine_core::{Ctx, Digest, Failure};
use ideamine_guarding::{Document, Guard, Look, Subject};
use ideamine_licence::Expression;
use ideamine_licence::compat::{self, Outcome, Use, Verdict};
use ideamine_licence::manifest::Component;
use ideamine_licence::notice::{self, Part};
use ideamine_licence::sbom::{self, About};
use ideamine_licence::{identify, manifest};
use jiff::Timestamp;

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

    async fn look(&self, ctx: &Ctx, subject: &Subject) -> Result<Look, Failure> {
        let mut look = Look::pass();
        let files =
            || subject.documents.iter().filter_map(|file| Some((file.name.strip_prefix(TREE)?, file)));
        let own = files().find(|(path, _)| is_own(path));
        let outgoing = own.and_then(|(path, file)| expression(&file.text, path));
        let mut parts: Vec<Component> = Vec::new();
        for (path, file) in files().filter(|(path, _)| !is_own(path)) {
            if let Some(inbound) = expression(&file.text, path) {
                judge(&mut look, file, &inbound.to_string(), verdict(Some(&inbound), outgoing.as_ref()));
            }
            for part in manifest::components(&file.text, path).into_iter().filter(|part| !part.root) {
                judge(&mut look, file, &part.purl(), verdict(part.licence().as_ref(), outgoing.as_ref()));
                parts.push(part);
            }
        }
        if files().next().is_some() {
            parts.sort();
            parts.dedup();
            let run: RunRow = rows::get(ctx, &key::run(&ctx.tenant, &ctx.run)).await?;
            let list = sbom::cyclonedx(&about(ctx, run.created_ms), &parts);
            look.beside.push(("sbom".to_owned(), ctx.put_json(&list).await?));
            look.beside.push(("NOTICE".to_owned(), ctx.put(notice(&parts).into_bytes()).await?));
        }
        look.review.sort_unstable();
        look.review.dedup();
        Ok(look)
    }
}

/// The list of parts is of the run: its name, and its time, so that a second look makes the same.
fn about(ctx: &Ctx, created_ms: i64) -> About {
    let digest = Digest::of(ctx.run.as_str().as_bytes()).hex();
    let created = Timestamp::from_millisecond(created_ms).unwrap_or_default();
    About {
        name: format!("application of run {}", ctx.run),
        version: "0".to_owned(),
        created: format!("{created:.0}"),
        // RFC 9562, version 8: from the run's id.
        uuid: format!(
            "{}-{}-8{}-8{}-{}",
            &digest[..8],
            &digest[8..12],
            &digest[13..16],
            &digest[17..20],
            &digest[20..32]
        ),
    }
}

fn notice(parts: &[Component]) -> String {
    let part = |component: &Component| Part {
        component: component.clone(),
        licence: component.licence(),
        copyright: vec![],
        texts: vec![],
    };
    notice::notice("The application", &parts.iter().map(part).collect::<Vec<_>>())
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
