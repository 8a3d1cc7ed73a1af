//! `keyward reopen`: lets a restored Keyward serve again.

use std::fmt::Write;

use anyhow::Result;
use clap::Args;
use serde_json::Value;

use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::outcome::Problem;

/// Let a restored Keyward serve again, after you have looked at what it was restored to
///
/// Keyward locks itself when it was restored, or finds a database that is older than its audit log: it then refuses every
/// request. Without --confirm this says why, what was made again, what is lost, and what to look at first.
#[derive(Args)]
#[command(after_help = "Examples:\n  keyward reopen\n  keyward reopen --confirm")]
pub(crate) struct Reopen {
    /// I have looked at it: serve again
    #[arg(long)]
    confirm: bool,
}

impl Reopen {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        if self.confirm {
            let lock = invocation.call(&Call::act(path(&["reopen"]))).await?;
            return invocation.printer.result(&lock, |_| "Keyward serves again".to_owned());
        }
        let locked = invocation.call(&Call::get(path(&["lock"]))).await?;
        if locked["lock"].is_null() {
            return Err(Problem::new("not_locked", "Keyward is not locked").into());
        }
        invocation.printer.result(&locked["lock"], words)?;
        invocation.printer.next("keyward reopen --confirm, when you have looked")
    }
}

/// A lock as a person reads it, a line for each thing to look at.
pub(super) fn words(lock: &Value) -> String {
    let mut text = format!("locked since {}: {}\n", plain(&lock["since"]), plain(&lock["why"]));
    for (heading, list) in [
        ("made again, because the audit log has it:", &lock["made_again"]),
        ("lost, to be done again by hand:", &lock["lost"]),
        ("not known here:", &lock["unknown"]),
    ] {
        let lines: Vec<_> = list.as_array().into_iter().flatten().map(plain).collect();
        text.push_str(heading);
        text.push_str(if lines.is_empty() { " nothing\n" } else { "\n" });
        for line in lines {
            let _ = writeln!(text, "  {line}"); // writing to a string never fails
        }
    }
    text
}

fn plain(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_person_reads_what_to_look_at() {
        let lock = json!({
            "why": "restored", "since": "now", "made_again": ["key_1 revoked"], "lost": [], "unknown": ["orders"],
        });
        assert_eq!(
            words(&lock),
            "locked since now: restored\nmade again, because the audit log has it:\n  key_1 revoked\n\
             lost, to be done again by hand: nothing\nnot known here:\n  orders\n"
        );
    }
}
