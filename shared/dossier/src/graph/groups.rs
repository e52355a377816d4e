//! Frames around boxes that belong together.

use std::fmt::Write as _;

use super::layout::{Layout, Place};
use super::svg::{BOX, MARGIN, SMALL, text};
use super::{Graph, wrap};

/// A dashed frame around the boxes of a group, where no other box lies inside it.
pub(super) fn draw(out: &mut String, graph: &Graph, layout: &Layout, tops: &[i64], drawn: &[i64]) {
    let boxes: Vec<(usize, [i64; 4])> = layout
        .layers
        .iter()
        .enumerate()
        .flat_map(|(layer, row)| row.iter().map(move |slot| (layer, slot)))
        .filter_map(|(layer, slot)| match slot.place {
            Place::Node(node) => {
                let x = MARGIN + slot.x - BOX / 2;
                Some((node, [x, tops[layer], x + BOX, tops[layer] + drawn[node]]))
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
        text(out, (x + 10, y + 15), "kind", SMALL, "start", &fitted(&group.label, w - 20));
    }
}

fn fitted(label: &str, width_px: i64) -> String {
    wrap(label, SMALL, width_px.unsigned_abs(), 1).into_iter().next().unwrap_or_default()
}
