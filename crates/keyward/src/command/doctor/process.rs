//! The process that runs the server, as the kernel describes it; or this one, where none runs.

use std::fs;
use std::path::Path;

use tokio::net::UnixStream;

use super::Finding;

/// Descriptors that a server should have: connections from both sides, and files.
const DESCRIPTORS_FAIR: u64 = 10_000;

/// A process, by its number or as `self`.
pub(super) struct Process(String);

impl Process {
    /// The process behind a server's socket.
    pub(super) async fn behind(socket: &Path) -> Option<Self> {
        let stream = UnixStream::connect(socket).await.ok()?;
        Some(Self(stream.peer_cred().ok()?.pid()?.to_string()))
    }

    /// This process, which an operator's shell has started with its limits.
    pub(super) fn own() -> Self {
        Self("self".to_owned())
    }

    /// Whether its control group may not swap.
    pub(super) fn never_swaps(&self) -> bool {
        let group = self.read("cgroup");
        let group = group.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or("/");
        let most = fs::read_to_string(format!("/sys/fs/cgroup{group}/memory.swap.max"));
        most.is_ok_and(|most| most.trim() == "0")
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.0)).unwrap_or_default()
    }
}

/// What it may use.
pub(super) fn limits(process: &Process) -> Finding {
    let limits = process.read("limits");
    match soft(&limits, "Max open files") {
        Some(files) if files < DESCRIPTORS_FAIR => Finding::warn(
            "limits",
            format!("{files} open files: each client takes one, and so does each connection to an exchange"),
            format!("raise it to {DESCRIPTORS_FAIR} or more (`ulimit -n`, or LimitNOFILE= of the service)"),
        ),
        Some(files) => Finding::ok("limits", format!("{files} open files")),
        None => Finding::warn("limits", "the kernel does not say", "look at `ulimit -a` yourself"),
    }
}

/// The limit in force; none when the kernel names none.
fn soft(limits: &str, name: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix(name))?;
    let first = line.split_whitespace().next()?;
    if first == "unlimited" { Some(u64::MAX) } else { first.parse().ok() }
}

/// What the server has given up; nothing to say where none runs.
pub(super) fn confinement(server: Option<&Process>) -> Finding {
    let Some(server) = server else { return Finding::ok("confined", "no server runs now") };
    let status = server.read("status");
    let number = |name: &str| field(&status, name).and_then(|words| words.split_whitespace().next());
    if number("Uid:") == Some("0") {
        return Finding::warn(
            "confined",
            "the server runs as root",
            "run it as a user of its own, as deploy/keyward.service does",
        );
    }
    match number("Seccomp:") {
        Some("2") => Finding::ok("confined", "the server has shut itself in"),
        _ => Finding::warn("confined", "the server has not shut itself in", "start it without --unconfined"),
    }
}

fn field<'s>(status: &'s str, name: &str) -> Option<&'s str> {
    status.lines().find_map(|line| line.strip_prefix(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_the_kernel_writes_them() {
        let limits = "Limit   Soft Limit   Hard Limit   Units\n\
                      Max open files            1024                 524288               files     \n\
                      Max locked memory         unlimited            unlimited            bytes     ";
        assert_eq!(soft(limits, "Max open files"), Some(1024));
        assert_eq!(soft(limits, "Max locked memory"), Some(u64::MAX));
        assert_eq!(soft(limits, "Max nothing"), None);
    }
}
