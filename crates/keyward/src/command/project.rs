//! `keyward project`: who owns keys.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, record, table};

const FIELDS: &[Field] = &[("id", "/id"), ("name", "/name"), ("created", "/created_at")];
const COLUMNS: &[Field] = &[("NAME", "/name"), ("ID", "/id"), ("CREATED", "/created_at")];

/// The applications, strategies, customers or partners that own keys
#[derive(Subcommand)]
pub(crate) enum Project {
    /// Add a project
    Add(Named),
    /// List the projects
    List,
    /// Show one project
    Show(Named),
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

impl Project {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        match self {
            Self::Add(project) => add(invocation, &project.name).await,
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

async fn add(invocation: &mut Invocation, name: &str) -> Result<()> {
    let project = invocation.call(&Call::post(path(&["projects"]), &json!({ "name": name }))?).await?;
    invocation.printer.result(&project, shown)?;
    invocation.printer.next(&format!(
        "keyward key create NAME --project {name} --credential CREDENTIAL --allow market,read,trade"
    ))
}

fn shown(project: &Value) -> String {
    record(project, FIELDS)
}
