//! Verified: the signature matches, is fresh, and was not used before.

use std::hash::BuildHasher;

use keyward_dialect::{BadSignature, Claim, Dialect, SignedClaim, VerifyingKey};
use keyward_policy::{Reason, SecretOwner};
use keyward_vault::Vault;

use super::identify::{Caller, Identified};
use crate::denied::Denied;
use crate::directory::{Checker, KeyEntry};
use crate::failures::Wrong;
use crate::gateway::{Gateway, NotBefore};
use crate::replay::{Repeated, Signatures, Use};

/// A request that its key really made, once. What asks for no signature is verified by having none to check: it is
/// public data, or a key that its grant lets pass without one.
pub(crate) struct Verified<'r>(pub(crate) Identified<'r>);

impl<'r> Identified<'r> {
    /// Checks the signature, then its time, then that it is the first use: so that only who holds the key can learn
    /// anything, or fill the replay guard.
    pub(crate) fn verify(self, gateway: &Gateway) -> Result<Verified<'r>, Denied> {
        if let (Caller::Key(entry), Claim::Signed(claim)) = (&self.caller, &self.read.claim) {
            let dialect = self.read.received.resolved.venue.dialect;
            let resolved = &self.read.received.resolved;
            let wrong = Wrong::Signature(resolved.sender(), entry.id);
            let heard = gateway.failures.check(wrong, micros(resolved.at)).map_err(Denied::too_many_failures);
            let checked = heard
                .and_then(|()| check_signature(&gateway.vault, dialect, entry, claim))
                .and_then(|()| self.check_time(gateway, &entry.checker, claim));
            checked.map_err(|denied| denied.knowing(self.known()))?;
        }
        Ok(Verified(self))
    }

    fn check_time(
        &self,
        gateway: &Gateway,
        checker: &Checker,
        claim: &SignedClaim<'_>,
    ) -> Result<(), Denied> {
        let resolved = &self.read.received.resolved;
        let until_us = resolved.venue.dialect.fresh(claim, micros(resolved.at))?;
        not_before(&gateway.not_before, claim.signed_at_us)?;
        let accepted = gateway.replay.accept(Use {
            signature: number(&gateway.signatures, checker, claim),
            place: place(self.read.request.method.as_str(), self.read.request.path),
            moves_money: self.read.needs.moves_money(),
            until_us,
            request: resolved.id,
        });
        accepted.map_err(repeated)
    }
}

/// What may have been accepted by an earlier process is refused: this one could not tell.
fn not_before(not_before: &NotBefore, signed_at_us: u64) -> Result<(), Denied> {
    if signed_at_us < not_before.start_us {
        return Err(Denied::new(Reason::TimestampStale, "signed before Keyward started; sign it again"));
    }
    if signed_at_us < not_before.recorded_us {
        let detail =
            "signed before the end of what Keyward has recorded; sign it again, and check Keyward's clock";
        return Err(Denied::new(Reason::ClockUncertain, detail));
    }
    Ok(())
}

fn check_signature(
    vault: &Vault,
    dialect: &dyn Dialect,
    key: &KeyEntry,
    claim: &SignedClaim<'_>,
) -> Result<(), Denied> {
    let matched = match &key.checker {
        Checker::Hmac(kept) => {
            let secret = vault
                .open_kept(SecretOwner::Key(key.id), kept)
                .map_err(|error| crate::sealed::denied(&error))?;
            claim.verify(&dialect.hmac().verifying_key(&secret))
        }
        Checker::Ed25519(public) => claim.verify(&VerifyingKey::Ed25519(public)),
        Checker::Rsa(public) => claim.verify(&VerifyingKey::RsaSha256(public)),
        Checker::Nothing => return Err(Denied::policy(Reason::Publishable)),
    };
    matched.map_err(|BadSignature| Denied::policy(Reason::SignatureInvalid))
}

fn repeated(repeated: Repeated) -> Denied {
    match repeated {
        Repeated::By(first) => Denied::new(
            Reason::Replayed,
            format!("this signed request was received before, as {first}; sign a new one"),
        ),
        Repeated::Full => {
            Denied::new(Reason::Unavailable, "too many requests to remember; try again in a moment")
        }
        Repeated::Forgotten => Denied::policy(Reason::ClockUncertain),
    }
}

/// What stands for a verified signature. An HMAC stands for its key and message by itself, and its text has one form
/// (see [`SignedClaim::signature`]). Of the others some schemes have two signatures for one message: there the key and the
/// message are taken.
fn number(signatures: &Signatures, checker: &Checker, claim: &SignedClaim<'_>) -> u128 {
    match checker {
        Checker::Hmac(_) => signatures.number(&*claim.signature),
        Checker::Ed25519(_) | Checker::Rsa(_) | Checker::Nothing => {
            signatures.number((claim.key, &*claim.message))
        }
    }
}

/// Only tells the uses of one signature apart, so that it need not resist collisions: the worst that one does is a
/// refusal.
fn place(method: &str, path: &str) -> u64 {
    foldhash::quality::FixedState::with_seed(0).hash_one((method, path))
}

/// Microseconds since the Unix epoch; a clock before 1970 counts as zero and makes every signature lie ahead.
pub(crate) fn micros(at: jiff::Timestamp) -> u64 {
    u64::try_from(at.as_microsecond()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn refused(start_ms: i64, recorded_ms: i64, signed_ms: u64) -> Option<Reason> {
        let at = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
        let known = NotBefore::new(at(start_ms), Some(at(recorded_ms)));
        not_before(&known, signed_ms * 1000).err().map(|denied| denied.reason)
    }

    #[test]
    fn what_a_process_that_was_just_killed_may_have_accepted_is_refused() {
        assert_eq!(refused(100_000, 99_600, 99_999), Some(Reason::TimestampStale));
        assert_eq!(refused(100_000, 99_600, 100_599), Some(Reason::ClockUncertain), "signed a second ahead");
        assert_eq!(refused(100_000, 99_600, 100_600), None);
        assert_eq!(refused(100_000, 90_000, 100_000), None, "an honest request after a quiet time");
    }

    #[test]
    fn a_clock_that_was_set_back_before_the_start_brings_no_old_signature_back() {
        assert_eq!(refused(100_000, 3_700_000, 3_600_000), Some(Reason::ClockUncertain));
        assert_eq!(refused(100_000, 3_700_000, 3_701_000), None);
    }
}
