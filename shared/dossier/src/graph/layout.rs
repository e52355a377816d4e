//! Where the boxes of a graph go: in layers from top to bottom, arrows between them.
//!
//! A small version of the layered method: cycles are opened, each box goes below those that point to it, long
//! arrows get a place in every layer they cross, each layer is ordered by what it is joined to, and
//! boxes are drawn towards their neighbours without overlapping. Everything is whole pixels and input order, so the same
//! graph gives the same picture.

use std::collections::BTreeMap;

use super::Graph;
use super::order::order;

/// Boxes side by side at most: wider pictures cannot be read on a page.
const PER_LAYER_MAX: usize = 4;
/// Space between boxes side by side.
const GAP: i64 = 28;
/// Width kept for an arrow that passes a layer.
const LANE: i64 = 16;
/// Passes of ordering and of drawing together; more change little.
pub(super) const PASSES: usize = 8;

/// A place in a layer: a box, or an arrow passing through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Box by index.
    Node(usize),
    /// A bend of the arrow by index.
    Bend(usize),
}

/// One place with its horizontal middle and its width.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) place: Place,
    pub(super) x: i64,
    pub(super) width: i64,
}

/// An arrow as the places it goes through, from the upper to the lower layer.
#[derive(Debug, Clone)]
pub(super) struct Route {
    /// Index of the edge.
    pub(super) edge: usize,
    /// (layer, index in the layer) from top to bottom.
    pub(super) stops: Vec<(usize, usize)>,
    /// Whether the arrow points upwards.
    pub(super) upwards: bool,
}

/// The layers from top to bottom and the routes between them.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) layers: Vec<Vec<Slot>>,
    pub(super) routes: Vec<Route>,
    pub(super) width: i64,
}

pub(super) fn layout(graph: &Graph, box_width: i64) -> Layout {
    let ends = ends(graph);
    let depth = depths(graph.nodes.len(), &ends);
    let depth = narrowed(&depth);
    let (mut layers, chains) = places(&depth, &ends);
    order(&mut layers, &chains);
    let mut layout = slots(&layers, box_width);
    layout.routes = routes(&layers, &chains, &depth);
    draw_together(&mut layout);
    layout
}

/// (edge, from, to) by node index; self-references are drawn at their box, and ends that are no node not at all.
fn ends(graph: &Graph) -> Vec<(usize, usize, usize)> {
    let index: BTreeMap<&str, usize> = graph.nodes.iter().enumerate().map(|(i, n)| (&*n.id, i)).collect();
    let ends = graph.edges.iter().enumerate().filter_map(|(edge, e)| {
        let (from, to) = (*index.get(&*e.from)?, *index.get(&*e.to)?);
        (from != to).then_some((edge, from, to))
    });
    ends.collect()
}

/// Longest way from a start; an arrow that would close a cycle counts backwards.
fn depths(count: usize, ends: &[(usize, usize, usize)]) -> Vec<usize> {
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (_, from, to) in ends {
        let (upper, lower) = if reaches(&below, *to, *from) { (*to, *from) } else { (*from, *to) };
        below[upper].push(lower);
    }
    let mut depth = vec![0; count];
    // No way is longer than the number of boxes.
    for _ in 0..count {
        for upper in 0..count {
            for lower in &below[upper] {
                depth[*lower] = depth[*lower].max(depth[upper] + 1);
            }
        }
    }
    depth
}

fn reaches(below: &[Vec<usize>], from: usize, to: usize) -> bool {
    let (mut seen, mut open) = (vec![false; below.len()], vec![from]);
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if !std::mem::replace(&mut seen[at], true) {
            open.extend(&below[at]);
        }
    }
    false
}

/// Splits layers that are too wide into several.
fn narrowed(depth: &[usize]) -> Vec<usize> {
    let deepest = depth.iter().max().map_or(0, |deepest| deepest + 1);
    let (mut out, mut next) = (vec![0; depth.len()], 0);
    for layer in 0..deepest {
        let members: Vec<usize> = (0..depth.len()).filter(|node| depth[*node] == layer).collect();
        let rows = members.len().div_ceil(PER_LAYER_MAX).max(1);
        let per_row = members.len().div_ceil(rows).max(1);
        for (place, node) in members.into_iter().enumerate() {
            out[node] = next + place / per_row;
        }
        next += rows;
    }
    out
}

/// One arrow as places per layer, from top to bottom.
pub(super) struct Chain {
    edge: usize,
    pub(super) top: usize,
    pub(super) places: Vec<Place>,
    upwards: bool,
}

fn places(depth: &[usize], ends: &[(usize, usize, usize)]) -> (Vec<Vec<Place>>, Vec<Chain>) {
    let count = depth.iter().max().map_or(0, |deepest| deepest + 1);
    let mut layers: Vec<Vec<Place>> = vec![Vec::new(); count];
    depth.iter().enumerate().for_each(|(node, layer)| layers[*layer].push(Place::Node(node)));
    let mut chains = Vec::new();
    for (edge, from, to) in ends {
        let upwards = depth[*from] > depth[*to];
        let (upper, lower) = if upwards { (*to, *from) } else { (*from, *to) };
        let bends = depth[upper] + 1..depth[lower];
        bends.clone().for_each(|layer| layers[layer].push(Place::Bend(*edge)));
        let bends = bends.map(|_| Place::Bend(*edge));
        let places = std::iter::once(Place::Node(upper)).chain(bends).chain([Place::Node(lower)]).collect();
        chains.push(Chain { edge: *edge, top: depth[upper], places, upwards });
    }
    (layers, chains)
}

