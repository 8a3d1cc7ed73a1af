//! The commands: each reads its arguments, calls one operation through the door, and prints what came of it.

mod apply;
mod approval;
mod audit;
mod backup;
mod completions;
mod consent;
mod credential;
mod demo;
mod doctor;
mod export;
mod key;
mod kill;
mod on_wire;
mod operator;
mod project;
mod reopen;
mod restore;
mod sandbox;
mod serve;
mod settings;
mod token;
mod unlock;
mod vault;
mod venue;

use anyhow::{Context, Result};
use clap::Subcommand;

pub(crate) use self::unlock::Unlock;
use crate::invocation::Invocation;
use crate::logging::LogFormat;

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    Demo(demo::Demo),
    Serve(Box<serve::Serve>),
    #[command(flatten)]
    Other(Other),
}

/// What neither is a server nor starts one.
#[derive(Subcommand)]
pub(crate) enum Other {
    #[command(subcommand)]
    Vault(vault::Vault),
    #[command(subcommand)]
    Venue(venue::Venue),
    #[command(subcommand)]
    Credential(credential::Credential),
    #[command(subcommand)]
    Project(project::Project),
    #[command(subcommand)]
    Key(key::Key),
    Kill(kill::Kill),
    Apply(apply::Apply),
    Export(export::Export),
    #[command(subcommand)]
    Approval(approval::Approval),
    #[command(subcommand)]
    Consent(consent::Consent),
    #[command(subcommand)]
    Operator(operator::Operator),
    #[command(subcommand)]
    Token(token::Token),
    #[command(subcommand)]
    Audit(audit::Audit),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Reopen(reopen::Reopen),
    Settings(settings::Settings),
    Sandbox(sandbox::Sandbox),
    Doctor(doctor::Doctor),
    Completions(completions::Completions),
}

impl Command {
    /// Runs the command to its end.
    pub(crate) fn run(self, mut invocation: Invocation) -> Result<()> {
        match self {
            Self::Demo(command) => on_threads(invocation, async |here| command.run(here).await),
            Self::Serve(command) => {
                let server = command.prepare(&mut invocation)?;
                on_threads(invocation, async |here| server.run(here).await)
            }
            Self::Other(command) => on_threads(invocation, async |here| command.run(here).await),
        }
    }

    /// The log level where `RUST_LOG` says nothing: a server tells what it does, a command only what goes wrong.
    pub(crate) fn log_level(&self) -> &'static str {
        // A refusal is told as the command's end, so it need not be logged as well.
        if matches!(self, Self::Serve(_)) { "info" } else { "warn,keyward_control::api::problem=off" }
    }

    /// How log lines look.
    pub(crate) fn log_format(&self) -> LogFormat {
        if let Self::Serve(serve) = self { serve.log_format } else { LogFormat::Text }
    }
}

impl Other {
    async fn run(self, invocation: &mut Invocation) -> Result<()> {
        match self {
            Self::Vault(command) => command.run(invocation).await,
            Self::Venue(command) => command.run(invocation).await,
            Self::Credential(command) => command.run(invocation).await,
            Self::Project(command) => command.run(invocation).await,
            Self::Key(command) => command.run(invocation).await,
            Self::Apply(command) => command.run(invocation).await,
            Self::Export(command) => command.run(invocation).await,
            Self::Kill(command) => command.run(invocation).await,
            Self::Approval(command) => command.run(invocation).await,
            Self::Consent(command) => command.run(invocation).await,
            Self::Operator(command) => command.run(invocation).await,
            Self::Token(command) => command.run(invocation).await,
            Self::Audit(command) => command.run(invocation).await,
            Self::Backup(command) => command.run(invocation).await,
            Self::Restore(command) => command.run(invocation).await,
            Self::Reopen(command) => command.run(invocation).await,
            Self::Settings(command) => command.run(invocation).await,
            Self::Sandbox(command) => command.run(invocation).await,
            Self::Doctor(command) => command.run(invocation).await,
            Self::Completions(command) => command.run(),
        }
    }
}

/// Starts the threads that a command runs on, and ends what it has opened.
fn on_threads(
    mut invocation: Invocation,
    command: impl AsyncFnOnce(&mut Invocation) -> Result<()>,
) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("Keyward cannot start its worker threads")?.block_on(async {
        let ended = command(&mut invocation).await;
        invocation.finish().await.and(ended)
    })
}
