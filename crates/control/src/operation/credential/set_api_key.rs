//! `credential api-key`: the name that the exchange gave to a generated pair.

use keyward_policy::{Actor, Change, Operation};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{CredentialView, check_api_key, find};
use crate::{Control, Error};

/// What the exchange answered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GivenApiKey)]
pub struct SetApiKey {
    /// The key string that the exchange shows.
    pub api_key: String,
}

/// Gives a generated credential its key string, once.
///
/// # Errors
/// `credential_unknown`, `api_key_invalid`, `api_key_fixed`; and those of every change.
pub async fn set_api_key(
    control: &Control,
    actor: &Actor,
    credential: &str,
    input: SetApiKey,
) -> Result<CredentialView, Error> {
    let act = control.act(actor, Operation::CredentialApiKey).await?;
    check_api_key(&input.api_key)?;
    let (mut credential, _) = find(control, actor, credential).await?;
    let recorded = act.record(credential.id, json!({ "api_key": input.api_key })).await?;
    recorded.carry_out(control.store.set_credential_api_key(credential.id, &input.api_key)).await?;
    credential.api_key = input.api_key;
    control.publish(Change::Credential(Box::new(credential.clone())));
    CredentialView::one(control, credential).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;
    use crate::operation::credential::generate::{Generate, generate};

    async fn set(fixture: &Fixture, api_key: &str) -> Result<CredentialView, Code> {
        let input = SetApiKey { api_key: api_key.to_owned() };
        set_api_key(&fixture.control, &fixture.actor, "main", input).await.map_err(|error| error.code())
    }

    #[tokio::test]
    async fn a_generated_credential_gets_its_key_string_once() {
        let fixture = Fixture::new().await;
        fixture.venue("binance").await;
        let input = Generate { name: "main".to_owned(), venue: "binance".to_owned(), project: None };
        generate(&fixture.control, &fixture.actor, input).await.unwrap();
        assert_eq!(set(&fixture, "").await.unwrap_err(), Code::ApiKeyInvalid);
        assert_eq!(set(&fixture, "REALKEY").await.unwrap().api_key.as_deref(), Some("REALKEY"));
        assert!(
            matches!(fixture.published().pop(), Some(Change::Credential(told)) if told.api_key == "REALKEY")
        );
        assert_eq!(set(&fixture, "OTHER").await.unwrap_err(), Code::ApiKeyFixed);
    }
}
