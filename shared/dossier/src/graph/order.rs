//! The order of places within each layer, so that few arrows cross.

use super::layout::{Chain, PASSES, Place, to_i64};

/// Sorts each layer by the middle of its neighbours, downwards and upwards in turn.
pub(super) fn order(layers: &mut [Vec<Place>], chains: &[Chain]) {
    for pass in 0..PASSES {
        let downwards = pass % 2 == 0;
        let sequence: Vec<usize> = if downwards {
            (1..layers.len()).collect()
        } else {
            (0..layers.len().saturating_sub(1)).rev().collect()
        };
        for layer in sequence {
            let fixed = if downwards { layer - 1 } else { layer + 1 };
            let middles: Vec<i64> =
                (0..layers[layer].len()).map(|at| middle(layers, chains, layer, at, fixed)).collect();
            let mut sorted: Vec<usize> = (0..layers[layer].len()).collect();
            sorted.sort_by_key(|at| middles[*at]);
            layers[layer] = sorted.into_iter().map(|at| layers[layer][at]).collect();
        }
    }
}

/// Mean position (in thousandths of the layer) of what a place is joined to in the fixed layer; its own without any.
fn middle(layers: &[Vec<Place>], chains: &[Chain], layer: usize, at: usize, fixed: usize) -> i64 {
    let place = layers[layer][at];
    let joined = chains.iter().filter_map(|chain| {
        let here = layer.checked_sub(chain.top).and_then(|i| chain.places.get(i))?;
        let there = fixed.checked_sub(chain.top).and_then(|i| chain.places.get(i))?;
        (*here == place).then_some(*there)
    });
    let positions: Vec<i64> = joined
        .filter_map(|there| layers[fixed].iter().position(|p| *p == there))
        .map(|position| share(position, layers[fixed].len()))
        .collect();
    match positions.len() {
        0 => share(at, layers[layer].len()),
        count => positions.iter().sum::<i64>() / to_i64(count),
    }
}

fn share(position: usize, of: usize) -> i64 {
    (2 * to_i64(position) + 1) * 1_000 / (2 * to_i64(of).max(1))
}
