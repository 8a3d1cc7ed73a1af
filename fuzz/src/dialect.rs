//! What holds of a dialect for any request whatsoever: it does not panic, takes no signature that nobody made, and what
//! leaves means to the exchange what was read here.

use keyward_dialect::{Claim, Dialect, Outgoing, Params, Purpose, Request, Stamp};

use crate::Message;

/// The time of sending, whatever time a request claims, in microseconds since the Unix epoch.
const NOW_US: u64 = 1_800_000_000_000_000;
/// A real key that no input can know.
const REAL: &[u8] = b"cmVhbCBzZWNyZXQgb2YgdGhlIGZ1enogdGFyZ2V0cw==";

/// Takes an input through every step that a dialect has for it.
pub fn check_dialect(dialect: &dyn Dialect, input: &[u8]) {
    let Some(message) = Message::read(input) else { return };
    let request = message.request();
    let Ok(params) = dialect.parse(&request) else { return };
    let purpose = dialect.classify(&request, &params);
    let claim = dialect.claim(&request, &params);
    let (Ok(purpose), Ok(claim)) = (purpose, claim) else { return };
    check_meaning(dialect, &purpose, &message.leaving(dialect.headers(), dialect.strip(&request, &params)));
    let Claim::Signed(claim) = claim else { return };
    let strange = dialect.hmac().verifying_key(REAL);
    assert!(claim.verify(&strange).is_err(), "a signature that nobody made is taken");
    let _ = dialect.fresh(&claim, NOW_US);
    let left = message.leaving(dialect.headers(), resigned(dialect, &request, &params));
    check_meaning(dialect, &purpose, &left);
    check_signature(dialect, &left);
}

fn resigned(dialect: &dyn Dialect, request: &Request<'_>, params: &Params<'_>) -> Outgoing {
    let stamp = Stamp { now_us: NOW_US, nonce: dialect.nonce_at(NOW_US) };
    let key = dialect.hmac().signing_key(REAL);
    dialect.resign(request, params, "real-key", &key, stamp).expect("what was read can be signed again")
}

/// What leaves is read as what came: the same permission, markets and facts.
fn check_meaning(dialect: &dyn Dialect, came: &Purpose<'_>, left: &Message) {
    let request = left.request();
    let params = dialect.parse(&request).expect("what leaves can be read");
    assert_eq!(&dialect.classify(&request, &params).expect("what leaves is an endpoint"), came);
}

fn check_signature(dialect: &dyn Dialect, left: &Message) {
    let request = left.request();
    let params = dialect.parse(&request).expect("what leaves can be read");
    let Ok(Claim::Signed(claim)) = dialect.claim(&request, &params) else { panic!("what leaves is signed") };
    assert!(
        claim.verify(&dialect.hmac().verifying_key(REAL)).is_ok(),
        "what leaves carries the real key's signature"
    );
}
