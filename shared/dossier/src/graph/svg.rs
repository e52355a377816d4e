//! Graphs as SVG: plain shapes with classes, no style and no script, so that a strict page can hold them.
//!
//! Each shape also carries presentation attributes, so that a picture taken out of its page is still readable.

use std::fmt::Write as _;

use super::layout::{Layout, Place, Slot, layout};
use super::{Diagram, Edge, Graph, Node, escape, sequence, width, wrap};

/// Width of a box.
const BOX: i64 = 196;
/// Space inside a box at its sides.
const INSET: i64 = 12;
/// Space around the picture.
const MARGIN: i64 = 14;
/// Least height between layers.
const BETWEEN: i64 = 44;
/// Width of a label on an arrow.
const LABEL: u64 = 150;
/// Height of a line on an arrow.
const LABEL_LINE: i64 = 14;
/// Font sizes of labels on arrows and in boxes.
const SMALL: u64 = 11;
const NAME: u64 = 14;
/// Longest parts of a box, lines.
const NAME_LINES: usize = 2;
const NOTE_LINES: usize = 4;
const HELD_LINES: usize = 14;

/// Draws a picture. `id` must be unique on the page: title and description are tied to it.
pub fn to_svg(diagram: &Diagram, id: &str) -> String {
    let (size, body) = match diagram {
        Diagram::Graph(graph) => draw(graph),
        Diagram::Sequence(found) => sequence::draw(found),
    };
    frame(id, diagram.title(), diagram.description(), size, &body)
}

/// The outer element with its accessible name.
pub(crate) fn frame(id: &str, title: &str, description: &str, size: (i64, i64), body: &str) -> String {
    let (id, title, description) = (escape(id), escape(title), escape(description));
    let (w, h) = size;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"img\" \
         aria-labelledby=\"{id}-t {id}-d\" font-family=\"system-ui, sans-serif\"><title id=\"{id}-t\">{title}</title>\
         <desc id=\"{id}-d\">{description}</desc>{body}</svg>"
    )
}

/// One line of text.
pub(crate) fn text(out: &mut String, at: (i64, i64), class: &str, size: u64, anchor: &str, line: &str) {
    let (x, y) = at;
    let line = escape(line);
    let _ = write!(
        out,
        "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" font-size=\"{size}\" text-anchor=\"{anchor}\" \
         fill=\"currentColor\">{line}</text>"
    );
}

struct BoxText {
    name: Vec<String>,
    note: Vec<String>,
    held: Vec<String>,
}

impl BoxText {
    fn of(node: &Node) -> Self {
        let inside = (BOX - 2 * INSET).unsigned_abs();
        let mut held: Vec<String> =
            node.lines.iter().take(HELD_LINES).flat_map(|line| wrap(line, SMALL, inside, 1)).collect();
        if node.lines.len() > HELD_LINES {
            held.push(format!("… {} more", node.lines.len() - HELD_LINES));
        }
        let name = wrap(&node.label, NAME, inside, NAME_LINES);
        Self { name, note: wrap(&node.note, SMALL, inside, NOTE_LINES), held }
    }
    fn height(&self) -> i64 {
        let lines = |lines: &[String], height: i64| i64::try_from(lines.len()).unwrap_or(0) * height;
        let rule = if self.held.is_empty() { 0 } else { 10 };
        26 + lines(&self.name, 18) + lines(&self.note, 14) + lines(&self.held, 15) + rule + 10
    }
}

/// A label on the way between two layers.
struct Label {
    layer: usize,
    row: i64,
    x: (i64, i64),
    lines: Vec<String>,
}

