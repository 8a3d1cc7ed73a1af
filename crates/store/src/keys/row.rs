//! Keys as they are read: one row for each grant of a key, or one for a key without any.

use std::borrow::Cow;

use keyward_policy::{ApiKey, Grant, Key, KeyType, Lifetime, Sealed, Verifier};

use crate::Error;
use crate::column::{self, Bad, KEY_TYPES, STATES};
use crate::row::Row;

/// Begins the statement that reads keys with their grants; what follows chooses the keys.
macro_rules! select_keys_from {
    () => {
        "SELECT k.id, k.project, k.name, k.api_key, k.key_type, k.verifier, k.state, k.not_before, k.expires_at, \
         k.retires_at, k.addresses, k.rate, k.revision, k.created_at, k.rotated_from, \
         g.venue, g.credential, g.permissions, g.symbols, g.holds FROM (SELECT id, project, name, api_key, key_type, \
         verifier, state, not_before, expires_at, retires_at, addresses, rate, revision, created_at, rotated_from \
         FROM keys "
    };
}

/// Ends that statement: the oldest key first, the rows of one key beside each other.
macro_rules! with_grants {
    () => {
        ") k LEFT JOIN grants g ON g.key = k.id ORDER BY k.created_at, k.id, g.venue"
    };
}

/// The whole statement, for keys chosen by a literal condition.
macro_rules! select_keys {
    ($which:literal) => {
        concat!(select_keys_from!(), $which, with_grants!())
    };
}

pub(crate) use {select_keys, select_keys_from, with_grants};

#[derive(sqlx::FromRow)]
pub(crate) struct KeyRow {
    id: String,
    project: String,
    name: String,
    api_key: String,
    key_type: String,
    verifier: Vec<u8>,
    state: String,
    not_before: Option<i64>,
    expires_at: Option<i64>,
    retires_at: Option<i64>,
    addresses: String,
    rate: Option<String>,
    revision: i64,
    created_at: i64,
    rotated_from: Option<String>,
    #[sqlx(flatten)]
    grant: GrantColumns,
}

/// All null for a key without grants.
#[derive(sqlx::FromRow)]
struct GrantColumns {
    venue: Option<String>,
    credential: Option<String>,
    permissions: Option<String>,
    symbols: Option<String>,
    holds: Option<String>,
}

impl Row for KeyRow {
    type Record = Key;
    const TABLE: &'static str = "keys";

    fn label(&self) -> String {
        self.id.clone()
    }

    fn parse(self) -> Result<Key, Bad> {
        let time = |micros: Option<i64>| micros.map(column::time).transpose();
        Ok(Key {
            id: self.id.parse()?,
            project: self.project.parse()?,
            name: self.name,
            api_key: ApiKey::new(self.api_key),
            verifier: verifier(&self.key_type, self.verifier)?,
            state: column::value(STATES, &self.state)?,
            lifetime: Lifetime {
                not_before: time(self.not_before)?,
                expires_at: time(self.expires_at)?,
                retires_at: time(self.retires_at)?,
            },
            addresses: serde_json::from_str(&self.addresses)?,
            rate: self.rate.as_deref().map(serde_json::from_str).transpose()?,
            grants: self.grant.parse()?.into_iter().collect(),
            revision: self.revision.try_into()?,
            created_at: column::time(self.created_at)?,
            rotated_from: self.rotated_from.as_deref().map(str::parse).transpose()?,
        })
    }
}

impl GrantColumns {
    fn parse(self) -> Result<Option<Grant>, Bad> {
        let (Some(venue), Some(permissions)) = (self.venue, self.permissions) else {
            return Ok(None);
        };
        let (Some(symbols), Some(holds)) = (self.symbols, self.holds) else {
            return Ok(None);
        };
        Ok(Some(Grant {
            venue: venue.parse()?,
            credential: self.credential.as_deref().map(str::parse).transpose()?,
            permissions: permissions.parse()?,
            symbols: serde_json::from_str(&symbols)?,
            holds: serde_json::from_str(&holds)?,
        }))
    }
}

fn verifier(key_type: &str, bytes: Vec<u8>) -> Result<Verifier, Bad> {
    Ok(match column::value(KEY_TYPES, key_type)? {
        KeyType::Hmac => Verifier::Hmac(Sealed::from_bytes(bytes)),
        KeyType::Ed25519 => Verifier::Ed25519(bytes.as_slice().try_into()?),
        KeyType::Rsa => Verifier::Rsa(bytes.into()),
        KeyType::Publishable => Verifier::Pages(serde_json::from_slice(&bytes)?),
    })
}

/// The bytes of a verifier, as its column holds them.
pub(crate) fn verifier_bytes(verifier: &Verifier) -> Result<Cow<'_, [u8]>, Error> {
    Ok(match verifier {
        Verifier::Hmac(sealed) => Cow::Borrowed(sealed.as_bytes()),
        Verifier::Ed25519(public) => Cow::Borrowed(public),
        Verifier::Rsa(public) => Cow::Borrowed(public),
        Verifier::Pages(pages) => Cow::Owned(column::json(pages)?.into_bytes()),
    })
}

/// Gathers the rows of each key into one key.
pub(crate) fn gather(rows: Vec<KeyRow>) -> Result<Vec<Key>, Error> {
    let mut keys = Vec::with_capacity(rows.len());
    rows.into_iter().try_for_each(|row| add_row(&mut keys, row))?;
    Ok(keys)
}

/// Adds a row to the key before it, if it is that key's.
pub(crate) fn add_row(keys: &mut Vec<Key>, row: KeyRow) -> Result<(), Error> {
    let key = row.read()?;
    match keys.last_mut() {
        Some(last) if last.id == key.id => last.grants.extend(key.grants),
        _ => keys.push(key),
    }
    Ok(())
}
