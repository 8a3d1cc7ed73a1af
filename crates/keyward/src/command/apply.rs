//! `keyward apply`: makes venues, projects and keys what a file says they are.

mod file;
mod plan;
mod state;

use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use self::file::Wanted;
use self::plan::{Plan, Step};
pub(super) use self::state::{State, export};
use super::unlock::Unlock;
use crate::invocation::Invocation;
use crate::outcome::Problem;

/// Make venues, projects and keys what a file says they are
///
/// Shows what is to be created, changed and removed, and asks before it does it. The file holds no secret. What is not in it
/// is left alone, unless --prune says to remove it; what a key's entry does not name stays as it is.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    keyward export > keyward.toml\n  \
    keyward apply -f keyward.toml --plan\n  \
    keyward apply -f keyward.toml --yes")]
pub(crate) struct Apply {
    /// The file
    #[arg(short, long, value_name = "FILE")]
    file: PathBuf,
    /// Only show what would be done
    #[arg(long, conflicts_with = "yes")]
    plan: bool,
    /// Do it without asking
    #[arg(long)]
    yes: bool,
    /// Remove what the file does not name: keys end for good
    #[arg(long)]
    prune: bool,
    #[command(flatten)]
    unlock: Unlock,
}

impl Apply {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        invocation.unlock_with(self.unlock.clone());
        let wanted = Wanted::read(&self.file)?;
        let plan = Plan::new(&wanted, &State::read(invocation).await?, self.prune)?;
        if self.plan || plan.steps.is_empty() {
            let shown = json!({ "changes": plan.changes(), "applied": false });
            return invocation.printer.result(&shown, |_| plan.words());
        }
        self.confirm(&plan, invocation)?;
        let made = carry_out(&plan.steps, invocation).await?;
        let shown = json!({ "changes": plan.changes(), "applied": true, "keys": made });
        invocation.printer.result(&shown, |_| issued(&made) + &plan.summary())
    }

    fn confirm(&self, plan: &Plan, invocation: &Invocation) -> Result<()> {
        if self.yes {
            return Ok(());
        }
        invocation.printer.say(&plan.words())?;
        if !io::stdin().is_terminal() {
            return Err(Problem::usage("nobody is there to confirm this")
                .hint("say --yes, or --plan")
                .into());
        }
        invocation.printer.say("Do this? Type yes:")?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        if answer.trim() == "yes" {
            return Ok(());
        }
        Err(Problem::new("not_confirmed", "nothing was changed").into())
    }
}

/// Carries the steps out one after the other, and gives the keys that were made, each with its secret.
async fn carry_out(steps: &[Step], invocation: &mut Invocation) -> Result<Vec<Value>> {
    let mut made = Vec::new();
    for (done, step) in steps.iter().enumerate() {
        match invocation.call(&step.call()?).await {
            Ok(key) if step.issues() => made.push(key),
            Ok(_) => {}
            Err(error) => {
                // The secrets that were made until now are shown all the same: nobody sees them again.
                invocation.printer.say(&issued(&made))?;
                invocation.printer.say(&format!(
                    "{done} of {} were done; then: {}",
                    steps.len(),
                    step.line()
                ))?;
                return Err(error);
            }
        }
    }
    Ok(made)
}

/// What clients need of new keys; nobody sees it again.
fn issued(keys: &[Value]) -> String {
    let text = |key: &Value, field: &str| key[field].as_str().unwrap_or("-").to_owned();
    let line = |key: &Value| {
        let (name, api_key, secret) = (text(key, "name"), text(key, "api_key"), text(key, "secret"));
        format!("key {name}\n  api key  {api_key}\n  secret   {secret}\n")
    };
    keys.iter().map(line).collect()
}