fn draw(graph: &Graph) -> ((i64, i64), String) {
    let layout = layout(graph, BOX);
    let texts: Vec<BoxText> = graph.nodes.iter().map(BoxText::of).collect();
    let labels = labels(graph, &layout);
    let tops = tops(&layout, &texts, &labels);
    let height_of = |slot: &Slot| match slot.place {
        Place::Node(node) => texts[node].height(),
        Place::Bend(_) => 0,
    };
    let heights: Vec<i64> =
        layout.layers.iter().map(|row| row.iter().map(height_of).max().unwrap_or(0)).collect();
    let mut out = String::new();
    groups(&mut out, graph, &layout, &tops, &texts);
    arrows(&mut out, &layout, &tops, &heights, &texts);
    for (layer, row) in layout.layers.iter().enumerate() {
        for slot in row {
            if let Place::Node(node) = slot.place {
                draw_box(
                    &mut out,
                    &graph.nodes[node],
                    &texts[node],
                    (MARGIN + slot.x - BOX / 2, tops[layer]),
                );
            }
        }
    }
    draw_labels(&mut out, &labels, &tops, &heights);
    self_references(&mut out, graph, &layout, &tops);
    let bottom = tops.last().zip(heights.last()).map_or(0, |(top, height)| top + height);
    ((layout.width + 2 * MARGIN, bottom + MARGIN), out)
}

/// Labels of the arrows that have one: in the gap below the middle of the arrow, stacked where they would overlap.
fn labels(graph: &Graph, layout: &Layout) -> Vec<Label> {
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
            let apart = ((label.x.0 + label.x.1) - (x.0 + x.1)).abs() / 2;
            label.layer == upper.0 && label.row == row && apart < i64::try_from(LABEL).unwrap_or(0) + 8
        };
        let mut row = 0;
        while labels.iter().any(|label| overlaps(label, row)) {
            row += 1;
        }
        labels.push(Label { layer: upper.0, row, x, lines });
    }
    labels
}

fn rows_below(labels: &[Label], layer: usize) -> i64 {
    labels.iter().filter(|label| label.layer == layer).map(|label| label.row + 1).max().unwrap_or(0)
}

/// Upper edge of each layer.
fn tops(layout: &Layout, texts: &[BoxText], labels: &[Label]) -> Vec<i64> {
    let mut top = MARGIN + 16;
    let mut tops = Vec::new();
    for (layer, row) in layout.layers.iter().enumerate() {
        tops.push(top);
        let heights = row.iter().map(|slot| match slot.place {
            Place::Node(node) => texts[node].height(),
            Place::Bend(_) => 0,
        });
        top += heights.max().unwrap_or(0) + BETWEEN + rows_below(labels, layer) * (2 * LABEL_LINE + 6);
    }
    tops
}

