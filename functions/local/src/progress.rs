//! Live progress on stderr: a moving line on a terminal, plain lines elsewhere, nothing under `--json` unless asked.

use std::io::IsTerminal;
use std::time::Duration;

use ideamine_core::RunId;
use ideamine_core::ports::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::commands::{printable, say};

/// How often the moving line moves.
const TICK: Duration = Duration::from_millis(120);

/// Shows what happens.
pub(crate) struct Show {
    run: String,
    bar: Option<ProgressBar>,
    cost: String,
}

impl Show {
    /// A terminal gets a moving line besides the plain ones.
    pub(crate) fn new(run: &RunId) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed_precise} {wide_msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(TICK);
            bar
        });
        Self { run: run.to_string(), bar, cost: String::new() }
    }

    /// Shows one event.
    pub(crate) fn event(&mut self, progress: &Progress) {
        match progress {
            Progress::Cost { spent, model_calls } => self.cost = format!("  {spent} in {model_calls} calls"),
            _ => self.line(&text(&self.run, progress)),
        }
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{}{}", text(&self.run, progress), self.cost));
        }
    }

    /// Prints a lasting line.
    pub(crate) fn line(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(printable(line)),
            None => say(line),
        }
    }

    /// Ends the moving line.
    pub(crate) fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn text(run: &str, progress: &Progress) -> String {
    match progress {
        Progress::Run { status, verdict: None } => format!("run           {status}"),
        Progress::Run { status, verdict: Some(verdict) } => format!("run           {status}, {verdict}"),
        Progress::Phase { phase, status, attempt } if *attempt > 1 => {
            format!("{phase:<13} {status}, attempt {attempt}")
        }
        Progress::Phase { phase, status, .. } => format!("{phase:<13} {status}"),
        Progress::Work { phase, function, note } => format!("{phase:<13}   {function}: {note}"),
        Progress::Gate { phase, gate, outcome } => format!("{phase:<13}   gate {gate}: {outcome}"),
        Progress::Cost { spent, model_calls } => format!("cost          {spent} in {model_calls} calls"),
        Progress::Question { phase, question, text } => {
            format!(
                "{phase:<13}   {question}: {text}\n{:<13}   answer from another terminal: ideamine answer {run} {question} \"…\"",
                ""
            )
        }
    }
}
