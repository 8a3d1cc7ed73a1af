//! A server under measurement: started on its core, stopped with us, and asked by the system what it used.

use std::ffi::OsStr;
use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::program;

/// Until a server that was started must answer.
const START: Duration = Duration::from_secs(15);
/// What `/proc` counts processor time in: Linux shows a hundredth of a second to programs, whatever it counts itself.
const TICK: Duration = Duration::from_millis(10);

/// A running server. Dropping it ends it.
pub(super) struct Daemon {
    name: &'static str,
    /// Where it listens, on the loopback address.
    pub(super) port: u16,
    child: Child,
}

/// A command that runs on some cores (as `taskset` writes them), and ends when we do, however we end.
pub(super) fn pinned(cores: &str, name: impl AsRef<OsStr>) -> Command {
    let mut command = program("setpriv");
    command.args(["--pdeathsig", "KILL", "taskset", "--cpu-list", cores]).arg(name);
    command
}

impl Daemon {
    /// Starts a server and waits until it takes connections on this port of the loopback address.
    pub(super) fn start(name: &'static str, port: u16, log: &Path, command: &mut Command) -> Result<Self> {
        if answers(port) {
            bail!("port {port}, which {name} needs, is taken: is another bench running?");
        }
        let output = fs::File::create(log)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        let mut daemon = Self { name, port, child };
        daemon.wait_until(|| answers(port)).with_context(|| fs::read_to_string(log).unwrap_or_default())?;
        Ok(daemon)
    }

    /// Waits until it is ready, however that is seen.
    pub(super) fn wait_until(&mut self, is_ready: impl Fn() -> bool) -> Result<()> {
        let start = Instant::now();
        while !is_ready() {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended at once: {status}", self.name);
            }
            if start.elapsed() > START {
                bail!("{} does not get ready", self.name);
            }
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// The processor time that it has used so far, in its own code and in the system's for it.
    pub(super) fn cpu(&self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))
            .with_context(|| format!("{} is gone", self.name))?;
        let ticks = ticks(&stat).context("the system does not say what processor time was used")?;
        Ok(TICK * ticks)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended by itself; either way there is nobody to tell, and nothing of it to keep.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answers(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// User and system time (proc(5)): the 14th and 15th field, counted behind the name, which may hold spaces.
fn ticks(stat: &str) -> Option<u32> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u32>().ok();
    Some(next()? + next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_system_time_are_added() {
        let stat = "42 (a (strange) name) S 1 2 3 4 5 6 7 8 9 10 700 30 0 0 20 0 1 0 99";
        assert_eq!(ticks(stat), Some(730));
    }
}
