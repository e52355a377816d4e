use ideamine_core::ports::{JobSpec, ProbeRequest};

use super::{OK, lines, nothing_succeeds, run, script, spec};

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
        "os.openpty()",
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
