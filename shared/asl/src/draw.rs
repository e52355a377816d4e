//! A machine as a Mermaid flowchart.

use std::fmt::Write;

use crate::event::StateKind;
use crate::expression::Template;
use crate::limits::clip;
use crate::machine::{Machine, RegionId, State, StateId, Work};

/// Longer conditions are cut.
const MAX_LABEL_CHARS: usize = 48;

/// Draws `machine` as a Mermaid flowchart: states in the order of the definition, branches and
/// iterations as subgraphs, catchers dotted. The same machine gives the same text.
pub fn draw(machine: &Machine) -> String {
    let mut drawing = Drawing { machine, out: String::from("flowchart TD\n"), depth: 1 };
    drawing.line("start([start])");
    drawing.region(0);
    drawing.line("stop([end])");
    if let Some(start) = machine.start_of(0) {
        drawing.line(&format!("start --> s{start}"));
    }
    for id in 0..machine.states.len() {
        drawing.edges(id);
    }
    drawing.out
}

struct Drawing<'a> {
    machine: &'a Machine,
    out: String,
    depth: usize,
}

impl Drawing<'_> {
    fn line(&mut self, text: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.out, "{:indent$}{text}", "", indent = self.depth * 4);
    }

    fn region(&mut self, region: RegionId) {
        for id in &self.machine.regions[region].states {
            self.state(*id);
        }
    }

    fn state(&mut self, id: StateId) {
        let state = &self.machine.states[id];
        let name = label(&state.name);
        match &state.work {
            Work::Parallel { branches, .. } => {
                self.subgraph(&format!("s{id}"), &name, |drawing| {
                    for (index, branch) in branches.iter().enumerate() {
                        drawing.subgraph(&format!("s{id}b{index}"), &(index + 1).to_string(), |inner| {
                            inner.region(*branch);
                        });
                    }
                });
            }
            Work::Map(map) => {
                self.subgraph(&format!("s{id}"), &format!("{name}: each item"), |drawing| {
                    drawing.region(map.processor);
                });
            }
            _ => self.line(&format!("s{id}{}", shape(state, &name))),
        }
    }

    fn subgraph(&mut self, id: &str, title: &str, inside: impl FnOnce(&mut Self)) {
        self.line(&format!("subgraph {id}[\"{title}\"]"));
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        self.line("end");
    }

    fn edges(&mut self, id: StateId) {
        let state = &self.machine.states[id];
        if let Work::Choice { rules, default } = &state.work {
            for rule in rules {
                self.line(&format!("s{id} -- \"{}\" --> s{}", condition(&rule.condition), rule.next));
            }
            if let Some(default) = default {
                self.line(&format!("s{id} -- \"otherwise\" --> s{default}"));
            }
        }
        if let Some(next) = state.next {
            self.line(&format!("s{id} --> s{next}"));
        } else if state.region == 0 && state.is_terminal() {
            self.line(&format!("s{id} --> stop"));
        }
        for catcher in &state.catch {
            let names: Vec<&str> = catcher.errors.iter().map(AsRef::as_ref).collect();
            self.line(&format!("s{id} -. \"{}\" .-> s{}", label(&names.join(", ")), catcher.next));
        }
    }
}

fn shape(state: &State, name: &str) -> String {
    match state.kind {
        StateKind::Choice => format!("{{\"{name}\"}}"),
        StateKind::Wait => format!("[/\"{name}\"/]"),
        StateKind::Pass => format!("(\"{name}\")"),
        StateKind::Succeed => format!("([\"{name}\"])"),
        StateKind::Fail => format!("[[\"{name}\"]]"),
        _ => format!("[\"{name}\"]"),
    }
}

fn condition(template: &Template) -> String {
    match template {
        Template::Expression(expression) => label(&expression.source),
        Template::Constant(value) => value.to_string(),
        _ => String::new(),
    }
}

/// Text that cannot end a label or start markup.
fn label(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut = clip(&text, MAX_LABEL_CHARS);
    let more = if cut.len() < text.len() { "…" } else { "" };
    let escaped = cut.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;");
    format!("{escaped}{more}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"QueryLanguage": "JSONata", "StartAt": "Work", "States": {
        "Work": {"Type": "Task", "Resource": "r", "Next": "Ask", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Bad"}]},
        "Ask": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.n < \"9\" %}", "Next": "Both"}], "Default": "Each"},
        "Both": {"Type": "Parallel", "Next": "Each", "Branches": [
            {"StartAt": "L", "States": {"L": {"Type": "Pass", "End": true}}},
            {"StartAt": "R", "States": {"R": {"Type": "Wait", "Seconds": 1, "End": true}}}]},
        "Each": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}},
        "Bad": {"Type": "Fail"}}}"#;

    #[test]
    fn every_state_and_transition_is_drawn() {
        let expected = "\
flowchart TD
    start([start])
    s0[\"Work\"]
    s1{\"Ask\"}
    subgraph s2[\"Both\"]
        subgraph s2b0[\"1\"]
            s5(\"L\")
        end
        subgraph s2b1[\"2\"]
            s6[/\"R\"/]
        end
    end
    subgraph s3[\"Each: each item\"]
        s7([\"I\"])
    end
    s4[[\"Bad\"]]
    stop([end])
    start --> s0
    s0 --> s1
    s0 -. \"States.ALL\" .-> s4
    s1 -- \"$states.input.n #lt; #quot;9#quot;\" --> s2
    s1 -- \"otherwise\" --> s3
    s2 --> s3
    s3 --> stop
    s4 --> stop
";
        assert_eq!(draw(&Machine::parse(TEXT).unwrap()), expected);
    }

    #[test]
    fn a_long_condition_is_cut_and_stays_on_one_line() {
        let long = label(&format!("a\n{}", "x".repeat(100)));
        assert_eq!(long.chars().count(), MAX_LABEL_CHARS + 1);
        assert!(!long.contains('\n'));
    }
}