fn arrows(out: &mut String, layout: &Layout, tops: &[i64], heights: &[i64], texts: &[BoxText]) {
    for route in &layout.routes {
        let mut path = String::new();
        for pair in route.stops.windows(2) {
            let (upper, lower) = (pair[0], pair[1]);
            let (from, to) = (layout.layers[upper.0][upper.1], layout.layers[lower.0][lower.1]);
            let below = match from.place {
                Place::Node(node) => tops[upper.0] + texts[node].height(),
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
        head(out, route.upwards, &route.stops, layout, tops, texts);
    }
}

fn head(
    out: &mut String,
    upwards: bool,
    stops: &[(usize, usize)],
    layout: &Layout,
    tops: &[i64],
    texts: &[BoxText],
) {
    let end = if upwards { stops.first() } else { stops.last() };
    let Some((layer, at)) = end.copied() else { return };
    let slot = layout.layers[layer][at];
    let x = MARGIN + slot.x;
    let height = if let Place::Node(node) = slot.place { texts[node].height() } else { 0 };
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

fn draw_box(out: &mut String, node: &Node, lines: &BoxText, at: (i64, i64)) {
    let (x, y) = at;
    let radius = if matches!(node.kind, super::NodeKind::Person) { 18 } else { 6 };
    let (class, height) = (node.kind.class(), lines.height());
    let _ = write!(
        out,
        "<rect class=\"box {class}\" x=\"{x}\" y=\"{y}\" width=\"{BOX}\" height=\"{height}\" rx=\"{radius}\" \
         fill=\"none\" stroke=\"currentColor\"/>"
    );
    let middle = x + BOX / 2;
    let mut line = y + 18;
    text(out, (middle, line), "kind", 10, "middle", node.kind.label());
    for name in &lines.name {
        line += 18;
        text(out, (middle, line), "name", NAME, "middle", name);
    }
    for note in &lines.note {
        line += 14;
        text(out, (middle, line + 2), "note", SMALL, "middle", note);
    }
    if !lines.held.is_empty() {
        let _ = write!(
            out,
            "<path class=\"rule\" d=\"M{x} {}h{BOX}\" stroke=\"currentColor\" fill=\"none\"/>",
            line + 11
        );
        line += 10;
    }
    for held in &lines.held {
        line += 15;
        text(out, (x + INSET, line + 2), "held", SMALL, "start", held);
    }
}

fn draw_labels(out: &mut String, labels: &[Label], tops: &[i64], heights: &[i64]) {
    for label in labels {
        let from = tops[label.layer] + heights[label.layer];
        let to = tops.get(label.layer + 1).copied().unwrap_or(from);
        let lines = i64::try_from(label.lines.len()).unwrap_or(0);
        let y = from + BETWEEN / 2 + label.row * (2 * LABEL_LINE + 6) + LABEL_LINE * (2 - lines) / 2;
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

/// A dashed frame around the boxes of a group, where no other box lies inside it.
fn groups(out: &mut String, graph: &Graph, layout: &Layout, tops: &[i64], texts: &[BoxText]) {
    let boxes: Vec<(usize, [i64; 4])> = layout
        .layers
        .iter()
        .enumerate()
        .flat_map(|(layer, row)| row.iter().map(move |slot| (layer, slot)))
        .filter_map(|(layer, slot)| match slot.place {
            Place::Node(node) => {
                let x = MARGIN + slot.x - BOX / 2;
                Some((node, [x, tops[layer], x + BOX, tops[layer] + texts[node].height()]))
            }
            Place::Bend(_) => None,
        })
        .collect();
    for group in &graph.groups {
        let inside = |node: &usize| graph.nodes[*node].group.as_ref() == Some(&group.id);
        let members = boxes.iter().filter(|(node, _)| inside(node)).map(|(_, edges)| *edges);
        let Some([x0, y0, x1, y1]) =
            members.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
        else {
            continue;
        };
        let crosses = |(_, b): &(usize, [i64; 4])| b[0] < x1 && b[2] > x0 && b[1] < y1 && b[3] > y0;
        if boxes.iter().any(|other| !inside(&other.0) && crosses(other)) {
            continue;
        }
        let (x, y, w, h) = (x0 - 10, y0 - 24, x1 - x0 + 20, y1 - y0 + 34);
        let _ = write!(
            out,
            "<rect class=\"group\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"10\" fill=\"none\" \
             stroke=\"currentColor\" stroke-dasharray=\"5 4\"/>"
        );
        text(out, (x + 10, y + 15), "kind", 11, "start", &fitted(&group.label, w - 20));
    }
}

fn fitted(label: &str, width_px: i64) -> String {
    wrap(label, 11, width_px.unsigned_abs(), 1).into_iter().next().unwrap_or_default()
}

/// A mark at the corner of a box that points to itself.
fn self_references(out: &mut String, graph: &Graph, layout: &Layout, tops: &[i64]) {
    let own = |node: &Node| graph.edges.iter().find(|Edge { from, to, .. }| from == to && *from == node.id);
    for (layer, row) in layout.layers.iter().enumerate() {
        for slot in row {
            let Place::Node(node) = slot.place else { continue };
            let Some(edge) = own(&graph.nodes[node]) else { continue };
            let (x, y) = (MARGIN + slot.x + BOX / 2 - 10, tops[layer] + 18);
            let mark =
                if width(&edge.label, SMALL) < 90 { format!("↻ {}", edge.label) } else { "↻".to_owned() };
            text(out, (x, y), "label", SMALL, "end", &mark);
        }
    }
}
