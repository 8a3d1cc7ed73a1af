//! seccomp: which system calls are refused. Each is one that a server never needs and that an intruder would.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};

/// Refused with EPERM.
const REFUSED: &[libc::c_long] = &[
    // Another program, or another process's memory.
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    // Another view of the system.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_open_by_handle_at,
    // The kernel, and interfaces of it that have often been a way into it.
    libc::SYS_bpf,
    libc::SYS_kexec_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_personality,
    // The host.
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_syslog,
    libc::SYS_vhangup,
];

/// Refuses them to this thread. Gives in words what the kernel enforces.
pub(super) fn confine() -> Result<&'static str> {
    let Ok(architecture) = TargetArch::try_from(std::env::consts::ARCH) else {
        return Ok("nothing: not on this processor");
    };
    let filter = filter(architecture).context("the filter of system calls is wrong")?;
    match apply_filter(&filter) {
        Err(seccompiler::Error::Seccomp(error) | seccompiler::Error::Prctl(error)) if absent(&error) => {
            Ok("nothing: this kernel has no seccomp")
        }
        applied => {
            applied.context("seccomp cannot be applied; --unconfined starts without it")?;
            Ok("seccomp")
        }
    }
}

fn filter(architecture: TargetArch) -> Result<BpfProgram, seccompiler::BackendError> {
    let refused: BTreeMap<i64, _> = REFUSED.iter().map(|&call| (call, vec![])).collect();
    let denied = SeccompAction::Errno(libc::EPERM as u32);
    SeccompFilter::new(refused, SeccompAction::Allow, denied, architecture)?.try_into()
}

fn absent(error: &std::io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EINVAL))
}
