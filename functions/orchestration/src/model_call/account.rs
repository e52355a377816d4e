//! The arithmetic of the budget row: what a call takes, gives back, books or settles, of the run and of its phase.
//!
//! Each change is made to the run's figures and to the phase's alike, so that the phases' sums are the run's
//! figures whatever happens in between. Pure: the write set around it is [`super::books`]'s.

use ideamine_core::failure::FailureKind;
use ideamine_core::records::{BudgetRow, Limits, PhaseSpend};
use ideamine_core::{Failure, PhaseId, UsdMicros};

/// The most that a call can cost and use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Ceiling {
    /// Money; `None` without a known price.
    pub(super) usd: Option<UsdMicros>,
    /// Tokens, read and written.
    pub(super) tokens: u64,
}

/// What is set aside for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reserved {
    pub(super) usd: UsdMicros,
    pub(super) tokens: u64,
}

/// What an answered call used; tokens that were not stated are `None`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used {
    pub(super) usd: UsdMicros,
    pub(super) tokens_in: Option<u64>,
    pub(super) tokens_out: Option<u64>,
}

/// Which budget does not hold a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error(
        "the model has no known price, so the run's cap of {0} cannot be kept; run without a budget, or with a model \
         of the price table"
    )]
    Unpriced(UsdMicros),
    #[error(
        "the call may cost {most}, and {free} of the run's cap of {cap} is free; raise it: ideamine resume RUN --budget-usd X"
    )]
    Run { most: UsdMicros, free: UsdMicros, cap: UsdMicros },
    #[error(
        "the call may cost {most}, and {free} of the {limit} of phase {phase} (its `budget.usd_micros`) is free; give it \
         that once more: ideamine resume RUN --grant {phase}"
    )]
    Usd { phase: PhaseId, most: UsdMicros, free: UsdMicros, limit: UsdMicros },
    #[error(
        "the call may use {most} tokens, and {free} of the {limit} of phase {phase} (its `budget.tokens`) are free; give \
         it that once more: ideamine resume RUN --grant {phase}"
    )]
    Tokens { phase: PhaseId, most: u64, free: u64, limit: u64 },
}

impl Refusal {
    pub(super) fn failure(&self, step: &str) -> Failure {
        let kind = match self {
            Self::Unpriced(_) => FailureKind::ModelConfig,
            Self::Run { .. } | Self::Usd { .. } | Self::Tokens { .. } => FailureKind::BudgetExhausted,
        };
        Failure::new(kind, format!("{step}: {self}"))
    }
}

/// The phase that pays, and what it may use.
#[derive(Debug, Clone)]
pub(super) struct Payer {
    pub(super) phase: PhaseId,
    pub(super) limits: Limits,
}

impl Payer {
    /// Sets the most that a call can use aside, or says which budget does not hold it.
    ///
    /// The phase's money is not counted where a model has no known price; the run's cap does not allow such a model.
    pub(super) fn take(&self, budget: &mut BudgetRow, ceiling: Ceiling) -> Result<Reserved, Refusal> {
        if let Some(cap) = budget.cap {
            let most = ceiling.usd.ok_or(Refusal::Unpriced(cap))?;
            let free = cap.minus(budget.settled).minus(budget.uncertain).minus(budget.reserved);
            if most > free {
                return Err(Refusal::Run { most, free, cap });
            }
        }
        let phase = || self.phase.clone();
        let spend = budget.phases.entry(phase()).or_default();
        let limit = spend
            .limit(self.limits.usd_micros)
            .map(|micros| UsdMicros(i64::try_from(micros).unwrap_or(i64::MAX)));
        if let (Some(limit), Some(most)) = (limit, ceiling.usd) {
            let free = limit.minus(spend.usd());
            if most > free {
                return Err(Refusal::Usd { phase: phase(), most, free, limit });
            }
        }
        if let Some(limit) = spend.limit(self.limits.tokens) {
            let free = limit.saturating_sub(spend.tokens());
            if ceiling.tokens > free {
                return Err(Refusal::Tokens { phase: phase(), most: ceiling.tokens, free, limit });
            }
        }
        let reserved = Reserved { usd: ceiling.usd.unwrap_or(UsdMicros::ZERO), tokens: ceiling.tokens };
        budget.reserved = budget.reserved.plus(reserved.usd);
        spend.reserved = spend.reserved.plus(reserved.usd);
        spend.tokens_reserved = spend.tokens_reserved.saturating_add(reserved.tokens);
        Ok(reserved)
    }

    /// Gives back what was set aside.
    pub(super) fn give_back(&self, budget: &mut BudgetRow, reserved: Reserved) {
        self.spend(budget, reserved);
    }

