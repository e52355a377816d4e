//! What a job cannot do, tried with the real sandbox. Where there is none the tests say so and pass.

use std::time::{Duration, Instant};

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobEnd, JobLimits, JobResult, JobSpec, Jobs, ProbeRequest, SourceFile};

use super::Bubblewrap;

const OK: JobEnd = JobEnd::Exited { code: 0 };

fn spec(script: &str) -> JobSpec {
    JobSpec {
        argv: vec!["python3".to_owned(), "main.py".to_owned()],
        files: vec![SourceFile { path: "main.py".to_owned(), content: script.to_owned() }],
        env: Vec::new(),
        limits: JobLimits { wall_ms: 10_000, ..JobLimits::default() },
        requests: Vec::new(),
        collect: false,
    }
}

/// Runs it, or says why it cannot be.
async fn run(spec: JobSpec) -> Option<JobResult> {
    let sandbox = Bubblewrap::from_env();
    if let Err(failure) = sandbox.probe().await {
        assert_eq!(failure.kind, FailureKind::SandboxMissing);
        eprintln!("skipped: {failure}");
        return None;
    }
    Some(sandbox.run(spec).await.unwrap())
}

async fn script(text: &str) -> Option<JobResult> {
    run(spec(text)).await
}

/// A script that tries each line, and prints `BROKE line` for one that succeeds.
async fn nothing_succeeds(setup: &str, attempts: &[String]) {
    let list = serde_json::to_string(attempts).unwrap();
    let text = format!(
        "{setup}\nfor line in {list}:\n    try:\n        exec(line)\n        print('BROKE', line)\n    except BaseException as e:\n        print('held', type(e).__name__)\n"
    );
    let Some(result) = script(&text).await else { return };
    assert_eq!(result.end, OK, "{result:?}");
    assert!(!result.stdout.contains("BROKE"), "{}", result.stdout);
    assert_eq!(result.stdout.matches("held").count(), attempts.len(), "{}", result.stdout);
}

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

#[tokio::test]
async fn without_bubblewrap_nothing_runs_and_the_message_says_what_to_install() {
    let empty = tempfile::tempdir().unwrap();
    let sandbox = Bubblewrap::new(empty.path());
    let failure = sandbox.run(spec("print(1)")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::SandboxMissing);
    assert!(failure.message.contains("apt install bubblewrap"), "{failure}");
    assert_eq!(sandbox.probe().await.unwrap_err(), failure);
}

#[tokio::test]
async fn a_bubblewrap_that_the_kernel_refuses_is_missing_too() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let fake = dir.path().join("bwrap");
    let text = "#!/bin/sh\n[ \"$1\" = --version ] && echo bubblewrap 0.8.0 && exit 0\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n";
    std::fs::write(&fake, text).unwrap();
    std::fs::set_permissions(&fake, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut path = std::ffi::OsString::from(dir.path());
    path.push(":/usr/bin:/bin");
    let failure = Bubblewrap::new(path).run(spec("print(1)")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::SandboxMissing);
    assert!(failure.message.contains("No permissions to create a new namespace"), "{failure}");
}

#[tokio::test]
async fn a_plain_job_runs_and_its_exit_status_is_told() {
    let check = async |text: &str, end: JobEnd, stdout: &str| {
        let Some(result) = script(text).await else { return };
        assert_eq!((result.end, result.stdout.as_str()), (end, stdout), "{}", result.stderr);
    };
    check("print('hello')", OK, "hello\n").await;
    check("import os; print(os.getcwd(), os.getuid(), os.environ['HOME'])", OK, "/job 1000 /job\n").await;
    check(
        "import sys; print('all tests passed'); sys.exit(3)",
        JobEnd::Exited { code: 3 },
        "all tests passed\n",
    )
    .await;
    check("import os; os.kill(os.getpid(), 11)", JobEnd::Signalled { signal: 11 }, "").await;
    check(
        "import sys; sys.stderr.write('bwrap: No permissions'); sys.exit(1)",
        JobEnd::Exited { code: 1 },
        "",
    )
    .await;
}

