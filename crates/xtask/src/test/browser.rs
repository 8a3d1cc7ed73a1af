//! The browser in which the console is toured, what drives it, and what looks for barriers in its pages.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::prepared::prepare as prepare_from;
use crate::debian;
use crate::process::{on_path, program, root, run};

/// What the tour needs from npm, in the versions that it was written with.
const PACKAGE: &str = "tests/console/package.json";
/// A program, and Debian's package of it.
const PROGRAMS: [(&str, &str); 2] = [("chromium", "chromium"), ("npm", "npm")];

/// Brings what is missing, and returns the folder of the packages from npm.
pub(super) fn prepare(target: &Path) -> Result<PathBuf> {
    for (name, package) in PROGRAMS {
        if !on_path(name) {
            debian::install(package, name)?;
        }
    }
    let place = target.join("console");
    fs::create_dir_all(&place)?;
    prepare_from(&place, PACKAGE, || {
        fs::copy(root().join(PACKAGE), place.join("package.json"))?;
        let npm = ["install", "--silent", "--no-fund", "--no-audit", "--prefix"];
        run(program("npm").args(npm).arg(&place))
    })?;
    Ok(place.join("node_modules"))
}
