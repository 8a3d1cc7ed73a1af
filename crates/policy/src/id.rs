//! Ids of records: 128 random bits behind a prefix that says what they name (`key_…`, `prj_…`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// Crockford's base 32 in lower case: no `i`, `l`, `o`, `u`, so that ids survive being read aloud.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 26 digits of five bits hold 128 bits; the first digit only holds three.
const DIGITS: usize = 26;

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{given}` is not an id: expected `{prefix}_` and {DIGITS} characters")]
pub struct IdError {
    given: String,
    prefix: &'static str,
}

/// The longest prefix, with its underscore.
const PREFIX_MAX: usize = 5;

/// An id as text, without an allocation: every request writes several.
struct Text {
    bytes: [u8; PREFIX_MAX + DIGITS],
    len: usize,
}

impl Text {
    fn new(prefix: &str, mut bits: u128) -> Self {
        let (mut bytes, len) = ([0; PREFIX_MAX + DIGITS], prefix.len() + DIGITS);
        bytes[..prefix.len()].copy_from_slice(prefix.as_bytes());
        for digit in bytes[prefix.len()..len].iter_mut().rev() {
            *digit = ALPHABET[bits as usize & 31];
            bits >>= 5;
        }
        Self { bytes, len }
    }

    fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

fn decode(digits: &str) -> Option<u128> {
    let fits = digits.len() == DIGITS && digits.as_bytes()[0] <= b'7';
    fits.then_some(())?;
    digits.bytes().try_fold(0, |bits: u128, digit| {
        let value = ALPHABET.iter().position(|&letter| letter == digit)?;
        Some(bits << 5 | value as u128)
    })
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u128);

        impl $name {
            /// A new id from 16 random bytes.
            pub fn from_entropy(entropy: [u8; 16]) -> Self {
                Self(u128::from_be_bytes(entropy))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Text::new(concat!($prefix, "_"), self.0).as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or_else(|| IdError { given: text.chars().take(64).collect(), prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(Text::new(concat!($prefix, "_"), self.0).as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// Names an issued key.
    KeyId = "key";
    /// Names a project.
    ProjectId = "prj";
    /// Names a real exchange credential.
    CredentialId = "cred";
    /// Names a venue.
    VenueId = "ven";
    /// Names an operator.
    OperatorId = "op";
    /// Names an API token.
    TokenId = "tok";
    /// Names a change that waits for a second operator.
    ConsentId = "con";
    /// Names what waits for an operator's approval.
    ApprovalId = "apr";
    /// Names one request through the gateway; clients see it as `Keyward-Request-Id`.
    RequestId = "req";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        for bits in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_0011_2233_4455_6677] {
            let id = KeyId(bits);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn another_kind_of_id_is_refused() {
        let key = KeyId(7).to_string();
        assert!(key.parse::<ProjectId>().is_err());
    }

    #[test]
    fn what_does_not_fit_128_bits_is_refused() {
        assert!("key_80000000000000000000000000".parse::<KeyId>().is_err());
        assert!("key_".parse::<KeyId>().is_err());
        assert!("key_éééééééééééééééééééééééééé".parse::<KeyId>().is_err());
    }
}
