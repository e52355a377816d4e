use aws_sdk_ssm::types::ParameterType;
use ideamine_core::failure::FailureKind;

use crate::world::on_emulator;

#[tokio::test]
async fn a_secret_is_read_decrypted_once_and_never_shown() {
    on_emulator(|world| async move {
        let ssm = aws_sdk_ssm::Client::new(&world.sdk);
        let name = format!("/{}key", world.prefix);
        let put = |value: &str| ssm.put_parameter().name(&name).value(value).overwrite(true);
        put("sk-1").r#type(ParameterType::SecureString).send().await.unwrap();
        let secret = world.aws.secrets().get(&name).await.unwrap();
        assert_eq!(secret.expose(), "sk-1");
        assert!(!format!("{secret:?}").contains("sk-1"));
        put("sk-2").r#type(ParameterType::SecureString).send().await.unwrap();
        assert_eq!(world.aws.secrets().get(&name).await.unwrap(), secret, "kept for a while");
        ssm.delete_parameter().name(&name).send().await.unwrap();

        let failure = world.aws.secrets().get("/none/such").await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::ConfigInvalid);
        assert!(failure.message.contains("/none/such"), "{failure}");
    })
    .await;
}
