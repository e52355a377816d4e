//! `run-plan`: phase files become a plan with topological waves; whatever may change bytes is fixed here.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use ideamine_core::digest::Digest;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, Write};
use ideamine_core::records::{
    Aggregation, FanOutMode, PhaseConfig, PhaseRow, PhaseStatus, Plan, PlannedPhase, RunRow, RunStatus, key,
};
use ideamine_core::{Ctx, Failure, Function, PhaseId};
use petgraph::algo::{tarjan_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rows;

/// Most phases of a run: the spine's history stays far below its limit.
pub const PHASES_MAX: usize = 60;
/// Most branches of a phase, as in an inline Map on AWS.
pub const BRANCHES_MAX: usize = 40;
/// Attempts of a phase until its gates' outcome stands.
pub const ATTEMPTS_MAX: u32 = 5;

/// What a run is started with, by digest: the phase files, the machines, the approvers' keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// The build that starts it.
    pub build: String,
    /// Phase files: name and text.
    pub phases: Vec<(String, String)>,
    /// State machines by name, as digests of their text.
    pub machines: BTreeMap<String, Digest>,
    /// Public keys (hex) whose approvals count.
    pub approvers: Vec<String>,
}

/// `run-plan`. `known` names every function there is.
pub struct RunPlan {
    /// Names of all functions.
    pub known: BTreeSet<String>,
}

/// Input of `run-plan`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The [`RunConfig`].
    pub config: Digest,
    /// The mothership's execution.
    pub execution: String,
}

/// Output of `run-plan`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// The [`Plan`]; its digest is the plan hash.
    pub plan: Digest,
    /// Number of phases.
    pub phases: usize,
}

#[async_trait]
impl Function for RunPlan {
    const NAME: &'static str = "run-plan";
    type Input = Input;
    type Output = Output;

    async fn run(&self, ctx: &Ctx, input: Input) -> Result<Output, Failure> {
        let config: RunConfig = ctx.get_json(&input.config).await?;
        let run_key = key::run(&ctx.tenant, &ctx.run);
        let run: RunRow = rows::get(ctx, &run_key).await?;
        let phases = resolve(parse_all(&config.phases)?, run.options.until.as_ref(), &self.known)?;
        let plan = Plan {
            version: 1,
            build: config.build,
            idea: run.idea,
            idea_media_type: run.idea_media_type,
            seed: run.options.seed,
            model: run.options.model,
            ask: run.options.ask,
            phases,
            machines: config.machines,
            approvers: config.approvers,
        };
        let digest = ctx.put_json(&plan).await?;
        self.write_rows(ctx, &plan, digest, input.execution).await?;
        Ok(Output { plan: digest, phases: plan.phases.len() })
    }
}

impl RunPlan {
    async fn write_rows(
        &self,
        ctx: &Ctx,
        plan: &Plan,
        digest: Digest,
        execution: String,
    ) -> Result<(), Failure> {
        for planned in &plan.phases {
            let key = key::phase(&ctx.tenant, &ctx.run, planned.order, &planned.config.id);
            let row = serde_json::to_value(pending(planned)).map_err(|e| Failure::bug(e.to_string()))?;
            let write =
                ctx.env.records.write(vec![Write::Put { key, value: row, when: Condition::Absent }]).await;
            // Planning again after a crash finds its own rows.
            if let Err(failure) = write
                && failure.kind != FailureKind::StoreConflict
            {
                return Err(failure);
            }
        }
        rows::update(ctx, &key::run(&ctx.tenant, &ctx.run), |run: &mut RunRow| {
            run.plan = Some(digest);
            run.execution = Some(execution.clone());
            run.status = RunStatus::Running;
        })
        .await?;
        Ok(())
    }
}

fn pending(planned: &PlannedPhase) -> PhaseRow {
    PhaseRow {
        id: planned.config.id.clone(),
        order: planned.order,
        status: PhaseStatus::Pending,
        attempts: 0,
        artifacts: vec![],
        gates: vec![],
        generator: None,
        problems: vec![],
        started_ms: None,
        ended_ms: None,
    }
}

/// Reads phase files; each names its file when it is not usable.
///
/// # Errors
/// `Config.Invalid` with file, line and what is expected.
pub fn parse_all(files: &[(String, String)]) -> Result<Vec<PhaseConfig>, Failure> {
    files.iter().map(|(name, text)| parse(name, text)).collect()
}

/// Reads one phase file.
///
/// # Errors
/// As [`parse_all`].
pub fn parse(file: &str, text: &str) -> Result<PhaseConfig, Failure> {
    let config: PhaseConfig = serde_saphyr::from_str(text).map_err(|e| invalid(format!("{file}: {e}")))?;
    let stem = file.rsplit('/').next().unwrap_or(file);
    let stem = stem.strip_suffix(".yaml").or_else(|| stem.strip_suffix(".yml")).unwrap_or(stem);
    if config.id.as_str() != stem {
        return Err(invalid(format!(
            "{file}: id is `{}`, expected `{stem}` as in the file's name",
            config.id
        )));
    }
    check(file, &config)?;
    Ok(config)
}

