//! Facts: inserted at their place, the same again changes nothing.

use ideamine_core::failure::FailureKind;
use ideamine_core::records::{Fact, FactKind, key::run_pk};
use ideamine_core::{Failure, RunId, Tenant};

use super::{Inserted, New, Rows, json, parsed};
use crate::dynamo::{Range, SK, VALUE, query, text_of};

/// What the sort keys of facts begin with.
pub(super) const PREFIX: &str = "fact#";

impl Rows {
    pub(super) async fn insert_facts(
        &self,
        tenant: &Tenant,
        run: &RunId,
        facts: Vec<Fact>,
    ) -> Result<(), Failure> {
        let pk = run_pk(tenant, run);
        let mut fresh = distinct(run, facts)?;
        // Each round takes at least one away.
        while !fresh.is_empty() {
            let new: Vec<&New> = fresh.iter().map(|(_, new)| new).collect();
            let Inserted::There(which) = self.insert_new(&pk, &new).await? else { return Ok(()) };
            for (index, (fact, new)) in fresh.iter().enumerate() {
                if which.contains(&index) && !self.fact_at(run, &pk, &new.sk).await?.says_the_same(fact) {
                    return Err(other_fact(run, fact));
                }
            }
            let mut index = 0..;
            fresh.retain(|_| index.next().is_none_or(|index| !which.contains(&index)));
        }
        Ok(())
    }

    /// The fact at a place that was said to be taken.
    async fn fact_at(&self, run: &RunId, pk: &str, sk: &str) -> Result<Fact, Failure> {
        // The role may query and nothing else. Of all keys that begin with this one, it is the first itself.
        let range = Range { table: self.table()?, pk, prefix: sk, after: None, limit: 1 };
        let found = query(&self.client, range).await?;
        let item = found.first().filter(|item| text_of(item, SK) == Ok(sk));
        let item = item
            .ok_or_else(|| Failure::corrupt(format!("ledger row {sk} of run {run} was there and is gone")))?;
        parsed(run, text_of(item, VALUE)?)
    }
}

/// Facts with their rows, each place once; two that differ at one place are refused.
fn distinct(run: &RunId, facts: Vec<Fact>) -> Result<Vec<(Fact, New)>, Failure> {
    let mut distinct: Vec<(Fact, New)> = Vec::new();
    for fact in facts {
        match distinct.iter().find(|(there, _)| there.place() == fact.place()) {
            Some((there, _)) if there.says_the_same(&fact) => {}
            Some(_) => return Err(other_fact(run, &fact)),
            None => {
                let new = New { sk: sort_key(&fact), json: json(&fact)? };
                distinct.push((fact, new));
            }
        }
    }
    Ok(distinct)
}

/// The last two parts hold no `#`, so that no two places have one key.
fn sort_key(fact: &Fact) -> String {
    let (path, kind, ordinal) = fact.place();
    let kind = match kind {
        FactKind::Task => "task",
        FactKind::Gate => "gate",
        FactKind::Decision => "decision",
        FactKind::Artifact => "artifact",
        FactKind::Cost => "cost",
        FactKind::Signature => "signature",
    };
    format!("{PREFIX}{path}#{kind}#{ordinal:010}")
}

fn other_fact(run: &RunId, fact: &Fact) -> Failure {
    let (path, kind, ordinal) = fact.place();
    let message =
        format!("run {run} has another {kind:?} fact {ordinal} at {path} already; facts never change");
    Failure::new(FailureKind::StepConflict, message)
}