#[tokio::test]
async fn an_unknown_program_is_a_failed_job() {
    let Some(result) = run(JobSpec { argv: vec!["no-such-program".to_owned()], ..spec("") }).await else {
        return;
    };
    assert!(matches!(result.end, JobEnd::Exited { code: 126 | 127 }), "{result:?}");
}

#[tokio::test]
async fn there_is_no_network() {
    let host = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = host.local_addr().unwrap().port();
    let mut attempts = lines(&[
        "socket.create_connection(('1.1.1.1', 53), 2)",
        "socket.getaddrinfo('example.org', 80)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('8.8.8.8', 53))",
        "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
        "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    ]);
    attempts.push(format!("socket.create_connection(('127.0.0.1', {port}), 2)"));
    nothing_succeeds("import socket", &attempts).await;
}

#[tokio::test]
async fn an_inherited_socket_leads_nowhere_else() {
    let host = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = host.local_addr().unwrap().port();
    let text = format!(
        "import socket, sys\ns = socket.socket(fileno=0)\n\
         for name in ('shutdown', 'connect'):\n    try:\n        \
         s.shutdown(2) if name == 'shutdown' else s.connect(('127.0.0.1', {port}))\n        print(name)\n    \
         except BaseException as e:\n        print('held', e)\n\
         try:\n    s.connect('\\0any')\n    print('BROKE')\nexcept BaseException as e:\n    print('held')\n"
    );
    let request =
        ProbeRequest { id: "a".to_owned(), method: "GET".to_owned(), path: "/".to_owned(), body: None };
    let Some(result) = run(JobSpec { requests: vec![request], ..spec(&text) }).await else { return };
    assert!(!result.stdout.contains("connect\n") && !result.stdout.contains("BROKE"), "{result:?}");
}

#[tokio::test]
async fn host_files_cannot_be_read() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "secret").unwrap();
    let mut attempts = lines(&[
        "open('/etc/passwd').read()",
        "open('/etc/shadow').read()",
        "os.listdir('/root')",
        "os.listdir('/home')",
        "os.listdir('/var')",
        "os.listdir('/run')",
        "open('/proc/1/root/etc/passwd').read()",
        "open('/proc/1/environ').read().index('=')",
        "open('/proc/kcore','rb').read(1)",
        "open('/dev/mem','rb').read(1)",
        "open('/dev/sda','rb').read(1)",
        "open('/dev/vda','rb').read(1)",
        "[open(f'/proc/{p}/environ').read().index('CARGO') for p in os.listdir('/proc') if p.isdigit()] or 1/0",
    ]);
    for path in [secret.path(), &std::env::current_dir().unwrap(), &std::env::current_exe().unwrap()] {
        attempts.push(format!("os.stat({:?})", path.display().to_string()));
    }
    nothing_succeeds("import os", &attempts).await;
}

#[tokio::test]
async fn no_descriptor_of_ours_reaches_a_job() {
    let text = "import os\nprint(sorted(int(n) for n in os.listdir('/proc/self/fd')))";
    let Some(result) = script(text).await else { return };
    // 3 is the listing's own.
    assert_eq!(result.stdout, "[0, 1, 2, 3]\n");
}

