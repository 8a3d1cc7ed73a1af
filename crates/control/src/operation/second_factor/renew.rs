//! `recovery-codes renew`: new ones, in place of the old.

use keyward_policy::Operation;
use serde_json::Value;

use super::RecoveryCodes;
use crate::operation::session::Session;
use crate::people::RecoveryCode;
use crate::{Control, Error};

/// Makes new recovery codes; the old ones are good for nothing from now on.
///
/// # Errors
/// `second_factor_needed`, `second_factor_missing`; and those of every change.
pub async fn renew(control: &Control, session: &Session) -> Result<RecoveryCodes, Error> {
    let (actor, operator) = (session.actor()?, session.operator.id);
    let act = control.act(&actor, Operation::RecoveryRenew).await?;
    let codes = RecoveryCode::set(&*control.entropy);
    let digests: Vec<_> = codes.iter().map(|code| code.digest.clone()).collect();
    let recorded = act.record(operator, Value::Null).await?;
    recorded.carry_out(control.store.set_recovery_codes(operator, &digests)).await?;
    Ok(RecoveryCodes { codes: codes.into_iter().map(|code| code.shown).collect(), signed_in: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;
    use crate::fixture::people::{PASSWORD, Person};
    use crate::operation::session::of;

    #[tokio::test]
    async fn new_codes_take_the_place_of_the_old() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        let shown = ada.sign_in(&fixture).await.unwrap().session;
        let session = of(&fixture.control, shown.text(), "console").await.unwrap();
        let new = renew(&fixture.control, &session).await.unwrap().codes;
        assert_eq!(ada.refused(&fixture, PASSWORD, Some(&ada.recovery[0])).await, Code::CodeWrong);
        assert!(ada.try_in(&fixture, PASSWORD, Some(new[0].text())).await.is_ok());
    }
}
