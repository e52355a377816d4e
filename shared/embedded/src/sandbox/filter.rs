//! The system calls that a job may make. Every other one does not exist for it (`ENOSYS`), new ones included.
//!
//! Not here, and why: `ptrace`, `process_vm_*`, `pidfd_getfd` and `kcmp` reach into other processes;
//! `keyctl` and its kin reach the host's key rings, which have no namespace; `bpf`, `io_uring_*`, `userfaultfd`,
//! `perf_event_open` and module loading are where kernels break; `mount`, `unshare`, `setns` and `clone` with
//! namespaces would build walls of the job's own; `memfd_create`, shared memory of System V and shared anonymous
//! mappings are memory that outlives its process and that no limit of ours counts; `open_by_handle_at` names files
//! beyond the mounts. `clone3` hides its flags from a filter: C libraries fall back to `clone`.
//!
//! Calls of another architecture kill the process; the second set of numbers on x86-64 (x32) is not listed.

use std::collections::BTreeMap;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

/// Calls that need no look at their arguments.
#[rustfmt::skip]
const ALLOWED: &[libc::c_long] = &[
    // Files.
    libc::SYS_chdir, libc::SYS_close, libc::SYS_close_range, libc::SYS_copy_file_range, libc::SYS_dup,
    libc::SYS_dup3, libc::SYS_faccessat, libc::SYS_faccessat2, libc::SYS_fadvise64, libc::SYS_fallocate,
    libc::SYS_fchdir, libc::SYS_fchmod, libc::SYS_fchmodat, libc::SYS_fchown, libc::SYS_fchownat,
    libc::SYS_fcntl, libc::SYS_fdatasync, libc::SYS_fgetxattr, libc::SYS_flistxattr, libc::SYS_flock,
    libc::SYS_fstat, libc::SYS_fstatfs, libc::SYS_fsync, libc::SYS_ftruncate, libc::SYS_getcwd,
    libc::SYS_getdents64, libc::SYS_getxattr, libc::SYS_inotify_add_watch, libc::SYS_inotify_init1,
    libc::SYS_inotify_rm_watch, libc::SYS_ioctl, libc::SYS_lgetxattr, libc::SYS_linkat, libc::SYS_listxattr,
    libc::SYS_llistxattr, libc::SYS_lseek, libc::SYS_mkdirat, libc::SYS_mknodat, libc::SYS_newfstatat,
    libc::SYS_openat, libc::SYS_openat2, libc::SYS_pipe2, libc::SYS_pread64, libc::SYS_preadv,
    libc::SYS_preadv2, libc::SYS_pwrite64, libc::SYS_pwritev, libc::SYS_pwritev2, libc::SYS_read,
    libc::SYS_readahead, libc::SYS_readlinkat, libc::SYS_readv, libc::SYS_renameat, libc::SYS_renameat2,
    libc::SYS_sendfile, libc::SYS_splice, libc::SYS_statfs, libc::SYS_statx, libc::SYS_symlinkat,
    libc::SYS_sync_file_range, libc::SYS_tee, libc::SYS_truncate, libc::SYS_umask, libc::SYS_unlinkat,
    libc::SYS_utimensat, libc::SYS_write, libc::SYS_writev,
    // Memory.
    libc::SYS_brk, libc::SYS_madvise, libc::SYS_membarrier, libc::SYS_mincore, libc::SYS_mprotect,
    libc::SYS_mremap, libc::SYS_msync, libc::SYS_munmap,
    // Processes and threads.
    libc::SYS_capget, libc::SYS_execve, libc::SYS_execveat, libc::SYS_exit, libc::SYS_exit_group,
    libc::SYS_futex, libc::SYS_get_robust_list, libc::SYS_getcpu, libc::SYS_getegid, libc::SYS_geteuid,
    libc::SYS_getgid, libc::SYS_getgroups, libc::SYS_getpgid, libc::SYS_getpid, libc::SYS_getppid,
    libc::SYS_getpriority, libc::SYS_getrandom, libc::SYS_getresgid, libc::SYS_getresuid, libc::SYS_getrlimit,
    libc::SYS_getrusage, libc::SYS_getsid, libc::SYS_gettid, libc::SYS_getuid, libc::SYS_pidfd_open,
    libc::SYS_pidfd_send_signal, libc::SYS_prctl, libc::SYS_prlimit64, libc::SYS_restart_syscall,
    libc::SYS_rseq, libc::SYS_sched_get_priority_max, libc::SYS_sched_get_priority_min,
    libc::SYS_sched_getaffinity, libc::SYS_sched_getattr, libc::SYS_sched_getparam,
    libc::SYS_sched_getscheduler, libc::SYS_sched_setaffinity, libc::SYS_sched_yield,
    libc::SYS_set_robust_list, libc::SYS_set_tid_address, libc::SYS_setpgid, libc::SYS_setpriority,
    libc::SYS_setrlimit, libc::SYS_setsid, libc::SYS_sysinfo, libc::SYS_times, libc::SYS_uname,
    libc::SYS_wait4, libc::SYS_waitid,
    // Signals, time and waiting.
    libc::SYS_clock_getres, libc::SYS_clock_gettime, libc::SYS_clock_nanosleep, libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl, libc::SYS_epoll_pwait, libc::SYS_epoll_pwait2, libc::SYS_eventfd2,
    libc::SYS_getitimer, libc::SYS_gettimeofday, libc::SYS_kill, libc::SYS_nanosleep, libc::SYS_ppoll,
    libc::SYS_pselect6, libc::SYS_rt_sigaction, libc::SYS_rt_sigpending, libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigqueueinfo, libc::SYS_rt_sigreturn, libc::SYS_rt_sigsuspend, libc::SYS_rt_sigtimedwait,
    libc::SYS_rt_tgsigqueueinfo, libc::SYS_setitimer, libc::SYS_sigaltstack, libc::SYS_signalfd4,
    libc::SYS_tgkill, libc::SYS_timer_create, libc::SYS_timer_delete, libc::SYS_timer_getoverrun,
    libc::SYS_timer_gettime, libc::SYS_timer_settime, libc::SYS_timerfd_create, libc::SYS_timerfd_gettime,
    libc::SYS_timerfd_settime, libc::SYS_tkill,
    // Sockets, within the job's own network namespace.
    libc::SYS_accept, libc::SYS_accept4, libc::SYS_bind, libc::SYS_connect, libc::SYS_getpeername,
    libc::SYS_getsockname, libc::SYS_getsockopt, libc::SYS_listen, libc::SYS_recvfrom, libc::SYS_recvmmsg,
    libc::SYS_recvmsg, libc::SYS_sendmmsg, libc::SYS_sendmsg, libc::SYS_sendto, libc::SYS_setsockopt,
    libc::SYS_shutdown,
];

