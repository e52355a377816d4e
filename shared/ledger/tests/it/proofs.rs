//! Merkle proofs: every honest one holds, every altered one fails.

use ideamine_ledger::merkle::{self, Hash};
use proptest::prelude::*;

fn leaves(count: usize) -> Vec<Hash> {
    (0..count).map(|i| merkle::leaf(&[i as u8; 32])).collect()
}

/// Root by the recursive definition of RFC 6962, 2.1.
fn root_by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => merkle::root(&[]),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            let joined = [vec![1], root_by_definition(left).to_vec(), root_by_definition(right).to_vec()];
            *ideamine_core::Digest::of(&joined.concat()).as_bytes()
        }
    }
}

#[test]
fn the_empty_tree_and_one_leaf_have_the_roots_of_rfc_6962() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(hex::encode(merkle::root(&[])), empty);
    let row = [7; 32];
    let leaf = ideamine_core::Digest::of(&[&[0][..], &row].concat());
    assert_eq!(merkle::root(&[merkle::leaf(&row)]), *leaf.as_bytes());
}

proptest! {
    #[test]
    fn the_root_is_the_one_of_the_definition(count in 0usize..130) {
        prop_assert_eq!(merkle::root(&leaves(count)), root_by_definition(&leaves(count)));
    }

    #[test]
    fn each_leaf_is_shown_at_its_place_and_at_no_other(count in 1usize..90, at: prop::sample::Index, bit in 0usize..256) {
        let (leaves, index) = (leaves(count), at.index(count));
        let root = merkle::root(&leaves);
        let proof = merkle::inclusion_proof(&leaves, index).unwrap();
        let size = count as u64;
        let holds = |at: usize, size, proof: &[Hash]| merkle::verify_inclusion(&leaves[index], at as u64, size, proof, &root);
        prop_assert!(holds(index, size, &proof));
        for other in (0..count + 2).filter(|other| *other != index) {
            prop_assert!(!holds(other, size, &proof));
        }
        prop_assert!(!holds(index, size, &[&proof[..], &[[0; 32]]].concat()));
        if !proof.is_empty() {
            prop_assert!(!holds(index, size, &proof[1..]));
            let mut bent = proof;
            let step = bit % bent.len();
            bent[step][bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!holds(index, size, &bent));
        }
        prop_assert!(merkle::inclusion_proof(&leaves, count).is_none());
    }

    #[test]
    fn a_tree_is_shown_to_extend_its_prefix_and_nothing_else(count in 1usize..90, at: prop::sample::Index, bit in 0usize..256) {
        let (leaves, old) = (leaves(count), at.index(count + 1));
        let (before, after) = (merkle::root(&leaves[..old]), merkle::root(&leaves));
        let proof = merkle::consistency_proof(&leaves, old).unwrap();
        let holds = |before: &Hash, after: &Hash, proof: &[Hash]| {
            merkle::verify_consistency((old as u64, before), (count as u64, after), proof)
        };
        prop_assert!(holds(&before, &after, &proof));
        prop_assert!(!holds(&merkle::leaf(&before), &after, &proof));
        if old > 0 {
            prop_assert!(!holds(&before, &merkle::leaf(&after), &proof));
        }
        if !proof.is_empty() {
            prop_assert!(!holds(&before, &after, &proof[1..]));
            let mut bent = proof;
            let step = bit % bent.len();
            bent[step][bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!holds(&before, &after, &bent));
        }
        prop_assert!(merkle::consistency_proof(&leaves, count + 1).is_none());
    }
}
