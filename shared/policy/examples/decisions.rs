//! Times decisions of the starter bundle: median and 99th percentile, microseconds.

use std::time::Instant;

use ideamine_policy::{Action, Bundle, Policy};
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = Policy::new(&Bundle::starter())?;
    let subject =
        json!({ "tenant": "local", "run": "01M831TJAXR780B3JV8PDY4NRT", "function": "job-model-call" });
    for kind in [
        json!({ "kind": "model_call", "model": "openai/gpt-5", "origin": "https://api.openai.com", "tokens": 1000 }),
        json!({ "kind": "tool_call", "tool": "sandbox-job", "sandboxed": true, "network": false, "timeout_s": 60 }),
        json!({ "kind": "file", "access": "write", "path": "app/main.py", "bytes": 10 }),
        json!({ "kind": "network", "host": "10.0.0.1", "port": 443, "tls": true }),
    ] {
        let action: Action = serde_json::from_value(json!({ "subject": subject, "action": kind }))?;
        let mut times: Vec<u128> = (0..5000)
            .map(|_| {
                let begun = Instant::now();
                let _ = policy.decide(&action);
                begun.elapsed().as_nanos()
            })
            .collect();
        times.sort_unstable();
        let us = |share: usize| times[times.len() * share / 100] as f64 / 1000.0;
        let decision = policy.decide(&action);
        eprintln!(
            "{}: p50 {:.1} us, p99 {:.1} us, {:?}",
            action.action.name(),
            us(50),
            us(99),
            decision.rulings
        );
    }
    Ok(())
}
