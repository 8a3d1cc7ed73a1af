//! `[control.oidc]`: the firm's identity provider, by which operators may sign in.

use std::path::PathBuf;

use serde::Deserialize;

/// What the file says about the provider; its two first lines are needed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OidcConfig {
    /// The URL that it calls itself.
    pub(crate) issuer: String,
    /// What Keyward is called there.
    pub(crate) client_id: String,
    /// A file that holds the client's secret.
    pub(crate) client_secret_file: Option<PathBuf>,
    /// What people call it.
    pub(crate) name: Option<String>,
    /// Whether an operator who is linked comes by it alone.
    #[serde(default)]
    pub(crate) required: bool,
}
