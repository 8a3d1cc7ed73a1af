//! HMAC-SHA512 as Kraken and a few others use it: the secret's text is base64 of the key, and the signature is base64.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;
use zeroize::Zeroizing;

use super::{BadSignature, CannotSign, SECRET_CHARS_MAX};

/// Bytes of a signature.
const TAG: usize = 64;
/// Characters of its base64 text; so many without padding stand for two bytes more, which make it none.
const TAG_CHARS: usize = 88;
/// Room for the longest key. On the stack and wiped, so that decoding at each use costs no allocation and leaves no copy.
const KEY_ROOM: usize = SECRET_CHARS_MAX.div_ceil(4) * 3;

/// Checks the signature's bytes in constant time.
///
/// # Errors
/// [`BadSignature`], also for a secret that is not base64.
pub(super) fn verify(secret: &[u8], message: &[u8], signature: &str) -> Result<(), BadSignature> {
    let tag = tag(signature).ok_or(BadSignature)?;
    let mac = keyed(secret).ok_or(BadSignature)?.chain_update(message);
    mac.verify_slice(&tag).map_err(|_| BadSignature)
}

/// Signs a message.
///
/// # Errors
/// [`CannotSign`]: the secret is not base64.
pub(super) fn sign(secret: &[u8], message: &[u8]) -> Result<String, CannotSign> {
    let mac = keyed(secret).ok_or(CannotSign)?.chain_update(message);
    Ok(BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

/// Whether a secret's text is base64 of a key.
pub(super) fn is_secret(secret: &[u8]) -> bool {
    keyed(secret).is_some()
}

fn tag(signature: &str) -> Option<[u8; TAG]> {
    let mut room = [0; TAG_CHARS / 4 * 3];
    let sized = signature.len() == TAG_CHARS;
    let length = sized.then(|| BASE64_STANDARD.decode_slice(signature, &mut room).ok())??;
    room.get(..length)?.try_into().ok()
}

fn keyed(secret: &[u8]) -> Option<Hmac<Sha512>> {
    let mut key = Zeroizing::new([0; KEY_ROOM]);
    let length = BASE64_STANDARD.decode_slice(secret, &mut *key).ok().filter(|length| *length > 0)?;
    Hmac::new_from_slice(key.get(..length)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2, with the key and the signature in base64.
    const SECRET: &[u8] = b"SmVmZQ==";
    const MESSAGE: &[u8] = b"what do ya want for nothing?";
    const SIGNATURE: &str =
        "Fkt6e/z4GeLjlfvnO1bgo4e9ZCIugx/WECcM1+olBVSXWL91wFqZSm0DT2X48Ob9yuqxo01Ka0tjbgcKOLznNw==";

    fn refused(signature: &str) {
        assert_eq!(verify(SECRET, MESSAGE, signature), Err(BadSignature), "{signature}");
    }

    #[test]
    fn the_published_signature_is_made_and_taken() {
        assert_eq!(sign(SECRET, MESSAGE).as_deref(), Ok(SIGNATURE));
        assert_eq!(verify(SECRET, MESSAGE, SIGNATURE), Ok(()));
        assert_eq!(verify(SECRET, b"what do you want", SIGNATURE), Err(BadSignature));
    }

    #[test]
    fn what_is_not_the_whole_signature_in_its_one_form_is_refused() {
        let cut = BASE64_STANDARD.encode(&BASE64_STANDARD.decode(SIGNATURE).unwrap()[..63]);
        for wrong in ["", &SIGNATURE[..86], &SIGNATURE[..84], &cut, &format!("{SIGNATURE}AAAA")] {
            refused(wrong);
        }
        refused(&SIGNATURE.replace("Nw==", "NwAA"));
        refused(&SIGNATURE.replace("Nw==", "NwA="));
        refused(&SIGNATURE.replace("Nw==", "Nx=="));
        refused(&SIGNATURE.replace('+', "-").replace('/', "_"));
    }

    #[test]
    fn a_secret_that_is_not_base64_neither_signs_nor_verifies() {
        for secret in [&b""[..], b"SmVmZQ", b"SmVmZ!==", b"not base64 at all", &[b'A'; SECRET_CHARS_MAX + 4]]
        {
            assert!(!is_secret(secret));
            assert_eq!(sign(secret, MESSAGE), Err(CannotSign));
            assert_eq!(verify(secret, MESSAGE, SIGNATURE), Err(BadSignature));
        }
        assert!(is_secret(SECRET) && is_secret(&[b'A'; SECRET_CHARS_MAX]));
    }
}
