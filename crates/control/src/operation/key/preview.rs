//! `key preview`: what a change of a key would change, without making it.

use keyward_policy::{Actor, Operation};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::difference::{difference, widens};
use super::told;
use super::update::{Update, prepared};
use crate::{Control, Error};

/// A change that was not made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeyPreview)]
pub struct Preview {
    /// The revision that it would change.
    pub revision: u64,
    /// What would differ, limit by limit: `before` and `after`.
    #[schema(value_type = Object)]
    pub changes: Map<String, Value>,
    /// The same in sentences.
    pub words: Vec<String>,
    /// Whether the key could do more than now: that asks for a fresh second factor.
    pub widens: bool,
}

/// Looks at a change.
///
/// # Errors
/// Those of `key update`, but for a second factor.
pub async fn preview(
    control: &Control,
    actor: &Actor,
    key: &str,
    expected: Option<u64>,
    input: Update,
) -> Result<Preview, Error> {
    control.view(actor, Operation::KeyPreview)?;
    let (old, new) = prepared(control, actor, key, expected, &input).await?;
    let changes = difference(&old, &new);
    Ok(Preview { revision: old.revision, words: told(&changes), widens: widens(&old, &new), changes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::{Fixture, read};

    #[tokio::test]
    async fn a_look_changes_nothing_and_says_what_would() {
        let fixture = Fixture::new().await;
        let key = fixture.trading_key("bot").await;
        let look = async |change: &str, revision| {
            let seen = preview(&fixture.control, &fixture.actor, "bot", revision, read(change)).await;
            seen.map_err(|error| error.code())
        };
        let tight = look(r#"{"allow": ["read"]}"#, Some(1)).await.unwrap();
        assert_eq!((tight.words, tight.widens), (vec!["It may no longer: trade".to_owned()], false));
        assert!(look(r#"{"expires": "never"}"#, None).await.unwrap().widens);
        assert_eq!(look(r#"{"ip": ["x"]}"#, None).await.err(), Some(Code::AddressInvalid));
        assert_eq!(look("{}", Some(7)).await.err(), Some(Code::NotCurrent));
        assert_eq!(fixture.control.store.key(key.id).await.unwrap(), key);
        assert_eq!(fixture.last_change()["operation"], "key create");
    }
}
