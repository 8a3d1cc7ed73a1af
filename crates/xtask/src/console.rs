//! `cargo xtask console`: the console in a real browser, from the first run to the kill switch, on throw-away data.
//!
//! A headless Chromium does what people do; axe looks at every page, at the width of a phone and of a desk, in light and in
//! dark. With `--screenshots` the pictures in `docs/screenshots` are taken anew.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::debian;
use crate::process::{cargo, on_path, program, root, run as run_program, target};

/// What the tour needs from npm, in the versions that it was written with.
const PACKAGE: &str = "crates/xtask/src/console/package.json";
const TOUR: &str = "crates/xtask/src/console/tour.mjs";
const PICTURES: &str = "docs/screenshots";

/// What `console` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Take the pictures in docs/screenshots anew
    #[arg(long)]
    screenshots: bool,
}

/// A program that ends with the tour.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended by itself is gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Takes the tour.
pub(crate) fn run(args: &Args) -> Result<()> {
    run_program(cargo().args(["build", "--package", "keyward"]))?;
    let target = target()?;
    let place = target.join("console");
    prepare(&place)?;
    let keyward = target.join("debug/keyward");
    let data = place.join("data");
    let phrase = place.join("phrase.txt");
    fs::write(&phrase, "a passphrase of some length\n")?;
    let (exchange, announced) = exchange(&keyward)?;
    let (server, urls) = server(&keyward, &data, &phrase)?;
    let mut tour = program("node");
    tour.arg(TOUR).env("NODE_PATH", place.join("node_modules"));
    tour.env("TOUR_BIN", &keyward).env("TOUR_DATA", &data).env("TOUR_MODULES", place.join("node_modules"));
    tour.env("TOUR_EXCHANGE", announced.to_string()).env("TOUR_SERVER", urls.to_string());
    if args.screenshots {
        tour.env("TOUR_PICTURES", root().join(PICTURES));
    }
    let toured = run_program(&mut tour);
    drop((server, exchange));
    if args.screenshots {
        optimise(&root().join(PICTURES))?;
    }
    toured
}

/// Brings the browser and what the tour needs, and clears what an earlier one left.
fn prepare(place: &Path) -> Result<()> {
    for (name, package) in [("chromium", "chromium"), ("npm", "npm"), ("pngquant", "pngquant")] {
        if !on_path(name) {
            debian::install(package, name)?;
        }
    }
    fs::create_dir_all(place)?;
    if place.join("data").exists() {
        fs::remove_dir_all(place.join("data"))?;
    }
    fs::copy(root().join(PACKAGE), place.join("package.json"))?;
    run_program(
        program("npm").args(["install", "--silent", "--no-fund", "--no-audit", "--prefix"]).arg(place),
    )
}

/// Starts a program, and reads the one document that it prints when it is ready.
fn start(command: &mut Command) -> Result<(Running, Value)> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let output = child.stdout.take().context("a program has no output")?;
    let running = Running(child);
    let mut text = String::new();
    for line in BufReader::new(output).lines() {
        text.push_str(&line?);
        if let Ok(document) = serde_json::from_str(&text) {
            return Ok((running, document));
        }
    }
    anyhow::bail!("a program ended before it was ready: {text}")
}

fn exchange(keyward: &Path) -> Result<(Running, Value)> {
    start(program(keyward).args(["--json", "sandbox", "--listen", "127.0.0.1:0"]))
}

fn server(keyward: &Path, data: &Path, phrase: &Path) -> Result<(Running, Value)> {
    let mut init = program(keyward);
    run_program(init.arg("--data").arg(data).args(["vault", "init", "--passphrase-file"]).arg(phrase))?;
    let mut serve = program(keyward);
    serve.arg("--data").arg(data).args(["--json", "serve", "--gateway", "127.0.0.1:0"]);
    serve.args(["--control", "127.0.0.1:0", "--passphrase-file"]).arg(phrase);
    start(&mut serve)
}

/// Pictures are for looking at, and lie in every clone for ever.
fn optimise(folder: &Path) -> Result<()> {
    let pictures: Vec<PathBuf> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    let pictures = pictures.iter().filter(|path| path.extension().is_some_and(|kind| kind == "png"));
    run_program(
        program("pngquant")
            .args(["--force", "--ext", ".png", "--strip", "--speed", "1", "64"])
            .args(pictures),
    )
}
