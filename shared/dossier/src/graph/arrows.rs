//! Arrows between boxes and the labels on them.

use std::fmt::Write as _;

use super::layout::{Layout, Place};
use super::svg::{BETWEEN, MARGIN, SMALL, text};
use super::{Graph, width, wrap};

/// Width of a label on an arrow.
const LABEL: u64 = 150;
/// Least space between labels side by side: arrows draw together on their way down.
const BESIDE: i64 = 30;
/// Height of a line of a label, and of a row of labels.
const LABEL_LINE: i64 = 14;
const LABEL_ROW: i64 = 2 * LABEL_LINE + 6;

/// A label on the way between two layers.
pub(super) struct Label {
    layer: usize,
    row: i64,
    x: (i64, i64),
    lines: Vec<String>,
}

/// Labels of the arrows that have one: in the gap below the middle of the arrow, stacked where they would overlap.
pub(super) fn labels(graph: &Graph, layout: &Layout) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    for route in &layout.routes {
        let lines = wrap(&graph.edges[route.edge].label, SMALL, LABEL, 2);
        let middle = (route.stops.len() - 1) / 2;
        let (Some(upper), Some(lower)) = (route.stops.get(middle), route.stops.get(middle + 1)) else {
            continue;
        };
        if lines.is_empty() {
            continue;
        }
        let x = (layout.layers[upper.0][upper.1].x, layout.layers[lower.0][lower.1].x);
        let overlaps = |label: &Label, row: i64| {
            let apart = ((label.x.0 + label.x.1) - (x.0 + x.1)).abs();
            let room = wide(&label.lines) + wide(&lines) + 2 * BESIDE;
            label.layer == upper.0 && label.row == row && apart < room
        };
        let mut row = 0;
        while labels.iter().any(|label| overlaps(label, row)) {
            row += 1;
        }
        labels.push(Label { layer: upper.0, row, x, lines });
    }
    labels
}

fn wide(lines: &[String]) -> i64 {
    lines.iter().map(|line| width(line, SMALL)).max().and_then(|w| i64::try_from(w).ok()).unwrap_or(0)
}

/// Height that the labels below a layer take.
pub(super) fn room_below(labels: &[Label], layer: usize) -> i64 {
    let rows = labels.iter().filter(|label| label.layer == layer).map(|label| label.row + 1).max();
    rows.unwrap_or(0) * LABEL_ROW
}

/// Draws the arrows; `drawn` is the height of each box.
pub(super) fn draw(out: &mut String, layout: &Layout, tops: &[i64], heights: &[i64], drawn: &[i64]) {
    for route in &layout.routes {
        let mut path = String::new();
        for pair in route.stops.windows(2) {
            let (upper, lower) = (pair[0], pair[1]);
            let (from, to) = (layout.layers[upper.0][upper.1], layout.layers[lower.0][lower.1]);
            let below = match from.place {
                Place::Node(node) => tops[upper.0] + drawn[node],
                Place::Bend(_) => tops[upper.0] + heights[upper.0],
            };
            let (x0, x1, y1) = (MARGIN + from.x, MARGIN + to.x, tops[lower.0]);
            // Straight past the higher boxes beside it, then over to the next place.
            let turn = tops[upper.0] + heights[upper.0];
            let half = (y1 - turn) / 2;
            let start = if path.is_empty() { format!("M{x0} {below}") } else { String::new() };
            let _ = write!(path, "{start}L{x0} {turn}C{x0} {} {x1} {} {x1} {y1}", turn + half, y1 - half);
            if let Place::Bend(_) = to.place {
                let _ = write!(path, "L{x1} {}", tops[lower.0] + heights[lower.0]);
            }
        }
        let _ = write!(out, "<path class=\"edge\" d=\"{path}\" fill=\"none\" stroke=\"currentColor\"/>");
        head(out, route.upwards, &route.stops, layout, tops, drawn);
    }
}

fn head(
    out: &mut String,
    upwards: bool,
    stops: &[(usize, usize)],
    layout: &Layout,
    tops: &[i64],
    drawn: &[i64],
) {
    let end = if upwards { stops.first() } else { stops.last() };
    let Some((layer, at)) = end.copied() else { return };
    let slot = layout.layers[layer][at];
    let x = MARGIN + slot.x;
    let height = if let Place::Node(node) = slot.place { drawn[node] } else { 0 };
    let (tip, back) = if upwards { (tops[layer] + height, 8) } else { (tops[layer], -8) };
    let _ = write!(
        out,
        "<path class=\"head\" d=\"M{x} {tip}L{} {}L{} {}Z\" fill=\"currentColor\"/>",
        x - 4,
        tip + back,
        x + 4,
        tip + back
    );
}

/// Draws the labels over everything else.
pub(super) fn draw_labels(out: &mut String, labels: &[Label], tops: &[i64], heights: &[i64]) {
    for label in labels {
        let from = tops[label.layer] + heights[label.layer];
        let to = tops.get(label.layer + 1).copied().unwrap_or(from);
        let lines = i64::try_from(label.lines.len()).unwrap_or(0);
        let y = from + BETWEEN / 2 + label.row * LABEL_ROW + LABEL_LINE * (2 - lines) / 2;
        let x = MARGIN + between(label.x, y - from, to - from);
        for (line, words) in (1..).zip(&label.lines) {
            ground(out, (x, y + LABEL_LINE * line - 4), words);
            text(out, (x, y + LABEL_LINE * line - 4), "label", SMALL, "middle", words);
        }
    }
}

/// What keeps an arrow from running through a label.
fn ground(out: &mut String, at: (i64, i64), words: &str) {
    let wide = i64::try_from(width(words, SMALL)).unwrap_or(0) + 6;
    let (x, y) = (at.0 - wide / 2, at.1 - LABEL_LINE + 3);
    let _ = write!(
        out,
        "<rect class=\"ground\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{}\" fill=\"none\"/>",
        LABEL_LINE + 1
    );
}

/// Where a curve that starts and ends upright is, `part` of `whole` on its way.
fn between(x: (i64, i64), part: i64, whole: i64) -> i64 {
    let whole = whole.max(1);
    let part = part.clamp(0, whole);
    // 3t² − 2t³ in whole numbers.
    let eased = (3 * part * part * whole - 2 * part * part * part) / (whole * whole);
    x.0 + (x.1 - x.0) * eased / whole
}
