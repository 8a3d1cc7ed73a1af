//! `cargo xtask release X.Y.Z`: the changelog's heading and the version; nothing is pushed or published.

use std::fmt;
use std::fs;
use std::str::FromStr;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;

use crate::process::{capture, cargo, program, root, run as run_program};

/// What `release` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The version to release, such as 0.2.0
    version: Version,
}

/// A version without extras: three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version([u64; 3]);

/// Writes the changelog and the version, and says what is left to do.
pub(crate) fn run(args: &Args) -> Result<()> {
    ensure!(
        capture(program("git").args(["status", "--porcelain"]))?.is_empty(),
        "commit or remove your changes first"
    );
    let changelog = rewrite("CHANGELOG.md", |text| released(text, args.version, today()))?;
    let manifest = rewrite("Cargo.toml", |text| bumped(text, args.version))?;
    fs::write(root().join("CHANGELOG.md"), changelog)?;
    fs::write(root().join("Cargo.toml"), manifest)?;
    run_program(cargo().args(["update", "--workspace", "--offline"]))?;
    let version = args.version;
    println!("Read the diff, then:");
    println!("  cargo xtask check && cargo xtask test");
    println!("  git commit --all --message 'Release {version}'");
    println!("  git tag --sign v{version} --message 'Keyward {version}'");
    println!("  git push --follow-tags");
    Ok(())
}

fn rewrite(path: &str, change: impl FnOnce(&str) -> Result<String>) -> Result<String> {
    let text = fs::read_to_string(root().join(path)).with_context(|| format!("cannot read {path}"))?;
    change(&text)
}

#[expect(clippy::disallowed_methods, reason = "this command is its own composition root")]
fn today() -> String {
    Timestamp::now().strftime("%Y-%m-%d").to_string()
}

/// Gives what is unreleased the version's heading, under a new empty one.
fn released(changelog: &str, version: Version, date: impl fmt::Display) -> Result<String> {
    const UNRELEASED: &str = "## [Unreleased]\n";
    ensure!(
        !changelog.contains(&format!("## [{version}]")),
        "{version} was released: CHANGELOG.md has its heading"
    );
    let (before, after) =
        changelog.split_once(UNRELEASED).context("CHANGELOG.md has no Unreleased heading")?;
    let news = after.split("\n## ").next().unwrap_or_default().trim();
    ensure!(!news.is_empty(), "CHANGELOG.md says nothing under Unreleased: what does the release bring?");
    Ok(format!("{before}{UNRELEASED}\n## [{version}] - {date}\n{after}"))
}

/// Puts the version into the root manifest, which may hold it already before its release; a version never falls.
fn bumped(manifest: &str, version: Version) -> Result<String> {
    let table: toml::Table = manifest.parse()?;
    let old = table["workspace"]["package"]["version"].as_str().context("the workspace has no version")?;
    ensure!(version >= old.parse()?, "the version is {old} already, and {version} is below it");
    Ok(manifest.replacen(&format!("\nversion = \"{old}\"\n"), &format!("\nversion = \"{version}\"\n"), 1))
}

impl FromStr for Version {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts: Vec<u64> = text.split('.').map(str::parse).collect::<Result<_, _>>()?;
        let parts = parts.try_into().ok().context("a version is three numbers, such as 0.2.0")?;
        Ok(Self(parts))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[workspace.package]\nversion = \"0.9.0\"\nedition = \"2024\"\n";

    #[test]
    fn what_is_unreleased_gets_the_heading() {
        let changelog = "# Changelog\n\n## [Unreleased]\n\n- News.\n\n## [0.9.0] - 2026-01-01\n";
        let wanted = "# Changelog\n\n## [Unreleased]\n\n## [0.10.0] - 2026-02-03\n\n- News.\n\n## [0.9.0] - 2026-01-01\n";
        assert_eq!(released(changelog, Version([0, 10, 0]), "2026-02-03").unwrap(), wanted);
    }

    #[test]
    fn a_release_without_news_is_refused() {
        let changelog = "# Changelog\n\n## [Unreleased]\n\n## [0.9.0] - 2026-01-01\n\n- Old.\n";
        assert!(released(changelog, Version([0, 10, 0]), "2026-02-03").is_err());
    }

    #[test]
    fn a_version_is_released_once() {
        let changelog = "## [Unreleased]\n\n- News.\n\n## [0.9.0] - 2026-01-01\n";
        assert!(released(changelog, Version([0, 9, 0]), "2026-02-03").is_err());
    }

    #[test]
    fn a_version_never_falls() {
        assert!(bumped(MANIFEST, Version([0, 10, 0])).unwrap().contains("version = \"0.10.0\""));
        assert_eq!(bumped(MANIFEST, Version([0, 9, 0])).unwrap(), MANIFEST);
        assert!(bumped(MANIFEST, Version([0, 8, 9])).is_err());
    }

    #[test]
    fn a_version_is_three_numbers() {
        assert_eq!("1.20.3".parse::<Version>().unwrap(), Version([1, 20, 3]));
        assert!(["1.2", "1.2.3.4", "1.2.x", "v1.2.3"].iter().all(|text| text.parse::<Version>().is_err()));
    }
}
