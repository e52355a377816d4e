//! Programs that take all they can get, and how far they get.

use ideamine_core::ports::{JobEnd, JobLimits, JobSpec};

use super::{run, spec};

const MIB: u64 = 1024 * 1024;
/// The program was told so, and ended by itself.
const REFUSED: JobEnd = JobEnd::Exited { code: 1 };
/// The harness ended it.
const KILLED: JobEnd = JobEnd::Signalled { signal: 9 };

/// What a program does, how it ends, and what its error output says, under the limits below.
#[rustfmt::skip]
const PROGRAMS: &[(&str, JobEnd, &str, &str)] = &[
    ("one process takes memory", REFUSED, "MemoryError", "x = bytearray(300 << 20)"),
    ("many processes take memory", KILLED, "limit of memory of all processes together", r"
import os, time
for i in range(6):
    if os.fork() == 0:
        x = bytearray(90 << 20)
        time.sleep(60)
time.sleep(60)"),
    ("memory without a name", REFUSED, "Function not implemented", "import os; os.memfd_create('x')"),
    ("shared memory without a file", REFUSED, "Function not implemented", "import mmap; mmap.mmap(-1, 90 << 20)"),
    ("shared memory of a device", REFUSED, "No such file or directory", "
import mmap
mmap.mmap(open('/dev/zero', 'r+b').fileno(), 90 << 20)"),
    ("processes without end", JobEnd::TimedOut, "", r"
import os, time
while True:
    try: os.fork()
    except OSError: time.sleep(0.01)"),
    ("threads without end", REFUSED, "can't start new thread", "
import threading, time
while True: threading.Thread(target=time.sleep, args=[60], daemon=True).start()"),
    ("one large file", REFUSED, "File too large", "open('a', 'wb').write(bytes(9 << 20))"),
    ("many files", REFUSED, "No space left on device", "
for i in range(99): open(str(i), 'wb').write(bytes(8 << 20))"),
    ("unlinked files", REFUSED, "No space left on device", "
import os
kept = []
while True:
    kept.append(open('a', 'wb')); os.unlink('a'); kept[-1].write(bytes(8 << 20))"),
    ("unlinked files elsewhere", REFUSED, "No space left on device", "
import os
kept = []
while True:
    kept.append(open('/tmp/a', 'wb')); os.unlink('/tmp/a'); kept[-1].write(bytes(8 << 20))"),
    ("files of shared memory", REFUSED, "No space left on device", "
for i in range(99): open(f'/dev/shm/{i}', 'wb').write(bytes(8 << 20))"),
    ("files that are only reserved", REFUSED, "No space left on device", "
import os
for i in range(99): os.posix_fallocate(os.open(str(i), os.O_RDWR | os.O_CREAT), 0, 8 << 20)"),
    ("empty files", KILLED, "limit of files and folders", "
import os
for i in range(10**9): os.close(os.open(f'/tmp/{i}', os.O_CREAT))"),
    ("deep folders", KILLED, "limit of files and folders", "
import os
while True: os.mkdir('d'); os.chdir('d')"),
    ("sockets", KILLED, "limit of sockets", "
import os, socket, time
for i in range(3): os.fork()
kept = [socket.socketpair() for i in range(100)]
time.sleep(60)"),
    ("sockets on their way through others", REFUSED, "Too many references", "
import socket
a, b = socket.socketpair()
while True:
    pair = socket.socketpair()
    socket.send_fds(a, [b'x'], [pair[0].fileno(), pair[1].fileno()])"),
    ("open files", REFUSED, "Too many open files", "kept = [open('main.py') for i in range(999)]"),
];

#[tokio::test]
async fn a_hostile_program_is_told_no_or_ended() {
    for (name, end, says, script) in PROGRAMS {
        let (memory_bytes, file_bytes) = (200 * MIB, 8 * MIB);
        let wall_ms = if *end == JobEnd::TimedOut { 1_000 } else { 20_000 };
        let limits = JobLimits { wall_ms, memory_bytes, file_bytes, processes: 20, ..JobLimits::default() };
        let Some(result) = run(JobSpec { limits, ..spec(script) }).await else { return };
        assert!(result.end == *end && result.stderr.contains(says), "{name}: {result:?}");
    }
}
