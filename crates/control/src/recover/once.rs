//! What is good once, and was used: an older database must not make it good again.

use keyward_policy::{ConsentId, KeyId};
use keyward_store::Store;

use super::changes::Told;
use crate::Error;

/// Closes the hand-over links that the log saw opened, and takes away the consents that were used or refused. What was only
/// begun counts too: a link too few can be made again, a secret that two have cannot be taken back.
pub(super) async fn use_up(changes: &[Told], store: &Store) -> Result<(), Error> {
    for told in changes {
        let subject = told.subject.as_deref().unwrap_or_default();
        match told.operation.as_str() {
            "key hand-over open" => {
                if let Ok(key) = subject.parse::<KeyId>() {
                    store.close_hand_over(key).await?;
                }
            }
            "consent use" | "consent refuse" => {
                if let Ok(consent) = subject.parse::<ConsentId>() {
                    store.take_consent(consent).await?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}
