//! The session key: what secrets in use are sealed under while this process lives.
//!
//! The root key opens a secret at rest by two layers, each with a key to derive; every request pays for two secrets. So
//! a secret that was opened once is sealed again under one random key of this process, by one layer with a counted nonce.
//! The session key lies in locked memory while the vault is unsealed, and nowhere but under the root key while it is
//! sealed: sealing the vault closes every secret in use at once.
//!
//! ChaCha20-Poly1305 and not AES-GCM, although AES is faster with its key schedule made in advance: the library would
//! hold that schedule in memory that is neither locked nor kept out of dumps.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use keyward_policy::Entropy;
use parking_lot::Mutex;

use crate::locked::Locked;
use crate::pool::{Opened, Page};
use crate::unlock::KEY;
use crate::{Error, aead};

/// The first byte of this form; those at rest begin with their version, which is never this.
const IN_USE: u8 = 0;
const NUMBER: usize = 8;
const TAG: usize = 16;
/// What the session key is bound to under the root key.
const BOUND_TO: &[u8] = b"keyward session key";

/// What outlives a sealing: the session key under the root key, and the count of what was sealed under it.
#[derive(Default)]
pub(crate) struct Session {
    sealed: Mutex<Option<Vec<u8>>>,
    /// Never the same number twice in a process, so never the same nonce under one key.
    numbers: AtomicU64,
}

impl Session {
    /// The session key: the one of before if this root key opens it, else a new one.
    pub(crate) fn key(&self, root: &[u8], entropy: &dyn Entropy) -> Result<Locked, Error> {
        let mut sealed = self.sealed.lock();
        let mut key = Locked::new(KEY)?;
        if let Some(sealed) = &*sealed
            && aead::open(root, BOUND_TO, sealed, &mut key).is_some()
        {
            return Ok(key);
        }
        entropy.fill(&mut key);
        let mut text = Locked::new(KEY)?;
        text.copy_from_slice(&key);
        let mut fresh = Vec::new();
        aead::seal(root, BOUND_TO, &mut text, entropy, &mut fresh).ok_or(Error::OutOfMemory)?;
        *sealed = Some(fresh);
        Ok(key)
    }

    /// Seals an opened secret for further use; `page` is the scratch memory. Whose it is was checked when it was opened.
    pub(crate) fn seal(&self, key: &[u8], opened: &[u8], mut page: Page) -> Option<Box<[u8]>> {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let text = page.claim(opened.len())?;
        text.copy_from_slice(opened);
        let tag = cipher(key)?.seal_in_place_separate_tag(nonce(number), Aad::empty(), text).ok()?;
        Some([&[IN_USE], &number[..], text, tag.as_ref()].concat().into())
    }
}

/// Whether a kept secret has this form.
pub(crate) fn is_in_use(kept: &[u8]) -> bool {
    kept.first() == Some(&IN_USE)
}

/// Opens what [`Session::seal`] made, onto `page`.
pub(crate) fn open(key: &[u8], kept: &[u8], mut page: Page) -> Result<Opened, Error> {
    open_onto(&mut page, key, kept).ok_or(Error::DoesNotOpen)?;
    Ok(page.into_opened(0))
}

fn open_onto(page: &mut Page, key: &[u8], kept: &[u8]) -> Option<()> {
    let (number, rest) = kept.strip_prefix(&[IN_USE])?.split_first_chunk::<NUMBER>()?;
    let (text, tag) = rest.split_last_chunk::<TAG>()?;
    let out = page.claim(text.len())?;
    cipher(key)?.open_separate_gather(nonce(*number), Aad::empty(), text, tag, out).ok()
}

fn cipher(key: &[u8]) -> Option<LessSafeKey> {
    UnboundKey::new(&CHACHA20_POLY1305, key).ok().map(LessSafeKey::new)
}

fn nonce(number: [u8; NUMBER]) -> Nonce {
    let mut nonce = [0; 12];
    nonce[12 - NUMBER..].copy_from_slice(&number);
    Nonce::assume_unique_for_key(nonce)
}
