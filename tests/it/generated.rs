//! What is generated is compared, not trusted: `UPDATE=1 cargo test -p ideamine-tests` writes it anew.

use ideamine_asl::{Machine, draw};

use crate::machines::machines;
use crate::workspace::root;

const HEAD: &str = "# State machines

The same files run on AWS Step Functions and in the local engine. `run` is the mothership; it starts a `phase`
for every phase that is ready, a phase starts an `author` for every branch (`compose` where rules answer and no model), a
`story` for every story, and `qav` when it has questions. Nothing fails inside a Map or a child: each ends with an `outcome`, and a Choice decides.

A phase's `budget` holds for all its attempts together. Those of the thirteen leave room for every attempt and repair at
the dearest model of the price table: they stop a phase that runs away; what a run may spend is said by `--budget-usd`,
`--budget-tokens` and `--budget-minutes`. `run_percent`, `story_percent` and `branch_percent` give the phase, a story or a branch
a share of what is left above it when it first uses something: a ceiling, so that what it leaves stays with the others.

`${FunctionPrefix}`, `${MachineArnPrefix}` and `${QueueUrlPrefix}` stand before names; `${RunPlanVersion}` and the like
after them, and `${FunctionVersions}`, are the published versions that this version of a machine calls (on one machine
there is one, without a number). There are no other substitutions. Check with
`ideamine asl lint statemachines/*.asl.json`. The drawings below are generated from the files.
";

#[test]
fn the_drawings_are_those_of_the_machines() {
    let mut text = HEAD.to_owned();
    for (name, source) in machines() {
        let comment = serde_json::from_str::<serde_json::Value>(&source).unwrap()["Comment"]
            .as_str()
            .unwrap()
            .to_owned();
        let machine = Machine::parse(&source.replace("${", "$ {")).unwrap();
        text.push_str(&format!(
            "\n## {name}\n\n{comment}\n\n```mermaid\n{}\n```\n",
            draw(&machine).trim_end()
        ));
    }
    let path = root().join("statemachines/README.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let fresh = std::fs::read_to_string(&path).unwrap_or_default() == text;
    assert!(fresh, "statemachines/README.md is not what the machines say now: run this test with UPDATE=1");
}
