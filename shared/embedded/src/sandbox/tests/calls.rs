use libc::{SYS_clone, SYS_mmap, SYS_socket, SYS_socketpair};

use super::{OK, script};

/// Calls that no job may make: none even begins to look at its arguments.
#[rustfmt::skip]
const REFUSED: &[(&str, libc::c_long)] = &[
    ("add_key", libc::SYS_add_key), ("bpf", libc::SYS_bpf), ("chroot", libc::SYS_chroot),
    ("clone3", libc::SYS_clone3), ("delete_module", libc::SYS_delete_module),
    ("fanotify_init", libc::SYS_fanotify_init), ("finit_module", libc::SYS_finit_module),
    ("fsopen", libc::SYS_fsopen), ("init_module", libc::SYS_init_module),
    ("io_uring_enter", libc::SYS_io_uring_enter), ("io_uring_register", libc::SYS_io_uring_register),
    ("io_uring_setup", libc::SYS_io_uring_setup), ("kcmp", libc::SYS_kcmp), ("kexec_load", libc::SYS_kexec_load),
    ("keyctl", libc::SYS_keyctl), ("memfd_create", libc::SYS_memfd_create), ("memfd_secret", libc::SYS_memfd_secret),
    ("mount", libc::SYS_mount), ("mount_setattr", libc::SYS_mount_setattr), ("move_mount", libc::SYS_move_mount),
    ("mq_open", libc::SYS_mq_open), ("msgget", libc::SYS_msgget),
    ("name_to_handle_at", libc::SYS_name_to_handle_at), ("open_by_handle_at", libc::SYS_open_by_handle_at),
    ("open_tree", libc::SYS_open_tree), ("perf_event_open", libc::SYS_perf_event_open),
    ("personality", libc::SYS_personality), ("pidfd_getfd", libc::SYS_pidfd_getfd),
    ("pivot_root", libc::SYS_pivot_root), ("process_vm_readv", libc::SYS_process_vm_readv),
    ("process_vm_writev", libc::SYS_process_vm_writev), ("ptrace", libc::SYS_ptrace),
    ("quotactl", libc::SYS_quotactl), ("reboot", libc::SYS_reboot), ("request_key", libc::SYS_request_key),
    ("seccomp", libc::SYS_seccomp), ("semget", libc::SYS_semget), ("setns", libc::SYS_setns),
    ("setxattr", libc::SYS_setxattr), ("shmget", libc::SYS_shmget), ("swapon", libc::SYS_swapon),
    ("syslog", libc::SYS_syslog), ("umount2", libc::SYS_umount2), ("unshare", libc::SYS_unshare),
    ("userfaultfd", libc::SYS_userfaultfd), ("vmsplice", libc::SYS_vmsplice),
    // A number that no kernel has yet, and one of x86-64's second set.
    ("one of tomorrow", 999), ("getpid of x32", 0x4000_0027),
];

/// Calls that are refused for what they ask: the first four arguments.
const REFUSED_BY_ARGUMENT: &[(&str, libc::c_long, [libc::c_int; 4])] = &[
    ("a user namespace", SYS_clone, [libc::CLONE_NEWUSER | libc::SIGCHLD, 0, 0, 0]),
    ("a network namespace", SYS_clone, [libc::CLONE_NEWNET | libc::SIGCHLD, 0, 0, 0]),
    ("netlink", SYS_socket, [libc::AF_NETLINK, libc::SOCK_RAW, 0, 0]),
    ("the hypervisor", SYS_socket, [libc::AF_VSOCK, libc::SOCK_STREAM, 0, 0]),
    ("the kernel's ciphers", SYS_socket, [libc::AF_ALG, libc::SOCK_SEQPACKET, 0, 0]),
    ("raw packets", SYS_socket, [libc::AF_PACKET, libc::SOCK_RAW, 0, 0]),
    ("a pair of another family", SYS_socketpair, [libc::AF_TIPC, libc::SOCK_STREAM, 0, 0]),
    ("shared memory", SYS_mmap, [0, 4096, libc::PROT_READ, libc::MAP_SHARED | libc::MAP_ANONYMOUS]),
];

