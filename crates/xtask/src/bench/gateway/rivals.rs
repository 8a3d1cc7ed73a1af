//! The exchange that all doors share, and the two that Keyward is compared with; their configurations are in `bench/`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use base64::prelude::{BASE64_STANDARD, Engine};

use crate::bench::daemon::{Daemon, pinned};
use crate::bench::keyward::Holder;
use crate::process::root;

/// Where the exchange listens, as `bench/upstream.conf` says.
pub(super) const EXCHANGE: u16 = 19090;
/// Where nginx listens, as `bench/nginx.conf` says.
const NGINX: u16 = 19091;
/// Where HAProxy listens, as `bench/haproxy.cfg` says.
const HAPROXY: u16 = 19092;

/// Starts the exchange: an nginx that answers everything with a short account.
pub(super) fn exchange(cores: &str, folder: &Path) -> Result<Daemon> {
    fs::create_dir_all(folder.join("temp")).context("no room for nginx")?;
    nginx("the exchange", "upstream.conf", EXCHANGE, cores, folder)
}

/// Starts the plain proxy.
pub(super) fn plain(core: &str, folder: &Path) -> Result<Daemon> {
    nginx("nginx", "nginx.conf", NGINX, core, folder)
}

fn nginx(name: &'static str, file: &str, port: u16, cores: &str, folder: &Path) -> Result<Daemon> {
    let mut command = pinned(cores, "nginx");
    command.arg("-p").arg(folder).arg("-c").arg(root().join("bench").join(file));
    Daemon::start(name, port, &folder.join(format!("{file}.out")), &mut command)
}

/// Starts the proxy that verifies, with everybody's secrets.
pub(super) fn verifying(core: &str, folder: &Path, holders: &[Holder]) -> Result<Daemon> {
    let line = |holder: &Holder| format!("{} {}\n", holder.api_key, BASE64_STANDARD.encode(&holder.secret));
    fs::write(folder.join("keys.map"), holders.iter().map(line).collect::<String>())?;
    let mut command = pinned(core, "haproxy");
    command.args(["-db", "-C"]).arg(folder).arg("-f").arg(root().join("bench/haproxy.cfg"));
    Daemon::start("HAProxy", HAPROXY, &folder.join("haproxy.out"), &mut command)
}
