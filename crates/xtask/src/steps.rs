//! The steps of a long command: what each took, and which failed.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// The steps done so far.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<Step>,
}

struct Step {
    name: &'static str,
    took: Duration,
    failed: bool,
}

impl Steps {
    /// Does a step that the next ones depend on.
    pub(crate) fn need<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("== {name}");
        let start = Instant::now();
        let result = work();
        self.done.push(Step { name, took: start.elapsed(), failed: result.is_err() });
        result
    }

    /// Does a step that stands for itself: when it fails the next ones still run, so that one run shows everything.
    pub(crate) fn attempt(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) {
        if let Err(error) = self.need(name, work) {
            println!("{name}: {error:#}");
        }
    }

    /// Shows the table of times, and fails when a step did.
    pub(crate) fn finish(&self) -> Result<()> {
        print!("{self}");
        let failed: Vec<_> = self.done.iter().filter(|step| step.failed).map(|step| step.name).collect();
        if !failed.is_empty() {
            bail!("failed: {}", failed.join(", "));
        }
        Ok(())
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.done {
            let outcome = if step.failed { "failed" } else { "ok" };
            writeln!(f, "{:>8.1} s  {:<7} {}", step.took.as_secs_f64(), outcome, step.name)?;
        }
        let total: Duration = self.done.iter().map(|step| step.took).sum();
        writeln!(f, "{:>8.1} s  in all", total.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_failed_step_does_not_hide_the_next_and_fails_the_whole() {
        let mut steps = Steps::default();
        let mut second = false;
        steps.attempt("first", || Err(anyhow!("no")));
        steps.attempt("second", || {
            second = true;
            Ok(())
        });
        assert!(second);
        assert_eq!(steps.finish().unwrap_err().to_string(), "failed: first");
    }
}
