//! The application for real: its own tests, and records over HTTP on an inherited socket.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::samples::{all, none, three};
use super::tree::{Tree, bare, has_python, python, said, with_stories, write};
use crate::application::{openapi, skeleton};

/// The most that a server may take to answer or to end.
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn the_applications_own_tests_pass_before_and_after_stories() {
    if !has_python() {
        return;
    }
    for (name, architecture) in all() {
        let coded = with_stories(&architecture, 1..=architecture.entities.len());
        for tree in [bare(&architecture), coded] {
            let folder = tempfile::tempdir().unwrap();
            write(&tree, folder.path());
            let compiled = python(folder.path(), &["-W", "error", "-m", "compileall", "-q", "."]);
            assert!(compiled.status.success(), "{name}: {}", said(&compiled));
            own_tests_pass(name, folder.path());
        }
    }
}

fn own_tests_pass(name: &str, folder: &Path) {
    let command = skeleton(&none(), &super::samples::prd(), 0).test;
    let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    let output = python(folder, &[&["-W", "error"], arguments.as_slice()].concat());
    assert!(output.status.success(), "{name}: {}", said(&output));
    assert!(said(&output).contains("\nOK"), "{name}: {}", said(&output));
}

#[test]
fn every_file_parses_as_python_3_9_and_runs_nothing_it_is_given() {
    if !has_python() {
        return;
    }
    let check = "import ast, pathlib, sys\n\
        for path in pathlib.Path('.').rglob('*.py'):\n\
        \x20   tree = ast.parse(path.read_text(), feature_version=(3, 9))\n\
        \x20   calls = {getattr(n.func, 'id', getattr(n.func, 'attr', '')) for n in ast.walk(tree) if isinstance(n, ast.Call)}\n\
        \x20   assert not calls & {'eval', 'exec', 'system', 'popen', 'Popen', '__import__', 'compile_command'}, path\n";
    for (_, architecture) in all() {
        let folder = tempfile::tempdir().unwrap();
        write(&with_stories(&architecture, 1..=architecture.entities.len()), folder.path());
        let output = python(folder.path(), &["-c", check]);
        assert!(output.status.success(), "{}", said(&output));
    }
}

#[test]
fn records_live_over_an_inherited_socket_of_either_family() {
    if !has_python() {
        return;
    }
    let tree = with_stories(&three(), 1..=3);
    for family in [Family::Unix, Family::Tcp] {
        let mut app = App::start(&tree, family);
        assert_eq!(app.ask("GET", "/health", None).status, 200);
        the_whole_life_of_a_record(&app);
        what_is_wrong_is_refused(&app);
        any_text_comes_back_and_is_escaped(&app);
        app.stop();
    }
}

fn the_whole_life_of_a_record(app: &App) {
    let customer = app.ask("POST", "/customers", Some(json!({"name": "Ada"})));
    assert_eq!((customer.status, customer.json()["name"].as_str()), (201, Some("Ada")));
    let meter = app.ask("POST", "/meters", Some(json!({"serial": "7", "owner": customer.json()["id"]})));
    assert_eq!(meter.status, 201, "{}", meter.body);
    let path = format!("/meters/{}", meter.json()["id"]);
    assert_eq!(app.ask("GET", &path, None).json(), meter.json());
    assert!(app.ask("GET", "/meters", None).json()["items"].as_array().unwrap().contains(&meter.json()));
    let replaced = app.ask("PUT", &path, Some(json!({"serial": "8", "owner": customer.json()["id"]})));
    assert_eq!((replaced.status, replaced.json()["serial"].as_str()), (200, Some("8")));
    let owner = format!("/customers/{}", customer.json()["id"]);
    assert_eq!(app.ask("DELETE", &owner, None).status, 409);
    assert_eq!(app.ask("DELETE", &path, None).status, 204);
    assert_eq!(app.ask("GET", &path, None).status, 404);
    assert_eq!(app.ask("DELETE", &path, None).status, 404);
}

