//! Graphs as SVG: plain shapes with classes, no style and no script, so that a strict page can hold them.
//!
//! Each shape also carries presentation attributes, so that a picture taken out of its page is still readable.

use std::fmt::Write as _;

use super::arrows::{self, Label};
use super::layout::{Layout, Place, Slot, layout};
use super::{Diagram, Edge, Graph, Node, escape, groups, sequence, width, wrap};

/// Width of a box.
pub(super) const BOX: i64 = 196;
/// Space inside a box at its sides.
const INSET: i64 = 12;
/// Space around the picture.
pub(super) const MARGIN: i64 = 14;
/// Least height between layers.
pub(super) const BETWEEN: i64 = 44;
/// Font sizes of notes and of names.
pub(super) const SMALL: u64 = 11;
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

fn draw(graph: &Graph) -> ((i64, i64), String) {
    let layout = layout(graph, BOX);
    let texts: Vec<BoxText> = graph.nodes.iter().map(BoxText::of).collect();
    let labels = arrows::labels(graph, &layout);
    let tops = tops(&layout, &texts, &labels);
    let height_of = |slot: &Slot| match slot.place {
        Place::Node(node) => texts[node].height(),
        Place::Bend(_) => 0,
    };
    let heights: Vec<i64> =
        layout.layers.iter().map(|row| row.iter().map(height_of).max().unwrap_or(0)).collect();
    let mut out = String::new();
    let drawn: Vec<i64> = texts.iter().map(BoxText::height).collect();
    groups::draw(&mut out, graph, &layout, &tops, &drawn);
    arrows::draw(&mut out, &layout, &tops, &heights, &drawn);
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
    arrows::draw_labels(&mut out, &labels, &tops, &heights);
    self_references(&mut out, graph, &layout, &tops);
    let bottom = tops.last().zip(heights.last()).map_or(0, |(top, height)| top + height);
    ((layout.width + 2 * MARGIN, bottom + MARGIN), out)
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
        top += heights.max().unwrap_or(0) + BETWEEN + arrows::room_below(labels, layer);
    }
    tops
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
