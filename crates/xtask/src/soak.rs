//! `cargo xtask soak`: the long promises in full.
//!
//! A test whose name holds the word `soak` keeps a promise that is a number: so many kills, so many mutations. In CI it
//! does a small part of it; here it does all, because `KEYWARD_SOAK` is set, and no two-minute limit ends it.

use anyhow::{Result, ensure};

use crate::process::has_subcommand;
use crate::test;

/// Nextest's profile without a limit (`.config/nextest.toml`).
const PROFILE: &str = "soak";
/// Tells a test to do all of it.
const IN_FULL: (&str, &str) = ("KEYWARD_SOAK", "1");

/// What `soak` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only tests whose name holds one of these words too
    names: Vec<String>,
}

/// Runs the long tests with what all tests need.
pub(crate) fn run(args: &Args) -> Result<()> {
    ensure!(
        has_subcommand("nextest"),
        "the long tests need nextest, which gives each the time it takes: cargo install --locked cargo-nextest"
    );
    test::run_with(Some(IN_FULL), PROFILE, &["-E".to_owned(), expression(&args.names)])
}

/// Nextest's expression for the long tests, all or those that were named.
fn expression(names: &[String]) -> String {
    let named: Vec<_> = names.iter().map(|name| format!("test({name})")).collect();
    if named.is_empty() { "test(soak)".to_owned() } else { format!("test(soak) & ({})", named.join(" | ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_long_tests_run_or_those_that_are_named() {
        assert_eq!(expression(&[]), "test(soak)");
        let named = expression(&["kill".to_owned(), "mutation".to_owned()]);
        assert_eq!(named, "test(soak) & (test(kill) | test(mutation))");
    }
}
