//! `cargo xtask console`: the test that tours the console in a real browser, alone; with `--screenshots` it takes the
//! pictures in `docs/screenshots` anew.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process::{on_path, program, root, run as run_program};
use crate::{debian, test};

const PICTURES: &str = "docs/screenshots";
/// Tells the tour where to put its pictures.
const PICTURES_IN: &str = "KEYWARD_TEST_PICTURES";
/// The test, for nextest.
const TOUR: [&str; 4] = ["-p", "keyward", "-E", "test(console::tour)"];

/// What `console` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Take the pictures in docs/screenshots anew
    #[arg(long)]
    screenshots: bool,
}

/// Takes the tour.
pub(crate) fn run(args: &Args) -> Result<()> {
    let tour = TOUR.map(str::to_owned);
    if !args.screenshots {
        return test::run_with(None, "default", &tour);
    }
    let folder = root().join(PICTURES);
    test::run_with(
        Some((PICTURES_IN, folder.to_str().context("a path that is no text")?)),
        "default",
        &tour,
    )?;
    optimise(&folder)
}

/// Pictures are for looking at, and lie in every clone for ever.
fn optimise(folder: &Path) -> Result<()> {
    if !on_path("pngquant") {
        debian::install("pngquant", "pngquant")?;
    }
    let pictures: Vec<PathBuf> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    let pictures = pictures.iter().filter(|path| path.extension().is_some_and(|kind| kind == "png"));
    run_program(
        program("pngquant")
            .args(["--force", "--ext", ".png", "--strip", "--speed", "1", "64"])
            .args(pictures),
    )
}
