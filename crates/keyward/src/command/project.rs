//! `keyward project`: who owns keys.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::Value;

use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, record, table};

const FIELDS: &[Field] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("rotate after days", "/rotate_after_days"),
    ("four eyes", "/four_eyes"),
    ("created", "/created_at"),
];
const COLUMNS: &[Field] = &[("NAME", "/name"), ("ID", "/id"), ("CREATED", "/created_at")];

/// The applications, strategies, customers or partners that own keys
#[derive(Subcommand)]
pub(crate) enum Project {
    /// Add a project
    Add(Add),
    /// List the projects
    List,
    /// Show one project
    Show(Named),
    /// Change what a project asks of its keys
    Update(Update),
    /// Remove a project that owns no keys any more
    Remove(Named),
}

/// A project by its name.
#[derive(Args)]
pub(crate) struct Named {
    /// The project
    #[arg(value_name = "PROJECT")]
    name: String,
}

/// What a project asks of its keys.
#[derive(Args, Serialize)]
struct Asks {
    /// How old keys become before they should be rotated: 1d to 90d, and 90d unless said otherwise
    #[arg(long, value_name = "DAYS", value_parser = days)]
    #[serde(rename = "rotate_after_days", skip_serializing_if = "Option::is_none")]
    rotate_after: Option<u16>,
    /// Whether what widens its keys, and wide keys, take a second operator
    #[arg(long, value_name = "YES_OR_NO", value_parser = yes_or_no)]
    #[serde(skip_serializing_if = "Option::is_none")]
    four_eyes: Option<bool>,
}

/// A project to be added.
#[derive(Args, Serialize)]
pub(crate) struct Add {
    /// The project
    #[arg(value_name = "PROJECT")]
    name: String,
    #[command(flatten)]
    #[serde(flatten)]
    asks: Asks,
}

/// What shall be different.
#[derive(Args)]
#[command(after_help = "Example:\n  keyward project update bots --rotate-after 60d --four-eyes yes")]
pub(crate) struct Update {
    #[command(flatten)]
    project: Named,
    #[command(flatten)]
    asks: Asks,
}

/// A number of days, with or without its unit.
fn days(text: &str) -> Result<u16, String> {
    text.strip_suffix('d').unwrap_or(text).parse().map_err(|_| "write it like 60d".to_owned())
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("say yes or no".to_owned()),
    }
}

impl Project {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        match self {
            Self::Add(project) => add(invocation, &project).await,
            Self::Update(update) => update.run(invocation).await,
            Self::List => {
                let projects = invocation.list(&path(&["projects"])).await?;
                invocation.printer.result(&projects, |projects| table(projects, COLUMNS, "no projects yet"))
            }
            Self::Show(project) => {
                let project = invocation.call(&Call::get(path(&["projects", &project.name]))).await?;
                invocation.printer.result(&project, shown)
            }
            Self::Remove(project) => {
                let gone = invocation.call(&Call::delete(path(&["projects", &project.name]))).await?;
                invocation.printer.result(&gone, |_| format!("removed the project {}", project.name))
            }
        }
    }
}

impl Update {
    async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let change = Call::patch(path(&["projects", &self.project.name]), &self.asks)?;
        let project = invocation.call(&change).await?;
        invocation.printer.result(&project, shown)
    }
}

async fn add(invocation: &mut Invocation, add: &Add) -> Result<()> {
    let name = &add.name;
    let project = invocation.call(&Call::post(path(&["projects"]), add)?).await?;
    invocation.printer.result(&project, shown)?;
    invocation.printer.next(&format!(
        "keyward key create NAME --project {name} --credential CREDENTIAL --allow market,read,trade"
    ))
}

fn shown(project: &Value) -> String {
    record(project, FIELDS)
}
