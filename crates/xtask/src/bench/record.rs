//! The rows in PERFORMANCE.md: written by the run that measured them, never by hand.

use std::fs;

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::Args;
use super::machine::Processors;
use super::row::Row;
use crate::process::{capture, program, root};

const FILE: &str = "PERFORMANCE.md";
/// What was measured stands between these two lines.
const BEGIN: &str = "<!-- measured: begin -->\n";
const END: &str = "<!-- measured: end -->\n";

/// Replaces what was measured before.
pub(super) fn write(args: &Args, rows: &[Row]) -> Result<()> {
    let path = root().join(FILE);
    let page = fs::read_to_string(&path).with_context(|| format!("cannot read {FILE}"))?;
    let measured = format!("{}\n\n{}", circumstances(args)?, table(rows));
    Ok(fs::write(&path, replaced(&page, &measured)?)?)
}

fn replaced(page: &str, measured: &str) -> Result<String> {
    let (before, rest) =
        page.split_once(BEGIN).context("PERFORMANCE.md has no place for what is measured")?;
    let (_, after) =
        rest.split_once(END).context("PERFORMANCE.md does not say where the measured part ends")?;
    Ok(format!("{before}{BEGIN}{measured}{END}{after}"))
}

/// When, what and where.
#[expect(clippy::disallowed_methods, reason = "this command is its own composition root")]
fn circumstances(args: &Args) -> Result<String> {
    let date = Timestamp::now().strftime("%Y-%m-%d");
    let commit = capture(program("git").args(["describe", "--always", "--dirty"]))?;
    let Processors { count: cores, name: processor } = Processors::here()?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    Ok(format!(
        "{date}, commit {}, {} rounds of about {} s, on {cores} cores of {processor}, Linux {}.",
        commit.trim(),
        args.rounds,
        args.seconds,
        kernel.trim(),
    ))
}

fn table(rows: &[Row]) -> String {
    let line = |row: &Row| format!("{}\n", row.in_markdown());
    let lines: String = rows.iter().map(line).collect();
    format!("| row | value | unit | ratio |\n|---|---|---|---|\n{lines}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_measured_is_replaced() {
        let page = format!("# Title\n{BEGIN}old\n{END}after\n");
        assert_eq!(replaced(&page, "new\n").unwrap(), format!("# Title\n{BEGIN}new\n{END}after\n"));
        assert!(replaced("# Title\n", "new\n").is_err());
    }

    #[test]
    fn a_row_is_a_line_of_the_table() {
        let rows = [Row::new("core_hmac_ns", 1234.56, "ns").with_ratio(1.0)];
        assert!(table(&rows).ends_with("| `core_hmac_ns` | 1235 | ns | 1.00 |\n"));
    }
}
