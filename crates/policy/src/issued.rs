//! Issued key strings: what they look like, and the checksum at their end.
//!
//! 64 letters and digits, as Binance's own keys are: `kwk` (the key), `kws` (its secret) or `kwp` (a publishable key, which
//! has none), 55 random characters (327 bits), and six of a CRC-32. The prefix and the checksum let a scanner tell a leaked
//! key from noise, and from one that is meant to be read, without asking anybody.

use std::fmt;

use thiserror::Error;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM_CHARS: usize = 55;
const CHECK_CHARS: usize = 6;
/// Two bytes of entropy choose one character: the bias of 65536 modulo 62 stays below one in 32,000.
pub const ENTROPY_BYTES: usize = 2 * RANDOM_CHARS;

/// Which half of an issued key a string is, or the whole of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The public half, sent with every request.
    Key,
    /// The HMAC secret, shown once.
    Secret,
    /// A key that has no secret and may lie in a web page.
    Publishable,
}

impl Part {
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Key => "kwk",
            Self::Secret => "kws",
            Self::Publishable => "kwp",
        }
    }
}

/// Why a string cannot be one that Keyward issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyStringError {
    /// Not the prefix, length or alphabet.
    #[error("this is not a Keyward key: it has another form")]
    Form,
    /// The form is right, the checksum is not.
    #[error("this Keyward key is damaged: its checksum does not match")]
    Checksum,
}

/// Makes one half of a new key out of entropy.
pub fn key_string(part: Part, entropy: &[u8; ENTROPY_BYTES]) -> String {
    let mut text = String::with_capacity(64);
    text.push_str(part.prefix());
    for pair in entropy.chunks_exact(2) {
        let choice = usize::from(u16::from_be_bytes([pair[0], pair[1]])) % ALPHABET.len();
        text.push(char::from(ALPHABET[choice]));
    }
    let check = checksum(&text);
    text.push_str(&check);
    text
}

/// Checks the form and the checksum of one half.
///
/// # Errors
/// [`KeyStringError`] says which of them is wrong.
pub fn check_key_string(part: Part, text: &str) -> Result<(), KeyStringError> {
    let length = part.prefix().len() + RANDOM_CHARS + CHECK_CHARS;
    let formed = text.len() == length
        && text.starts_with(part.prefix())
        && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if !formed {
        return Err(KeyStringError::Form);
    }
    let (body, check) = text.split_at(length - CHECK_CHARS);
    if checksum(body) == check { Ok(()) } else { Err(KeyStringError::Checksum) }
}

fn checksum(body: &str) -> String {
    let mut rest = crc32fast::hash(body.as_bytes()) as usize;
    let mut digits = [b'0'; CHECK_CHARS];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[rest % ALPHABET.len()];
        rest /= ALPHABET.len();
    }
    digits.iter().copied().map(char::from).collect()
}

/// The public half of an issued key, as clients send it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ApiKey(Box<str>);

impl ApiKey {
    /// Takes a key string as issued or as a row holds it.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The string that clients send.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_has_the_form_and_passes_its_checksum() {
        let key = key_string(Part::Key, &[7; ENTROPY_BYTES]);
        assert_eq!(key.len(), 64);
        assert_eq!(check_key_string(Part::Key, &key), Ok(()));
        assert_eq!(check_key_string(Part::Secret, &key), Err(KeyStringError::Form));
        assert_eq!(check_key_string(Part::Publishable, &key), Err(KeyStringError::Form));
        assert!(key_string(Part::Publishable, &[7; ENTROPY_BYTES]).starts_with("kwp"));
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let key = key_string(Part::Key, &std::array::from_fn(|i| i as u8));
        for at in 3..key.len() {
            let other = if &key[at..=at] == "x" { "y" } else { "x" };
            let damaged = format!("{}{other}{}", &key[..at], &key[at + 1..]);
            assert_eq!(check_key_string(Part::Key, &damaged), Err(KeyStringError::Checksum), "at {at}");
        }
    }

    #[test]
    fn other_entropy_gives_another_key() {
        assert_ne!(key_string(Part::Key, &[1; ENTROPY_BYTES]), key_string(Part::Key, &[2; ENTROPY_BYTES]));
    }
}
