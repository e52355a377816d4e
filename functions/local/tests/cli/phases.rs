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
    let replaced = |from: &str, to: &str| MARKET.replace(from, to);
    check(&replaced("[ideation]", "[market-scan]"), "market-scan -> market-scan");
    check(&replaced("[ideation]", "[lunch]"), "depends_on: there is no phase `lunch`; there is aesthetic");
    check(&replaced("agent: generic", "agent: nobody"), "agent: there is no `nobody`; there is aesthetic");
    check(&replaced("agent: generic", "agent: story"), "agent: there is no `story`");
    check(&format!("{MARKET}gates: [lunch]\n"), "gates: there is no `lunch`; there is aesthetic");
    check(&format!("{MARKET}checks: [lunch]\n"), "checks[0]: ");
    check(
        &format!("{MARKET}fallback: [composer]\n"),
        "fallback: `composer`, expected smaller-job or PROVIDER/MODEL",
    );
    check(&format!("{MARKET}fallback: [a/b, a/b]\n"), "fallback: `a/b` is there twice");
    check(&format!("{MARKET}fallback: [a/1, a/2, a/3, a/4, a/5]\n"), "fallback: 5, expected 0 to 4");
    check(&replaced("[brief.json]", "[prd.json]"), "`prd.json`; they write brief.json, concepts.json");
    check(&replaced("market-scan.json", "brief.json"), "output: `brief.json` is written by phase intake");
    check(&replaced("market-scan.json", "../../../x.json"), "more/market-scan.yaml, line 6: output: ");
    check(&replaced("market-scan.json", "/etc/x.json"), "plain file name");
    check(&replaced("market-scan.json", "a/b.json"), "plain file name");
    check(&replaced("market-scan.json", "\"\\e[31mx.json\""), "plain file name");
    check(&replaced("summary, rivals]", "*a]"), "more/market-scan.yaml");
    check(&format!("{MARKET}colour: red\n"), "colour");
    check(&format!("{MARKET}timeout_s: 1e99\n"), "timeout_s");
    check("id: [", "more/market-scan.yaml");
    check(&format!("{MARKET}# {}", "x".repeat(300_000)), "larger than 262144");
}

#[test]
fn a_folder_holds_regular_files_named_by_their_phases() {
    let desk = Desk::new();
    let idea = desk.file("idea.md", "Share tools.");
    let check = |name: &str, make: &dyn Fn(&std::path::Path), says: &str| {
        let folder = desk.path("more");
        let _ = std::fs::remove_dir_all(&folder);
        desk.file("more/market-scan.yaml", MARKET);
        make(&folder.join(name));
        let done = desk.run(["run", idea.to_str().unwrap(), "--phases", "more"]).exits(2);
        assert!(done.stderr.contains("--phases more") && done.stderr.contains(says), "{}", done.stderr);
        assert!(!desk.path("data").exists());
    };
    let write = |path: &std::path::Path| std::fs::write(path, MARKET).unwrap();
    check("market-scan.yml", &write, "a .yaml and a .yml file");
    check("a b.yaml", &write, "named by its phase");
    check("\u{1b}[31m.yaml", &write, "named by its phase");
    check("../more/.yaml.yaml", &write, "named by its phase");
    check("x.yaml", &|path| std::fs::create_dir(path).unwrap(), "a folder");
    check("x.yaml", &|path| std::os::unix::fs::symlink("/etc/passwd", path).unwrap(), "a link");
    check("x.yaml", &|path| std::os::unix::fs::symlink("nowhere", path).unwrap(), "a link");
    check("x.yaml", &crate::support::pipe, "a pipe");
}