    /// Books what was set aside in full: the call may have been charged.
    pub(super) fn book(&self, budget: &mut BudgetRow, reserved: Reserved) {
        budget.uncertain = budget.uncertain.plus(reserved.usd);
        budget.uncertain_calls += 1;
        let spend = self.spend(budget, reserved);
        spend.uncertain = spend.uncertain.plus(reserved.usd);
        spend.tokens_uncertain = spend.tokens_uncertain.saturating_add(reserved.tokens);
    }

    /// Replaces what was set aside by what was used.
    pub(super) fn settle(&self, budget: &mut BudgetRow, reserved: Reserved, used: Used) {
        let (tokens_in, tokens_out) = (used.tokens_in.unwrap_or(0), used.tokens_out.unwrap_or(0));
        budget.settled = budget.settled.plus(used.usd);
        budget.tokens_in = budget.tokens_in.saturating_add(tokens_in);
        budget.tokens_out = budget.tokens_out.saturating_add(tokens_out);
        budget.model_calls += 1;
        let spend = self.spend(budget, reserved);
        spend.settled = spend.settled.plus(used.usd);
        spend.tokens_in = spend.tokens_in.saturating_add(tokens_in);
        spend.tokens_out = spend.tokens_out.saturating_add(tokens_out);
        if used.tokens_in.is_none() || used.tokens_out.is_none() {
            let rest = reserved.tokens.saturating_sub(tokens_in.saturating_add(tokens_out));
            spend.tokens_uncertain = spend.tokens_uncertain.saturating_add(rest);
        }
    }

