//! Recovery codes: for who has lost the device. Each is good once.

use keyward_policy::Entropy;
use zeroize::Zeroizing;

use super::digest;
use crate::ShownOnce;

/// How many there are.
const COUNT: usize = 10;
/// The letters of one, without the hyphens: five bits each, 140 in all. From 112 bits on nobody tries them all, so a plain
/// digest is enough to keep (OWASP ASVS 5.0, 6.5.2), and 128 is what it asks of random values (11.5.1).
const LETTERS: usize = 28;
/// How many stand together.
const GROUP: usize = 4;
/// No letter that another looks like.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A new code.
pub(crate) struct RecoveryCode {
    pub(crate) shown: ShownOnce,
    pub(crate) digest: String,
}

impl RecoveryCode {
    /// A new set.
    pub(crate) fn set(entropy: &dyn Entropy) -> Vec<Self> {
        (0..COUNT).map(|_| Self::new(entropy)).collect()
    }

    fn new(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; LETTERS]);
        entropy.fill(&mut *bytes);
        let mut grouped = Zeroizing::new(String::with_capacity(LETTERS + LETTERS / GROUP));
        for (at, byte) in bytes.iter().enumerate() {
            if at > 0 && at % GROUP == 0 {
                grouped.push('-');
            }
            grouped.push(char::from(ALPHABET[usize::from(byte % 32)]));
        }
        Self { digest: Self::digest(&grouped), shown: ShownOnce::new(grouped) }
    }

    /// What is kept of a code, however it is typed.
    pub(crate) fn digest(typed: &str) -> String {
        let letters = typed.chars().filter(|letter| letter.is_ascii_alphanumeric()).take(LETTERS + 1);
        let letters: Zeroizing<String> = Zeroizing::new(letters.collect::<String>().to_ascii_lowercase());
        digest(&letters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Counted;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let codes = RecoveryCode::set(&Counted::default());
        assert_eq!(codes.len(), 10);
        let shown = codes[3].shown.text();
        assert_eq!(shown.len(), 34);
        for typed in [shown.to_owned(), shown.to_uppercase(), shown.replace('-', " "), shown.replace('-', "")]
        {
            assert_eq!(RecoveryCode::digest(&typed), codes[3].digest);
        }
        assert_ne!(RecoveryCode::digest(&format!("{shown}x")), codes[3].digest);
    }
}
