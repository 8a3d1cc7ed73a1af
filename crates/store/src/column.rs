//! What is in a column: how values that SQL has no type for are written and read.

use std::error::Error;

use jiff::Timestamp;
use keyward_policy::{KeyState, KeyType, Mode, OperatorState, Reach};
use serde::Serialize;

/// Why a column cannot be read.
pub(crate) type Bad = Box<dyn Error + Send + Sync>;

/// The words of a column that knows only a few.
type Words<T> = [(T, &'static str)];

pub(crate) const STATES: &Words<KeyState> =
    &[(KeyState::Active, "active"), (KeyState::Suspended, "suspended"), (KeyState::Revoked, "revoked")];
pub(crate) const KEY_TYPES: &Words<KeyType> = &[
    (KeyType::Hmac, "hmac"),
    (KeyType::Ed25519, "ed25519"),
    (KeyType::Rsa, "rsa"),
    (KeyType::Publishable, "publishable"),
];
pub(crate) const MODES: &Words<Mode> = &[(Mode::Resign, "resign"), (Mode::Assert, "assert")];

pub(crate) const OPERATOR_STATES: &Words<OperatorState> =
    &[(OperatorState::Active, "active"), (OperatorState::Suspended, "suspended")];

/// The word of a value.
pub(crate) fn word<T: Copy + PartialEq>(words: &Words<T>, value: T) -> &'static str {
    words.iter().find(|(known, _)| *known == value).map_or("unknown", |(_, word)| word)
}

/// The value of a word.
pub(crate) fn value<T: Copy>(words: &Words<T>, text: &str) -> Result<T, Bad> {
    let found = words.iter().find(|(_, word)| *word == text);
    found.map(|(value, _)| *value).ok_or_else(|| format!("`{text}` has no meaning").into())
}

/// A time as its column holds it.
pub(crate) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// The time of a column.
pub(crate) fn time(micros: i64) -> Result<Timestamp, Bad> {
    Ok(Timestamp::from_microsecond(micros)?)
}

/// A count or size, which no database holds above `i64::MAX`.
pub(crate) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Where a role holds, as its column holds it: nothing is everywhere.
pub(crate) fn reach_text(reach: &Reach) -> Result<Option<String>, crate::Error> {
    reach.projects().map(|projects| json(&projects)).transpose()
}

/// Where a role holds.
pub(crate) fn reach(text: Option<&str>) -> Result<Reach, Bad> {
    Ok(text.map(serde_json::from_str).transpose()?.unwrap_or(Reach::Everywhere))
}

/// A list or map as its column holds it.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<String, crate::Error> {
    serde_json::to_string(value).map_err(|error| crate::Error::Refused(error.to_string()))
}
