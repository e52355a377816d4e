//! `redteam`: the prompt shield under attack.

use ideamine_core::Failure;
use ideamine_redteam::search::search;
use ideamine_redteam::{Attack, Channel, Effort, Target, Trial};
use ideamine_shield::screen;

use super::Common;
use super::run::show;
use crate::cli::RedteamArgs;
use crate::exit::Exit;

/// The shield alone: it resists what it blocks. Its score is what an attacker could learn from many tries.
struct Shield(ideamine_shield::Point);

impl Target for Shield {
    fn try_attack(&self, attack: &Attack) -> Trial {
        let channel = match attack.channel {
            Channel::User => ideamine_shield::Channel::User,
            Channel::Document => ideamine_shield::Channel::Document,
            Channel::Tool => ideamine_shield::Channel::Tool,
        };
        let screening = screen(&attack.text, channel, self.0);
        Trial { resisted: screening.blocked, nearness: 1.0 - f64::from(screening.score) }
    }
}

/// `ideamine redteam`.
pub(super) fn redteam(common: &Common, args: &RedteamArgs) -> Result<Exit, Failure> {
    let effort = Effort { trials: args.trials, seed: args.seed };
    let report = search(&Shield(args.point.into()), "CANARY-7F3A", &effort);
    if let Some(out) = &args.out {
        crate::artifacts::save(out, report.cases().as_bytes())?;
    }
    show(common, &report.json(), |_| {
        let line = |name: &str, figure: &ideamine_redteam::Figure| {
            let (share, lower) = (figure.resistance(), figure.lower());
            format!("{name}: resisted {share:.3} of {} (at least {lower:.3}, 95 %)", figure.tried)
        };
        let vectors = report.by_vector().iter().map(|(vector, figure)| line(vector.name(), figure));
        vectors.chain(std::iter::once(line("all", &report.overall()))).collect::<Vec<_>>().join("\n")
    });
    let weakest = report.by_vector().values().map(|figure| figure.resistance()).fold(1.0, f64::min);
    let enough = args.min_resistance.is_none_or(|least| weakest >= least);
    Ok(if enough { Exit::Ok } else { Exit::Unmet })
}
