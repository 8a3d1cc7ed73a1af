//! The programs of others that stand around Keyward in some tests: load balancers, what moves a clock, a client of HTTP/2.

use anyhow::Result;

use crate::debian::install;
use crate::process::on_path;

/// A program, and Debian's package of it.
const PROGRAMS: [(&str, &str); 4] =
    [("nginx", "nginx-light"), ("haproxy", "haproxy"), ("faketime", "faketime"), ("curl", "curl")];

/// Installs what is missing, or says what to install.
pub(super) fn prepare() -> Result<()> {
    PROGRAMS
        .iter()
        .filter(|(program, _)| !on_path(program))
        .try_for_each(|(program, package)| install(package, program))
}
