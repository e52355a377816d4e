//! A person adds a phase by adding a file; what cannot be planned is refused with its path.

use crate::support::Desk;

const MARKET: &str = "id: market-scan
title: Market scan
depends_on: [ideation]
agent: generic
inputs: [brief.json]
output: market-scan.json
schema:
  type: object
  required: [summary, rivals]
  additionalProperties: false
  properties:
    summary: { type: string }
    rivals: { type: array, items: { type: string } }
prompt: List who does something like this already.
";

#[test]
fn a_fourteenth_phase_is_a_file() {
    let desk = Desk::new();
    desk.file("more/market-scan.yaml", MARKET);
    let idea =
        desk.file("idea.md", "Neighbours lend each other tools. Each tool has an owner and a due date.");
    let run = desk.work(&idea, &["--phases", "more", "--until", "market-scan"]);
    let ids: Vec<&str> =
        run["phases"].as_array().unwrap().iter().map(|phase| phase["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["intake", "ideation", "market-scan"]);
    let id = run["run_id"].as_str().unwrap();
    desk.run(["artifact", id, "market-scan.json"]).exits(0).json();
    let planned = desk.run(["phases", "--phases", "more", "--json"]).exits(0).json();
    assert_eq!(planned.as_array().unwrap().len(), 14);
}

#[test]
fn what_cannot_be_planned_is_refused_with_its_path() {
    let desk = Desk::new();
    let idea = desk.file("idea.md", "Share tools.");
    let check = |text: &str, says: &str| {
        desk.file("more/market-scan.yaml", text);
        let done = desk.run(["run", idea.to_str().unwrap(), "--phases", "more"]).exits(2);
        assert!(done.stderr.contains(says), "{}", done.stderr);
        assert!(!desk.path("data").exists());
    };
    check(&MARKET.replace("[ideation]", "[market-scan]"), "market-scan -> market-scan");
    check(&MARKET.replace("[ideation]", "[lunch]"), "lunch");
    check(&MARKET.replace("agent: generic", "agent: nobody"), "agent-nobody");
    check(&format!("{MARKET}gates: [lunch]\n"), "gate-lunch");
    check(&format!("{MARKET}colour: red\n"), "colour");
    check("id: [", "market-scan.yaml");
}
