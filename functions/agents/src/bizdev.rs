//! `agent-bizdev`: who pays, what it costs, what must be true; only stated amounts, never an estimate.
//!
//! | rule | what |
//! |---|---|
//! | `bizdev/value` | the stated problem, turned around |
//! | `bizdev/today` | sentences that say how it is done now are the alternatives |
//! | `bizdev/money` | stated sums of money that are spent or earned are lines |
//! | `bizdev/needed` | each other system and someone to look after it cost something nobody stated |
//! | `bizdev/saved` | for an internal tool revenue is what it saves |

use ideamine_authoring::Work;
use ideamine_core::artifacts::{
    Brief, BusinessCase, Line, OpenQuestion, Quantity, Risk, Severity, assign_ids,
};
use ideamine_core::{Failure, Text};

use crate::composer::Reading;
use crate::composer::cues::is_today;
use crate::drafts::{brief, reading};
use crate::shape::{clip, question, says, thing};
use crate::typed::Body;

/// Most alternatives that are quoted.
const ALTERNATIVES_MAX: usize = 4;
const MONEY: &[&str] = &[
    "eur", "euro", "euros", "€", "$", "£", "usd", "dollar", "dollars", "gbp", "pound", "pounds", "chf",
    "cent", "cents",
];
#[rustfmt::skip]
const COSTS: &[&str] = &[
    "cost*", "budget", "spend*", "pay for", "hosting", "salary", "we pay", "cheaper",
    "to build", "to run",
];

#[rustfmt::skip]
const EARNS: &[&str] = &[
    "price*", "fee", "fees", "sell*", "charge*", "earn*", "subscription*", "subscribe*", "pay", "pays", "income",
    "revenue", "margin", "donat*",
];

/// The business case agent.
pub struct BizDev;

impl Body for BizDev {
    type Answer = BusinessCase;
    const NAME: &'static str = "agent-bizdev";
    const FORM: &'static str = "business-case";

    fn compose(&self, work: &Work) -> Result<BusinessCase, Failure> {
        let brief = brief(work);
        let reading = reading(work);
        Ok(BusinessCase {
            customers: customers(&brief),
            value: value(&brief),
            alternatives: alternatives(work, &reading),
            revenue: revenue(&brief, &reading),
            costs: costs(&brief),
            assumptions: assumptions(&brief, &reading),
            risks: risks(&brief),
            go_to_market: go_to_market(&brief, &reading),
            questions: asks(&brief, &reading),
        })
    }
    fn number(case: &mut BusinessCase) {
        assign_ids("R", case.risks.iter_mut().map(|r| &mut r.id));
    }
    fn questions(case: &mut BusinessCase) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut case.questions)
    }
}

fn customers(brief: &Brief) -> Vec<Text> {
    let named: Vec<Text> = brief.actors.iter().map(|a| a.name.clone()).collect();
    if named.is_empty() { vec![Text::missing("who it is for and who pays")] } else { named }
}

fn value(brief: &Brief) -> Text {
    if brief.problem.is_substance() {
        Text::rule(
            format!("What is said to be wrong today ends: “{}”.", clip(&brief.problem)),
            "bizdev/value",
        )
    } else {
        Text::missing("what anyone gets out of it")
    }
}

fn alternatives(work: &Work, reading: &Reading) -> Vec<Text> {
    let today = reading.clauses.iter().filter(|c| is_today(c));
    let quoted: Vec<Text> = today.take(ALTERNATIVES_MAX).map(|c| reading.quote(&work.idea, c.span)).collect();
    if quoted.is_empty() { vec![Text::missing("what people use today")] } else { quoted }
}

/// Whether a quantity is a sum of money, and whether its clause speaks of costs.
fn money(brief: &Brief, cost: bool) -> impl Iterator<Item = &Quantity> {
    brief.quantities.iter().filter(move |q| {
        let unit = q.unit.to_lowercase();
        let is_money = unit.split_whitespace().any(|word| MONEY.contains(&word));
        let spent = says(&q.about, COSTS);
        is_money && if cost { spent } else { !spent && says(&q.about, EARNS) }
    })
}