/// Older names of the same calls, which only this architecture has.
#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
const ALLOWED_HERE: &[libc::c_long] = &[
    libc::SYS_access, libc::SYS_alarm, libc::SYS_arch_prctl, libc::SYS_chmod, libc::SYS_chown,
    libc::SYS_creat, libc::SYS_dup2, libc::SYS_epoll_create, libc::SYS_epoll_wait, libc::SYS_eventfd,
    libc::SYS_fork, libc::SYS_getdents, libc::SYS_getpgrp, libc::SYS_inotify_init, libc::SYS_lchown,
    libc::SYS_link, libc::SYS_lstat, libc::SYS_mkdir, libc::SYS_mknod, libc::SYS_open, libc::SYS_pause,
    libc::SYS_pipe, libc::SYS_poll, libc::SYS_readlink, libc::SYS_rename, libc::SYS_rmdir, libc::SYS_select,
    libc::SYS_signalfd, libc::SYS_stat, libc::SYS_symlink, libc::SYS_time, libc::SYS_unlink, libc::SYS_utime,
    libc::SYS_utimes, libc::SYS_vfork,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_HERE: &[libc::c_long] = &[];

/// Socket families that a network namespace holds; `AF_VSOCK`, for one, reaches the hypervisor from any.
const FAMILIES: [libc::c_int; 3] = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6];
/// `clone` without any of these makes a process or a thread, and nothing more.
const NAMESPACES: libc::c_int = libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET;
/// A mapping with both flags is shared memory without a file.
const SHARED_ANONYMOUS: libc::c_int = libc::MAP_SHARED | libc::MAP_ANONYMOUS;

/// The filter as the kernel takes it: instructions of 8 bytes in this machine's order.
///
/// # Errors
/// On an architecture that the filter cannot be made for.
pub(super) fn program() -> Result<Vec<u8>, BackendError> {
    let nothing_to_look_at = ALLOWED.iter().chain(ALLOWED_HERE).map(|call| (*call, Vec::new()));
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = nothing_to_look_at.collect();
    let family = |family: &libc::c_int| when(0, SeccompCmpOp::Eq, *family);
    let families: Result<Vec<_>, _> = FAMILIES.iter().map(family).collect();
    rules.insert(libc::SYS_socket, families?);
    rules.insert(libc::SYS_socketpair, vec![family(&libc::AF_UNIX)?]);
    rules.insert(libc::SYS_clone, vec![when(0, masked(NAMESPACES), 0)?]);
    let not_both = [0, libc::MAP_SHARED, libc::MAP_ANONYMOUS];
    let mappings: Result<Vec<_>, _> =
        not_both.into_iter().map(|flags| when(3, masked(SHARED_ANONYMOUS), flags)).collect();
    rules.insert(libc::SYS_mmap, mappings?);
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    let unknown = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let program: BpfProgram = SeccompFilter::new(rules, unknown, SeccompAction::Allow, arch)?.try_into()?;
    let bytes = |i: &seccompiler::sock_filter| {
        [&i.code.to_ne_bytes()[..], &[i.jt, i.jf], &i.k.to_ne_bytes()].concat()
    };
    Ok(program.iter().flat_map(bytes).collect())
}

/// The kernel reads these arguments as 32 bits, and so must the filter.
fn when(argument: u8, op: SeccompCmpOp, value: libc::c_int) -> Result<SeccompRule, BackendError> {
    let value = u64::from(value.cast_unsigned());
    SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Dword, op, value)?])
}

fn masked(bits: libc::c_int) -> SeccompCmpOp {
    SeccompCmpOp::MaskedEq(u64::from(bits.cast_unsigned()))
}
