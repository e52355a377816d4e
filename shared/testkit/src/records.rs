//! What every store of records must do.

use std::sync::Arc;

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{
    Condition, Item, Key, PARTITION_BYTES_MAX, ROW_BYTES_MAX, Records, WRITE_SET_BYTES_MAX,
    WRITE_SET_ITEMS_MAX, Write,
};
use serde_json::{Value, json};

fn key(pk: &str, sk: &str) -> Key {
    Key { pk: pk.to_owned(), sk: sk.to_owned() }
}

fn put(pk: &str, sk: &str, value: Value, when: Condition) -> Write {
    Write::Put { key: key(pk, sk), value, when }
}

fn kind(result: &Result<(), Failure>) -> Option<FailureKind> {
    result.as_ref().err().map(|failure| failure.kind)
}

async fn version(port: &dyn Records, at: &Key) -> Option<u64> {
    port.get(at).await.expect("get").map(|item| item.version)
}

async fn keys(port: &dyn Records, pk: &str, prefix: &str, after: Option<&str>, limit: usize) -> Vec<String> {
    let items = port.query(pk, prefix, after, limit).await.expect("query");
    items.into_iter().map(|item| item.key.sk).collect()
}

/// Conditions, versions, all-or-nothing, order, paging, limits, races, and partitions kept apart.
///
/// # Panics
/// When the port does otherwise.
pub async fn records_contract(port: Arc<dyn Records>) {
    rows_come_back_with_their_version(&*port).await;
    conditions_hold_or_nothing_happens(&*port).await;
    a_partition_is_read_in_order_and_by_pages(&*port).await;
    partitions_are_apart(&*port).await;
    limits_are_kept(&*port).await;
    one_of_many_wins(&port).await;
    counters_lose_nothing(&port).await;
    a_check_holds_against_writers_at_the_same_time(&port).await;
}

async fn rows_come_back_with_their_version(port: &dyn Records) {
    let at = key("t#a", "row");
    assert_eq!(port.get(&at).await, Ok(None));
    let values = [json!(null), json!({"b": [1, "é", null], "a": -5}), json!("text"), json!([]), json!(false)];
    for (index, value) in values.into_iter().enumerate() {
        port.write(vec![put("t#a", "row", value.clone(), Condition::Any)]).await.expect("write");
        let item = Item { key: at.clone(), value, version: index as u64 + 1 };
        assert_eq!(port.get(&at).await, Ok(Some(item)));
    }
    port.write(vec![Write::Delete { key: at.clone(), when: Condition::Version(5) }]).await.expect("delete");
    assert_eq!(port.get(&at).await, Ok(None));
    port.write(vec![Write::Delete { key: at.clone(), when: Condition::Any }]).await.expect("absent is fine");
    port.write(vec![put("t#a", "row", json!(1), Condition::Absent)]).await.expect("anew");
    assert_eq!(version(port, &at).await, Some(1), "a row made anew counts from 1");
    assert_eq!(port.write(Vec::new()).await, Ok(()), "an empty set does nothing");
}

async fn conditions_hold_or_nothing_happens(port: &dyn Records) {
    let (one, two) = (key("t#c", "one"), key("t#c", "two"));
    port.write(vec![put("t#c", "one", json!(1), Condition::Absent)]).await.expect("first");
    let check = |at: &Key, when| Write::Check { key: at.clone(), when };
    let delete = |at: &Key, when| Write::Delete { key: at.clone(), when };
    let other = || put("t#c", "other", json!("never"), Condition::Any);
    for refused in [
        put("t#c", "one", json!(2), Condition::Absent),
        put("t#c", "one", json!(2), Condition::Version(2)),
        put("t#c", "two", json!(2), Condition::Version(1)),
        delete(&one, Condition::Version(7)),
        delete(&one, Condition::Absent),
        delete(&two, Condition::Version(1)),
        check(&one, Condition::Absent),
        check(&two, Condition::Version(1)),
    ] {
        for set in [vec![other(), refused.clone()], vec![refused.clone(), other()]] {
            let result = port.write(set).await;
            assert_eq!(kind(&result), Some(FailureKind::StoreConflict), "{refused:?}");
        }
        assert_eq!(port.get(&key("t#c", "other")).await, Ok(None), "nothing of the set: {refused:?}");
        assert_eq!(version(port, &one).await, Some(1), "{refused:?}");
    }
    let set = vec![
        check(&two, Condition::Absent),
        put("t#c", "one", json!(2), Condition::Version(1)),
        put("t#c", "three", json!(3), Condition::Absent),
    ];
    port.write(set).await.expect("all hold");
    assert_eq!(version(port, &one).await, Some(2));
    assert_eq!(version(port, &key("t#c", "three")).await, Some(1));
    port.write(vec![check(&one, Condition::Version(2))]).await.expect("a check alone");
    assert_eq!(version(port, &one).await, Some(2), "a check writes nothing");
}