fn line(q: &Quantity) -> Line {
    let amount = Text::rule(format!("{} {}", q.value, q.unit).trim().to_owned(), "bizdev/money");
    Line { item: q.about.clone(), amount, basis: Text::rule("It is stated in the idea.", "bizdev/money") }
}

fn revenue(brief: &Brief, reading: &Reading) -> Vec<Line> {
    let stated: Vec<Line> = money(brief, false).map(line).collect();
    if !stated.is_empty() {
        return stated;
    }
    let (item, what) = match reading.product.internal {
        true => (
            Text::rule("Time and errors saved for the people who use it", "bizdev/saved"),
            "how much time or how many errors",
        ),
        false => (Text::missing("where money comes from"), "how much, from whom, how often"),
    };
    vec![Line { item, amount: Text::missing(what), basis: Text::missing("what that rests on") }]
}

fn costs(brief: &Brief) -> Vec<Line> {
    let mut lines: Vec<Line> = money(brief, true).map(line).collect();
    let needed = |item: String| Line {
        item: Text::rule(item, "bizdev/needed"),
        amount: Text::missing("what this costs"),
        basis: Text::missing("an offer or a price list"),
    };
    lines.extend(brief.integrations.iter().take(4).map(|i| needed(format!("Use of {}", clip(i)))));
    lines.push(needed(format!("Someone who looks after {}", thing(brief))));
    lines
}

fn assumptions(brief: &Brief, reading: &Reading) -> Vec<Text> {
    let who = brief.actors.first().map_or_else(|| "people".to_owned(), |a| format!("“{}”", clip(&a.name)));
    let mut assumptions = vec![Text::rule(
        format!("The problem is frequent enough for {who} to change what they do."),
        "bizdev/assumption",
    )];
    if !reading.product.internal {
        assumptions.push(Text::rule("Someone pays more for it than it costs to run.", "bizdev/assumption"));
    }
    let on = brief.integrations.iter().take(3);
    assumptions.extend(
        on.map(|i| {
            Text::rule(format!("{} stays available at terms that fit.", clip(i)), "bizdev/assumption")
        }),
    );
    assumptions
}

fn risks(brief: &Brief) -> Vec<Risk> {
    let risk = |statement: String, impact, mitigation: Text| Risk {
        id: String::new(),
        statement: Text::rule(statement, "bizdev/risk"),
        likelihood: Severity::Medium,
        impact,
        mitigation,
    };
    let mut risks = vec![risk(
        format!("Too few people use {} to be worth its running.", thing(brief)),
        Severity::High,
        Text::rule("Try it with a few of the named people before more is built.", "bizdev/risk"),
    )];
    let on = brief.integrations.iter().take(2);
    risks.extend(on.map(|i| {
        let mitigation = Text::rule("Know what the thing can still do without it.", "bizdev/risk");
        risk(format!("{} becomes dearer or ends.", clip(i)), Severity::Medium, mitigation)
    }));
    risks
}

fn go_to_market(brief: &Brief, reading: &Reading) -> Vec<Text> {
    match (reading.product.internal, brief.actors.first()) {
        (true, Some(a)) => {
            vec![Text::rule(
                format!("Begin with the people inside who asked: “{}”.", clip(&a.name)),
                "bizdev/first",
            )]
        }
        (_, Some(a)) => vec![
            Text::rule(format!("Begin where “{}” already are.", clip(&a.name)), "bizdev/first"),
            Text::missing("how the first of them hear of it"),
        ],
        (_, None) => vec![Text::missing("how the first users are reached")],
    }
}

fn asks(brief: &Brief, reading: &Reading) -> Vec<OpenQuestion> {
    let mut asks = Vec::new();
    if money(brief, false).next().is_none() {
        let text = match reading.product.internal {
            true => {
                format!("How many hours or errors a month does “{}” have to save?", thing(brief))
            }
            false => format!("Who pays for “{}”, how much and how often?", thing(brief)),
        };
        asks.push(question(text, "The idea states no income and no saving."));
    }
    if money(brief, true).next().is_none() {
        asks.push(question(
            "What may it cost a month to run, all services included?",
            "The idea states no cost.",
        ));
    }
    asks
}
