//! Prices and capabilities of known models: what a call may cost before it is made, and did cost after.
//!
//! The table is a dated snapshot of a third-party list, checked in beside this file; it is an estimate,
//! never the bill. A model that is not in it has no price: `None`, never zero.

use std::collections::BTreeMap;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Request, Usage};
use ideamine_core::{Failure, UsdMicros};
use serde::Deserialize;

use crate::tokens;

/// Prices are per this many tokens.
const PRICE_UNIT_TOKENS: u128 = 1_000_000;

/// Where the table comes from and when it was taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// File of the upstream list.
    pub source: String,
    /// Package and version that carried it.
    pub package: String,
    /// Date, `YYYY-MM-DD`: shown wherever an estimate is shown.
    pub extracted_on: String,
    /// SHA-256 of the upstream file, hex.
    pub sha256_upstream: String,
    /// Its licence.
    pub licence: String,
    /// Unit of all prices.
    pub unit: String,
    /// How far to trust it.
    pub note: String,
}

/// What tokens cost. A request longer than the threshold is charged at the long rates as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Micro-dollars for a million tokens read.
    pub usd_micros_in_per_million: u64,
    /// Micro-dollars for a million tokens written, reasoning included.
    pub usd_micros_out_per_million: u64,
    /// Rates of long requests.
    #[serde(default)]
    pub long: Option<LongPrice>,
}

/// Rates above a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongPrice {
    /// Requests that read more tokens than this are long.
    pub above_tokens_in: u64,
    /// Micro-dollars for a million tokens read.
    pub usd_micros_in_per_million: u64,
    /// Micro-dollars for a million tokens written.
    pub usd_micros_out_per_million: u64,
}

/// One model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it costs.
    pub price: Price,
    /// Most tokens it reads.
    pub context_tokens: u64,
    /// Most tokens it writes.
    pub max_out_tokens: u64,
    /// Whether its provider enforces a JSON Schema; answers are checked by us all the same.
    pub json_schema: bool,
    /// Date of its announced end, `YYYY-MM-DD`.
    #[serde(default)]
    pub retires_on: Option<String>,
    /// Page that states the price.
    pub source: String,
}

/// The table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Where it comes from.
    pub snapshot: Snapshot,
    models: BTreeMap<String, Entry>,
}

impl Price {
    /// What this usage costs, rounded up to the next micro-dollar; `None` when a count is not known.
    pub fn of(&self, usage: &Usage) -> Option<UsdMicros> {
        let (tokens_in, tokens_out) = (usage.tokens_in?, usage.tokens_out?);
        let (rate_in, rate_out) = match self.long {
            Some(long) if tokens_in > long.above_tokens_in => {
                (long.usd_micros_in_per_million, long.usd_micros_out_per_million)
            }
            _ => (self.usd_micros_in_per_million, self.usd_micros_out_per_million),
        };
        let sum = u128::from(tokens_in) * u128::from(rate_in) + u128::from(tokens_out) * u128::from(rate_out);
        let micros = i64::try_from(sum.div_ceil(PRICE_UNIT_TOKENS)).unwrap_or(i64::MAX);
        Some(UsdMicros(micros))
    }

    /// The most that this request can cost: every byte read as a token, every allowed token written.
    pub fn ceiling(&self, request: &Request) -> Option<UsdMicros> {
        let tokens_in = tokens::upper_bound(request);
        self.of(&Usage { tokens_in: Some(tokens_in), tokens_out: Some(u64::from(request.max_tokens)) })
    }
}

impl Catalogue {
    /// The table that is part of this build.
    ///
    /// # Errors
    /// [`FailureKind::ConfigInvalid`] when it does not parse (a test holds that it does).
    pub fn bundled() -> Result<Self, Failure> {
        Self::parse(include_str!("prices.json"))
    }

    /// Reads a table in the same form.
    ///
    /// # Errors
    /// [`FailureKind::ConfigInvalid`] with line and field.
    pub fn parse(json: &str) -> Result<Self, Failure> {
        serde_json::from_str(json)
            .map_err(|e| Failure::new(FailureKind::ConfigInvalid, format!("price table: {e}")))
    }

