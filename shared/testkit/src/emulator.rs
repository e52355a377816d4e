//! An emulator of AWS on this machine, for the tests that need one.
//!
//! `AWS_ENDPOINT_URL` may name one that runs. Else the first test that asks starts what `infra/local` pins; every test
//! of the same command shares it, and it ends with that command.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::{CommandExt, parent_id};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Longest wait for its first answer.
const START_MAX: Duration = Duration::from_secs(60);
/// What any client of it needs; the keys are its own, not anybody's.
pub const EMULATOR_VARIABLES: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "test"),
    ("AWS_SECRET_ACCESS_KEY", "test"),
    ("AWS_DEFAULT_REGION", "us-east-1"),
    ("AWS_REGION", "us-east-1"),
];

/// Where the emulator answers: `http://127.0.0.1:PORT`.
///
/// # Errors
/// Why there is none: a test that needs it prints that and does nothing. One that is not on this machine is none: a
/// test never makes or removes anything in a real account.
pub fn emulator() -> Result<String, String> {
    match std::env::var("AWS_ENDPOINT_URL") {
        Ok(endpoint) => named(&endpoint),
        Err(_) => shared(),
    }
}

fn named(endpoint: &str) -> Result<String, String> {
    let endpoint = endpoint.trim_end_matches('/');
    let rest = endpoint.strip_prefix("http://").unwrap_or_default();
    let local = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|host| rest.strip_prefix(host).is_some_and(|port| port.starts_with(':')));
    match local {
        true => Ok(endpoint.to_owned()),
        false => Err("AWS_ENDPOINT_URL names no emulator on loopback (http://127.0.0.1:PORT)".to_owned()),
    }
}

/// The emulator of this command. Its tests are processes of their own, or threads of one: a lock lets one of them start
/// it, a file tells the others.
fn shared() -> Result<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join(".local/tests");
    let told = |what: &'static str| move |e: std::io::Error| format!("{what}: {e}");
    fs::create_dir_all(&folder).map_err(told("the folder .local/tests cannot be made"))?;
    let lock = File::create(folder.join("emulator.lock")).map_err(told("the emulator's lock"))?;
    lock.lock().map_err(told("the emulator's lock"))?;
    let owner = parent_id();
    let file = folder.join("emulator");
    if let Some(port) = fs::read_to_string(&file).ok().and_then(|text| port_of(&text, owner))
        && answers(port)
    {
        return Ok(format!("http://127.0.0.1:{port}"));
    }
    let python = python(&root)?;
    let port = start(&root, &folder, &python, owner)?;
    fs::write(file, format!("{owner} {port}")).map_err(told("the emulator's port cannot be noted"))?;
    Ok(format!("http://127.0.0.1:{port}"))
}

fn port_of(text: &str, owner: u32) -> Option<u16> {
    let (whose, port) = text.split_once(' ')?;
    (whose.parse() == Ok(owner)).then(|| port.parse().ok()).flatten()
}

/// A python that has the emulator; it is installed when it is not there.
fn python(root: &Path) -> Result<PathBuf, String> {
    let venv = root.join("infra/local/venv");
    let made = Command::new(&venv).output().map_err(|e| format!("{}: {e}", venv.display()))?;
    if !made.status.success() {
        let said = String::from_utf8_lossy(&made.stderr);
        let said = said.trim().lines().last().unwrap_or_default().to_owned();
        return Err(format!("the emulator cannot be installed: {said}"));
    }
    Ok(PathBuf::from(String::from_utf8_lossy(&made.stdout).trim()))
}

fn start(root: &Path, folder: &Path, python: &Path, owner: u32) -> Result<u16, String> {
    let failed = |e: std::io::Error| format!("the emulator cannot be started: {e}");
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).map_err(failed)?.port();
    let log = folder.join("emulator.log");
    let output = File::create(&log).map_err(failed)?;
    let mut child = Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/emulator.py"))
        .arg(root.join("infra/local/emulator.py"))
        .arg(owner.to_string())
        // Its Lambdas inherit all of its environment.
        .env_clear()
        .envs(EMULATOR_VARIABLES)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
        .env("GATEWAY_PORT", port.to_string())
        .env("BIND_HOST", "127.0.0.1")
        .env("SFTP_ENABLED", "0")
        .env("IOT_MTLS_ENABLED", "0")
        .stdin(Stdio::null())
        .stdout(output.try_clone().map_err(failed)?)
        .stderr(output)
        .process_group(0)
        .spawn()
        .map_err(failed)?;
    let began = Instant::now();
    while began.elapsed() < START_MAX {
        if answers(port) {
            return Ok(port);
        }
        if child.try_wait().map_err(failed)?.is_some() {
            return Err(format!("the emulator ended at once; see {}", log.display()));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(child.kill());
    Err(format!("the emulator did not answer in {} s; see {}", START_MAX.as_secs(), log.display()))
}

fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /_ministack/health HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer)?;
        Ok(answer.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}

/// A function as a Lambda has it: an archive with this program, named `bootstrap`, stored as it is.
pub fn lambda_archive(program: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"bootstrap";
    let le16 = |number: usize| number.to_le_bytes()[..2].to_vec();
    let le32 = |number: usize| number.to_le_bytes()[..4].to_vec();
    // Version 2.0, no flags, stored, 1980-01-01; checksum, both sizes, length of the name, no extra field.
    let common = [
        vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0],
        crc32fast::hash(program).to_le_bytes().to_vec(),
        [le32(program.len()), le32(program.len()), le16(NAME.len()), le16(0)].concat(),
    ]
    .concat();
    let file = [b"PK\x03\x04", common.as_slice(), NAME, program].concat();
    // Made on Unix; no comment, disk 0, no text; a regular file of mode 755; at offset 0.
    let mode = le32(0o100_755 << 16);
    let entry = [b"PK\x01\x02\x14\x03", common.as_slice(), &[0; 6], &mode, &le32(0), NAME].concat();
    let end =
        [b"PK\x05\x06\0\0\0\0".to_vec(), le16(1), le16(1), le32(entry.len()), le32(file.len()), le16(0)]
            .concat();
    [file, entry, end].concat()
}