#[tokio::test]
async fn nothing_can_be_written_outside_the_job() {
    let attempts = lines(&[
        "open('/usr/x', 'w')",
        "open('/x', 'w')",
        "open('/dev/x', 'w')",
        "open('/etc/x', 'w')",
        "open('/proc/sys/kernel/hostname', 'w').write('x')",
        "open('/proc/sys/kernel/core_pattern', 'w').write('x')",
        "os.mkdir('/job/../y')",
        "os.chmod('/usr/bin', 0o777)",
        "os.mknod('/tmp/disk', 0o600 | stat.S_IFBLK, os.makedev(8, 0))",
        "os.mknod('/job/zero', 0o600 | stat.S_IFCHR, os.makedev(1, 5))",
        "os.chroot('/tmp')",
        "os.setuid(0)",
        "subprocess.run(['unshare', '-U', 'true'], check=True)",
        "subprocess.run(['mount', '-t', 'tmpfs', 'x', '/tmp'], check=True)",
        "subprocess.run(['mount', '-o', 'remount,rw', '/usr'], check=True)",
        "resource.setrlimit(resource.RLIMIT_NPROC, (10_000, 10_000))",
        "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
        "os.kill(-1, 0) or open('/proc/1/mem', 'r+b').read(1)",
    ]);
    nothing_succeeds("import os, stat, subprocess, resource", &attempts).await;
}

#[tokio::test]
async fn its_own_folder_and_tmp_can_be_written() {
    let text = "open('/job/a','w').write('1'); open('/tmp/b','w').write('2'); open('/dev/null','w').write('3'); print('ok')";
    let Some(result) = script(text).await else { return };
    assert_eq!((result.end, result.stdout.as_str()), (OK, "ok\n"), "{}", result.stderr);
}

#[tokio::test]
async fn a_fork_bomb_is_contained() {
    let text = "import os, time\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        time.sleep(0.01)\n";
    let mut bomb = spec(text);
    bomb.limits = JobLimits { wall_ms: 1_500, processes: 20, ..JobLimits::default() };
    let started = Instant::now();
    let Some(result) = run(bomb).await else { return };
    assert_eq!(result.end, JobEnd::TimedOut);
    assert!(started.elapsed() < Duration::from_secs(8));
}

#[tokio::test]
async fn memory_is_limited_for_one_process_and_for_all_together() {
    let limits = JobLimits { wall_ms: 20_000, memory_bytes: 200 * 1024 * 1024, ..JobLimits::default() };
    let one = JobSpec { limits: limits.clone(), ..spec("x = bytearray(300 * 1024 * 1024)\nprint('BROKE')") };
    let Some(result) = run(one).await else { return };
    assert!(
        matches!(result.end, JobEnd::Exited { code: 1 }) && result.stderr.contains("MemoryError"),
        "{result:?}"
    );

    let text = "import os, time\nfor i in range(6):\n    if os.fork() == 0:\n        x = bytearray(100 * 1024 * 1024)\n        time.sleep(20)\ntime.sleep(20)\n";
    let all = JobSpec { limits, ..spec(text) };
    let Some(result) = run(all).await else { return };
    assert_eq!(result.end, JobEnd::Signalled { signal: 9 });
    assert!(result.stderr.contains("memory of all processes"), "{result:?}");
}

#[tokio::test]
async fn disk_space_is_limited() {
    let one = "open('a', 'wb').write(b'x' * 10_000_000)\nprint('BROKE')";
    let limits = JobLimits { file_bytes: 1_000_000, ..JobLimits::default() };
    let Some(result) = run(JobSpec { limits: limits.clone(), ..spec(one) }).await else { return };
    assert_ne!(result.end, OK);
    assert!(!result.stdout.contains("BROKE"), "{result:?}");

    let many = "import time\nfor i in range(25_000):\n    open(str(i), 'w')\ntime.sleep(20)";
    let Some(result) = run(JobSpec { limits, ..spec(many) }).await else { return };
    assert!(result.stderr.contains("limit of files and folders"), "{result:?}");
}

#[tokio::test]
async fn an_endless_loop_ends_by_processor_time_or_by_the_clock() {
    let check = async |cpu_s, wall_ms, end: &[JobEnd]| {
        let limits = JobLimits { cpu_s, wall_ms, ..JobLimits::default() };
        let Some(result) = run(JobSpec { limits, ..spec("while True: pass") }).await else { return };
        assert!(end.contains(&result.end), "{result:?}");
    };
    check(1, 20_000, &[JobEnd::Signalled { signal: 24 }, JobEnd::Signalled { signal: 9 }]).await;
    check(20, 300, &[JobEnd::TimedOut]).await;
}