pub(super) fn to_i64(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn slots(layers: &[Vec<Place>], box_width: i64) -> Layout {
    let place = |row: &Vec<Place>| {
        let mut x = 0;
        let slot = |place: &Place| {
            let width = if matches!(place, Place::Node(_)) { box_width } else { LANE };
            let slot = Slot { place: *place, x: x + width / 2, width };
            x += width + GAP;
            slot
        };
        row.iter().map(slot).collect::<Vec<_>>()
    };
    let mut layers: Vec<Vec<Slot>> = layers.iter().map(place).collect();
    let width = layers.iter().map(|row| right(row)).max().unwrap_or(0);
    for row in &mut layers {
        let indent = (width - right(row)) / 2;
        row.iter_mut().for_each(|slot| slot.x += indent);
    }
    Layout { layers, routes: Vec::new(), width }
}

fn right(row: &[Slot]) -> i64 {
    row.last().map_or(0, |slot| slot.x + slot.width / 2)
}

fn routes(layers: &[Vec<Place>], chains: &[Chain], depth: &[usize]) -> Vec<Route> {
    let position = |layer: usize, place: Place| layers[layer].iter().position(|p| *p == place).unwrap_or(0);
    let stops = |chain: &Chain| -> Vec<(usize, usize)> {
        let layer = |place: &Place, at: usize| match place {
            Place::Node(node) => depth[*node],
            Place::Bend(_) => chain.top + at,
        };
        let stop = |(at, place): (usize, &Place)| (layer(place, at), position(layer(place, at), *place));
        chain.places.iter().enumerate().map(stop).collect()
    };
    chains.iter().map(|c| Route { edge: c.edge, stops: stops(c), upwards: c.upwards }).collect()
}

/// Moves each place towards the mean of its neighbours as far as the places beside it leave room.
fn draw_together(layout: &mut Layout) {
    for pass in 0..PASSES {
        let count = layout.layers.len();
        for step in 0..count {
            let layer = if pass % 2 == 0 { step } else { count - 1 - step };
            let wishes: Vec<Option<i64>> =
                (0..layout.layers[layer].len()).map(|at| wish(layout, layer, at)).collect();
            settle(&mut layout.layers[layer], &wishes, layout.width);
        }
    }
}

fn wish(layout: &Layout, layer: usize, at: usize) -> Option<i64> {
    let mut joined = Vec::new();
    for route in &layout.routes {
        for pair in route.stops.windows(2) {
            let [upper, lower] = [pair[0], pair[1]];
            let other = match (layer, at) {
                here if here == upper => lower,
                here if here == lower => upper,
                _ => continue,
            };
            joined.push(layout.layers[other.0][other.1].x);
        }
    }
    (!joined.is_empty()).then(|| joined.iter().sum::<i64>() / to_i64(joined.len()))
}

fn settle(row: &mut [Slot], wishes: &[Option<i64>], width: i64) {
    for at in 0..row.len() {
        let half = row[at].width / 2;
        let left = at.checked_sub(1).map_or(half, |l| row[l].x + row[l].width / 2 + GAP + half);
        let right = row.get(at + 1).map_or(width - half, |r| r.x - r.width / 2 - GAP - half);
        if let (Some(wish), true) = (wishes[at], left <= right) {
            row[at].x = wish.clamp(left, right);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Edge, Node, NodeKind};
    use proptest::prelude::*;

    fn graph(nodes: usize, edges: &[(usize, usize)]) -> Graph {
        let node = |id: usize| {
            let (id, label, note) = (id.to_string(), id.to_string(), String::new());
            Node { id, kind: NodeKind::Component, label, note, lines: vec![], group: None }
        };
        let edge = |(from, to): &(usize, usize)| {
            let end = |at: usize| (at % nodes).to_string();
            Edge { from: end(*from), to: end(*to), label: String::new() }
        };
        let (nodes, edges) = ((0..nodes).map(node).collect(), edges.iter().map(edge).collect());
        Graph { nodes, edges, ..Graph::default() }
    }

    proptest! {
        #[test]
        fn any_graph_is_laid_out_without_overlap(count in 1usize..14, edges in prop::collection::vec((0usize..14, 0usize..14), 0..24)) {
            let layout = layout(&graph(count, &edges), 196);
            let mut placed: Vec<usize> = Vec::new();
            for row in &layout.layers {
                let boxes = row.iter().filter(|slot| matches!(slot.place, Place::Node(_))).count();
                prop_assert!(boxes <= PER_LAYER_MAX);
                for pair in row.windows(2) {
                    prop_assert!(pair[0].x + pair[0].width / 2 < pair[1].x - pair[1].width / 2);
                }
                for slot in row {
                    prop_assert!(slot.x >= slot.width / 2 && slot.x + slot.width / 2 <= layout.width);
                    if let Place::Node(node) = slot.place {
                        placed.push(node);
                    }
                }
            }
            placed.sort_unstable();
            prop_assert_eq!(placed, (0..count).collect::<Vec<_>>());
            for route in &layout.routes {
                prop_assert!(route.stops.len() > 1 && route.stops.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1));
            }
        }
    }
}
