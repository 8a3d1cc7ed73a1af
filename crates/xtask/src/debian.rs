//! What is missing, from Debian's packages.

use anyhow::{Result, bail};

use crate::process::{capture, on_path, program, run};

/// Whether this runs as root, who alone installs packages and must not run a database.
pub(crate) fn is_root() -> bool {
    capture(program("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Installs a package, or says what to install.
pub(crate) fn install(package: &str, missing: &str) -> Result<()> {
    if !is_root() || !on_path("apt-get") {
        bail!("{missing} is missing; install it and try again (on Debian: apt-get install {package})");
    }
    println!("{missing} is missing: installing Debian's package {package}");
    let apt = || {
        let mut apt = program("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet=2");
        apt
    };
    run(apt().arg("update"))?;
    run(apt().args(["install", "--yes", "--no-install-recommends", package]))
}
