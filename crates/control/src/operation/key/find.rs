//! Which key is meant by an id, a key string or a name.

use keyward_policy::{Key, Standing};

use crate::{Control, Error};

/// The one key that is meant.
///
/// After a rotation two keys have the same name until the old one's overlap ends; the name then means the new one.
pub(crate) async fn find(control: &Control, text: &str) -> Result<Key, Error> {
    let ambiguous = match control.store.find_key(text).await {
        Err(error @ keyward_store::Error::Ambiguous { .. }) => error,
        found => return Ok(found?),
    };
    let mut current = namesakes(control, &ambiguous).await?;
    current.retain(|key| !matches!(key.standing(control.now()), Standing::Retiring | Standing::Expired));
    match current.pop() {
        Some(key) if current.is_empty() => Ok(key),
        _ => Err(ambiguous.into()),
    }
}

/// Every key that is meant and not revoked, the retiring ones of a rotation too: for who wants to end them all.
pub(crate) async fn of_name(control: &Control, text: &str) -> Result<Vec<Key>, Error> {
    match control.store.find_key(text).await {
        Err(error @ keyward_store::Error::Ambiguous { .. }) => namesakes(control, &error).await,
        found => Ok(vec![found?]),
    }
}

async fn namesakes(control: &Control, ambiguous: &keyward_store::Error) -> Result<Vec<Key>, Error> {
    let keyward_store::Error::Ambiguous { ids, .. } = ambiguous else { return Ok(Vec::new()) };
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
            assert_eq!(find(&fixture.control, text).await.unwrap().id, key.id);
        }
        assert_eq!(find(&fixture.control, "other").await.unwrap_err().code(), Code::KeyUnknown);
    }

    #[tokio::test]
    async fn a_name_means_the_key_that_replaced_the_other() {
        let fixture = Fixture::new().await;
        let old = fixture.trading_key("bot").await;
        let new = rotate(&fixture.control, &fixture.actor, "bot", Rotate::default()).await.unwrap();
        assert_eq!(find(&fixture.control, "bot").await.unwrap().id, new.key.id);
        assert_eq!(find(&fixture.control, &old.id.to_string()).await.unwrap().id, old.id);
        assert_eq!(of_name(&fixture.control, "bot").await.unwrap().len(), 2);
    }
}
