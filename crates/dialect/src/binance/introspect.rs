//! Asking Binance what the real key may do (`GET /sapi/v1/account/apiRestrictions`), and reading the answer.

use http::Method;
use serde_json::{Map, Value};

use super::resign::encoded;
use super::{KEY_HEADER, SIGNATURE, TIMESTAMP};
use crate::{CannotSign, Introspection, Outgoing, RealKeyRights, SigningKey, UnreadableRights};

const PATH: &str = "/sapi/v1/account/apiRestrictions";

/// Longest message of the exchange that is passed on to people.
const MESSAGE_MAX: usize = 200;

/// The question, signed.
///
/// # Errors
/// The key does not sign.
pub(super) fn ask(api_key: &str, key: &SigningKey<'_>, now_us: u64) -> Result<Introspection, CannotSign> {
    let query = format!("{TIMESTAMP}={}", now_us / 1_000);
    let signature = encoded(key.sign(query.as_bytes())?);
    let target = format!("{PATH}?{query}&{SIGNATURE}={signature}");
    let set = vec![(KEY_HEADER, api_key.to_owned())];
    Ok(Introspection { method: Method::GET, outgoing: Outgoing { target, set, body: vec![] } })
}

/// The answer, read. A right that the answer does not name is not there; one that it names and we do not know is
/// listed by its name, and counts as trading, so that nothing powerful looks harmless.
///
/// # Errors
/// [`UnreadableRights`].
pub(super) fn read(body: &[u8]) -> Result<RealKeyRights, UnreadableRights> {
    let Ok(Value::Object(answer)) = serde_json::from_slice(body) else { return Err(UnreadableRights::Form) };
    if answer.contains_key("code") {
        return Err(UnreadableRights::Refused(refusal(&answer)));
    }
    let Some(ip_restricted) = answer.get("ipRestrict").and_then(Value::as_bool) else {
        return Err(UnreadableRights::Form);
    };
    let mut names: Vec<_> = answer
        .iter()
        .filter(|(name, on)| *name != "ipRestrict" && on.as_bool() == Some(true))
        .map(|(name, _)| name.clone())
        .collect();
    names.sort();
    Ok(rights(ip_restricted, names))
}

fn rights(ip_restricted: bool, names: Vec<String>) -> RealKeyRights {
    let is_on = |wanted: &[&str]| names.iter().any(|name| wanted.contains(&name.as_str()));
    RealKeyRights {
        can_read: is_on(&["enableReading"]),
        can_trade: names.iter().any(|name| !NO_TRADE.contains(&name.as_str())),
        can_withdraw: is_on(&["enableWithdrawals"]),
        can_transfer: is_on(TRANSFER),
        ip_restricted,
        names,
    }
}

/// Moving money between wallets, or to another user of Binance.
const TRANSFER: &[&str] = &["enableInternalTransfer", "permitsUniversalTransfer"];

/// The rights that are known not to trade.
const NO_TRADE: &[&str] = &[
    "enableFixReadOnly",
    "enableInternalTransfer",
    "enableReading",
    "enableWithdrawals",
    "permitsUniversalTransfer",
];

fn refusal(answer: &Map<String, Value>) -> String {
    let code = answer.get("code").map(Value::to_string).unwrap_or_default();
    let message = answer.get("msg").and_then(Value::as_str).unwrap_or_default();
    let shown: String = message.chars().filter(|one| !one.is_control()).take(MESSAGE_MAX).collect();
    format!("{} {shown}", code.chars().take(20).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example answer of Binance's page "Get API Key Permission".
    const ANSWER: &str = r#"{"ipRestrict":false,"createTime":1698645219000,"enableReading":true,
        "enableWithdrawals":false,"enableInternalTransfer":false,"enableMargin":false,"enableFutures":false,
        "permitsUniversalTransfer":false,"enableVanillaOptions":false,"enableFixApiTrade":false,
        "enableFixReadOnly":true,"enableSpotAndMarginTrading":false,"enablePortfolioMarginTrading":false}"#;

    fn with(name: &str) -> RealKeyRights {
        let on = ANSWER.replace(&format!("\"{name}\":false"), &format!("\"{name}\":true"));
        read(on.as_bytes()).unwrap()
    }

    #[test]
    fn a_read_only_key_can_only_read() {
        let rights = read(ANSWER.as_bytes()).unwrap();
        assert_eq!(rights.names, ["enableFixReadOnly", "enableReading"]);
        assert!(rights.can_read && !rights.can_trade && !rights.can_withdraw && !rights.can_transfer);
    }

    #[test]
    fn each_right_shows() {
        assert!(with("enableWithdrawals").can_withdraw && !with("enableWithdrawals").can_trade);
        assert!(with("permitsUniversalTransfer").can_transfer && with("enableInternalTransfer").can_transfer);
        assert!(with("enableSpotAndMarginTrading").can_trade && with("enableFutures").can_trade);
        assert!(with("ipRestrict").ip_restricted && !with("enableFutures").ip_restricted);
    }

    #[test]
    fn an_unknown_right_does_not_look_harmless() {
        let rights = read(br#"{"ipRestrict":true,"enableSomethingNew":true}"#).unwrap();
        assert!(rights.can_trade && rights.names == ["enableSomethingNew"]);
    }

    #[test]
    fn an_error_is_told_and_another_form_is_not_guessed() {
        let refused = read(br#"{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}"#);
        let told = "-2015 Invalid API-key, IP, or permissions for action.".to_owned();
        assert_eq!(refused, Err(UnreadableRights::Refused(told)));
        for body in ["", "[]", "{}", "<html>", r#"{"enableReading":true}"#] {
            assert_eq!(read(body.as_bytes()), Err(UnreadableRights::Form), "{body}");
        }
    }

    #[test]
    fn the_question_is_signed_as_any_other_request() {
        let asked = ask("k", &SigningKey::HmacSha256(b"secret"), 1_700_000_000_000_000).unwrap().outgoing;
        let (signed, signature) = asked.target.split_once("&signature=").unwrap();
        assert_eq!(signed, "/sapi/v1/account/apiRestrictions?timestamp=1700000000000");
        let key = crate::VerifyingKey::HmacSha256(b"secret");
        assert_eq!(key.verify(b"timestamp=1700000000000", signature), Ok(()));
    }
}
