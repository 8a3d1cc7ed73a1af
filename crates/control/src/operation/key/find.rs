//! Which key is meant by an id, a key string or a name.

use keyward_policy::{Actor, Key, Standing};
use keyward_store::{Error as Found, What};

use crate::reach::missing;
use crate::{Control, Error};

/// The one key that is meant, if it belongs to a project where the actor's role holds.
///
/// After a rotation two keys have the same name until the old one's overlap ends; the name then means the new one.
pub(crate) async fn find(control: &Control, actor: &Actor, text: &str) -> Result<Key, Error> {
    let ambiguous = match control.store.find_key(text).await {
        Err(error @ Found::Ambiguous { .. }) => error,
        found => return his(actor, text, vec![found?])?.pop().ok_or_else(|| missing(What::Key, text)),
    };
    let mut current = his(actor, text, namesakes(control, &ambiguous).await?)?;
    current.retain(|key| !matches!(key.standing(control.now()), Standing::Retiring | Standing::Expired));
    match current.pop() {
        Some(key) if current.is_empty() => Ok(key),
        _ => Err(ambiguous.into()),
    }
}

/// Every key that is meant and not revoked, the retiring ones of a rotation too: for who wants to end them all.
pub(crate) async fn of_name(control: &Control, actor: &Actor, text: &str) -> Result<Vec<Key>, Error> {
    let keys = match control.store.find_key(text).await {
        Err(error @ Found::Ambiguous { .. }) => namesakes(control, &error).await?,
        found => vec![found?],
    };
    his(actor, text, keys)
}

/// Those of projects where the actor's role holds, of which there is at least one.
fn his(actor: &Actor, text: &str, mut keys: Vec<Key>) -> Result<Vec<Key>, Error> {
    keys.retain(|key| actor.reaches(key.project));
    if keys.is_empty() { Err(missing(What::Key, text)) } else { Ok(keys) }
}

async fn namesakes(control: &Control, ambiguous: &Found) -> Result<Vec<Key>, Error> {
    let Found::Ambiguous { ids, .. } = ambiguous else { return Ok(Vec::new()) };
    let mut keys = Vec::with_capacity(ids.len());
    for id in ids {
        keys.push(control.store.key(*id).await?);
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;
    use crate::operation::key::rotate::{Rotate, rotate};

    #[tokio::test]
    async fn a_key_is_found_by_its_id_its_key_string_and_its_name() {
        let fixture = Fixture::new().await;
        let key = fixture.trading_key("bot").await;
        for text in [&key.id.to_string(), key.api_key.as_str(), "bot"] {
            assert_eq!(find(&fixture.control, &fixture.actor, text).await.unwrap().id, key.id);
        }
        assert_eq!(
            find(&fixture.control, &fixture.actor, "other").await.unwrap_err().code(),
            Code::KeyUnknown
        );
    }

    #[tokio::test]
    async fn a_name_means_the_key_that_replaced_the_other() {
        let fixture = Fixture::new().await;
        let old = fixture.trading_key("bot").await;
        let new = rotate(&fixture.control, &fixture.actor, "bot", Rotate::default()).await.unwrap();
        assert_eq!(find(&fixture.control, &fixture.actor, "bot").await.unwrap().id, new.key.id);
        assert_eq!(find(&fixture.control, &fixture.actor, &old.id.to_string()).await.unwrap().id, old.id);
        assert_eq!(of_name(&fixture.control, &fixture.actor, "bot").await.unwrap().len(), 2);
    }
}
