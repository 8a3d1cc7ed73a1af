//! `keyward key`: the keys that Keyward issues.

mod create;
mod propose;
mod rate;
mod rotate;
mod safety;
mod show;
mod update;
mod usage;

pub(super) use self::create::range;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::Value;

use super::on_wire::stopped;
use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, record, table};

/// What people see of a key; never its secret.
const FIELDS: &[Field] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("project", "/project"),
    ("state", "/state"),
    ("type", "/type"),
    ("api key", "/api_key"),
    ("may", "/permissions"),
    ("symbols", "/symbols"),
    ("held", "/holds"),
    ("only from", "/ip"),
    ("never from", "/deny_ip"),
    ("rate", "/rate"),
    ("in pages of", "/origins"),
    ("each address", "/address_rate"),
    ("not before", "/not_before"),
    ("expires", "/expires_at"),
    ("retires", "/retires_at"),
    ("base URLs", "/base_urls"),
    ("last used", "/last_used_at"),
    ("from", "/last_used_from"),
];
const COLUMNS: &[Field] = &[
    ("NAME", "/name"),
    ("PROJECT", "/project"),
    ("STATE", "/state"),
    ("TYPE", "/type"),
    ("MAY", "/permissions"),
    ("EXPIRES", "/expires_at"),
    ("LAST USED", "/last_used_at"),
    ("ID", "/id"),
];

/// The keys that Keyward issues
#[derive(Subcommand)]
pub(crate) enum Key {
    Create(Box<create::Create>),
    /// List the keys
    List,
    Show(show::Show),
    Update(Box<update::Update>),
    Propose(propose::Propose),
    /// Tell which keys, and which real keys, somebody should look at
    Safety,
    Rotate(rotate::Rotate),
    /// Tell whether the link to a key's secret was opened, when, and from where
    HandOver(Named),
    /// Tell when, from where and for what a key was used, and why it was refused
    Usage(Named),
    /// Stop a key until it is resumed
    Suspend(Named),
    /// Let a suspended key be used again
    Resume(Named),
    /// End a key for good: it never comes back
    Revoke(Named),
    /// Forget a key that is revoked or expired; the audit log keeps what it did
    Delete(Named),
}

/// What became of a link.
const HANDED: &[Field] = &[
    ("made by", "/made_by"),
    ("opens until", "/expires_at"),
    ("opened", "/opened_at"),
    ("from", "/opened_from"),
    ("opened AGAIN", "/opened_again_at"),
    ("from there", "/opened_again_from"),
];

/// A key by its name, id or key string.
#[derive(Args)]
pub(crate) struct Named {
    /// The key, by its name, id or key string
    #[arg(value_name = "KEY")]
    key: String,
}

impl Key {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        match self {
            Self::Create(create) => create.run(invocation).await,
            Self::List => list(invocation).await,
            Self::Show(show) => show.run(invocation).await,
            Self::Update(update) => update.run(invocation).await,
            Self::Propose(propose) => propose.run(invocation).await,
            Self::Safety => safety::run(invocation).await,
            Self::Rotate(rotate) => rotate.run(invocation).await,
            Self::HandOver(key) => handed_over(invocation, &key).await,
            Self::Usage(key) => key.usage(invocation).await,
            Self::Suspend(key) => key.stop(invocation, "suspend").await,
            Self::Resume(key) => key.resume(invocation).await,
            Self::Revoke(key) => key.stop(invocation, "revoke").await,
            Self::Delete(key) => key.delete(invocation).await,
        }
    }
}

async fn handed_over(invocation: &mut Invocation, key: &Named) -> Result<()> {
    let told = invocation.call(&Call::get(path(&["keys", &key.key, "hand-over"]))).await?;
    let shown = |told: &Value| match &told["hand_over"] {
        Value::Null => "its secret was shown to whoever issued it".to_owned(),
        link => record(link, HANDED),
    };
    invocation.printer.result(&told, shown)
}

async fn list(invocation: &mut Invocation) -> Result<()> {
    let keys = invocation.list(&path(&["keys"])).await?;
    invocation.printer.result(&keys, |keys| table(keys, COLUMNS, "no keys yet"))
}

impl Named {
    async fn usage(self, invocation: &mut Invocation) -> Result<()> {
        let used = invocation.call(&Call::get(path(&["keys", &self.key, "usage"]))).await?;
        invocation.printer.result(&used, usage::shown)
    }

    async fn resume(self, invocation: &mut Invocation) -> Result<()> {
        let key = invocation.call(&Call::act(path(&["keys", &self.key, "resume"]))).await?;
        invocation.printer.result(&key, |key| record(key, FIELDS))
    }

    /// Suspends or revokes the key.
    async fn stop(self, invocation: &mut Invocation, verb: &str) -> Result<()> {
        let key = invocation.call(&Call::act(path(&["keys", &self.key, verb]))).await?;
        stopped(invocation, &key, |key| record(key, FIELDS))
    }

    async fn delete(self, invocation: &mut Invocation) -> Result<()> {
        let gone = invocation.call(&Call::delete(path(&["keys", &self.key]))).await?;
        stopped(invocation, &gone, |_| format!("deleted the key {}", self.key))
    }
}