    /// A model by `provider/model`.
    pub fn entry(&self, model: &str) -> Option<&Entry> {
        self.models.get(model)
    }

    /// Every model with its name, sorted.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.models.iter().map(|(name, entry)| (name.as_str(), entry))
    }

    /// What this usage costs; `None` when model or usage is not known.
    pub fn price(&self, model: &str, usage: &Usage) -> Option<UsdMicros> {
        self.entry(model)?.price.of(usage)
    }

    /// The most that this request can cost; `None` when its model is not known.
    pub fn ceiling(&self, request: &Request) -> Option<UsdMicros> {
        self.entry(&request.model)?.price.ceiling(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn usage(tokens_in: u64, tokens_out: u64) -> Usage {
        Usage { tokens_in: Some(tokens_in), tokens_out: Some(tokens_out) }
    }

    #[test]
    fn a_price_is_whole_micro_dollars_rounded_up_and_long_requests_have_their_own_rates() {
        let long = LongPrice {
            above_tokens_in: 200_000,
            usd_micros_in_per_million: 4_000_000,
            usd_micros_out_per_million: 18_000_000,
        };
        let flat =
            Price { usd_micros_in_per_million: 100_000, usd_micros_out_per_million: 500_000, long: None };
        let tiered = Price {
            usd_micros_in_per_million: 2_000_000,
            usd_micros_out_per_million: 12_000_000,
            long: Some(long),
        };
        let check = |price: Price, tokens_in, tokens_out, micros| {
            assert_eq!(
                price.of(&usage(tokens_in, tokens_out)),
                Some(UsdMicros(micros)),
                "{tokens_in} {tokens_out}"
            );
        };
        check(flat, 0, 0, 0);
        check(flat, 1, 0, 1);
        check(flat, 10, 0, 1);
        check(flat, 11, 0, 2);
        check(flat, 156_000, 52_000, 41_600);
        check(flat, u64::MAX, u64::MAX, i64::MAX);
        check(tiered, 200_000, 1_000, 412_000);
        check(tiered, 200_001, 1_000, 818_004);
        assert_eq!(flat.of(&Usage { tokens_in: Some(1), tokens_out: None }), None);
    }

    #[test]
    fn the_bundled_table_is_dated_and_names_each_model_by_provider() {
        let table = Catalogue::bundled().unwrap();
        assert_eq!(table.snapshot.extracted_on.len(), 10);
        assert!(table.snapshot.licence.contains("MIT"));
        assert!(table.entries().count() > 20);
        for (name, entry) in table.entries() {
            let provider = name.split('/').next().unwrap();
            assert!(["anthropic", "openai", "gemini"].contains(&provider), "{name}");
            assert!(entry.price.usd_micros_out_per_million > 0 && entry.context_tokens > 0, "{name}");
            if let Some(long) = entry.price.long {
                // A ceiling is taken at the upper estimate, so a longer request must never be cheaper.
                assert!(long.usd_micros_in_per_million >= entry.price.usd_micros_in_per_million, "{name}");
                assert!(long.usd_micros_out_per_million >= entry.price.usd_micros_out_per_million, "{name}");
            }
        }
    }

    #[test]
    fn an_unknown_model_has_no_price_and_a_known_one_a_ceiling_above_what_it_can_use() {
        let table = Catalogue::bundled().unwrap();
        let request = |model: &str| Request {
            model: model.to_owned(),
            label: "prd/a1/b00/r0".to_owned(),
            system: "You write requirements.".to_owned(),
            user: "An espresso machine repair shop.".to_owned(),
            schema: json!({"type": "object"}),
            max_tokens: 4_000,
            seed: 7,
        };
        assert_eq!(table.ceiling(&request("openai/gpt-nobody-knows")), None);
        assert_eq!(table.price("local/qwen", &usage(1, 1)), None);
        assert_eq!(table.price("anthropic/claude-haiku-5-5", &Usage::default()), None);
        let ceiling = table.ceiling(&request("anthropic/claude-haiku-5-5")).unwrap();
        let spent = table.price("anthropic/claude-haiku-5-5", &usage(60, 4_000)).unwrap();
        assert!(ceiling > spent, "{ceiling} {spent}");
    }
}
