//! The real Python clients that trade through Keyward in its tests, in a virtual environment under `target/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::debian;
use crate::process::{capture, program, root, run};

const REQUIREMENTS: &str = "tests/clients/requirements.txt";

/// Makes the environment, unless it was already made from the same requirements; returns its Python.
pub(super) fn prepare(target: &Path) -> Result<PathBuf> {
    let wanted = fs::read_to_string(root().join(REQUIREMENTS))
        .with_context(|| format!("cannot read {REQUIREMENTS}"))?;
    let venv = target.join("venv");
    let stamp = venv.join("requirements.txt");
    let python = venv.join("bin/python");
    if fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == wanted) {
        println!("the environment is as {REQUIREMENTS} wants it");
        return Ok(python);
    }
    make(&venv)?;
    let pip =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS];
    run(program(&python).args(pip))?;
    // Last, so that a half-made environment is made again.
    fs::write(&stamp, wanted)?;
    Ok(python)
}

fn make(venv: &Path) -> Result<()> {
    if capture(program("python3").args(["-c", "import ensurepip, venv"])).is_err() {
        debian::install("python3-venv", "Python 3 with its venv module")?;
    }
    run(program("python3").args(["-m", "venv", "--clear"]).arg(venv))
}
