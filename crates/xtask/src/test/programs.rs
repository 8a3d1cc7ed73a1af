//! The programs of others that stand around Keyward in some tests: load balancers, and what moves a clock.

use anyhow::Result;

use crate::debian::install;
use crate::process::on_path;

/// A program, and Debian's package of it.
const PROGRAMS: [(&str, &str); 3] =
    [("nginx", "nginx-light"), ("haproxy", "haproxy"), ("faketime", "faketime")];

/// Installs what is missing, or says what to install.
pub(super) fn prepare() -> Result<()> {
    PROGRAMS
        .iter()
        .filter(|(program, _)| !on_path(program))
        .try_for_each(|(program, package)| install(package, program))
}
