//! `settings`: what the configuration file and the command line came to, in one list.

use keyward_policy::{Actor, Operation};
use keyward_store::Service;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Control, Error};

/// A setting that is in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Setting {
    /// What it is called in `keyward.toml`, such as `gateway.limits.hold_s`.
    pub name: &'static str,
    /// Its value, in the file's words; never a secret.
    pub value: String,
    /// What it bounds or says.
    pub meaning: &'static str,
}

/// What is in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Settings)]
pub struct InForce {
    /// The version of this program.
    pub version: &'static str,
    /// What checks the audit log's checkpoints (C2SP signed-note); null until there is a vault.
    pub verifier_key: Option<String>,
    /// Every setting, in the order of the file.
    pub items: Vec<Setting>,
}

/// Tells what is in force. A setting is changed in the file, and holds from the next start.
///
/// # Errors
/// `store_unavailable`.
pub async fn settings(control: &Control, actor: &Actor) -> Result<InForce, Error> {
    control.view(actor, Operation::Settings)?;
    let signer = control.store.service_secret(Service::AuditLog).await?;
    let verifier_key = signer.map(|signer| signer.public);
    Ok(InForce { version: env!("CARGO_PKG_VERSION"), verifier_key, items: control.settings.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn what_is_in_force_is_told_with_the_key_of_the_log() {
        let fixture = Fixture::new().await;
        let told = settings(&fixture.control, &fixture.actor).await.unwrap();
        assert!(told.items.iter().any(|one| one.name == "gateway.url"));
        assert!(told.verifier_key.is_some_and(|key| key.starts_with("keyward")));
    }
}
