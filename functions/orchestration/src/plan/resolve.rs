//! Phases become topological waves; what they name must be there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ideamine_core::records::{Aggregation, PhaseConfig, PlannedPhase};
use ideamine_core::{Failure, PhaseId};
use petgraph::algo::{tarjan_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};

use super::parse::AGGREGATE;
use super::{Known, invalid, shown};
use crate::brief::APP;

/// Most phases of a run: the spine's history stays far below its limit.
pub const PHASES_MAX: usize = 60;

/// Puts phases into waves: a phase's wave is one more than the latest it depends on. Phases after `until` that it
/// does not depend on are left out.
///
/// # Errors
/// `Config.Invalid`: a repeated id or output, an unknown dependency, gate, agent, function or artifact, a cycle with
/// its path.
pub fn resolve(
    configs: Vec<PhaseConfig>,
    until: Option<&PhaseId>,
    known: &Known,
) -> Result<Vec<PlannedPhase>, Failure> {
    let by_id = index(configs)?;
    known_names(&by_id, known)?;
    let (graph, nodes) = graph(&by_id)?;
    let order = toposort(&graph, None).map_err(|_| invalid(cycle(&graph, &by_id)))?;
    known_artifacts(&by_id, known, order.iter().map(|node| graph[*node].clone()))?;
    let mut waves: HashMap<NodeIndex, u32> = HashMap::new();
    for node in order {
        let before = graph.neighbors_directed(node, petgraph::Incoming).filter_map(|n| waves.get(&n)).max();
        waves.insert(node, before.map_or(0, |wave| wave + 1));
    }
    let wanted = wanted(&by_id, until)?;
    let mut phases: Vec<(u32, PhaseConfig)> = by_id
        .into_iter()
        .filter(|(id, _)| wanted.contains(id))
        .map(|(id, config)| (waves[&nodes[&id]], config))
        .collect();
    phases.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
    let numbered = (0..).zip(phases);
    Ok(numbered.map(|(order, (wave, config))| PlannedPhase { order, wave, config }).collect())
}

fn index(configs: Vec<PhaseConfig>) -> Result<BTreeMap<PhaseId, PhaseConfig>, Failure> {
    if configs.is_empty() || configs.len() > PHASES_MAX {
        return Err(invalid(format!("there are {} phases, expected 1 to {PHASES_MAX}", configs.len())));
    }
    let mut by_id = BTreeMap::new();
    for config in configs {
        if let Some(twice) = by_id.insert(config.id.clone(), config) {
            let twice = twice.id;
            return Err(invalid(format!("{twice}.yaml: id: phase `{twice}` is there twice")));
        }
    }
    Ok(by_id)
}

