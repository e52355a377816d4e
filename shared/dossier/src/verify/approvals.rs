//! What people signed: each approval is held against the approvers that the plan names, against what its gate judged
//! last, and against being used twice.

use std::collections::BTreeSet;

use ideamine_core::Digest;
use ideamine_core::artifacts::GateOutcome;
use ideamine_core::records::{Approval, FactBody, Plan, Row, Signature, SignedApproval};
use ideamine_ledger::approval::{self, Judged, WAIVE};
use ideamine_ledger::{ProblemKind, phase_of};

use super::Check;
use crate::build;
use crate::content::{Paper, PaperKind};

/// A person's signature on the ledger.
struct Signed<'a> {
    row: &'a Row,
    over: Digest,
    signature: &'a Signature,
}

/// The decision that an approval was used for.
struct Used<'a> {
    row: &'a Row,
    gate: &'a str,
    by: &'a str,
    over: Option<Digest>,
}

impl<'a> Check<'a> {
    /// The plan that the dossier holds is the one that the run had.
    pub(super) fn plan(&mut self) -> Option<Plan> {
        let content = &self.dossier.content;
        let paper = content.papers.iter().find(|paper| paper.kind == PaperKind::Plan)?;
        let plan: Option<Plan> = paper.text.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let Some(plan) = plan.filter(|_| paper.digest == content.plan.hash) else {
            self.content(None, "content.papers (plan): not the plan whose digest the run states".to_owned());
            return None;
        };
        if build::plan(&plan, paper.digest) != content.plan {
            self.content(None, "content.plan: does not say what the plan says".to_owned());
        }
        Some(plan)
    }

    /// Every approval may be used for what it was used for, and no gate was waived without one.
    pub(super) fn approvals(&mut self, plan: Option<&Plan>) {
        let (signed, used) = (self.signed(), self.used());
        let mut nonces = BTreeSet::new();
        for signed in &signed {
            let used: Vec<&Used<'_>> = used.iter().filter(|used| used.over == Some(signed.over)).collect();
            let nonce = self.approval(signed, &used, plan).map(|approval| approval.nonce);
            match nonce.map(|nonce| nonces.insert(nonce)) {
                Ok(true) => {}
                Ok(false) => self.refuse(signed.row, "its nonce was used before"),
                Err(why) => self.refuse(signed.row, &why),
            }
        }
        for used in used.iter().filter(|used| !signed.iter().any(|signed| Some(signed.over) == used.over)) {
            self.refuse(used.row, &format!("gate {} was waived and nobody signed it", used.gate));
        }
    }

    fn refuse(&mut self, row: &Row, why: &str) {
        let phase = phase_of(&row.fact.path).map(str::to_owned);
        self.add(ProblemKind::Approval, Some(row), phase, format!("approval: {why}"));
    }

    /// One approval, or why it may not be used.
    fn approval(
        &self,
        signed: &Signed<'_>,
        used: &[&Used<'_>],
        plan: Option<&Plan>,
    ) -> Result<Approval, String> {
        let approval =
            self.statement(signed.over).ok_or("the statement that was signed is not in the dossier")?;
        let plan = plan.ok_or("the plan, which names the approvers, is not in the dossier")?;
        if used.len() > 1 {
            return Err(format!("it was used {} times", used.len()));
        }
        let content = &self.dossier.content;
        let entry = content.phases.iter().find(|phase| phase.id == approval.phase);
        let entry = entry
            .ok_or_else(|| format!("it is for phase {}, which the run does not have", approval.phase))?;
        let open = |outcome| matches!(outcome, GateOutcome::Fail | GateOutcome::Waived);
        let judged = Judged {
            tenant: &content.run.tenant,
            run: &content.run.id,
            phase: &entry.id,
            attempt: entry.attempts,
            artifacts: entry.artifacts.iter().map(|artifact| artifact.digest).collect(),
            gates: entry
                .gates
                .iter()
                .filter(|g| open(g.outcome))
                .map(|g| (g.id.as_str(), g.evidence))
                .collect(),
            approvers: &plan.approvers,
        };
        let at = used.first().map_or(signed.row, |used| used.row);
        let whole = SignedApproval { approval, signature: signed.signature.clone() };
        approval::check(&judged, &whole, at.fact.at_ms).map_err(|void| void.to_string())?;
        let approval = whole.approval;
        let fits = |used: &&Used<'_>| {
            (phase_of(&used.row.fact.path), used.gate, used.by)
                == (Some(approval.phase.as_str()), &*approval.gate, "person")
        };
        if !used.iter().all(fits) || signed.row.fact.path != approval::path(&approval.nonce) {
            return Err("it was used for another gate or another phase than it names".to_owned());
        }
        Ok(approval)
    }

    /// What was signed, if its text is here and is the one.
    fn statement(&self, over: Digest) -> Option<Approval> {
        let signed = |paper: &&Paper| paper.kind == PaperKind::Approval && paper.digest == over;
        let paper = self.dossier.content.papers.iter().find(signed)?;
        let approval: Approval = serde_json::from_str(paper.text.as_deref()?).ok()?;
        Digest::of_json(&approval).is_ok_and(|digest| digest == over).then_some(approval)
    }

    fn signed(&self) -> Vec<Signed<'a>> {
        let of = |row: &'a Row| match &row.fact.body {
            FactBody::Signature { signature, .. } => {
                build::approval(&row.fact).map(|over| Signed { row, over, signature })
            }
            _ => None,
        };
        self.dossier.ledger.rows.iter().filter_map(of).collect()
    }

    fn used(&self) -> Vec<Used<'a>> {
        let of = |row: &'a Row| match &row.fact.body {
            FactBody::Decision { decision, choice, by, subject } if decision == WAIVE => {
                Some(Used { row, gate: choice, by, over: *subject })
            }
            _ => None,
        };
        self.dossier.ledger.rows.iter().filter_map(of).collect()
    }
}
