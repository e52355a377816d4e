//! Leaks whose signs are disguised: found, and told to their end.
use ideamine_exfil::{Context, Guard, Kind, Registry};

#[test]
fn a_key_behind_a_disguised_first_line_is_told_to_its_end() {
    let mut random = fastrand::Rng::with_seed(2);
    let line = |random: &mut fastrand::Rng| -> String { (0..64).map(|_| random.alphanumeric()).collect() };
    let body: Vec<String> = (0..25).map(|_| line(&mut random)).collect();
    let before = "nothing of note\n".repeat(60);
    let key = format!("-----BEGIN ＰＲＩＶＡＴＥ KEY-----\n{}\n-----END PRIVATE KEY-----", body.join("\n"));
    let text = format!("{before}{key}\n{before}");
    let leaks = Guard::new(Registry::new()).scan(&text, &Context::default());
    let told = leaks.iter().find(|leak| matches!(leak.kind, Kind::PrivateKey | Kind::EncodedPayload));
    let told = told.unwrap_or_else(|| panic!("{leaks:?}"));
    assert_eq!(told.span, before.len()..before.len() + key.len());
}
