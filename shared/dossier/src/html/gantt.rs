//! The timeline as a picture: a bar per phase, a darker piece per attempt.

use std::fmt::Write as _;

use super::filters::span;
use crate::content::Bar;
use crate::graph::{frame, text, wrap};

/// Width of the names at the left, and of the bars.
const NAMES: i64 = 128;
const BARS: i64 = 600;
/// Room for the duration behind the last bar.
const BEHIND: i64 = 96;
/// Height of one phase, and of the axis above all.
const ROW: i64 = 24;
const AXIS: i64 = 26;
/// Narrowest bar that can be seen.
const LEAST: i64 = 3;
/// Marks on the axis.
const MARKS: i64 = 4;

pub(super) fn gantt(bars: &[Bar]) -> String {
    let (Some(start), Some(end)) =
        (bars.iter().map(|bar| bar.started_ms).min(), bars.iter().map(|bar| bar.ended_ms).max())
    else {
        return String::new();
    };
    let length = (end - start).max(1);
    let x = |at: i64| NAMES + (at - start).clamp(0, length) * BARS / length;
    let height = AXIS + ROW * i64::try_from(bars.len()).unwrap_or(0) + 6;
    let mut out = String::new();
    for mark in 0..=MARKS {
        let at = NAMES + BARS * mark / MARKS;
        let _ = write!(
            out,
            "<path class=\"rule\" d=\"M{at} {}V{height}\" stroke=\"currentColor\" fill=\"none\"/>",
            AXIS - 6
        );
        text(&mut out, (at, 14), "note", 11, "middle", &span(length * mark / MARKS));
    }
    for (row, bar) in (0..).zip(bars) {
        draw(&mut out, bar, AXIS + ROW * row, &x);
    }
    let told: Vec<String> =
        bars.iter().map(|bar| format!("{} {}", bar.phase, span(bar.ended_ms - bar.started_ms))).collect();
    let description = format!("How long each phase took: {}.", told.join(", "));
    frame("gantt", "Timeline", &description, (NAMES + BARS + BEHIND, height), &out)
}

fn draw(out: &mut String, bar: &Bar, y: i64, x: &impl Fn(i64) -> i64) {
    let name = wrap(&bar.phase, 12, (NAMES - 12).unsigned_abs(), 1).into_iter().next().unwrap_or_default();
    text(out, (NAMES - 10, y + 15), "held", 12, "end", &name);
    let mut rect = |class: &str, from: i64, to: i64, height: i64| {
        let width = (x(to) - x(from)).max(LEAST);
        let _ = write!(
            out,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height}\" rx=\"3\" \
             fill=\"currentColor\"/>",
            x(from),
            y + 4 + (14 - height) / 2
        );
    };
    rect("bar", bar.started_ms, bar.ended_ms, 14);
    bar.attempts.iter().for_each(|attempt| rect("attempt", attempt.started_ms, attempt.ended_ms, 6));
    let took = span(bar.ended_ms - bar.started_ms);
    let times =
        if bar.attempts.len() > 1 { format!("{took} · {} attempts", bar.attempts.len()) } else { took };
    text(out, (x(bar.ended_ms) + 8, y + 15), "note", 11, "start", &times);
}
