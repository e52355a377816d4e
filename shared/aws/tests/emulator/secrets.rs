use ideamine_core::failure::FailureKind;

use crate::world::on_emulator;

#[tokio::test]
async fn a_secret_is_read_decrypted_once_and_never_shown() {
    on_emulator(|world| async move {
        let manager = aws_sdk_secretsmanager::Client::new(&world.sdk);
        let name = format!("{}key", world.prefix);
        manager.create_secret().name(&name).secret_string("sk-1").send().await.unwrap();
        let secret = world.aws.secrets().get(&name).await.unwrap();
        assert_eq!(secret.expose(), "sk-1");
        assert!(!format!("{secret:?}").contains("sk-1"));
        manager.put_secret_value().secret_id(&name).secret_string("sk-2").send().await.unwrap();
        assert_eq!(world.aws.secrets().get(&name).await.unwrap(), secret, "kept for a while");
        let delete = manager.delete_secret().secret_id(&name).force_delete_without_recovery(true);
        delete.send().await.unwrap();

        let failure = world.aws.secrets().get("none/such").await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::ConfigInvalid);
        assert!(failure.message.contains("none/such"), "{failure}");
    })
    .await;
}