fn check(file: &str, config: &PhaseConfig) -> Result<(), Failure> {
    let refuse = |what: String| Err(invalid(format!("{file}: {what}")));
    if config.branch_count() > BRANCHES_MAX {
        return refuse(format!(
            "fan_out.branches has {} entries, at most {BRANCHES_MAX}",
            config.branch_count()
        ));
    }
    let tolerate = config.fan_out.tolerate as usize;
    if tolerate > 0 && config.fan_out.mode != FanOutMode::Partial {
        return refuse("fan_out.tolerate is for mode `partial` alone".to_owned());
    }
    if tolerate >= config.branch_count() && tolerate > 0 {
        return refuse(format!("fan_out.tolerate is {tolerate}, at least one of the branches must succeed"));
    }
    if config.agent == "generic" && config.schema.is_none() {
        return refuse("agent `generic` needs `schema`, the JSON Schema of its output".to_owned());
    }
    if config.timeout_s == 0 {
        return refuse("timeout_s must be at least 1".to_owned());
    }
    Ok(())
}

/// Puts phases into waves: a phase's wave is one more than the latest it depends on. Phases after `until` that it
/// does not depend on are left out.
///
/// # Errors
/// `Config.Invalid`: a repeated id, an unknown dependency, gate, agent or function, a cycle with its path.
pub fn resolve(
    configs: Vec<PhaseConfig>,
    until: Option<&PhaseId>,
    known: &BTreeSet<String>,
) -> Result<Vec<PlannedPhase>, Failure> {
    let by_id = index(configs)?;
    known_names(&by_id, known)?;
    let (graph, nodes) = graph(&by_id)?;
    let order = toposort(&graph, None).map_err(|_| invalid(cycle(&graph, &by_id)))?;
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
            return Err(invalid(format!("phase `{}` is there twice", twice.id)));
        }
    }
    Ok(by_id)
}

fn known_names(by_id: &BTreeMap<PhaseId, PhaseConfig>, known: &BTreeSet<String>) -> Result<(), Failure> {
    for (id, config) in by_id {
        let mut names = vec![("agent", format!("agent-{}", config.agent))];
        names.extend(config.gates.iter().map(|gate| ("gate", format!("gate-{gate}"))));
        names.extend(config.guards.iter().map(|guard| ("guard", format!("guard-{guard}"))));
        if let Aggregation::Custom(function) = &config.aggregation {
            names.push(("aggregation", function.clone()));
        }
        for (what, name) in names {
            if !known.contains(&name) {
                return Err(invalid(format!(
                    "phase `{id}`: there is no {what} function `{name}`; see `ideamine functions`"
                )));
            }
        }
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
                invalid(format!("phase `{id}` depends on `{before}`, which is not among the phases"))
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

fn invalid(message: String) -> Failure {
    Failure::new(FailureKind::ConfigInvalid, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phase(id: &str, depends_on: &[&str]) -> PhaseConfig {
        let yaml = format!(
            "id: {id}\ntitle: {id}\nagent: generic\nschema: {{}}\noutput: {id}.json\nprompt: hello\ndepends_on: [{}]\n",
            depends_on.join(", ")
        );
        parse(&format!("{id}.yaml"), &yaml).unwrap()
    }

    fn known() -> BTreeSet<String> {
        BTreeSet::from(["agent-generic".to_owned()])
    }

    fn waves(phases: &[(&str, &[&str])], until: Option<&str>) -> Result<String, String> {
        let configs = phases.iter().map(|(id, deps)| phase(id, deps)).collect();
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
        check(&[("a", &["x"])], "depends on `x`");
        check(&[("a", &[]), ("a", &[])], "twice");
        assert!(waves(&[("a", &[])], Some("z")).unwrap_err().contains("--until z"));
    }

    #[test]
    fn a_phase_file_says_where_it_is_wrong() {
        let check = |text: &str, message: &str| {
            let error = parse("phases/x.yaml", text).unwrap_err().message;
            assert!(error.contains("phases/x.yaml") && error.contains(message), "{error}");
        };
        let base = "id: x\ntitle: X\nagent: prd\noutput: x.json\nprompt: hi\n";
        check("id: x\n", "title");
        check(&format!("{base}colour: red\n"), "colour");
        check(&base.replace("id: x", "id: y"), "expected `x`");
        check(&base.replace("id: x", "id: ../x"), "usable id");
        check(
            &format!(
                "{base}fan_out: {{mode: partial, branches: [{{role: a, instruction: b}}], tolerate: 1}}\n"
            ),
            "at least one",
        );
        check(&format!("{base}timeout_s: 0\n"), "timeout_s");
        check("\u{0}", "");
        assert!(parse("x.yaml", base).is_ok());
    }
}
