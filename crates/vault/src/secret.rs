//! A secret on its way into the vault: from a file, standard input or a prompt.

use std::io::{ErrorKind, Read};

use zeroize::Zeroize;

use crate::Error;
use crate::locked::Locked;

/// The longest passphrase, key file or secret that is read at all, in bytes.
pub const SECRET_LIMIT: usize = 16 * 1024;

/// A secret in transit inside the process: in locked memory, wiped on drop.
///
/// Nothing can print, serialise or copy it:
///
/// ```compile_fail,E0277
/// fn print(secret: &keyward_vault::Secret) { println!("{secret:?}"); }
/// ```
/// ```compile_fail,E0277
/// fn show(secret: &keyward_vault::Secret) { println!("{secret}"); }
/// ```
/// ```compile_fail,E0308
/// fn copy(secret: &keyward_vault::Secret) -> keyward_vault::Secret { secret.clone() }
/// ```
pub struct Secret {
    bytes: Locked,
    len: usize,
}

impl Secret {
    /// Moves the bytes into locked memory and wipes where they were.
    ///
    /// Earlier copies, which a growing `Vec` leaves behind, are out of reach: prefer [`Self::read_from`].
    ///
    /// # Errors
    /// [`Error::InputLong`] above [`SECRET_LIMIT`]; [`Error::OutOfMemory`].
    pub fn from_vec(mut source: Vec<u8>) -> Result<Self, Error> {
        let secret = Self::generate(source.len(), |bytes| bytes.copy_from_slice(&source));
        source.zeroize();
        secret
    }

    /// Makes a secret of `len` bytes in place, so that it never exists elsewhere.
    ///
    /// # Errors
    /// [`Error::InputLong`] above [`SECRET_LIMIT`]; [`Error::OutOfMemory`].
    pub fn generate(len: usize, fill: impl FnOnce(&mut [u8])) -> Result<Self, Error> {
        if len > SECRET_LIMIT {
            return Err(Error::InputLong);
        }
        let mut bytes = Locked::new(len.max(1))?;
        fill(&mut bytes[..len]);
        Ok(Self { bytes, len })
    }

    /// Reads to the end, straight into locked memory. Give it the bare file, not a buffered reader.
    ///
    /// # Errors
    /// [`Error::InputLong`] above [`SECRET_LIMIT`]; [`Error::Unreadable`]; [`Error::OutOfMemory`].
    pub fn read_from(mut source: impl Read) -> Result<Self, Error> {
        let mut bytes = Locked::new(SECRET_LIMIT + 1)?;
        let mut len = 0;
        while len < bytes.len() {
            match source.read(&mut bytes[len..]) {
                Ok(0) => return Ok(Self { bytes, len }),
                Ok(read) => len += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::Unreadable(error)),
            }
        }
        Err(Error::InputLong)
    }

    /// Without the line end that editors and `echo` leave at the end of a file.
    #[must_use]
    pub fn without_line_end(mut self) -> Self {
        let text = self.expose();
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        self.len = text.strip_suffix(b"\r").unwrap_or(text).len();
        self
    }

    /// The secret itself. Copy it nowhere.
    pub fn expose(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_was_there() {
        let text = vec![7; SECRET_LIMIT];
        assert_eq!(Secret::read_from(text.as_slice()).unwrap().expose(), text);
        assert_eq!(Secret::from_vec(text.clone()).unwrap().expose(), text);
        assert_eq!(Secret::from_vec(Vec::new()).unwrap().expose(), b"");
    }

    #[test]
    fn an_endless_source_is_refused() {
        assert!(matches!(Secret::read_from(std::io::repeat(1)), Err(Error::InputLong)));
        assert!(matches!(Secret::from_vec(vec![1; SECRET_LIMIT + 1]), Err(Error::InputLong)));
    }

    #[test]
    fn only_one_line_end_is_cut() {
        let cut = |text: &[u8]| Secret::from_vec(text.to_vec()).unwrap().without_line_end().expose().to_vec();
        assert_eq!(cut(b"pass\r\n"), b"pass");
        assert_eq!(cut(b"pass\n\n"), b"pass\n");
        assert_eq!(cut(b"pa\nss"), b"pa\nss");
    }
}
