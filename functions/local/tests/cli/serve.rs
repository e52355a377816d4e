//! `serve` as clients and service managers meet it: sockets, signals, a run that goes on afterwards.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};

use crate::support::{Desk, idea};

/// A server of its own; ended with SIGTERM, killed when a test fails.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start(desk: &Desk) -> Self {
        let mut child = desk
            .command(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line}"));
        Self { address: address.to_owned(), child }
    }
    /// The whole answer to a request without a body.
    fn ask(&self, line: &str, more: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let host = &self.address;
        write!(stream, "{line} HTTP/1.1\r\nhost: {host}\r\n{more}connection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
    fn post(&self, path: &str, body: &str) -> serde_json::Value {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let (host, length) = (&self.address, body.len());
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }
    /// Ends it as a service manager does.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_run_that_the_server_left_is_resumed() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    assert!(server.ask("GET /health", "").starts_with("HTTP/1.1 200 "));
    let text = std::fs::read_to_string(idea()).unwrap();
    let body = serde_json::json!({ "idea": text, "until": "architecture" }).to_string();
    let run = server.post("/v1/runs", &body)["run_id"].as_str().unwrap().to_owned();
    assert_eq!(server.terminate(), Some(0));
    assert!(!desk.path("data/control.sock").exists(), "the socket of an owner that ended is there");
    let ended = desk.run(["resume", &run, "--json"]).exits(0).json();
    assert_eq!(ended["status"], "completed");
    desk.run(["verify", &run]).exits(0);
}

#[test]
fn the_kill_switch_is_thrown_over_http_as_well() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    let throw = |body: &str| server.post("/v1/kill-switch", body);
    assert_eq!(throw("{\"engaged\":true}")["title"], "Input.Invalid");
    assert_eq!(throw("{\"engaged\":true,\"why\":\"a drill\"}")["epoch"], 1);
    let refused = server.post("/v1/runs", "{\"idea\":\"Neighbours lend each other tools.\"}");
    assert_eq!((&refused["status"], &refused["title"]), (&409.into(), &"Control.Stopped".into()));
    assert_eq!(throw("{\"engaged\":false}")["engaged"], false);
}

#[test]
fn what_a_page_of_another_origin_sends_is_turned_away() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    let check = |more: &str, status: u16| {
        let answer = server.ask("GET /v1/runs", more);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{more}: {answer}");
    };
    check("", 200);
    check(&format!("origin: http://{}\r\n", server.address), 200);
    check("origin: http://evil.example\r\n", 403);
    check(&format!("host: {}\r\n", server.address), 400);
    check("host: evil.example\r\n", 400);
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn callers_of_the_control_socket_that_say_nothing_do_not_stop_others_for_good() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    let path = desk.path("data/control.sock");
    desk.run(["list"]).exits(0);
    // More than there are places, each with half a line.
    let mut idle: Vec<UnixStream> = vec![];
    let refused = loop {
        let mut caller = UnixStream::connect(&path).unwrap();
        let _ = caller.write_all(b"{\"ask\":");
        caller.set_nonblocking(true).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(2));
        let mut said = vec![];
        let _ = caller.read_to_end(&mut said);
        if !said.is_empty() {
            break String::from_utf8(said).unwrap();
        }
        idle.push(caller);
        assert!(idle.len() < 1000, "there is no limit");
    };
    assert!(refused.contains("try again"), "{refused}");
    let told = desk.run(["list"]).exits(1);
    assert!(told.stderr.contains("try again"), "{}", told.stderr);
    drop(idle);
    while desk.run(["list"]).code != 0 {}
    assert_eq!(server.terminate(), Some(0));
}
