//! The real Python clients that trade through Keyward in its tests, in a virtual environment under `target/`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::prepared::prepare as prepare_from;
use crate::debian;
use crate::process::{capture, program, run};

const REQUIREMENTS: &str = "tests/clients/requirements.txt";

/// Makes the environment, and returns its Python.
pub(super) fn prepare(target: &Path) -> Result<PathBuf> {
    let venv = target.join("venv");
    let python = venv.join("bin/python");
    prepare_from(&venv, REQUIREMENTS, || {
        make(&venv)?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        run(program(&python).args(pip).arg(REQUIREMENTS))
    })?;
    Ok(python)
}

fn make(venv: &Path) -> Result<()> {
    if capture(program("python3").args(["-c", "import ensurepip, venv"])).is_err() {
        debian::install("python3-venv", "Python 3 with its venv module")?;
    }
    run(program("python3").args(["-m", "venv", "--clear"]).arg(venv))
}
