//! The stage: which core serves, what runs on it, and who asks.

use std::path::Path;

use anyhow::{Result, ensure};
use tempfile::TempDir;

use super::{rivals, say};
use crate::bench::daemon::Daemon;
use crate::bench::keyward::{Holder, Keyward};
use crate::bench::machine::Processors;
use crate::debian;
use crate::process::{capture, on_path, program, target};

/// The core of the door under load.
const DOOR: &str = "0";

/// Every server, running, and the keys that all of them know.
pub(super) struct Stage {
    pub(super) keyward: Daemon,
    pub(super) nginx: Daemon,
    pub(super) haproxy: Daemon,
    pub(super) exchange: Daemon,
    pub(super) holders: Vec<Holder>,
    _folder: TempDir,
}

impl Stage {
    /// Installs what is missing, builds, starts and fills everything.
    pub(super) fn open() -> Result<Self> {
        let others = other_cores()?;
        install()?;
        // On a real disk, because the audit log waits for it: many a /tmp is memory.
        let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(target()?)?;
        let keyward = Keyward::build(folder.path())?;
        pin_ourselves(&others)?;
        let exchange = rivals::exchange(&others, folder.path())?;
        keyward.init()?;
        let server = keyward.serve(DOOR)?;
        let holders = keyward.issue(rivals::EXCHANGE)?;
        Ok(Self {
            nginx: rivals::plain(DOOR, folder.path())?,
            haproxy: rivals::verifying(DOOR, folder.path(), &holders)?,
            keyward: server,
            exchange,
            holders,
            _folder: folder,
        })
    }
}

/// The cores beside the door's, as `taskset` writes them.
fn other_cores() -> Result<String> {
    let cores = Processors::here()?.count;
    ensure!(cores > 1, "the bench needs two cores: one for the door, one for the load and the exchange");
    Ok(if cores == 2 { "1".to_owned() } else { format!("1-{}", cores - 1) })
}

fn install() -> Result<()> {
    for (name, package) in [("nginx", "nginx-light"), ("haproxy", "haproxy"), ("taskset", "util-linux")] {
        if !on_path(name) && !Path::new("/usr/sbin").join(name).is_file() {
            say(format_args!("gateway: {name} is missing"));
            debian::install(package, name)?;
        }
    }
    Ok(())
}

/// The load must not take the door's core.
fn pin_ourselves(cores: &str) -> Result<()> {
    let us = std::process::id().to_string();
    capture(program("taskset").args(["--all-tasks", "--pid", "--cpu-list", cores, &us])).map(drop)
}
