//! The one cipher: XChaCha20-Poly1305 with a random nonce, as `nonce 24 | ciphertext | tag 16`.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use keyward_policy::Entropy;

const NONCE: usize = 24;
const TAG: usize = 16;
/// How much longer a sealed text is than the text.
pub(crate) const OVERHEAD: usize = NONCE + TAG;

/// Encrypts `text` where it is and appends its sealed form to `out`. None when the key is not 32 bytes long.
pub(crate) fn seal(
    key: &[u8],
    bound_to: &[u8],
    text: &mut [u8],
    entropy: &dyn Entropy,
    out: &mut Vec<u8>,
) -> Option<()> {
    let mut nonce = [0; NONCE];
    entropy.fill(&mut nonce);
    let cipher = XChaCha20Poly1305::new_from_slice(key).ok()?;
    let tag = cipher.encrypt_inout_detached(&nonce.into(), bound_to, (&mut *text).into()).ok()?;
    out.extend_from_slice(&nonce);
    out.extend_from_slice(text);
    out.extend_from_slice(&tag);
    Some(())
}

/// Opens `sealed` into `text`, which has the exact length. None when anything at all does not fit.
pub(crate) fn open(key: &[u8], bound_to: &[u8], sealed: &[u8], text: &mut [u8]) -> Option<()> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE>()?;
    let (body, tag) = rest.split_last_chunk::<TAG>()?;
    if body.len() != text.len() {
        return None;
    }
    text.copy_from_slice(body);
    let cipher = XChaCha20Poly1305::new_from_slice(key).ok()?;
    cipher.decrypt_inout_detached(nonce.into(), bound_to, text.into(), tag.into()).ok()
}
