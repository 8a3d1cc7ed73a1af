//! A secret that a caller gives: from the text of a request straight into locked memory.

use std::fmt;

use keyward_vault::Secret;
use serde::de::{self, Deserialize, Deserializer, Visitor};

/// A secret out of a request. It has no `Debug` and cannot be written anywhere:
///
/// ```compile_fail
/// fn print(secret: &keyward_control::GivenSecret) { println!("{secret:?}"); }
/// ```
/// ```compile_fail
/// fn write(secret: &keyward_control::GivenSecret) -> String { serde_json::to_string(secret).unwrap() }
/// ```
pub struct GivenSecret(Secret);

impl GivenSecret {
    /// The secret in the vault's own type, without the line end that files have.
    pub(crate) fn into_secret(self) -> Secret {
        self.0.without_line_end()
    }
}

impl From<Secret> for GivenSecret {
    fn from(secret: Secret) -> Self {
        Self(secret)
    }
}

impl<'de> Deserialize<'de> for GivenSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(IntoLocked)
    }
}

/// Copies the text before anything else can keep it.
struct IntoLocked;

impl Visitor<'_> for IntoLocked {
    type Value = GivenSecret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret as text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<GivenSecret, E> {
        let secret = Secret::generate(text.len(), |bytes| bytes.copy_from_slice(text.as_bytes()));
        secret.map(GivenSecret).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_arrives_as_it_was_sent() {
        let secret: GivenSecret = serde_json::from_str(r#""a\nb""#).unwrap();
        assert_eq!(secret.into_secret().expose(), b"a\nb");
    }

    #[test]
    fn the_line_end_of_a_file_is_not_part_of_it() {
        let secret: GivenSecret = serde_json::from_str(r#""abc\r\n""#).unwrap();
        assert_eq!(secret.into_secret().expose(), b"abc");
    }

    #[test]
    fn a_text_that_is_too_long_is_refused() {
        let long = format!("{:?}", "x".repeat(keyward_vault::SECRET_LIMIT + 1));
        assert!(serde_json::from_str::<GivenSecret>(&long).is_err());
    }
}
