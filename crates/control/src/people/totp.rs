//! Codes from a device (RFC 6238): six digits, a new one every 30 seconds, the one before and the one after taken too.

use keyward_vault::Secret;
use totp_rs::{Builder, Totp};

use crate::{Code, Error};

/// The bytes of a shared secret (RFC 4226 §4 recommends 160 bits).
pub(crate) const SECRET_BYTES: usize = 20;
/// The digits of a code.
const DIGITS: usize = 6;
/// Who the device says that the code is for.
const ISSUER: &str = "Keyward";

/// A device that makes codes.
pub(crate) struct Device(Totp);

impl Device {
    /// The device that shares this secret with us.
    pub(crate) fn of(secret: &Secret, account: &str) -> Result<Self, Error> {
        let bytes: [u8; SECRET_BYTES] = secret.expose().try_into().map_err(|_| broken())?;
        // A colon would end the issuer's name in the address that devices read.
        let account = account.replace(':', " ");
        let built = Builder::new().with_secret(totp_rs::Secret::new_stack(bytes));
        let built = built.with_account_name(account).with_issuer(Some(ISSUER)).build();
        built.map(Self).map_err(|_| broken())
    }

    /// The step of time that a code belongs to, if it is one of the three that are good now.
    pub(crate) fn step(&self, code: &str, now_s: u64) -> Option<i64> {
        let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).take(DIGITS + 1).collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        let step = if is_code { self.0.check(&digits, now_s) } else { None };
        step.and_then(|step| i64::try_from(step).ok())
    }

    /// What a device reads to share the secret, as text for a picture.
    pub(crate) fn uri(&self) -> Result<String, Error> {
        self.0.to_url().map_err(|_| broken())
    }

    /// The secret, for who types it into the device.
    pub(crate) fn secret(&self) -> String {
        self.0.secret().to_base32()
    }

    /// The code of a time.
    #[cfg(test)]
    pub(crate) fn code(&self, now_s: u64) -> String {
        self.0.generate(now_s).to_string()
    }
}

fn broken() -> Error {
    Error::new(Code::Internal, "the device's secret cannot be used").hint("take another device")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the secret `12345678901234567890`, SHA-1, the last six of eight digits.
    const PUBLISHED: [(u64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    fn device() -> Device {
        Device::of(&Secret::from_vec(b"12345678901234567890".to_vec()).unwrap(), "ada@example.com").unwrap()
    }

    #[test]
    fn the_published_codes_belong_to_their_times() {
        for (time, code) in PUBLISHED {
            assert_eq!(device().step(code, time), Some((time / 30) as i64), "{time}");
        }
    }

    #[test]
    fn a_code_is_good_for_the_steps_beside_its_own() {
        let step = |time| device().step("287082", time);
        assert_eq!((step(29), step(89), step(119)), (Some(1), Some(1), None));
        assert_eq!(device().step("287 082", 59), Some(1), "as devices show it");
        for wrong in ["", "28708", "2870822", "２８７０８２", "abcdef", "-87082"] {
            assert_eq!(device().step(wrong, 59), None, "{wrong}");
        }
    }

    #[test]
    fn a_device_reads_whose_it_is() {
        let uri = device().uri().unwrap();
        assert!(uri.starts_with("otpauth://totp/"), "{uri}");
        assert!(uri.contains("ada%40example.com") && uri.contains("issuer=Keyward"), "{uri}");
        assert_eq!(device().secret(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
