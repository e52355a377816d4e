//! A recovered execution is the one that was lost.

use std::sync::LazyLock;

use super::*;
use proptest::prelude::*;

/// Two nested joins, retries, a catcher, waits, tokens, variables, a loop and a null output.
fn machine() -> Value {
    let leaf = json!({
        "StartAt": "Leaf",
        "States": {
            "Leaf": task(json!({
                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Arguments": {"t": "{% $states.context.Task.Token %}", "n": "{% $round %}"},
                "HeartbeatSeconds": 4,
                "TimeoutSeconds": 20,
                "Retry": [{"ErrorEquals": ["Boom"], "MaxAttempts": 2, "JitterStrategy": "FULL"}],
                "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Nap", "Output": null}],
                "Assign": {"leaf": "{% $states.result %}"},
                "Output": "{% $states.result.ok %}",
            })),
            "Nap": {"Type": "Wait", "Seconds": 3, "End": true},
        },
    });
    let side = region("Side", json!({"Type": "Wait", "Seconds": 7, "End": true}));
    let both = json!({
        "Type": "Parallel",
        "Branches": [leaf, side],
        "Retry": [{"ErrorEquals": ["Hard"], "MaxAttempts": 1}],
        "End": true,
    });
    let fan = json!({
        "Type": "Map",
        "Items": "{% [1..3] %}",
        "ItemSelector": {"i": "{% $states.context.Map.Item.Index %}"},
        "MaxConcurrency": 2,
        "ItemProcessor": region("Both", both),
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Again", "Assign": {"last": "{% $states.errorOutput %}"}}],
        "Output": "{% $states.result %}",
        "Next": "Again",
    });
    json!({
        "QueryLanguage": "JSONata",
        "StartAt": "First",
        "TimeoutSeconds": 400,
        "States": {
            "First": pass(json!({"Assign": {"round": 0}, "Output": null, "Next": "Fan"})),
            "Fan": fan,
            "Again": {
                "Type": "Choice",
                "Choices": [{"Condition": "{% $round < 2 %}", "Next": "Fan", "Assign": {"round": "{% $round + 1 %}"}}],
                "Default": "Done",
            },
            "Done": {"Type": "Succeed"},
        },
    })
}

#[derive(Debug, Clone)]
enum Move {
    Succeed(usize),
    Fail(usize, &'static str),
    Beat(usize),
    Late(TaskId),
    NextTimer,
    Sleep(i64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => (0..4usize).prop_map(Move::Succeed),
        2 => ((0..4usize), prop_oneof![Just("Boom"), Just("Hard"), Just("States.Runtime")]).prop_map(|(i, e)| Move::Fail(i, e)),
        1 => (0..4usize).prop_map(Move::Beat),
        1 => (0..20u64).prop_map(Move::Late),
        4 => Just(Move::NextTimer),
        1 => (1..3000i64).prop_map(Move::Sleep),
    ];
    prop::collection::vec(one, 1..40)
}

fn input_for(sim: &mut Sim, step: &Move) -> Input {
    let task = |index: usize, sim: &Sim| {
        let pending: Vec<TaskId> = sim.execution.pending_tasks().map(|task| task.task).collect();
        pending.get(index % pending.len().max(1)).copied().unwrap_or(u64::MAX)
    };
    match step {
        Move::Succeed(index) => {
            Input::TaskSucceeded { task: task(*index, sim), output: json!({"ok": index}) }
        }
        Move::Fail(index, error) => {
            Input::TaskFailed { task: task(*index, sim), error: (*error).into(), cause: "c".into() }
        }
        Move::Beat(index) => Input::TaskHeartbeat { task: task(*index, sim) },
        Move::Late(task) => Input::TaskFailed { task: *task, error: "Late".into(), cause: String::new() },
        Move::NextTimer => {
            sim.now_ms = sim.execution.next_deadline_ms().unwrap_or(sim.now_ms).max(sim.now_ms);
            Input::Tick
        }
        Move::Sleep(ms) => {
            sim.now_ms += ms;
            Input::Tick
        }
    }
}

fn idle() -> Sim {
    static MACHINE: LazyLock<Arc<Machine>> =
        LazyLock::new(|| Arc::new(Machine::parse(&machine().to_string()).unwrap()));
    let execution = Execution::new(Arc::clone(&MACHINE), context());
    Sim { execution, now_ms: 0, journal: Vec::new(), draws: Vec::new() }
}

fn recovered(journal: &[Event]) -> Execution {
    let mut execution = idle().execution;
    for event in journal {
        let text = serde_json::to_string(event).unwrap();
        execution.apply(&serde_json::from_str(&text).unwrap());
    }
    execution
}

fn same(live: &Execution, folded: &Execution) -> Result<(), TestCaseError> {
    prop_assert_eq!(&live.state, &folded.state);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn folding_the_journal_gives_the_live_state_and_the_same_future(moves in moves(), cut in 0..40usize) {
        let mut sim = idle();
        sim.give(Input::Start { input: json!({"a": [1, null]}) });
        for (index, step) in moves.iter().enumerate() {
            if index == cut {
                // The process died here: what was journaled is all there is.
                sim.execution = recovered(&sim.journal);
            }
            let input = input_for(&mut sim, step);
            let mut twin = recovered(&sim.journal);
            same(&sim.execution, &twin)?;
            let events = sim.give(input.clone());
            let mut again = Vec::new();
            twin.handle(input, sim.now_ms, &mut || 0, &mut again);
            prop_assert_eq!(&events, &again);
            same(&sim.execution, &twin)?;
        }
        let last = sim.execution.state.history;
        let journal: Vec<(i64, Event)> = sim.journal.iter().map(|event| (0, event.clone())).collect();
        let records = crate::history::history(&journal);
        prop_assert_eq!(records.len() as u64, last, "causes quote the ids that the history shows");
        if let (Status::Succeeded { output }, Some(record)) = (sim.execution.status(), records.last()) {
            let shown = &record.details["executionSucceededEventDetails"]["output"];
            prop_assert_eq!(shown, &Value::from(output.to_string()));
        }
        prop_assert!(records.iter().all(|record| record.previous_event_id < record.id));
    }

    #[test]
    fn a_journal_cut_inside_a_batch_goes_on_to_the_same_end(moves in moves(), cut in 0..200usize) {
        let mut sim = idle();
        sim.give(Input::Start { input: json!(1) });
        for step in &moves {
            let input = input_for(&mut sim, step);
            sim.give(input);
        }
        let cut = cut % sim.journal.len() + 1;
        let mut torn = recovered(&sim.journal[..cut]);
        let mut rest = Vec::new();
        torn.handle(Input::Tick, 0, &mut || 0, &mut rest);
        let mut whole = recovered(&[&sim.journal[..cut], &rest].concat());
        same(&torn, &whole)?;
        let mut nothing = Vec::new();
        whole.handle(Input::Tick, 0, &mut || 0, &mut nothing);
        prop_assert_eq!(nothing, vec![], "after going on, nothing is left to decide");
    }
}
