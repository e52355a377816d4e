//! What a phase may use is kept, the run says which budget is used up, and a person gives it once more.

use crate::support::{Desk, idea, root};

/// The phase file of this build, with another budget.
fn with_budget(desk: &Desk, phase: &str, budget: &str) {
    let path = root().join("statemachines/phases").join(format!("{phase}.yaml"));
    let text = std::fs::read_to_string(path).unwrap();
    let line = text.lines().find(|line| line.starts_with("budget:")).unwrap();
    desk.file(&format!("more/{phase}.yaml"), text.replace(line, &format!("budget: {budget}")));
}

/// The run's own caps of tokens, and a branch's share of what is left: refused by name, shown as a tree, raised, granted.
#[test]
fn each_level_of_the_tree_pauses_the_run_and_can_be_given_more() {
    let model = format!("scripted:{}", root().join("tests/cassettes/released.jsonl").display());
    let idea = idea();
    let check = |budget: &str, cap: &[&str], says: &str, more: &[&str]| {
        let desk = Desk::new();
        with_budget(&desk, "intake", budget);
        let args = [
            "run",
            idea.to_str().unwrap(),
            "--until",
            "intake",
            "--phases",
            "more",
            "--model",
            &model,
            "--json",
        ];
        let paused = desk.run(args.iter().chain(cap)).exits(4).json();
        let reasons = paused["reasons"].to_string();
        assert!(reasons.contains(says) && reasons.contains(more[0]), "{reasons}");
        let run = paused["run_id"].as_str().unwrap();
        let intake = &paused["budget"]["parts"][0];
        assert_eq!(
            (&intake["id"], &intake["used"]["tokens"]),
            (&"intake".into(), &paused["budget"]["used"]["tokens"])
        );
        let shown = desk.run(["show", run]).exits(0).stdout;
        assert!(shown.contains("budget, used of what may be used") && shown.contains("b00"), "{shown}");
        let refused = desk.run(["resume", run, "--grant", "intake/lunch"]).exits(2);
        assert!(
            refused.stderr.contains("--grant intake/lunch: no such story or branch"),
            "{}",
            refused.stderr
        );
        let ended = desk.run(["resume", run, "--json"].iter().chain(more)).exits(0).json();
        assert_eq!(ended["status"], "completed");
        desk.run(["verify", run]).exits(0);
    };
    check("{}", &["--budget-tokens", "70000"], "of the 70000 of the run", &["--budget-tokens", "900000"]);
    // One call may take more than one percent of a million; nine grants make ten of it.
    let nine = ["--grant", "intake/b00"].repeat(9);
    check("{ tokens: 1000000, branch_percent: 1 }", &[], "of branch b00 of phase intake", &nine);
}

#[test]
fn a_phase_s_budget_pauses_the_run_until_it_is_given_once_more() {
    let check = |budget: &str, says: &str| {
        let desk = Desk::new();
        with_budget(&desk, "intake", budget);
        let model = format!("scripted:{}", root().join("tests/cassettes/released.jsonl").display());
        let idea = idea();
        let args = [
            "run",
            idea.to_str().unwrap(),
            "--until",
            "intake",
            "--phases",
            "more",
            "--model",
            &model,
            "--json",
        ];
        let paused = desk.run(args).exits(4).json();
        assert_eq!(paused["status"], "paused");
        let reasons = paused["reasons"].to_string();
        assert!(reasons.contains(says) && reasons.contains("--grant intake"), "{reasons}");
        let run = paused["run_id"].as_str().unwrap();
        let spent = &paused["phases"][0]["usage"];
        assert_eq!(
            (&spent["tokens_in"], &spent["usd"]),
            (&paused["usage"]["tokens_in"], &paused["usage"]["usd"])
        );
        // Resuming alone changes nothing, and nothing more is spent.
        let again = desk.run(["resume", run, "--json"]).exits(4).json();
        assert_eq!(again["usage"], paused["usage"]);
        let refused = desk.run(["resume", run, "--grant", "lunch"]).exits(2);
        assert!(
            refused.stderr.contains("--grant lunch: no such phase; there is intake"),
            "{}",
            refused.stderr
        );
        let ended = desk.run(["resume", run, "--grant", "intake", "--json"]).exits(0).json();
        assert_eq!(ended["status"], "completed");
        assert_eq!(ended["phases"][0]["usage"]["grants"], 1);
        desk.run(["verify", run]).exits(0);
        assert_eq!(desk.run(["replay", run, "--verify", "--json"]).exits(0).json()["identical"], true);
    };
    check("{ tokens: 70000 }", "`budget.tokens`");
    check("{ usd_micros: 600000 }", "`budget.usd_micros`");
}
