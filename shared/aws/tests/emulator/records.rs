use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, Key, Write};
use ideamine_testkit::records_contract;
use serde_json::json;

use crate::world::on_emulator;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_keeps_the_contract_of_records() {
    on_emulator(|world| async move {
        world.table(&world.settings.records_table).await;
        records_contract(world.aws.env().records).await;
    })
    .await;
}

#[tokio::test]
async fn a_table_that_is_not_there_or_not_set_is_for_the_operator() {
    on_emulator(|world| async move {
        let key = Key { pk: "t#a".into(), sk: "b".into() };
        let absent = world.aws.env().records.get(&key).await.unwrap_err();
        assert_eq!(absent.kind, FailureKind::ConfigInvalid, "{absent}");
        let unset = world.with(|settings| settings.records_table = None).await;
        let put = Write::Put { key, value: json!(1), when: Condition::Any };
        let unset = unset.env().records.write(vec![put]).await.unwrap_err();
        assert_eq!(unset.kind, FailureKind::ConfigInvalid);
        assert!(unset.message.contains("IDEAMINE_RECORDS_TABLE"), "{unset}");
    })
    .await;
}
