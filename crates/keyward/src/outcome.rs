//! How a command ends: what is said to people, what to scripts, and the exit code.

use std::borrow::Cow;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Error;
use serde::{Deserialize, Serialize};

use crate::output::is_unread;

/// The code of a command that was called in a way that makes no sense.
const USAGE: &str = "usage";

/// Why a command failed: from the control API (RFC 9457), or from the command line itself in the same form.
#[derive(Debug, Deserialize, Serialize, thiserror::Error)]
#[error("{detail}")]
pub(crate) struct Problem {
    /// The stable code.
    pub(crate) code: Cow<'static, str>,
    /// What happened.
    pub(crate) detail: String,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

impl Problem {
    /// A failure with its stable code.
    pub(crate) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code: code.into(), detail: detail.into(), hint: None }
    }

    /// A command called in a way that makes no sense: exit code 2.
    pub(crate) fn usage(detail: impl Into<String>) -> Self {
        Self::new(USAGE, detail)
    }

    /// Says what to do next.
    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl From<keyward_control::Error> for Problem {
    fn from(error: keyward_control::Error) -> Self {
        let (code, hint) = (error.code().as_str().into(), error.next().map(str::to_owned));
        Self { code, detail: error.to_string(), hint }
    }
}

/// The stable code of a failure that has one.
pub(crate) fn code(error: &Error) -> Option<&str> {
    error.downcast_ref::<Problem>().map(|problem| &*problem.code)
}

/// Tells how a command ended, and gives its exit code.
pub(crate) fn exit_code(result: Result<(), Error>, json: bool) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    if is_unread(&error) {
        return ExitCode::SUCCESS; // Whoever read the output has seen enough.
    }
    let problem = match error.downcast::<Problem>() {
        Ok(problem) => problem,
        Err(error) => Problem::new("failed", format!("{error:#}")),
    };
    // Nothing is left to be done about a standard error that cannot be written.
    let _ = tell(&problem, json);
    ExitCode::from(if problem.code == USAGE { 2 } else { 1 })
}

fn tell(problem: &Problem, json: bool) -> io::Result<()> {
    let mut stderr = io::stderr().lock();
    writeln!(stderr, "keyward: {}", problem.detail)?;
    if let Some(hint) = &problem.hint {
        writeln!(stderr, "  next: {hint}")?;
    }
    if json {
        let document = serde_json::to_string(problem)?;
        writeln!(io::stdout().lock(), "{document}")?;
    }
    Ok(())
}
