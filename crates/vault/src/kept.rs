//! Secrets as a running process keeps them: at rest until their first use, then in a form that opens in a third of the
//! time.
//!
//! ```text
//! at rest   1 | sealed data key | sealed secret    under the root key, two layers, see `envelope`
//! in use    0 | number (8 bytes) | text | tag 16   under the session key, one layer, see `session`
//! ```
//! Only one of the two is in memory: the form at rest is in the database anyway.

use keyward_policy::Sealed;
use parking_lot::Mutex;

/// A secret of a record that is in memory for as long as the process runs. Worth nothing without the vault.
pub struct Kept(pub(crate) Mutex<Box<[u8]>>);

impl Kept {
    /// As it came from the database; [`Vault::open_kept`](crate::Vault::open_kept) gives it its other form.
    pub fn at_rest(sealed: Sealed) -> Self {
        Self(Mutex::new(sealed.into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::fixtures::{cheap, credential, key, passphrase, vault};
    use crate::{Error, Vault};

    fn kept(vault: &Vault, text: &[u8]) -> Kept {
        Kept::at_rest(vault.seal_secret(key(1), text).unwrap())
    }

    fn bytes(kept: &Kept) -> Vec<u8> {
        kept.0.lock().to_vec()
    }

    #[test]
    fn a_kept_secret_opens_the_same_before_and_after_its_first_use() {
        let (vault, _) = vault();
        for text in [&b""[..], b"secret", &[7; crate::MAX_SECRET]] {
            let kept = kept(&vault, text);
            let at_rest = bytes(&kept);
            for _ in 0..3 {
                assert_eq!(&*vault.open_kept(key(1), &kept).unwrap(), text);
            }
            assert!(bytes(&kept).len() < at_rest.len());
        }
    }

    #[test]
    fn sealing_closes_every_kept_secret_and_unsealing_opens_it_again() {
        let (vault, root) = vault();
        let [used, unused] = [kept(&vault, b"used"), kept(&vault, b"unused")];
        vault.open_kept(key(1), &used).unwrap();
        vault.seal();
        for kept in [&used, &unused] {
            assert!(matches!(vault.open_kept(key(1), kept), Err(Error::Sealed)));
        }
        vault.unseal(&root, &passphrase("open")).unwrap();
        assert_eq!(&*vault.open_kept(key(1), &used).unwrap(), b"used");
        assert_eq!(&*vault.open_kept(key(1), &unused).unwrap(), b"unused");
    }

    #[test]
    fn another_root_key_opens_nothing_that_was_kept() {
        let (vault, _) = vault();
        let kept = kept(&vault, b"secret");
        vault.open_kept(key(1), &kept).unwrap();
        vault.seal();
        vault.init(&passphrase("other"), cheap()).unwrap();
        assert!(matches!(vault.open_kept(key(1), &kept), Err(Error::DoesNotOpen)));
    }

    #[test]
    fn the_owner_is_checked_before_a_secret_is_kept_in_use() {
        let (vault, _) = vault();
        let kept = kept(&vault, b"secret");
        assert!(matches!(vault.open_kept(credential(1), &kept), Err(Error::DoesNotOpen)));
        assert!(vault.open_kept(key(1), &kept).is_ok());
    }

    #[test]
    fn every_flipped_bit_and_every_cut_of_a_kept_secret_is_refused() {
        let (vault, _) = vault();
        let kept = kept(&vault, b"secret");
        vault.open_kept(key(1), &kept).unwrap();
        let good = bytes(&kept);
        let opens = |bytes: &[u8]| vault.open_kept(key(1), &Kept(Mutex::new(bytes.into()))).is_ok();
        assert!(opens(&good));
        for bit in 0..good.len() * 8 {
            let mut changed = good.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!opens(&changed), "bit {bit}");
        }
        assert!((0..good.len()).all(|len| !opens(&good[..len])));
    }

    #[test]
    fn the_secret_is_in_neither_form() {
        let (vault, _) = vault();
        let kept = kept(&vault, b"canary-secret");
        vault.open_kept(key(1), &kept).unwrap();
        assert!(!bytes(&kept).windows(6).any(|part| part == b"canary"));
    }

    #[test]
    fn threads_may_use_a_secret_for_the_first_time_together() {
        let (vault, _) = vault();
        let kept = kept(&vault, b"secret");
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(&*vault.open_kept(key(1), &kept).unwrap(), b"secret"));
            }
        });
    }
}
