//! `keyward key propose`: the tightest limits that a key could live with, and making them so.

use anyhow::Result;
use clap::Args;
use serde_json::Value;

use super::{FIELDS, Named};
use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::outcome::Problem;
use crate::output::{Field, record};

const RESTS_ON: &[Field] = &[
    ("watched from", "/rests_on/from"),
    ("days", "/rests_on/days"),
    ("days used", "/rests_on/days_used"),
    ("requests", "/rests_on/requests"),
    ("enough to go by", "/is_enough"),
];

/// Propose the tightest limits that would have let pass all that a key did in 30 days
///
/// It changes nothing unless --apply is given. What a key did is read from the audit log, by a server that runs.
#[derive(Args)]
#[command(after_help = "Example:\n  keyward key propose bot1 --apply")]
pub(crate) struct Propose {
    #[command(flatten)]
    key: Named,
    /// Make the change that is proposed
    #[arg(long)]
    apply: bool,
    /// Make it although it rests on too little
    #[arg(long, requires = "apply")]
    anyway: bool,
}

impl Propose {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let proposal = invocation.call(&Call::get(path(&["keys", &self.key.key, "proposal"]))).await?;
        if !self.apply || nothing(&proposal) {
            return invocation.printer.result(&proposal, shown);
        }
        if proposal["is_enough"] != true && !self.anyway {
            let doubts = lines(&proposal["doubts"]).join("; ");
            return Err(Problem::new("too_little", doubts).hint("wait, or say --anyway").into());
        }
        // The id and the revision: what is changed is what the proposal was about.
        let id = proposal["id"].as_str().unwrap_or_default();
        let change = Call::patch(path(&["keys", id]), &proposal["update"])?;
        let key = invocation.call(&change.meant_for(proposal["revision"].as_u64())).await?;
        invocation.printer.result(&key, |key| record(key, FIELDS))
    }
}

fn nothing(proposal: &Value) -> bool {
    proposal["changes"].as_object().is_none_or(serde_json::Map::is_empty)
}

/// The change in sentences, what it rests on, and what speaks against it.
fn shown(proposal: &Value) -> String {
    let words = lines(&proposal["words"]).join("\n");
    let change = if words.is_empty() { "Nothing could be tighter.".to_owned() } else { words };
    let doubts: String = lines(&proposal["doubts"]).iter().map(|doubt| format!("\nnote: {doubt}")).collect();
    format!("{change}\n\n{}{doubts}", record(proposal, RESTS_ON))
}

fn lines(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_proposal_says_what_it_changes_and_what_it_rests_on() {
        let said = shown(&json!({
            "changes": { "ip": {} }, "words": ["It works only from 203.0.113.7"], "is_enough": false,
            "rests_on": { "from": "2026-01-01T00:00:00Z", "days": 2, "days_used": 1, "requests": 7 },
            "doubts": ["this rests on too little"],
        }));
        for part in ["only from 203.0.113.7", "days used        1", "enough to go by  no", "note: this rests"]
        {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(shown(&json!({ "words": [] })).starts_with("Nothing could be tighter"));
    }
}
