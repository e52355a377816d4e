//! `eval FILE.jsonl.. [--point strict|default]`: the shield on labelled texts (`label: attack` is positive, `channel`
//! optional): counts, recall, false alarms, precision, times; by type and by source.
#![allow(clippy::print_stdout, reason = "a program")]
use ideamine_shield::{Channel, Point, screen};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Instant;

/// Counts of one group: judged right and wrong.
#[derive(Default)]
struct Counts {
    tp: usize,
    fp: usize,
    tn: usize,
    fn_: usize,
}

impl Counts {
    fn add(&mut self, attack: bool, blocked: bool) {
        match (attack, blocked) {
            (true, true) => self.tp += 1,
            (true, false) => self.fn_ += 1,
            (false, true) => self.fp += 1,
            (false, false) => self.tn += 1,
        }
    }

    fn line(&self) -> String {
        let share = |part: usize, of: usize| if of == 0 { f64::NAN } else { part as f64 / of as f64 };
        let (recall, fpr) = (share(self.tp, self.tp + self.fn_), share(self.fp, self.fp + self.tn));
        let precision = share(self.tp, self.tp + self.fp);
        let Self { tp, fp, tn, fn_ } = self;
        format!("tp {tp} fp {fp} tn {tn} fn {fn_} recall {recall:.3} fpr {fpr:.3} precision {precision:.3}")
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut point = Point::Default;
    let mut groups: BTreeMap<String, Counts> = BTreeMap::new();
    let mut micros = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(file) = args.next() {
        if file == "--point" {
            point = serde_json::from_value(Value::String(args.next().unwrap_or_default()))?;
            continue;
        }
        for line in std::fs::read_to_string(&file)?.lines() {
            let row: Value = serde_json::from_str(line)?;
            let field = |name: &str| row[name].as_str().unwrap_or_default();
            let channel: Channel = row
                .get("channel")
                .map_or(Ok(Channel::User), |value| serde_json::from_value(value.clone()))?;
            let from = Instant::now();
            let judged = screen(field("text"), channel, point);
            micros.push(from.elapsed().as_micros());
            let attack = field("label") == "attack";
            for name in
                ["all".to_owned(), format!("type {}", field("type")), format!("source {}", field("source"))]
            {
                groups.entry(name).or_default().add(attack, judged.blocked);
            }
        }
    }
    for (name, counts) in &groups {
        println!("{name}: {}", counts.line());
    }
    micros.sort_unstable();
    let at = |share: f64| micros.get((micros.len() as f64 * share) as usize).copied().unwrap_or_default();
    println!("p50_us {} p99_us {}", at(0.5), at(0.99));
    Ok(())
}