fn what_is_wrong_is_refused(app: &App) {
    let cases = [
        ("POST", "/customers", Some(json!({})), 422),
        ("POST", "/customers", Some(json!({"name": 5})), 422),
        ("POST", "/customers", Some(json!({"name": "Ada", "more": 1})), 400),
        ("POST", "/customers", Some(json!([])), 400),
        ("PATCH", "/customers", Some(json!({})), 405),
        ("GET", "/customers/999999", None, 404),
        ("GET", "/nothing", None, 404),
    ];
    for (method, path, body, status) in cases {
        let answer = app.ask(method, path, body);
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        assert_eq!(answer.content_type, "application/problem+json");
        assert_eq!(answer.json()["status"], status);
    }
    assert_eq!(app.ask_raw("POST", "/customers", "{\"name\":", "application/json").status, 400);
}

fn any_text_comes_back_and_is_escaped(app: &App) {
    for text in
        ["<script>alert(1)</script>", "'; DROP TABLE customer; --", "\"q\" & 'a'", "\u{1f600}\u{200f}é\0"]
    {
        let answer = app.ask("POST", "/customers", Some(json!({"name": text})));
        assert_eq!((answer.status, answer.json()["name"].as_str()), (201, Some(text)));
    }
    assert_eq!(app.ask("POST", "/customers", Some(json!({"name": "é".repeat(2000)}))).status, 201);
    assert_eq!(app.ask("POST", "/customers", Some(json!({"name": "é".repeat(2001)}))).status, 422);
    let page = app.ask("GET", "/", None);
    assert_eq!((page.status, page.content_type.as_str()), (200, "text/html; charset=utf-8"));
    assert!(page.body.contains("&lt;script&gt;") && !page.body.contains("<script"));
}

#[test]
fn every_operation_of_the_document_is_served_as_it_says() {
    if !has_python() {
        return;
    }
    for (name, architecture) in all() {
        let mut app = App::start(&with_stories(&architecture, 1..=architecture.entities.len()), Family::Unix);
        let document = openapi(&architecture, name);
        for (path, item) in document["paths"].as_object().unwrap() {
            let served = path.replace("{id}", "999999");
            for method in ["get", "post", "put", "delete", "patch"] {
                let body = matches!(method, "post" | "put").then(|| json!({"no_such_field": 1}));
                let status = app.ask(&method.to_uppercase(), &served, body).status.to_string();
                let expected = item.get(method).map(|operation| operation["responses"].as_object().unwrap());
                let holds = expected
                    .map_or(status == "405", |responses| responses.contains_key(&status) && status != "405");
                assert!(holds, "{name}: {method} {path}: {status}");
            }
        }
        app.stop();
    }
}

#[derive(Clone, Copy)]
enum Family {
    Unix,
    Tcp,
}

enum Address {
    Unix(std::path::PathBuf),
    Tcp(std::net::SocketAddr),
}

/// A running application; ended when dropped.
struct App {
    child: Child,
    address: Address,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: u16,
    content_type: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl App {
    fn start(tree: &Tree, family: Family) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write(tree, folder.path());
        let (listener, address): (OwnedFd, Address) = match family {
            Family::Unix => {
                let path = folder.path().join("socket");
                (UnixListener::bind(&path).unwrap().into(), Address::Unix(path))
            }
            Family::Tcp => {
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                let address = listener.local_addr().unwrap();
                (listener.into(), Address::Tcp(address))
            }
        };
        let child = Command::new("prlimit")
            .args(["--as=1073741824", "python3", "-m", "app", "--inherit", "--data", "kept"])
            .current_dir(folder.path())
            .stdin(Stdio::from(listener))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, address, _folder: folder }
    }

    fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        self.ask_raw(method, path, &body, "application/json")
    }

    fn ask_raw(&self, method: &str, path: &str, body: &str, content_type: &str) -> Answer {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: app\r\nConnection: close\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let text = match &self.address {
            Address::Unix(path) => exchange(UnixStream::connect(path).unwrap(), &request),
            Address::Tcp(address) => exchange(TcpStream::connect(address).unwrap(), &request),
        };
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let content_type =
            head.lines().find_map(|line| line.strip_prefix("Content-Type: ")).unwrap_or_default();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            content_type: content_type.to_owned(),
            body: body.to_owned(),
        }
    }

    /// SIGTERM ends it with status 0.
    fn stop(&mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                assert!(status.success(), "{status}");
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the application did not end on SIGTERM");
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // Ended already after a passed test.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn exchange(mut stream: impl Read + Write, request: &str) -> String {
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}