/// Writers that name a row as they read it, and one that changes it: after the change not one more of them gets through.
async fn a_check_holds_against_writers_at_the_same_time(port: &Arc<dyn Records>) {
    let gate = key("t#g", "gate");
    port.write(vec![put("t#g", "gate", json!("open"), Condition::Absent)]).await.expect("the gate");
    let writers = (0..8).map(|writer| {
        let (port, gate) = (port.clone(), gate.clone());
        tokio::spawn(async move {
            for number in 0..20 {
                let sk = format!("in#{writer}#{number}");
                let check = Write::Check { key: gate.clone(), when: Condition::Version(1) };
                // Meeting another writer at the gate is a conflict too: the next one tries.
                drop(port.write(vec![check, put("t#g", &sk, json!(1), Condition::Absent)]).await);
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    tokio::task::yield_now().await;
    let close = || put("t#g", "gate", json!("closed"), Condition::Version(1));
    while port.write(vec![close()]).await.is_err() {
        assert_eq!(version(&**port, &gate).await, Some(1), "nobody else closes it");
    }
    let inside = keys(&**port, "t#g", "in#", None, 500).await;
    for writer in writers {
        writer.await.expect("no panic");
    }
    assert_eq!(keys(&**port, "t#g", "in#", None, 500).await, inside, "nothing after it was closed");
}

async fn a_partition_is_read_in_order_and_by_pages(port: &dyn Records) {
    let stored = ["a", "a#1", "a#10", "a#2", "a~", "b", "é", "a#\u{10FFFF}"];
    for chunk in stored.chunks(3) {
        let set = chunk.iter().map(|sk| put("t#q", sk, json!({ "sk": sk }), Condition::Absent));
        port.write(set.collect()).await.expect("write");
    }
    let mut sorted = stored.to_vec();
    sorted.sort_unstable();
    assert_eq!(keys(port, "t#q", "", None, 100).await, sorted, "by bytes");
    assert_eq!(keys(port, "t#q", "a#", None, 100).await, ["a#1", "a#10", "a#2", "a#\u{10FFFF}"]);
    assert_eq!(keys(port, "t#q", "a#", Some("a#10"), 100).await, ["a#2", "a#\u{10FFFF}"]);
    assert_eq!(keys(port, "t#q", "a#", Some("a"), 1).await, ["a#1"], "before the prefix");
    assert_eq!(keys(port, "t#q", "a#", Some("b"), 100).await, [""; 0], "behind the prefix");
    assert_eq!(keys(port, "t#q", "zz", None, 100).await, [""; 0]);
    assert_eq!(keys(port, "t#q", "", None, 0).await, [""; 0]);
    let mut paged: Vec<String> = Vec::new();
    loop {
        let page = keys(port, "t#q", "", paged.last().map(String::as_str), 2).await;
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, sorted, "pages join without gap or repeat");
    port.write(vec![Write::Delete { key: key("t#q", "a#10"), when: Condition::Any }]).await.expect("delete");
    assert_eq!(keys(port, "t#q", "a#1", None, 100).await, ["a#1"], "what was removed is gone");
}

async fn partitions_are_apart(port: &dyn Records) {
    port.write(vec![put("one#run#1", "secret", json!(1), Condition::Any)]).await.expect("write");
    for other in ["one#run#", "one#run#11", "one#run", "one", "two#run#1", "one#run#1#secret"] {
        assert_eq!(port.get(&key(other, "secret")).await, Ok(None), "{other}");
        assert_eq!(keys(port, other, "", None, 100).await, [""; 0], "{other}");
    }
    let long = "k".repeat(PARTITION_BYTES_MAX + 1);
    let refused = [
        ("one#run#1\0", "s"),
        ("one\0run", "s"),
        ("", "s"),
        (&long, "s"),
        ("p", ""),
        ("p", "a\0"),
        ("p", &long),
    ];
    for (pk, sk) in refused {
        let result = port.write(vec![put(pk, sk, json!(1), Condition::Any)]).await;
        assert_eq!(kind(&result), Some(FailureKind::InputInvalid), "{pk:?} {sk:?}");
    }
}

async fn limits_are_kept(port: &dyn Records) {
    let row = |number: usize| put("t#l", &format!("{number:04}"), json!(number), Condition::Any);
    let most: Vec<_> = (0..WRITE_SET_ITEMS_MAX).map(row).collect();
    port.write(most.clone()).await.expect("as many as fit");
    assert_eq!(keys(port, "t#l", "", None, usize::MAX).await.len(), WRITE_SET_ITEMS_MAX);
    let mut over = most;
    over.push(row(WRITE_SET_ITEMS_MAX));
    assert_eq!(kind(&port.write(over).await), Some(FailureKind::InputInvalid), "one item too many");
    let large = |bytes: usize, rows: usize| {
        let row = |number| put("t#l", &format!("large{number}"), json!("x".repeat(bytes)), Condition::Any);
        (0..rows).map(row).collect::<Vec<_>>()
    };
    // Two quotation marks and the key are part of a row.
    let most = ROW_BYTES_MAX - 2 - "t#l".len() - "large0".len();
    port.write(large(most, 1)).await.expect("large, but fits");
    assert_eq!(
        kind(&port.write(large(most + 1, 1)).await),
        Some(FailureKind::InputInvalid),
        "too large a row"
    );
    let all = WRITE_SET_BYTES_MAX / ROW_BYTES_MAX;
    port.write(large(most, all)).await.expect("many and large, but fit");
    assert_eq!(
        kind(&port.write(large(most, all + 1)).await),
        Some(FailureKind::InputInvalid),
        "too many bytes"
    );
    let twice = vec![row(1), Write::Check { key: key("t#l", "0001"), when: Condition::Any }];
    assert_eq!(kind(&port.write(twice).await), Some(FailureKind::InputInvalid), "a key twice");
}

async fn one_of_many_wins(port: &Arc<dyn Records>) {
    let tries = (0..32).map(|number| {
        let port = port.clone();
        tokio::spawn(async move {
            port.write(vec![put("t#race", "lease", json!(number), Condition::Absent)]).await
        })
    });
    let mut won = 0;
    for try_ in tries.collect::<Vec<_>>() {
        match try_.await.expect("no panic") {
            Ok(()) => won += 1,
            Err(failure) => assert_eq!(failure.kind, FailureKind::StoreConflict),
        }
    }
    assert_eq!(won, 1);
}

async fn counters_lose_nothing(port: &Arc<dyn Records>) {
    let add = |port: Arc<dyn Records>| async move {
        loop {
            let item = port.get(&key("t#race", "count")).await.expect("get");
            let count = item.as_ref().map_or(0, |item| item.value.as_u64().unwrap_or(0));
            let when = item.map_or(Condition::Absent, |item| Condition::Version(item.version));
            match port.write(vec![put("t#race", "count", json!(count + 1), when)]).await {
                Ok(()) => return,
                Err(failure) => assert_eq!(failure.kind, FailureKind::StoreConflict),
            }
        }
    };
    let adders: Vec<_> = (0..8)
        .map(|_| {
            let port = port.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    add(port.clone()).await;
                }
            })
        })
        .collect();
    for adder in adders {
        adder.await.expect("no panic");
    }
    let item = port.get(&key("t#race", "count")).await.expect("get").expect("counted");
    assert_eq!((item.value, item.version), (json!(80), 80));
}
