use ideamine_aws::limits::EVENTS_MAX;
use ideamine_core::ports::Progress;
use ideamine_core::records::key;
use ideamine_core::{RunId, Tenant};

use crate::world::on_emulator;

fn progress(number: u64) -> Progress {
    Progress::Cost { spent: ideamine_core::UsdMicros(1), model_calls: number }
}

#[tokio::test]
async fn events_wait_for_the_flush_then_are_rows_of_their_run_that_expire() {
    on_emulator(|world| async move {
        world.table(&world.settings.records_table).await;
        let env = world.aws.env();
        let (tenant, run) = (Tenant::local(), RunId::new("r1").unwrap());
        let read = async || {
            let items =
                env.records.query(&key::events_pk(&tenant, &run), "", None, usize::MAX).await.unwrap();
            items
                .into_iter()
                .map(|item| serde_json::from_value(item.value).unwrap())
                .collect::<Vec<Progress>>()
        };
        for number in 0..60 {
            env.events.publish(&tenant, &run, progress(number));
        }
        assert_eq!(read().await, []);
        world.aws.flush().await;
        assert_eq!(read().await, (0..60).map(progress).collect::<Vec<_>>(), "in order");
        world.aws.flush().await;
        assert_eq!(read().await.len(), 60, "once");
        let scan =
            world.dynamo().scan().set_table_name(world.settings.records_table.clone()).send().await.unwrap();
        assert!(
            scan.items().iter().all(|item| item["ttl"].as_n().is_ok_and(|ttl| ttl.parse::<i64>().is_ok()))
        );
    })
    .await;
}

#[tokio::test]
async fn more_than_fits_or_can_be_written_is_lost_and_nothing_fails() {
    on_emulator(|world| async move {
        let env = world.aws.env();
        let (tenant, run) = (Tenant::local(), RunId::new("r1").unwrap());
        env.events.publish(&tenant, &run, progress(0));
        world.aws.flush().await;
        world.table(&world.settings.records_table).await;
        for number in 0..EVENTS_MAX as u64 + 5 {
            env.events.publish(&tenant, &run, progress(number));
        }
        world.aws.flush().await;
        let items = env.records.query(&key::events_pk(&tenant, &run), "", None, usize::MAX).await.unwrap();
        assert_eq!(items.len(), EVENTS_MAX);
        assert_eq!(items[0].value["model_calls"], 5, "the oldest are lost");
    })
    .await;
}
