use ideamine_core::ports::{JobEnd, JobLimits, JobSpec, ProbeRequest};

use super::{run, spec};

const SERVER: &str = r#"
import json, socket, http.server
class H(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def address_string(self): return 'harness'
    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        if self.path == '/hang':
            import time; time.sleep(60)
        self.answer(200, {'path': self.path})
    def do_POST(self):
        got = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        self.answer(201, {'id': 'u 7', 'got': got})
server = http.server.HTTPServer(('', 0), H, bind_and_activate=False)
server.socket = socket.socket(fileno=0)
print('serving', flush=True)
server.serve_forever()
"#;

pub(super) fn request(id: &str, method: &str, path: &str, body: Option<&str>) -> ProbeRequest {
    let body = body.map(|text| (text.to_owned(), "application/json".to_owned()));
    ProbeRequest { id: id.to_owned(), method: method.to_owned(), path: path.to_owned(), body }
}

#[tokio::test]
async fn a_probed_job_answers_over_the_inherited_socket_and_is_stopped() {
    let requests = vec![
        request("new", "POST", "/things", Some(r#"{"a":1}"#)),
        request("read", "GET", "/things/{new:/id}", None),
        request("ref", "POST", "/things", Some(r#"{"of":"{new:/id}"}"#)),
        request("lost", "GET", "/things/{nobody:/id}", None),
    ];
    let Some(result) = run(JobSpec { requests, ..spec(SERVER) }).await else { return };
    let told: Vec<_> = result.exchanges.iter().map(|e| (e.id.as_str(), e.status, e.body.as_str())).collect();
    let expected = [
        ("new", Some(201), r#"{"id": "u 7", "got": {"a": 1}}"#),
        ("read", Some(200), r#"{"path": "/things/u%207"}"#),
        ("ref", Some(201), r#"{"id": "u 7", "got": {"of": "u 7"}}"#),
        ("lost", None, ""),
    ];
    assert_eq!((result.end, told.as_slice()), (JobEnd::Stopped, expected.as_slice()), "{result:?}");
    assert_eq!(result.exchanges[0].content_type.as_deref(), Some("application/json"));
    assert!(result.exchanges[3].error.as_ref().unwrap().contains("nobody"));
}

#[tokio::test]
async fn a_probed_job_that_hangs_or_dies_is_told_by_the_exchange() {
    let check = async |text: &str, path: &str, end: JobEnd| {
        let mut probed = spec(text);
        probed.limits.wall_ms = 1_500;
        probed.requests = vec![request("a", "GET", path, None), request("b", "GET", "/", None)];
        let Some(result) = run(probed).await else { return };
        assert_eq!(result.end, end, "{result:?}");
        assert!(result.exchanges.iter().all(|e| e.status.is_none() && e.error.is_some()), "{result:?}");
    };
    check(SERVER, "/hang", JobEnd::TimedOut).await;
    check("import time\ntime.sleep(60)", "/", JobEnd::TimedOut).await;
    check("raise SystemExit(4)", "/", JobEnd::Exited { code: 4 }).await;
}

/// Answers every connection in the one way of a case.
const HOSTILE: &str = r#"
import os, socket, time
HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
def endless(sock, once, again):
    sock.sendall(once)
    while True: sock.sendall(again)
listener = socket.socket(fileno=0)
while True:
    sock, _ = listener.accept()
    sock.recv(65536)
    try: SERVE
    except OSError: pass
    sock.close()
"#;

/// What a hostile server does, and the reason that the harness gives.
#[rustfmt::skip]
const SERVERS: &[(&str, &str)] = &[
    (r"endless(sock, HEAD + b'Content-Length: 99999999999\r\n\r\n', b'x' * 65536)", "the answer is over 1048576 bytes"),
    (r"endless(sock, HEAD + b'\r\n', b'x' * 65536)", "the answer is over 1048576 bytes"),
    (r"endless(sock, HEAD + b'Transfer-Encoding: chunked\r\n\r\n', b'1\r\nx\r\n' * 999)", "the answer is over 1048576 bytes"),
    (r"endless(sock, HEAD, b'A: b\r\n' * 999)", "too many headers"),
    (r"endless(sock, HEAD + b'A: ', b'b' * 999)", "the answer's head is over 65536 bytes"),
    (r"endless(sock, b'', b'HTTP/1.1 100 Continue\r\n\r\n')", "interim answers"),
    (r"sock.sendall(HEAD + b'\r\n[' + b'[],' * 300000 + b'[]]')", "JSON has over 200000 values"),
    (r"sock.sendall(HEAD + b'\r\n' + b'[' * 100000)", "had no JSON answer"),
    (r"sock.sendall(HEAD + b'\r\n' + b'x' * 1000000)", "over 3145728 bytes together"),
    (r"sock.sendall(HEAD + b'\r\n' + b'\xff' * 900000)", "the answer is over 1048576 bytes"),
    (r#"sock.sendall(HEAD + b'\r\n{"id":"' + b'x' * 5000 + b'"}')"#, "over 4096 bytes"),
    (r"[(sock.send(HEAD[i:i + 1]), time.sleep(0.05)) for i in range(len(HEAD))]", "no answer in time"),
];

#[tokio::test]
async fn a_hostile_server_is_a_reason_within_bounds() {
    for (serve, reason) in SERVERS {
        let (answer_bytes, answers_bytes) = (1024 * 1024, 3 * 1024 * 1024);
        let wall_ms = if reason.contains("in time") { 1_000 } else { 20_000 };
        let limits = JobLimits { wall_ms, answer_bytes, answers_bytes, ..JobLimits::default() };
        let paths = ["/", "/{0:/id}", "/", "/", "/"].iter().enumerate();
        let requests = paths.map(|(n, path)| request(&n.to_string(), "GET", path, None)).collect();
        let server = HOSTILE.replace("SERVE", serve);
        let Some(result) = run(JobSpec { requests, limits, ..spec(&server) }).await else { return };
        let kept: usize = result.exchanges.iter().map(|e| e.body.len()).sum();
        assert!(kept <= answers_bytes, "{serve}: {kept} bytes");
        let reasons: Vec<_> = result.exchanges.iter().filter_map(|e| e.error.as_deref()).collect();
        // At the end of the job's time its processes are ended, which a slow machine may see before its own clock.
        let timed_out = reason.contains("in time") && result.end == JobEnd::TimedOut;
        let named = timed_out || reasons.iter().any(|r| r.contains(reason));
        assert!(named, "{serve}: {reasons:?} {}", result.stderr);
    }
}