#[tokio::test]
async fn a_job_that_will_not_die_dies_with_all_its_children() {
    let text = "import os, signal, time\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\n\
                if os.fork() == 0:\n    os.setsid()\n    os.fork()\n    while True: time.sleep(1)\nprint('up', flush=True)\nwhile True: time.sleep(1)\n";
    let limits = JobLimits { wall_ms: 700, ..JobLimits::default() };
    let started = Instant::now();
    let Some(result) = run(JobSpec { limits, ..spec(text) }).await else { return };
    assert_eq!((result.end, result.stdout.as_str()), (JobEnd::TimedOut, "up\n"));
    // Its output ended: no process that could hold the pipe is left.
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_child_left_behind_does_not_outlive_the_job() {
    let text = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(60)\nprint('done')\n";
    let started = Instant::now();
    let Some(result) = script(text).await else { return };
    assert_eq!((result.end, result.stdout.as_str()), (OK, "done\n"));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_dropped_call_ends_its_job() {
    let sandbox = Bubblewrap::from_env();
    if sandbox.probe().await.is_err() {
        return;
    }
    let mut long = spec("import time\ntime.sleep(30)");
    long.limits.wall_ms = 30_000;
    let _ = tokio::time::timeout(Duration::from_millis(300), sandbox.run(long)).await;
    let ended = async || {
        while super::watch::below(std::process::id()).tasks > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(5), ended()).await.is_ok());
}

#[tokio::test]
async fn an_output_flood_is_drained_and_cut() {
    let text = "import sys\nfor i in range(200_000):\n    sys.stdout.write('x' * 99 + '\\n')\nprint('end')";
    let mut flood = spec(text);
    flood.limits.output_bytes = 1_000;
    let Some(result) = run(flood).await else { return };
    assert_eq!(result.end, OK);
    assert!(result.stdout.len() < 1_100 && result.stdout.ends_with("end\n"), "{}", result.stdout.len());
}

#[tokio::test]
async fn only_regular_files_are_collected() {
    let text = "import os\nos.mkdir('d'); open('d/a', 'w').write('1'); open('d/.hidden', 'w').write('2')\n\
                os.symlink('/etc/passwd', 'link'); os.symlink('d', 'e'); os.symlink('/', 'root'); os.mkfifo('pipe')\n\
                os.mkdir('locked'); open('locked/x', 'w').write('3'); os.chmod('locked', 0)\nos.remove('main.py')\n";
    let Some(result) = run(JobSpec { collect: true, ..spec(text) }).await else { return };
    let paths: Vec<&str> =
        result.files.iter().map(|f| f.path.as_str()).filter(|p| *p != "locked/x").collect();
    assert_eq!((result.end, paths), (OK, vec!["d/.hidden", "d/a"]), "{}", result.stderr);
    assert!(result.stderr.contains("not collected"), "{}", result.stderr);
}

#[tokio::test]
async fn an_unusable_specification_is_refused() {
    let sandbox = Bubblewrap::from_env();
    if sandbox.probe().await.is_err() {
        return;
    }
    let file = |path: &str| vec![SourceFile { path: path.to_owned(), content: String::new() }];
    let bad = [
        JobSpec { argv: Vec::new(), ..spec("") },
        JobSpec { argv: vec!["a\0b".to_owned()], ..spec("") },
        JobSpec { env: vec![("A=B".to_owned(), String::new())], ..spec("") },
        JobSpec { files: file("../x"), ..spec("") },
        JobSpec { files: file("/x"), ..spec("") },
    ];
    for spec in bad {
        assert_eq!(sandbox.run(spec.clone()).await.unwrap_err().kind, FailureKind::InputInvalid, "{spec:?}");
    }
}

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

fn request(id: &str, method: &str, path: &str, body: Option<&str>) -> ProbeRequest {
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
