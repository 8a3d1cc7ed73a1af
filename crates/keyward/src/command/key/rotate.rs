//! `keyward key rotate`: a new key with the same rights in place of an old one.

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use super::create::{issued, public_key};
use crate::command::unlock::Unlock;
use crate::door::{Call, path};
use crate::invocation::Invocation;

/// Issue a new key with the same rights and limits; the old one retires after an overlap
#[derive(Args, Serialize)]
#[command(after_help = "Example:\n  keyward key rotate bot1 --overlap 1h")]
pub(crate) struct Rotate {
    /// The key to replace, by its name, id or key string
    #[serde(skip)]
    key: String,
    /// How long the old key still works
    #[arg(long, value_name = "DURATION", default_value = "1h")]
    overlap: String,
    /// When the new key expires: a duration, a time, or `never` [default: when the old one would have]
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,
    /// Make a link that shows the new secret once to whoever opens it, good for this long, and do not print the secret
    #[arg(long, value_name = "DURATION", num_args = 0..=1, default_missing_value = "1d")]
    #[serde(skip_serializing_if = "Option::is_none")]
    hand_over: Option<String>,
    /// The public key (PEM) of the new pair, for a key whose private half Keyward never sees
    #[arg(long = "public-key-file", value_name = "FILE", value_parser = public_key)]
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    unlock: Unlock,
}

impl Rotate {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        invocation.unlock_with(self.unlock.clone());
        let key = invocation.call(&Call::post(path(&["keys", &self.key, "rotate"]), &self)?).await?;
        issued(invocation, &key)
    }
}
