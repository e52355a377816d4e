//! Registered secrets: what its owner knows must not leave, one a line of a file.

use std::path::Path;

use ideamine_core::Failure;
use ideamine_embedded::files;
use ideamine_exfil::Registry;

/// Longest list of known secrets, bytes.
const SECRETS_BYTES_MAX: u64 = 1 << 20;

/// The secrets of a file, which `setting` names; none without a file. No message tells one.
///
/// # Errors
/// `Input.Invalid` when the file cannot be read, is not UTF-8, or has a secret that is too short; with its line.
pub(crate) fn read(setting: &str, path: Option<&Path>) -> Result<Vec<String>, Failure> {
    let Some(path) = path else { return Ok(vec![]) };
    let place = format!("{setting} {}", path.display());
    let bytes = files::read(path, SECRETS_BYTES_MAX)
        .map_err(|trouble| Failure::input(format!("{place}: {trouble}")))?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::input(format!("{place}: not UTF-8")))?;
    let mut known = Registry::new();
    let mut secrets = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        if !known.add(line) {
            let place = format!("{place}:{}", number + 1);
            return Err(Failure::input(format!("{place}: too short to be told from ordinary text")));
        }
        secrets.push(line.to_owned());
    }
    Ok(secrets)
}

/// What a guard looks for; all are long enough, as [`read`] gave them.
pub(crate) fn registry(secrets: &[String]) -> Registry {
    let mut registry = Registry::new();
    for secret in secrets {
        registry.add(secret.as_str());
    }
    registry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_read_or_refused_with_their_line_and_never_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("known.txt");
        std::fs::write(&file, "Zq8vK2mW4nB6yH1tR9\n\nan old pass phrase\n").unwrap();
        assert_eq!(read("secrets", Some(&file)).unwrap(), ["Zq8vK2mW4nB6yH1tR9", "an old pass phrase"]);
        std::fs::write(&file, "Zq8vK2mW4nB6yH1tR9\nq\n").unwrap();
        let message = read("secrets", Some(&file)).unwrap_err().message;
        assert!(message.contains("known.txt:2: too short") && !message.contains("Zq8v"), "{message}");
        assert!(read("secrets", Some(Path::new("/no/such/file"))).is_err());
        assert!(read("secrets", None).unwrap().is_empty());
    }
}
