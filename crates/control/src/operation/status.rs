//! `status`: how Keyward is, in one look.

use keyward_policy::{Actor, Operation};
use serde::Serialize;
use utoipa::ToSchema;

use super::vault::{self, Status as Vault};
use crate::{Control, Error};

/// How Keyward is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    /// The version of this program.
    pub version: &'static str,
    /// The vault.
    pub vault: Vault,
    /// The audit log.
    pub audit: Audit,
    /// Where clients find the gateway.
    pub gateway_url: String,
}

/// How the audit log is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Audit {
    /// How many entries are durable.
    pub entries: u64,
    /// How many of them the latest checkpoint covers.
    pub signed: u64,
    /// Why nothing is recorded any more; null when all is well.
    pub failure: Option<String>,
}

/// Tells how Keyward is.
///
/// # Errors
/// `store_unavailable`.
pub async fn status(control: &Control, actor: &Actor) -> Result<Status, Error> {
    control.view(actor, Operation::Status)?;
    let anchors = control.store.anchors(None, 1).await?;
    Ok(Status {
        version: env!("CARGO_PKG_VERSION"),
        vault: vault::status::current(control).await?,
        audit: Audit {
            entries: control.ledger.entries(),
            signed: anchors.first().map_or(0, |anchor| anchor.size),
            failure: control.ledger.failure().map(|error| error.to_string()),
        },
        gateway_url: control.gateway_url().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_log_that_takes_nothing_more_shows() {
        let fixture = Fixture::new().await;
        fixture.control.sign_checkpoint().await.unwrap();
        let well = status(&fixture.control, &fixture.actor).await.unwrap();
        assert_eq!((well.audit.entries, well.audit.signed, well.audit.failure), (1, 1, None));
        fixture.break_the_log();
        assert!(status(&fixture.control, &fixture.actor).await.unwrap().audit.failure.is_some());
    }
}
