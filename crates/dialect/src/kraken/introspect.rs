//! Asking Kraken what the real key may do (`GetApiKeyInfo`), and reading the answer.

use http::Method;
use http::header::{CONTENT_TYPE, USER_AGENT};
use serde::Deserialize;

use super::claim::message;
use super::{KEY_HEADER, NONCE, SIGN_HEADER};
use crate::{CannotSign, Introspection, Outgoing, RealKeyRights, SigningKey, Stamp, UnreadableRights, form};

const PATH: &str = "/0/private/GetApiKeyInfo";

/// Longest message of the exchange that is passed on to people.
const MESSAGE_MAX: usize = 200;

/// The question, signed.
///
/// # Errors
/// The key does not sign, or the stamp has no nonce.
pub(super) fn ask(api_key: &str, key: &SigningKey<'_>, stamp: Stamp) -> Result<Introspection, CannotSign> {
    let nonce = stamp.nonce.ok_or(CannotSign)?.to_string();
    let body = format!("{NONCE}={nonce}").into_bytes();
    let signature = key.sign(&message(PATH, &nonce, &body))?;
    let set = vec![
        (KEY_HEADER, api_key.to_owned()),
        (SIGN_HEADER, signature),
        (CONTENT_TYPE, form::MEDIA_TYPE.to_owned()),
        (USER_AGENT, "keyward".to_owned()),
    ];
    Ok(Introspection { method: Method::POST, outgoing: Outgoing { target: PATH.to_owned(), set, body } })
}

#[derive(Deserialize)]
struct Reply {
    error: Vec<String>,
    result: Option<Info>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    permissions: Vec<String>,
    ip_allowlist: Vec<String>,
}

/// The answer, read. A right that it names and we do not know counts as trading, so that nothing powerful looks harmless.
///
/// # Errors
/// [`UnreadableRights`].
pub(super) fn read(body: &[u8]) -> Result<RealKeyRights, UnreadableRights> {
    let reply: Reply = serde_json::from_slice(body).map_err(|_| UnreadableRights::Form)?;
    if !reply.error.is_empty() {
        let shown =
            reply.error.join(", ").chars().filter(|one| !one.is_control()).take(MESSAGE_MAX).collect();
        return Err(UnreadableRights::Refused(shown));
    }
    let Info { mut permissions, ip_allowlist } = reply.result.ok_or(UnreadableRights::Form)?;
    permissions.sort();
    Ok(rights(permissions, !ip_allowlist.is_empty()))
}

/// Kraken lets a key move money between accounts where it lets it withdraw. (From the spot wallet to the futures wallet of
/// one account, every key may that may look at balances: docs/dialects/kraken.md.)
fn rights(names: Vec<String>, ip_restricted: bool) -> RealKeyRights {
    let withdraws = names.iter().any(|name| name == WITHDRAW);
    RealKeyRights {
        can_read: names.iter().any(|name| reads(name)),
        can_trade: names.iter().any(|name| !reads(name) && !NO_TRADE.contains(&name.as_str())),
        can_withdraw: withdraws,
        can_transfer: withdraws,
        ip_restricted,
        names,
    }
}

const WITHDRAW: &str = "withdraw-funds";

/// The rights, beside those that read, that are known not to trade.
const NO_TRADE: &[&str] = &[WITHDRAW, "add-funds", "deposit-funds"];

fn reads(name: &str) -> bool {
    name.starts_with("query-") || name == "export-data"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VerifyingKey;

    /// An answer in the form of the example on Kraken's page "Get API Key Info".
    fn with(permissions: &[&str], addresses: &[&str]) -> RealKeyRights {
        let answer = serde_json::json!({ "error": [], "result": {
            "apiKeyName": "bots", "apiKey": "k", "nonce": "1772627060997", "nonceWindow": 0,
            "permissions": permissions, "validUntil": "0", "ipAllowlist": addresses, "lastUsed": "1772627061",
        }});
        read(answer.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_key_that_queries_can_only_read() {
        let rights = with(&["query-open-trades", "query-funds"], &[]);
        assert_eq!(rights.names, ["query-funds", "query-open-trades"]);
        assert!(rights.can_read && !rights.can_trade && !rights.can_withdraw && !rights.can_transfer);
        assert!(!rights.ip_restricted);
    }

    #[test]
    fn each_right_shows() {
        let withdraws = with(&["withdraw-funds"], &[]);
        assert!(withdraws.can_withdraw && withdraws.can_transfer && !withdraws.can_trade);
        assert!(with(&["modify-trades"], &[]).can_trade && !with(&["modify-trades"], &[]).can_withdraw);
        assert!(with(&["query-funds"], &["203.0.113.7"]).ip_restricted);
    }

    #[test]
    fn an_unknown_right_does_not_look_harmless() {
        assert!(with(&["something-new"], &[]).can_trade);
    }

    #[test]
    fn an_error_is_told_and_another_form_is_not_guessed() {
        let refused = read(br#"{"error":["EAPI:Invalid key"]}"#);
        assert_eq!(refused, Err(UnreadableRights::Refused("EAPI:Invalid key".to_owned())));
        for body in ["", "[]", "{}", "<html>", r#"{"error":[]}"#, r#"{"error":[],"result":{}}"#] {
            assert_eq!(read(body.as_bytes()), Err(UnreadableRights::Form), "{body}");
        }
    }

    #[test]
    fn the_question_is_signed_as_any_other_request() {
        let stamp = Stamp { now_us: 1, nonce: Some(1_700_000_000_000_000_000) };
        let asked = ask("k", &SigningKey::HmacSha512(b"c2VjcmV0"), stamp).unwrap().outgoing;
        assert_eq!(asked.body, b"nonce=1700000000000000000");
        let message = message(&asked.target, "1700000000000000000", &asked.body);
        let (_, signature) = asked.set.iter().find(|(name, _)| *name == SIGN_HEADER).unwrap();
        assert_eq!(VerifyingKey::HmacSha512(b"c2VjcmV0").verify(&message, signature), Ok(()));
        assert!(ask("k", &SigningKey::HmacSha512(b"c2VjcmV0"), Stamp { nonce: None, ..stamp }).is_err());
    }
}
