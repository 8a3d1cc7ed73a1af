//! `reopen`: lets a restored Keyward serve again, after a person has looked at what it was restored to.

use keyward_policy::{Actor, Change, Operation};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::recover::Lock;
use crate::{Code, Control, Error};

/// Whether Keyward is locked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Locked {
    /// Why, and what to look at first; null when it is not.
    pub lock: Option<Lock>,
}

/// Tells whether Keyward is locked, and what an operator should look at before he reopens it.
///
/// # Errors
/// `store_unavailable`.
pub async fn show(control: &Control, actor: &Actor) -> Result<Locked, Error> {
    control.view(actor, Operation::LockShow)?;
    Ok(Locked { lock: Lock::on(&control.store).await? })
}

/// Takes the lock off, and gives it as it was. The vault stays as it is: sealed, or not.
///
/// # Errors
/// `not_locked`; and those of every change.
pub async fn reopen(control: &Control, actor: &Actor) -> Result<Lock, Error> {
    let act = control.act(actor, Operation::Reopen).await?;
    let lock = Lock::on(&control.store).await?;
    let lock = lock.ok_or_else(|| Error::new(Code::NotLocked, "Keyward is not locked"))?;
    let recorded = act.record_whole(json!({ "why": lock.why, "since": lock.since })).await?;
    recorded.carry_out(Lock::take_off(&control.store)).await?;
    control.publish(Change::Locked(false));
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_lock_is_taken_off_once_and_on_record_and_the_gateway_is_told() {
        let fixture = Fixture::new().await;
        assert_eq!(reopen(&fixture.control, &fixture.actor).await.unwrap_err().code(), Code::NotLocked);
        let lock = Lock::restored(fixture.control.now(), fixture.control.now());
        lock.put(&fixture.control.store).await.unwrap();
        assert_eq!(show(&fixture.control, &fixture.actor).await.unwrap().lock, Some(lock.clone()));
        assert_eq!(reopen(&fixture.control, &fixture.actor).await.unwrap(), lock);
        assert!(matches!(fixture.published().pop(), Some(Change::Locked(false))));
        assert_eq!(fixture.last_change()["operation"], "reopen");
        assert_eq!(show(&fixture.control, &fixture.actor).await.unwrap().lock, None);
    }

    #[tokio::test]
    async fn unsealing_the_vault_does_not_reopen() {
        let fixture = Fixture::new().await;
        Lock::restored(fixture.control.now(), fixture.control.now())
            .put(&fixture.control.store)
            .await
            .unwrap();
        fixture.control.vault.seal();
        let input = serde_json::json!({ "passphrase": crate::fixture::PASSPHRASE }).to_string();
        let unsealed = crate::operation::vault::unseal::unseal(
            &fixture.control,
            &fixture.actor,
            crate::fixture::read(&input),
        );
        unsealed.await.unwrap();
        assert!(show(&fixture.control, &fixture.actor).await.unwrap().lock.is_some());
    }
}
