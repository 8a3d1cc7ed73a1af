//! `keyward doctor`: is everything on this host as it should be?

mod checks;
mod disk;
mod exposure;
mod host;
mod process;

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::invocation::Invocation;
use crate::outcome::Problem;

/// Check this host and its data: permissions, database, vault, audit log, limits, clock, swap, disk, exposure
///
/// Each line says ok, warn or fail, and what to do. Exit code 1 when something fails.
#[derive(Args)]
pub(crate) struct Doctor {}

/// How a check came out.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

/// What a check found.
#[derive(Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    found: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Ok, found: found.into(), hint: None }
    }

    /// What should be better, and what makes it so.
    fn warn(check: &'static str, found: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Warn, found: found.into(), hint: Some(hint.into()) }
    }

    /// What is wrong, and what mends it.
    fn fail(check: &'static str, found: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fail, ..Self::warn(check, found, hint) }
    }

    fn line(&self) -> String {
        let verdict = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Warn => "warn",
            Verdict::Fail => "FAIL",
        };
        let hint = self.hint.iter().map(|hint| format!("      next: {hint}\n")).collect::<String>();
        format!("{verdict:<4}  {:<10}  {}\n{hint}", self.check, self.found)
    }
}

impl Doctor {
    /// Runs every check.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let findings = checks::all(invocation).await;
        let healthy = !findings.iter().any(|finding| finding.verdict == Verdict::Fail);
        let document = json!({"healthy": healthy, "findings": findings});
        invocation.printer.result(&document, |_| findings.iter().map(Finding::line).collect())?;
        if healthy { Ok(()) } else { Err(Problem::new("unhealthy", "something is wrong; see above").into()) }
    }
}
