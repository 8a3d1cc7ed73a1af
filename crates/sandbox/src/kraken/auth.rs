//! Who calls: the key, its signature, its nonce, checked as Kraken does ("Spot REST authentication").

use http::HeaderMap;
use sha2::{Digest as _, Sha256};

use super::Failure;
use crate::auth::{Caller, Received, is_allowed};
use crate::exchange::Exchange;
use crate::params::Params;

/// Proves who calls, and takes his nonce.
pub(super) fn caller(
    exchange: &Exchange,
    received: &Received<'_>,
    params: &Params,
) -> Result<Caller, Failure> {
    let api_key = header(received.headers, "api-key").ok_or_else(bad_key)?;
    let owned = exchange.keys.read().get(api_key).cloned().ok_or_else(bad_key)?;
    let nonce = params.get("nonce").ok_or_else(|| Failure::new("EAPI:Invalid nonce"))?;
    let signature = header(received.headers, "api-sign").unwrap_or_default();
    let message = message(received.path, nonce, received.body);
    let verified = owned.key.verifier.verifying_key().verify(&message, signature);
    verified.map_err(|_| Failure::new("EAPI:Invalid signature"))?;
    let number = nonce.parse().map_err(|_| Failure::new("EAPI:Invalid nonce"))?;
    exchange.nonces.take(api_key, number)?;
    if !is_allowed(&owned.key.addresses, received.peer) {
        return Err(Failure::new("EGeneral:Permission denied"));
    }
    Ok(Caller {
        account: owned.account,
        rights: owned.key.rights,
        ip_restricted: !owned.key.addresses.is_empty(),
        since_ms: owned.since_ms,
    })
}

/// What is signed: the path, and the SHA-256 of the nonce and the whole body.
fn message(path: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    let digest = Sha256::new().chain_update(nonce).chain_update(body).finalize();
    [path.as_bytes(), &digest[..]].concat()
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn bad_key() -> Failure {
    Failure::new("EAPI:Invalid key")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Verifier;

    /// The example of Kraken's page "Spot REST authentication".
    #[test]
    fn the_published_signature_is_taken() {
        let secret =
            "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==";
        let body = "nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25";
        let signature =
            "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==";
        let message = message("/0/private/AddOrder", "1616492376594", body.as_bytes());
        let verifier = Verifier::HmacSha512(secret.to_owned());
        assert_eq!(verifier.verifying_key().verify(&message, signature), Ok(()));
    }
}