fn known_names(by_id: &BTreeMap<PhaseId, PhaseConfig>, known: &Known) -> Result<(), Failure> {
    let functions = |prefix: &str| -> Vec<String> {
        known.functions.iter().filter_map(|name| name.strip_prefix(prefix)).map(str::to_owned).collect()
    };
    let agents: Vec<String> = known.agents.keys().cloned().collect();
    for (id, config) in by_id {
        let custom = match &config.aggregation {
            Aggregation::Custom(function) => function.strip_prefix(AGGREGATE).map(str::to_owned),
            _ => None,
        };
        let names = [
            ("agent", std::slice::from_ref(&config.agent), agents.clone()),
            ("gates", &config.gates, functions("gate-")),
            ("guards", &config.guards, functions("guard-")),
            ("aggregation.custom", custom.as_slice(), functions(AGGREGATE)),
        ];
        for (key, asked, there) in names {
            if let Some(unknown) = asked.iter().find(|name| !there.contains(name)) {
                let unknown = shown(unknown);
                let there = listed(there.iter().map(String::as_str));
                return Err(invalid(format!("{id}.yaml: {key}: there is no `{unknown}`; there is {there}")));
            }
        }
    }
    Ok(())
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// What a phase reads must be written before it, and each name by one phase.
fn known_artifacts(
    by_id: &BTreeMap<PhaseId, PhaseConfig>,
    known: &Known,
    order: impl Iterator<Item = PhaseId>,
) -> Result<(), Failure> {
    let mut there: BTreeMap<PhaseId, BTreeSet<&str>> = BTreeMap::new();
    let mut writers: BTreeMap<&str, PhaseId> = BTreeMap::new();
    for id in order {
        let config = &by_id[&id];
        if let Some(other) = writers.insert(&config.output, id.clone()) {
            let output = &config.output;
            return Err(invalid(format!(
                "{id}.yaml: output: `{output}` is written by phase {other} already; choose a name of its own"
            )));
        }
        let before: BTreeSet<&str> =
            config.depends_on.iter().flat_map(|id| there.get(id).into_iter().flatten().copied()).collect();
        let refuse = |key: &str, name: &str| {
            let (name, before) = (shown(name), listed(before.iter().copied()));
            let what = format!("{id}.yaml: {key}: no phase before it writes `{name}`; they write {before}");
            Err(invalid(what))
        };
        if let Some(unknown) = config.inputs.iter().find(|name| !before.contains(name.as_str())) {
            return refuse("inputs", unknown);
        }
        let mut all = before.clone();
        all.insert(&config.output);
        all.extend(known.agents.get(&config.agent).into_iter().flatten().map(String::as_str));
        if !config.checks.is_empty() && !all.contains(APP) {
            return refuse("checks", APP);
        }
        there.insert(id, all);
    }
    Ok(())
}

type Phases = (DiGraph<PhaseId, ()>, HashMap<PhaseId, NodeIndex>);

fn graph(by_id: &BTreeMap<PhaseId, PhaseConfig>) -> Result<Phases, Failure> {
    let mut graph = DiGraph::new();
    let nodes: HashMap<_, _> = by_id.keys().map(|id| (id.clone(), graph.add_node(id.clone()))).collect();
    for (id, config) in by_id {
        for before in &config.depends_on {
            let from = nodes.get(before).ok_or_else(|| {
                let there = listed(by_id.keys().map(PhaseId::as_str));
                invalid(format!("{id}.yaml: depends_on: there is no phase `{before}`; there is {there}"))
            })?;
            graph.add_edge(*from, nodes[id], ());
        }
    }
    Ok((graph, nodes))
}

/// Names a cycle as a path that returns to its start: `a -> b -> a` reads "a needs b, b needs a".
fn cycle(graph: &DiGraph<PhaseId, ()>, by_id: &BTreeMap<PhaseId, PhaseConfig>) -> String {
    let knot: BTreeSet<PhaseId> = tarjan_scc(graph)
        .into_iter()
        .find(|part| part.len() > 1 || graph.contains_edge(part[0], part[0]))
        .unwrap_or_default()
        .into_iter()
        .map(|node| graph[node].clone())
        .collect();
    let mut path: Vec<PhaseId> = knot.iter().take(1).cloned().collect();
    while let Some(next) = path.last().and_then(|id| by_id[id].depends_on.iter().find(|d| knot.contains(*d)))
    {
        let again = path.iter().position(|id| id == next);
        path.push(next.clone());
        if let Some(start) = again {
            path.drain(..start);
            break;
        }
    }
    let names: Vec<&str> = path.iter().map(PhaseId::as_str).collect();
    format!("phases depend on each other in a circle: {}", names.join(" -> "))
}

fn wanted(
    by_id: &BTreeMap<PhaseId, PhaseConfig>,
    until: Option<&PhaseId>,
) -> Result<BTreeSet<PhaseId>, Failure> {
    let Some(until) = until else { return Ok(by_id.keys().cloned().collect()) };
    if !by_id.contains_key(until) {
        let names: Vec<&str> = by_id.keys().map(PhaseId::as_str).collect();
        return Err(Failure::input(format!(
            "--until {until}: no such phase; there are {}",
            names.join(", ")
        )));
    }
    let mut wanted = BTreeSet::new();
    let mut open = vec![until.clone()];
    while let Some(id) = open.pop() {
        if wanted.insert(id.clone()) {
            open.extend(by_id[&id].depends_on.iter().cloned());
        }
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::parse;

    fn phase(id: &str, depends_on: &[&str], more: &str) -> PhaseConfig {
        let yaml = format!(
            "id: {id}\ntitle: {id}\nagent: generic\nschema: {{}}\noutput: {id}.json\nprompt: hello\ndepends_on: [{}]\n{more}",
            depends_on.join(", ")
        );
        parse(&format!("{id}.yaml"), &yaml).unwrap()
    }

    fn known() -> Known {
        let also = BTreeSet::from(["notes.txt".to_owned()]);
        let agents = BTreeMap::from([("generic".to_owned(), BTreeSet::new()), ("writer".to_owned(), also)]);
        let functions = ["gate-qa", "run-aggregate-best", "run-plan"].map(str::to_owned);
        Known { functions: functions.into(), agents }
    }

    fn waves(phases: &[(&str, &[&str])], until: Option<&str>) -> Result<String, String> {
        let configs = phases.iter().map(|(id, deps)| phase(id, deps, "")).collect();
        let until = until.map(|id| PhaseId::new(id).unwrap());
        let planned = resolve(configs, until.as_ref(), &known()).map_err(|f| f.message)?;
        Ok(planned.iter().map(|p| format!("{}{}", p.config.id, p.wave)).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn independent_phases_share_a_wave() {
        let diamond: &[(&str, &[&str])] =
            &[("d", &["b", "c"]), ("b", &["a"]), ("c", &["a"]), ("a", &[]), ("e", &["a", "d"])];
        assert_eq!(waves(diamond, None).unwrap(), "a0 b1 c1 d2 e3");
        assert_eq!(waves(diamond, Some("c")).unwrap(), "a0 c1");
    }

    #[test]
    fn a_knot_is_refused_with_its_path() {
        let check = |phases: &[(&str, &[&str])], message: &str| {
            let error = waves(phases, None).unwrap_err();
            assert!(error.contains(message), "{error}");
        };
        check(&[("a", &["c"]), ("b", &["a"]), ("c", &["b"]), ("d", &[])], "a -> c -> b -> a");
        check(&[("a", &["a"])], "a -> a");
        check(&[("a", &["x"])], "a.yaml: depends_on: there is no phase `x`; there is a");
        check(&[("a", &[]), ("a", &[])], "twice");
        assert!(waves(&[("a", &[])], Some("z")).unwrap_err().contains("--until z"));
    }

    #[test]
    fn what_a_phase_names_must_be_there() {
        let refused = |config: PhaseConfig| {
            let writer = PhaseConfig { agent: "writer".to_owned(), ..phase("w", &["a"], "") };
            resolve(vec![phase("a", &[], ""), writer, config], None, &known()).err().map(|f| f.message)
        };
        let of = |more: &str| phase("x", &["w"], more);
        let check = |config: PhaseConfig, says: &str| {
            let error = refused(config).unwrap_or_else(|| panic!("{says}: taken"));
            assert!(error.starts_with("x.yaml: ") && error.contains(says), "{error}");
        };
        check(of("gates: [lunch]\n"), "gates: there is no `lunch`; there is qa");
        check(of("guards: [lunch]\n"), "guards: there is no `lunch`; there is none");
        check(of("aggregation: { custom: run-aggregate-worst }\n"), "no `worst`; there is best");
        check(of("inputs: [later.json]\n"), "`later.json`; they write a.json, notes.txt, w.json");
        check(of("inputs: [x.json]\n"), "inputs: no phase before it writes `x.json`");
        check(of("checks: [start]\n"), "checks: no phase before it writes `app.json`");
        check(
            PhaseConfig { agent: "nobody".to_owned(), ..of("") },
            "agent: there is no `nobody`; there is generic, writer",
        );
        check(
            PhaseConfig { output: "a.json".to_owned(), ..of("") },
            "output: `a.json` is written by phase a",
        );
        assert_eq!(refused(of("inputs: [a.json, notes.txt]\ngates: [qa]\n")), None);
    }
}
