//! `credential check`: asks the exchange what a real key may do, and says plainly what is too much.

use jiff::Timestamp;
use keyward_dialect::RealKeyRights;
use keyward_policy::{Actor, Operation};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::find;
use crate::{Code, Control, Error};

/// What the exchange lets a real key do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RealKeyRights)]
pub struct Checked {
    /// The credential's name.
    pub credential: String,
    /// Its venue's name.
    pub venue: String,
    /// Whether it may read the account.
    pub can_read: bool,
    /// Whether it may trade.
    pub can_trade: bool,
    /// Whether it may send money away.
    pub can_withdraw: bool,
    /// Whether it may move money inside the exchange.
    pub can_transfer: bool,
    /// Whether the exchange takes it from certain addresses only.
    pub ip_restricted: bool,
    /// The rights that are on, in the exchange's own names.
    pub rights: Vec<String>,
    /// What is too much, in words.
    pub warnings: Vec<String>,
}

/// Asks the exchange. The question is on record before it is asked, and the answer after.
///
/// # Errors
/// `credential_unknown`, `api_key_missing`, `vault_sealed`, `venue_unreachable`, `venue_refused`, `credential_busy`, `audit_unavailable`.
pub async fn check(control: &Control, actor: &Actor, credential: &str) -> Result<Checked, Error> {
    let act = control.look(actor, Operation::CredentialCheck)?;
    let (credential, venue) = find(control, actor, credential).await?;
    if credential.api_key.is_empty() {
        return Err(Error::new(
            Code::ApiKeyMissing,
            "the exchange has not given this credential a key string yet",
        )
        .hint(format!(
            "register its public key at the exchange, then: keyward credential api-key {} KEY",
            credential.name
        )));
    }
    if control.vault.is_sealed() {
        return Err(keyward_vault::Error::Sealed.into());
    }
    let (credential_name, venue_name, id) = (credential.name.clone(), venue.name.clone(), credential.id);
    let recorded = act.record(credential.id, Value::Null).await?;
    let rights = recorded.carry_out(control.introspect.rights(venue, credential)).await?;
    control.store.note_check(id, &remembered(&rights, control.now())).await?;
    recorded.note(json!({ "rights": rights.names, "ip_restricted": rights.ip_restricted }));
    Ok(Checked::of(credential_name, venue_name, rights))
}

/// What of it is kept.
fn remembered(rights: &RealKeyRights, at: Timestamp) -> keyward_policy::Checked {
    let RealKeyRights { can_withdraw, can_transfer, ip_restricted, .. } = *rights;
    keyward_policy::Checked { at, can_withdraw, can_transfer, ip_restricted }
}

impl Checked {
    fn of(credential: String, venue: String, rights: RealKeyRights) -> Self {
        Self {
            credential,
            venue,
            can_read: rights.can_read,
            can_trade: rights.can_trade,
            can_withdraw: rights.can_withdraw,
            can_transfer: rights.can_transfer,
            ip_restricted: rights.ip_restricted,
            warnings: warnings(&rights).map(str::to_owned).collect(),
            rights: rights.names,
        }
    }
}

fn warnings(rights: &RealKeyRights) -> impl Iterator<Item = &'static str> {
    let withdraw = "this key can withdraw: whoever gets hold of it can take the money; switch withdrawals off at the exchange";
    let unbound = "this key is not bound to an IP address: whoever gets hold of it can use it from anywhere; \
                   restrict it at the exchange to the address of this host";
    let transfer =
        "this key can move money between accounts; switch that off at the exchange unless a key needs it";
    [(rights.can_withdraw, withdraw), (!rights.ip_restricted, unbound), (rights.can_transfer, transfer)]
        .into_iter()
        .filter_map(|(on, warning)| on.then_some(warning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CannotAsk;
    use crate::fixture::Fixture;
    use crate::operation::credential::generate::{Generate, generate};

    fn rights(can_withdraw: bool, ip_restricted: bool) -> RealKeyRights {
        let names = vec!["enableReading".to_owned()];
        RealKeyRights {
            can_read: true,
            can_trade: true,
            can_withdraw,
            can_transfer: false,
            ip_restricted,
            names,
        }
    }

    async fn checked(fixture: &Fixture) -> Result<Checked, Code> {
        check(&fixture.control, &fixture.actor, "main").await.map_err(|error| error.code())
    }

    #[tokio::test]
    async fn a_key_that_can_withdraw_or_is_not_bound_is_warned_of() {
        for (can_withdraw, ip_restricted, warned) in
            [(false, true, 0), (true, true, 1), (false, false, 1), (true, false, 2)]
        {
            let fixture = Fixture::new().await;
            fixture.venue("binance").await;
            fixture.credential("main", "binance").await;
            fixture.exchange_says(Ok(rights(can_withdraw, ip_restricted)));
            let checked = checked(&fixture).await.unwrap();
            assert_eq!((checked.warnings.len(), checked.can_withdraw), (warned, can_withdraw));
            assert_eq!(fixture.last_change()["details"]["rights"][0], "enableReading");
        }
    }

    #[tokio::test]
    async fn an_exchange_that_does_not_answer_is_not_taken_for_a_harmless_key() {
        let fixture = Fixture::new().await;
        fixture.venue("binance").await;
        fixture.credential("main", "binance").await;
        fixture.exchange_says(Err(CannotAsk::Unreachable("refused".to_owned())));
        assert_eq!(checked(&fixture).await.unwrap_err(), Code::VenueUnreachable);
        fixture.exchange_says(Err(CannotAsk::Busy("queued".to_owned())));
        assert_eq!(checked(&fixture).await.unwrap_err(), Code::CredentialBusy);
        fixture.exchange_says(Err(CannotAsk::Refused("-2015".to_owned())));
        assert_eq!(checked(&fixture).await.unwrap_err(), Code::VenueRefused);
        assert_eq!(fixture.last_change()["details"]["failed"], "venue_refused");
    }

    #[tokio::test]
    async fn only_a_usable_credential_is_asked_about() {
        let fixture = Fixture::new().await;
        fixture.venue("binance").await;
        let input = Generate { name: "main".to_owned(), venue: "binance".to_owned(), project: None };
        generate(&fixture.control, &fixture.actor, input).await.unwrap();
        assert_eq!(checked(&fixture).await.unwrap_err(), Code::ApiKeyMissing);
    }
}
