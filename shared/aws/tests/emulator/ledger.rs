use ideamine_core::failure::FailureKind;
use ideamine_core::{RunId, Tenant};
use ideamine_testkit::{decision, ledger_contract, sealed};

use crate::world::on_emulator;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_keeps_the_contract_of_the_ledger() {
    on_emulator(|world| async move {
        world.table(&world.settings.ledger_table).await;
        world.bucket(&world.settings.heads_bucket).await;
        ledger_contract(world.aws.env().ledger).await;
    })
    .await;
}

#[tokio::test]
async fn rows_of_many_segments_are_one_append_and_every_head_has_a_copy() {
    on_emulator(|world| async move {
        world.table(&world.settings.ledger_table).await;
        world.bucket(&world.settings.heads_bucket).await;
        let ledger = world.aws.env().ledger;
        let (tenant, run) = (Tenant::local(), RunId::new("long").unwrap());
        // About 1 MiB of rows.
        let facts: Vec<_> =
            (0..250).map(|n| decision(&format!("01-a/{}", "p".repeat(3_500)), n, "x")).collect();
        let (rows, head) = sealed(&tenant, &run, 0, &facts);
        ledger.append(&tenant, &run, rows.clone(), head.clone()).await.unwrap();
        assert_eq!(ledger.rows(&tenant, &run).await.unwrap(), rows);
        assert_eq!(ledger.heads(&tenant, &run).await.unwrap(), vec![head.clone()]);

        let objects = world
            .s3()
            .list_objects_v2()
            .set_bucket(world.settings.heads_bucket.clone())
            .send()
            .await
            .unwrap();
        let keys: Vec<_> =
            objects.contents.unwrap_or_default().into_iter().filter_map(|object| object.key).collect();
        assert_eq!(keys, ["local/long/00000000000000000250.json"]);
        let copy = world
            .s3()
            .get_object()
            .set_bucket(world.settings.heads_bucket.clone())
            .key(&keys[0])
            .send()
            .await;
        let copy = copy.unwrap().body.collect().await.unwrap().into_bytes();
        assert_eq!(copy.as_ref(), serde_json::to_vec(&head).unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_head_whose_copy_could_not_be_kept_is_copied_by_the_next_try() {
    on_emulator(|world| async move {
        world.table(&world.settings.ledger_table).await;
        let ledger = world.aws.env().ledger;
        let (tenant, run) = (Tenant::local(), RunId::new("copy").unwrap());
        let (rows, head) = sealed(&tenant, &run, 0, &[decision("01-a", 0, "x")]);
        let failure = ledger.append(&tenant, &run, rows.clone(), head.clone()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::ConfigInvalid, "there is no bucket: {failure}");
        world.bucket(&world.settings.heads_bucket).await;
        ledger.append(&tenant, &run, rows, head).await.unwrap();
        let objects = world
            .s3()
            .list_objects_v2()
            .set_bucket(world.settings.heads_bucket.clone())
            .send()
            .await
            .unwrap();
        assert_eq!(objects.contents.unwrap_or_default().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn more_than_fits_into_a_transaction_is_refused_with_the_limit() {
    on_emulator(|world| async move {
        world.table(&world.settings.ledger_table).await;
        let ledger = world.aws.env().ledger;
        let (tenant, run) = (Tenant::local(), RunId::new("limits").unwrap());
        let many: Vec<_> = (0..101).map(|n| decision("01-a", n, "x")).collect();
        let failure = ledger.insert(&tenant, &run, many.clone()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::InputInvalid);
        assert!(failure.message.contains("100"), "{failure}");
        ledger.insert(&tenant, &run, many[..100].to_vec()).await.unwrap();
        assert_eq!(ledger.facts(&tenant, &run).await.unwrap().len(), 100);
        let long =
            ledger.insert(&tenant, &run, vec![decision(&"p".repeat(1_024), 0, "x")]).await.unwrap_err();
        assert_eq!(long.kind, FailureKind::InputInvalid, "{long}");
    })
    .await;
}