    /// The phase's figures, after what was set aside is taken off both.
    fn spend<'a>(&self, budget: &'a mut BudgetRow, reserved: Reserved) -> &'a mut PhaseSpend {
        budget.reserved = budget.reserved.minus(reserved.usd);
        let spend = budget.phases.entry(self.phase.clone()).or_default();
        spend.reserved = spend.reserved.minus(reserved.usd);
        spend.tokens_reserved = spend.tokens_reserved.saturating_sub(reserved.tokens);
        spend
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What may happen to the account.
    #[derive(Debug, Clone)]
    enum Event {
        Take { payer: usize, usd: Option<i64>, tokens: u64 },
        GiveBack(usize),
        Book(usize),
        Settle { call: usize, usd: i64, tokens: (Option<u64>, Option<u64>) },
    }

    fn events() -> impl Strategy<Value = Vec<Event>> {
        let share = || prop::option::of(0..=100_u64);
        let event = prop_oneof![
            4 => (0..3_usize, prop::option::weighted(0.9, 0..=100_i64), 0..=200_u64)
                .prop_map(|(payer, usd, tokens)| Event::Take { payer, usd, tokens }),
            1 => (0..99_usize).prop_map(Event::GiveBack),
            1 => (0..99_usize).prop_map(Event::Book),
            3 => (0..99_usize, 0..=100_i64, (share(), share()))
                .prop_map(|(call, usd, tokens)| Event::Settle { call, usd, tokens }),
        ];
        prop::collection::vec(event, 0..200)
    }

    fn payers(limits: &[(u64, u64); 3]) -> Vec<Payer> {
        let named = ["a", "b", "c"].into_iter().zip(limits);
        let payer = |(id, (usd_micros, tokens)): (&str, &(u64, u64))| Payer {
            phase: PhaseId::new(id).unwrap(),
            limits: Limits { usd_micros: *usd_micros, tokens: *tokens, ..Limits::default() },
        };
        named.map(payer).collect()
    }

    fn sums_are_totals(budget: &BudgetRow) {
        let sum = |of: fn(&PhaseSpend) -> UsdMicros| budget.phases.values().map(of).sum::<UsdMicros>();
        assert_eq!(sum(|p| p.reserved), budget.reserved);
        assert_eq!(sum(|p| p.settled), budget.settled);
        assert_eq!(sum(|p| p.uncertain), budget.uncertain);
        let sum = |of: fn(&PhaseSpend) -> u64| budget.phases.values().map(of).sum::<u64>();
        assert_eq!(sum(|p| p.tokens_in), budget.tokens_in);
        assert_eq!(sum(|p| p.tokens_out), budget.tokens_out);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn phases_add_up_to_the_run_and_nobody_passes_a_limit(
            cap in prop::option::of(0..=2_000_i64),
            limits in prop::array::uniform3((0..=1_000_u64, 0..=2_000_u64)),
            events in events(),
        ) {
            let payers = payers(&limits);
            let mut budget = BudgetRow { cap: cap.map(UsdMicros), ..BudgetRow::default() };
            let mut open: Vec<(usize, Reserved)> = vec![];
            for event in events {
                let pick = |call: usize, open: &mut Vec<(usize, Reserved)>| {
                    (!open.is_empty()).then(|| open.swap_remove(call % open.len()))
                };
                match event {
                    Event::Take { payer, usd, tokens } => {
                        let before = budget.clone();
                        match payers[payer].take(&mut budget, Ceiling { usd: usd.map(UsdMicros), tokens }) {
                            Ok(reserved) => open.push((payer, reserved)),
                            Err(_) => {
                                prop_assert_eq!(before.reserved, budget.reserved);
                                prop_assert_eq!(before.phases.values().map(PhaseSpend::tokens).sum::<u64>(),
                                    budget.phases.values().map(PhaseSpend::tokens).sum::<u64>());
                            }
                        }
                    }
                    Event::GiveBack(call) => if let Some((payer, reserved)) = pick(call, &mut open) {
                        payers[payer].give_back(&mut budget, reserved);
                    },
                    Event::Book(call) => if let Some((payer, reserved)) = pick(call, &mut open) {
                        payers[payer].book(&mut budget, reserved);
                    },
                    Event::Settle { call, usd, tokens } => if let Some((payer, reserved)) = pick(call, &mut open) {
                        // No more than what was set aside, as a ceiling promises.
                        let usd = UsdMicros(usd).min(reserved.usd);
                        let half = reserved.tokens / 2;
                        let (tokens_in, tokens_out) = (tokens.0.map(|n| n.min(half)), tokens.1.map(|n| n.min(half)));
                        payers[payer].settle(&mut budget, reserved, Used { usd, tokens_in, tokens_out });
                    },
                }
                sums_are_totals(&budget);
                let taken = budget.reserved.plus(budget.settled).plus(budget.uncertain);
                prop_assert!(budget.cap.is_none_or(|cap| taken <= cap));
                for payer in &payers {
                    let spend = budget.phases.get(&payer.phase).cloned().unwrap_or_default();
                    let usd = u64::try_from(spend.usd().0).unwrap();
                    prop_assert!(spend.limit(payer.limits.usd_micros).is_none_or(|limit| usd <= limit));
                    prop_assert!(spend.limit(payer.limits.tokens).is_none_or(|limit| spend.tokens() <= limit));
                }
            }
            for (payer, reserved) in open {
                payers[payer].give_back(&mut budget, reserved);
            }
            prop_assert_eq!(budget.reserved, UsdMicros::ZERO);
            prop_assert!(budget.phases.values().all(|spend| spend.tokens_reserved == 0));
        }
    }

    #[test]
    fn a_refusal_names_the_budget_and_the_way_on() {
        let check = |cap: Option<i64>, limits: (u64, u64), usd: Option<i64>, says: &[&str]| {
            let payer = &payers(&[limits, (0, 0), (0, 0)])[0];
            let mut budget = BudgetRow { cap: cap.map(UsdMicros), ..BudgetRow::default() };
            let refused = payer.take(&mut budget, Ceiling { usd: usd.map(UsdMicros), tokens: 50 });
            match refused {
                Ok(_) => assert!(says.is_empty()),
                Err(refusal) => {
                    let failure = refusal.failure("01-a/a1/b00/call-0");
                    let named = [failure.kind.name(), &failure.message].join(" ");
                    assert!(!says.is_empty() && says.iter().all(|part| named.contains(part)), "{named}");
                }
            }
        };
        check(None, (0, 0), Some(10), &[]);
        check(Some(10), (10, 50), Some(10), &[]);
        check(Some(9), (0, 0), Some(10), &["Budget.Exhausted", "run's cap", "--budget-usd"]);
        check(None, (9, 0), Some(10), &["Budget.Exhausted", "phase a", "budget.usd_micros", "--grant a"]);
        check(
            None,
            (0, 49),
            Some(10),
            &["Budget.Exhausted", "50 tokens", "49 of the 49", "budget.tokens", "--grant a"],
        );
        check(Some(9), (0, 0), None, &["Model.Config", "no known price"]);
        check(None, (9, 0), None, &[]);
    }

    #[test]
    fn a_grant_gives_the_limits_once_more() {
        let payer = &payers(&[(10, 50), (0, 0), (0, 0)])[0];
        let ceiling = Ceiling { usd: Some(UsdMicros(10)), tokens: 50 };
        let mut budget = BudgetRow::default();
        payer.take(&mut budget, ceiling).unwrap();
        assert!(payer.take(&mut budget, ceiling).is_err());
        budget.phases.get_mut(&payer.phase).unwrap().grants = 1;
        payer.take(&mut budget, ceiling).unwrap();
        assert!(payer.take(&mut budget, ceiling).is_err());
    }
}
