//! What unlocks the vault, as requests say it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use keyward_vault::{Secret, Unlock};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{Code, Error, GivenSecret};

/// Shorter passphrases are taken with a warning: Argon2id makes each guess dear, not the number of guesses large.
const PASSPHRASE_LENGTH_FAIR: usize = 12;

/// A passphrase or a key file; exactly one of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Unlocking {
    /// A passphrase; a line end after it does not count.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Password, write_only)]
    pub passphrase: Option<GivenSecret>,
    /// The bytes of a key file, in base64.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Password, write_only)]
    pub key_file: Option<GivenSecret>,
}

impl Unlocking {
    /// The same in the vault's words.
    pub(crate) fn read(self) -> Result<Unlock, Error> {
        match (self.passphrase, self.key_file) {
            (Some(passphrase), None) => Ok(Unlock::Passphrase(passphrase.into_secret())),
            (None, Some(file)) => Ok(Unlock::KeyFile(decoded(&file.into_secret())?)),
            _ => Err(Error::new(Code::UnlockInvalid, "give a passphrase or a key file, one of them")),
        }
    }
}

/// Decodes base64 without leaving the bytes anywhere but in locked memory.
fn decoded(text: &Secret) -> Result<Secret, Error> {
    let unreadable = || Error::new(Code::UnlockInvalid, "the key file is not in base64");
    let room = base64::decoded_len_estimate(text.expose().len());
    let mut length = Ok(0);
    let padded = Secret::generate(room, |bytes| length = BASE64_STANDARD.decode_slice(text.expose(), bytes))?;
    let length = length.map_err(|_| unreadable())?;
    Ok(Secret::generate(length, |bytes| bytes.copy_from_slice(&padded.expose()[..length]))?)
}

/// What a person should know about what he chose.
pub(crate) fn warnings(unlock: &Unlock) -> Vec<String> {
    match unlock {
        Unlock::Passphrase(phrase) if phrase.expose().len() < PASSPHRASE_LENGTH_FAIR => {
            vec![format!(
                "the passphrase has fewer than {PASSPHRASE_LENGTH_FAIR} characters; `keyward vault rekey` takes a longer one"
            )]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Unlock, Error> {
        serde_json::from_str::<Unlocking>(json).unwrap().read()
    }

    #[test]
    fn one_of_the_two_unlocks() {
        assert!(
            matches!(read(r#"{"passphrase": "open"}"#), Ok(Unlock::Passphrase(phrase)) if phrase.expose() == b"open")
        );
        assert!(
            matches!(read(r#"{"key_file": "AAEC\n"}"#), Ok(Unlock::KeyFile(file)) if file.expose() == [0, 1, 2])
        );
    }

    #[test]
    fn none_both_or_no_base64_is_refused() {
        for json in ["{}", r#"{"passphrase": "a", "key_file": "AAEC"}"#, r#"{"key_file": "?"}"#] {
            assert!(matches!(read(json), Err(error) if error.code() == Code::UnlockInvalid), "{json}");
        }
    }
}
