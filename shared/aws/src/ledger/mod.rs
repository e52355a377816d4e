//! The `Ledger` port on a DynamoDB table into which its functions may only `INSERT`.
//!
//! Nothing here can overwrite: every write is a PartiQL `INSERT`, which the table refuses where a row is already, and
//! the roles have `dynamodb:PartiQLInsert` and `dynamodb:Query` alone. Several inserts are one transaction.
//!
//! | sort key | what |
//! |---|---|
//! | `fact#PATH#KIND#ORDINAL` | one fact |
//! | `rows#FIRST` | sealed rows from this number on, as a JSON list |
//! | `head#SIZE` | the signed head of so many rows |

mod append;
mod facts;

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::execute_transaction::ExecuteTransactionError;
use aws_sdk_dynamodb::types::ParameterizedStatement;
use ideamine_core::ports::{Key, Ledger, ROW_BYTES_MAX, WRITE_SET_BYTES_MAX, WRITE_SET_ITEMS_MAX};
use ideamine_core::records::{Fact, Row, SignedHead, key::run_pk};
use ideamine_core::{Failure, RunId, Tenant};
use serde::de::DeserializeOwned;

use crate::dynamo::{Cancelled, PK, Range, SK, VALUE, after_race, cancelled, query, text, text_of};
use crate::error::{failure, unavailable};
use crate::limits::RACES_MAX;
use crate::settings::{LEDGER_TABLE, Settings, needed};

/// The ledger of one stack.
pub(crate) struct Rows {
    client: Client,
    objects: aws_sdk_s3::Client,
    settings: Arc<Settings>,
}

/// One row of the table, not yet there.
struct New {
    sk: String,
    json: String,
}

/// How an insert ended.
enum Inserted {
    All,
    /// Nothing was written: these were there already.
    There(Vec<usize>),
}

impl Rows {
    pub(crate) fn new(client: Client, objects: aws_sdk_s3::Client, settings: Arc<Settings>) -> Self {
        Self { client, objects, settings }
    }

    fn table(&self) -> Result<&str, Failure> {
        needed(&self.settings.ledger_table, LEDGER_TABLE)
    }

    /// Inserts all or nothing.
    async fn insert_new(&self, pk: &str, new: &[&New]) -> Result<Inserted, Failure> {
        check_limits(pk, new)?;
        let what = format!("insert {} rows into the ledger {pk}", new.len());
        // Only the table's name is part of the statement; what is stored is a parameter.
        let statement =
            format!("INSERT INTO \"{}\" VALUE {{'{PK}': ?, '{SK}': ?, '{VALUE}': ?}}", self.table()?);
        let insert = |new: &&New| {
            let parameters = vec![text(pk), text(&new.sk), text(&new.json)];
            let insert =
                ParameterizedStatement::builder().statement(&statement).set_parameters(Some(parameters));
            insert.build().map_err(|e| Failure::bug(format!("cannot {what}: {e}")))
        };
        let inserts = new.iter().map(insert).collect::<Result<Vec<_>, _>>()?;
        for tries in 1..=RACES_MAX {
            let sent =
                self.client.execute_transaction().set_transact_statements(Some(inserts.clone())).send().await;
            let Err(error) = sent else { return Ok(Inserted::All) };
            let Some(ExecuteTransactionError::TransactionCanceledException(cancel)) =
                error.as_service_error()
            else {
                return Err(failure(&what, &error));
            };
            match cancelled(&what, cancel.cancellation_reasons()) {
                Cancelled::Refused(which) => return Ok(Inserted::There(which)),
                Cancelled::Failed(failure) => return Err(failure),
                Cancelled::Raced => after_race(tries).await,
            }
        }
        Err(unavailable(&what, "others write at the same place all the time"))
    }

    /// Everything of a run whose sort key begins with this, parsed, in order.
    async fn all<T: DeserializeOwned>(
        &self,
        tenant: &Tenant,
        run: &RunId,
        prefix: &str,
    ) -> Result<Vec<T>, Failure> {
        let pk = run_pk(tenant, run);
        let range = Range { table: self.table()?, pk: &pk, prefix, after: None, limit: usize::MAX };
        let found = query(&self.client, range).await?;
        found.iter().map(|item| parsed(run, text_of(item, VALUE)?)).collect()
    }
}

#[async_trait]
impl Ledger for Rows {
    async fn insert(&self, tenant: &Tenant, run: &RunId, facts: Vec<Fact>) -> Result<(), Failure> {
        self.insert_facts(tenant, run, facts).await
    }

    async fn facts(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<Fact>, Failure> {
        let mut facts: Vec<Fact> = self.all(tenant, run, facts::PREFIX).await?;
        facts.sort_by_cached_key(Fact::place);
        Ok(facts)
    }

    async fn append(
        &self,
        tenant: &Tenant,
        run: &RunId,
        rows: Vec<Row>,
        head: SignedHead,
    ) -> Result<(), Failure> {
        self.append_rows(tenant, run, rows, head).await
    }

    async fn rows(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<Row>, Failure> {
        let segments: Vec<Vec<Row>> = self.all(tenant, run, append::ROWS).await?;
        Ok(segments.into_iter().flatten().collect())
    }

    async fn heads(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<SignedHead>, Failure> {
        self.all(tenant, run, append::HEAD).await
    }
}

fn check_limits(pk: &str, new: &[&New]) -> Result<(), Failure> {
    if new.len() > WRITE_SET_ITEMS_MAX {
        let message =
            format!("{} ledger rows at once are over the limit of {WRITE_SET_ITEMS_MAX}", new.len());
        return Err(Failure::input(message));
    }
    let mut all = 0;
    for row in new {
        Key { pk: pk.to_owned(), sk: row.sk.clone() }.check()?;
        let bytes = pk.len() + row.sk.len() + row.json.len();
        if bytes > ROW_BYTES_MAX {
            let message =
                format!("ledger row {} of {bytes} bytes is over the limit of {ROW_BYTES_MAX}", row.sk);
            return Err(Failure::input(message));
        }
        all += bytes;
    }
    if all > WRITE_SET_BYTES_MAX {
        let message =
            format!("{all} bytes for the ledger at once are over the limit of {WRITE_SET_BYTES_MAX}");
        return Err(Failure::input(message));
    }
    Ok(())
}

fn parsed<T: DeserializeOwned>(run: &RunId, json: &str) -> Result<T, Failure> {
    serde_json::from_str(json).map_err(|e| Failure::corrupt(format!("a ledger entry of run {run}: {e}")))
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|e| Failure::bug(format!("a ledger entry is no JSON: {e}")))
}