#[tokio::test]
async fn what_is_not_allowed_does_not_exist() {
    let plain = REFUSED.iter().map(|(name, number)| (*name, *number, [0; 4]));
    let calls: Vec<_> = plain.chain(REFUSED_BY_ARGUMENT.iter().copied()).collect();
    let calls = serde_json::to_string(&calls).unwrap();
    let text = format!(
        r#"
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
for name, number, args in {calls}:
    got = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, args), ctypes.c_long(-1), ctypes.c_long(0))
    if (got, ctypes.get_errno()) != (-1, errno.ENOSYS): print(name, got, ctypes.get_errno())
print('tried')
"#
    );
    let Some(result) = script(&text).await else { return };
    assert_eq!((result.end, result.stdout.as_str()), (OK, "tried\n"), "{}", result.stderr);
}

/// `int 0x80` with a number that is harmless in either world.
#[cfg(target_arch = "x86_64")]
#[tokio::test]
async fn a_call_of_another_architecture_kills() {
    let text = r#"
import ctypes, mmap
page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
page.write(bytes([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3]))
at = ctypes.addressof(ctypes.c_char.from_buffer(page))
print('BROKE', ctypes.CFUNCTYPE(ctypes.c_long)(at)())
"#;
    let Some(result) = script(text).await else { return };
    // A kernel without the older calls has no such gate at all.
    let killed =
        [libc::SIGSYS, libc::SIGSEGV].map(|signal| ideamine_core::ports::JobEnd::Signalled { signal });
    assert!(killed.contains(&result.end), "{result:?}");
}

#[tokio::test]
async fn what_programs_need_is_there() {
    let text = r#"
import asyncio, concurrent.futures, mmap, multiprocessing, os, select, shutil, signal, socket, sqlite3, subprocess
import sys, tempfile, threading
def double(n): return 2 * n
async def echo(r, w): w.write(await r.read(2)); await w.drain(); w.close()
async def talk():
    for server in (await asyncio.start_server(echo, '127.0.0.1', 0), await asyncio.start_server(echo, '::1', 0)):
        r, w = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        w.write(b'hi'); assert await r.read() == b'hi'; w.close()
if __name__ == '__main__':
    with concurrent.futures.ThreadPoolExecutor(4) as pool: assert list(pool.map(double, range(9)))[8] == 16
    with multiprocessing.Pool(2) as pool: assert pool.map(double, range(9))[8] == 16
    assert multiprocessing.Value('i', 7).value == 7
    assert subprocess.run(['sh', '-c', 'echo a | tr a b'], capture_output=True, text=True).stdout == 'b\n'
    assert subprocess.run([sys.executable, '-c', 'pass']).returncode == 0
    asyncio.run(talk())
    a, b = socket.socketpair(); a.send(b'x'); assert b.recv(1) == b'x'
    db = sqlite3.connect('/tmp/a.db'); db.execute('pragma journal_mode=wal'); db.execute('create table t(a)'); db.commit()
    with tempfile.TemporaryDirectory() as d:
        shutil.copytree('/job', d + '/copy'); shutil.copy2('main.py', d); os.link(d + '/main.py', d + '/l'); os.utime(d)
        with open(d + '/main.py', 'r+b') as f: assert mmap.mmap(f.fileno(), 0)[:1] == b'\n'
    signal.signal(signal.SIGALRM, lambda *_: None); signal.setitimer(signal.ITIMER_REAL, 0.01); signal.pause()
    select.epoll().close(); os.getrandom(8); open('/dev/urandom', 'rb').read(1); os.sched_yield(); os.nice(1)
    open('/dev/null', 'w').write('x'); os.listdir('/dev/fd')
    threading.Timer(0.001, print, ['done']).start()
"#;
    let Some(result) = script(text).await else { return };
    assert_eq!((result.end, result.stdout.as_str(), result.stderr.as_str()), (OK, "done\n", ""));
}
