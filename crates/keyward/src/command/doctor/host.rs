//! The host: its clock, its swap, what its kernel can do.

use std::fs;
use std::process::Command;

use super::Finding;
use super::process::Process;

/// Nobody runs this before it was written (Unix time of 2026-01-01): a clock that says so was never set.
const WRITTEN_S: i64 = 1_767_225_600;

/// Every check of the host.
pub(super) fn all(server: Option<&Process>, now_s: i64) -> Vec<Finding> {
    vec![clock(now_s, synchronised().as_deref()), swap(&swaps(), server), kernel()]
}

/// What systemd says of the clock: `yes` or `no`.
fn synchronised() -> Option<String> {
    let asked =
        Command::new("timedatectl").args(["show", "--property=NTPSynchronized", "--value"]).output().ok()?;
    let said = String::from_utf8(asked.stdout).ok()?.trim().to_owned();
    (asked.status.success() && !said.is_empty()).then_some(said)
}

fn clock(now_s: i64, synchronised: Option<&str>) -> Finding {
    const SYNCHRONISE: &str =
        "synchronise it, with chrony or systemd-timesyncd: exchanges refuse what is signed a second off";
    if now_s < WRITTEN_S {
        return Finding::fail("clock", "it was never set", SYNCHRONISE);
    }
    match synchronised {
        Some("yes") => Finding::ok("clock", "it is synchronised"),
        Some(_) => Finding::warn("clock", "it is not synchronised", SYNCHRONISE),
        None => Finding::warn("clock", "nobody says whether it is synchronised", SYNCHRONISE),
    }
}

/// The names of the devices and files that the host swaps to.
fn swaps() -> Vec<String> {
    let table = fs::read_to_string("/proc/swaps").unwrap_or_default();
    table.lines().skip(1).filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn swap(swaps: &[String], server: Option<&Process>) -> Finding {
    let plain: Vec<_> = swaps.iter().filter(|name| !forgets(name)).cloned().collect();
    if plain.is_empty() {
        let found = if swaps.is_empty() { "there is none" } else { "it is encrypted, or in memory" };
        return Finding::ok("swap", found);
    }
    if server.is_some_and(Process::never_swaps) {
        return Finding::ok("swap", "the server is kept out of it");
    }
    let found = format!("{} may keep what was in memory", plain.join(", "));
    Finding::warn(
        "swap",
        found,
        "encrypt it, turn it off (`swapoff -a`), or set MemorySwapMax=0 as deploy/keyward.service does",
    )
}

/// Whether what is swapped there is gone with the power: compressed memory, or a device with a key.
fn forgets(name: &str) -> bool {
    let device = fs::canonicalize(name).unwrap_or_else(|_| name.into());
    let device = device.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mapped = fs::read_to_string(format!("/sys/block/{device}/dm/uuid")).unwrap_or_default();
    device.starts_with("zram") || mapped.starts_with("CRYPT-")
}

#[cfg(target_os = "linux")]
fn kernel() -> Finding {
    let landlock = crate::confine::landlock_version();
    let actions = fs::read_to_string("/proc/sys/kernel/seccomp/actions_avail").unwrap_or_default();
    match (landlock, actions.contains("errno")) {
        (Some(version), true) => {
            Finding::ok("kernel", format!("it has Landlock (version {version}) and seccomp"))
        }
        (version, seccomp) => {
            let has = |there| if there { "has" } else { "lacks" };
            let found = format!("it {} Landlock and {} seccomp", has(version.is_some()), has(seccomp));
            Finding::warn(
                "kernel",
                found,
                "a server cannot shut itself in whole: use Linux 5.13 or newer, with `landlock` in its lsm= list",
            )
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn kernel() -> Finding {
    Finding::warn("kernel", "it cannot shut a server in", "run the server on Linux")
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_clock_is_judged_by_its_time_and_by_who_sets_it() {
        assert!(clock(0, Some("yes")).verdict == Verdict::Fail);
        assert!(clock(WRITTEN_S, Some("yes")).verdict == Verdict::Ok);
        assert!(clock(WRITTEN_S, Some("no")).verdict == Verdict::Warn);
        assert!(clock(WRITTEN_S, None).verdict == Verdict::Warn);
    }

    #[test]
    fn only_swap_that_outlives_the_power_is_warned_of() {
        assert!(swap(&[], None).verdict == Verdict::Ok);
        assert!(swap(&["/dev/zram0".to_owned()], None).verdict == Verdict::Ok);
        assert!(swap(&["/swapfile".to_owned()], None).verdict == Verdict::Warn);
    }
}
