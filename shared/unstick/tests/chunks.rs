//! What holds for every text, every cut and every order of arrival.

use ideamine_unstick::chunk::{Cut, Part, chunks, joined};
use ideamine_unstick::tokens::estimate;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,12}",
        2 => Just(" ".to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("\n\n".to_owned()),
        1 => Just(". ".to_owned()),
        1 => "\\PC{1,3}",
        1 => "[0-9]{1,20}",
    ];
    prop::collection::vec(piece, 0..200).prop_map(|pieces| pieces.concat())
}

fn count(bytes: bool, part: &str) -> usize {
    if bytes { part.len() } else { estimate(part) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chunks_cover_the_text_fit_the_window_and_overlap(
        text in text(), tokens_max in 4_usize..120, overlap in 0_usize..80, by_bytes in any::<bool>()
    ) {
        let cut = Cut { tokens_max, overlap_tokens: overlap };
        let found = chunks(&text, cut, &|part| count(by_bytes, part)).unwrap();
        prop_assert_eq!(found[0].bytes.start, 0);
        prop_assert_eq!(found[found.len() - 1].bytes.end, text.len());
        for (place, chunk) in found.iter().enumerate() {
            prop_assert_eq!(chunk.index as usize, place);
            prop_assert!(count(by_bytes, &text[chunk.bytes.clone()]) <= tokens_max);
        }
        for pair in found.windows(2) {
            let (a, b) = (&pair[0].bytes, &pair[1].bytes);
            prop_assert!(b.start <= a.end && b.start > a.start && b.end > a.end, "{:?} {:?}", a, b);
            let twice = count(by_bytes, &text[b.start..a.end]);
            prop_assert!(twice <= overlap.min(tokens_max / 2), "{} tokens twice", twice);
        }
        // Read without what the chunk before had already, the chunks are the text.
        let mut read = String::new();
        for chunk in &found {
            read.push_str(&text[chunk.bytes.start.max(read.len())..chunk.bytes.end]);
        }
        prop_assert_eq!(read, text);
    }

    #[test]
    fn parts_join_alike_in_any_order_of_arrival(
        values in prop::collection::vec(any::<u8>(), 1..20), again in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
        order in any::<u64>()
    ) {
        let of = u32::try_from(values.len()).unwrap();
        let all: Vec<Part<u8>> = (0..).zip(&values).map(|(index, value)| Part { index, value: *value }).collect();
        let mut arrived = all.clone();
        arrived.extend(again.iter().map(|at| all[at.index(all.len())].clone()));
        fastrand::Rng::with_seed(order).shuffle(&mut arrived);
        prop_assert_eq!(joined(arrived, of), Ok(values));
    }
}
