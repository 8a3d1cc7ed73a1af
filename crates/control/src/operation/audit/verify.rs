//! `audit verify`: whether the log is what was signed.

use keyward_ledger::{Checkpoint, Report, VerifierKey};
use keyward_policy::{Actor, Operation};
use keyward_store::PAGE_MAX;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::blocking::blocking;
use crate::{Code, Control, Error};

/// What else to compare with.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Verify {
    /// The texts of checkpoints of this log that were kept elsewhere, of any age; at most 100.
    pub checkpoints: Vec<String>,
}

/// The most checkpoints from elsewhere.
const CHECKPOINTS_MAX: usize = 100;

/// A sound log. One that is not sound is an error: nobody can overlook it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verified {
    /// What was found.
    #[serde(flatten)]
    #[schema(value_type = crate::api::openapi::Report)]
    pub report: Report,
    /// The key that checks the checkpoints, for tools of others (C2SP signed-note).
    pub verifier_key: String,
}

/// Recomputes the whole log, and compares it with its checkpoint, with those kept in the database, and with those given.
///
/// What was recorded until now is signed first, where the vault is unsealed.
///
/// # Errors
/// `too_many` checkpoints, `checkpoint_invalid` for one that was never this log's;
/// `audit_damaged` says what was done to it, and where; `audit_unsigned` when nothing can be proven;
/// `audit_unavailable`.
pub async fn verify(control: &Control, actor: &Actor, input: Verify) -> Result<Verified, Error> {
    control.view(actor, Operation::AuditVerify)?;
    let given = input.checkpoints;
    if given.len() > CHECKPOINTS_MAX {
        return Err(Error::new(Code::TooMany, format!("at most {CHECKPOINTS_MAX} checkpoints can be given")));
    }
    let key = control.audit_key().await?;
    check(&given, &key)?;
    control.sign_checkpoint().await?;
    let anchors = control.store.anchors(None, PAGE_MAX).await?;
    let (dir, checker) = (control.audit_dir.clone(), key.clone());
    let report = blocking(move || {
        let kept = anchors.iter().map(|anchor| anchor.checkpoint.as_str());
        let texts: Vec<_> = given.iter().map(String::as_str).chain(kept).collect();
        Ok(keyward_ledger::verify(&dir, &checker, &texts)?)
    });
    Ok(Verified { report: report.await?, verifier_key: key.to_string() })
}

/// What the caller holds against the log must be of this log: another is his mistake, and no damage.
fn check(given: &[String], key: &VerifierKey) -> Result<(), Error> {
    for (at, text) in given.iter().enumerate() {
        Checkpoint::verified(text, key).map_err(|error| {
            let said = format!("checkpoint {} of those given was not signed by this log", at + 1);
            Error::new(Code::CheckpointInvalid, said)
                .hint("give its whole text, as it was kept")
                .caused_by(error)
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_sound_log_is_wholly_signed() {
        let fixture = Fixture::new().await;
        fixture.project("one").await;
        let verified = verify(&fixture.control, &fixture.actor, Verify::default()).await.unwrap();
        assert_eq!((verified.report.entries, verified.report.unsigned), (2, 0));
        assert_eq!(verified.report.anchors, 1);
    }

    #[tokio::test]
    async fn an_edited_entry_is_found() {
        let fixture = Fixture::new().await;
        fixture.project("honest").await;
        fixture.control.sign_checkpoint().await.unwrap();
        fixture.edit_log(|bytes| {
            let at = bytes.windows(6).position(|window| window == b"honest").unwrap();
            bytes[at..at + 6].copy_from_slice(b"wicked");
        });
        assert_eq!(
            verify(&fixture.control, &fixture.actor, Verify::default()).await.unwrap_err().code(),
            Code::AuditDamaged
        );
    }

    #[tokio::test]
    async fn what_is_no_checkpoint_of_this_log_is_no_damage_to_it() {
        let fixture = Fixture::new().await;
        let given = Verify { checkpoints: vec!["nonsense".to_owned()] };
        let refused = verify(&fixture.control, &fixture.actor, given).await;
        assert_eq!(refused.unwrap_err().code(), Code::CheckpointInvalid);
    }

    #[tokio::test]
    async fn a_log_that_was_never_signed_proves_nothing() {
        let fixture = Fixture::without_vault().await;
        assert_eq!(
            verify(&fixture.control, &fixture.actor, Verify::default()).await.unwrap_err().code(),
            Code::AuditUnsigned
        );
    }

    #[tokio::test]
    async fn a_cut_log_with_an_older_checkpoint_is_found_by_the_one_kept_elsewhere() {
        let fixture = Fixture::new().await;
        fixture.control.sign_checkpoint().await.unwrap();
        let older = fixture.copy_log();
        fixture.project("forgotten").await;
        fixture.control.sign_checkpoint().await.unwrap();
        fixture.control.vault.seal();
        fixture.put_log_back(older);
        assert_eq!(
            verify(&fixture.control, &fixture.actor, Verify::default()).await.unwrap_err().code(),
            Code::AuditDamaged
        );
    }

    #[tokio::test]
    async fn a_log_and_a_database_rolled_back_together_are_found_by_a_checkpoint_from_elsewhere() {
        let fixture = Fixture::new().await;
        fixture.control.sign_checkpoint().await.unwrap();
        let older = fixture.copy_log();
        fixture.project("forgotten").await;
        let elsewhere = fixture.control.sign_checkpoint().await.unwrap();
        assert_eq!(elsewhere, Some(2));
        let checkpoint = String::from_utf8(fixture.copy_log()[1].clone()).unwrap();
        fixture.control.vault.seal();
        fixture.put_log_back(older);
        let given = Verify { checkpoints: vec![checkpoint] };
        assert_eq!(
            verify(&fixture.control, &fixture.actor, given).await.unwrap_err().code(),
            Code::AuditDamaged
        );
    }
}
