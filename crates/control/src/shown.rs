//! A new secret on its way to the one person who may see it, once.

use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

/// A secret that Keyward just made: it can be written into one answer, and into nothing else.
///
/// It has no `Debug`, no `Display` and no `Clone`, and is wiped when it is dropped:
///
/// ```compile_fail
/// fn print(secret: &keyward_control::ShownOnce) { println!("{secret:?}"); }
/// ```
/// ```compile_fail
/// fn copy(secret: &keyward_control::ShownOnce) -> keyward_control::ShownOnce { secret.clone() }
/// ```
pub struct ShownOnce(Zeroizing<String>);

impl ShownOnce {
    /// Takes the secret's text; no copy of it may stay behind.
    pub(crate) fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The text, for whoever writes it into the one answer.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The secret itself, to be sealed.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Serialize for ShownOnce {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
