//! Refusals in Binance's words: `{"code":-NNNN,"msg":"…"}`.
//!
//! Each message begins with the words by which ccxt finds the class, and the reason for people follows. The table of
//! what each kind becomes in ccxt is in `docs/dialects/binance.md`, made by running ccxt on these answers.
//!
//! A refusal by policy never has a code alone. ccxt takes -2015 for a temporary ban, to be tried again, once a session
//! has succeeded before, and each host has its own meaning for other codes; only the words "has no operation privilege"
//! are `PermissionDenied` on every host.

use serde::Serialize;

use crate::{Answer, Denial, DenialKind};

/// What Binance writes for one kind of refusal.
struct Words {
    status: u16,
    code: i32,
    message: &'static str,
}

const fn words(kind: DenialKind) -> Words {
    let (status, code, message) = match kind {
        DenialKind::Malformed => (400, -1102, "A parameter was not sent, was empty, or malformed."),
        DenialKind::BadKey => (401, -2014, "API-key format invalid."),
        DenialKind::BadSignature => (400, -1022, "Signature for this request is not valid."),
        DenialKind::BadTime => (400, -1021, "Timestamp for this request is outside of the recvWindow."),
        DenialKind::AddressNotAllowed => (
            401,
            -2015,
            "Invalid API-key, IP, or permissions for action: has no operation privilege from this IP.",
        ),
        DenialKind::NotPermitted => (401, -1002, "This API-key has no operation privilege for this request."),
        DenialKind::EndpointUnknown => {
            (401, -1020, "This operation is not supported: this API-key has no operation privilege for it.")
        }
        DenialKind::RateLimited => (429, -1003, "Too many requests for this API-key; nothing was sent."),
        DenialKind::Unavailable => (503, 0, "Service Unavailable. Nothing was sent."),
        DenialKind::VenueDown => {
            (503, 0, "Service Unavailable. The exchange cannot be reached; nothing was sent.")
        }
        DenialKind::OutcomeUnknown => (504, -1007, TIMEOUT),
    };
    Words { status, code, message }
}

/// Binance's own words for an order that may or may not have been carried out.
const TIMEOUT: &str =
    "Timeout waiting for response from backend server. Send status unknown; execution status unknown.";

/// Binance's form of an error.
#[derive(Serialize)]
struct Body {
    code: i32,
    msg: String,
}

/// Words a refusal.
pub(super) fn answer(denial: &Denial<'_>) -> Answer {
    let Words { status, code, message } = words(denial.kind);
    let detail = denial.retry_after_s.map_or_else(
        || denial.detail.to_owned(),
        |seconds| format!("{}. Come again in {seconds} s.", denial.detail.trim_end_matches('.')),
    );
    let said = [message, &detail].into_iter().filter(|part| !part.is_empty());
    let msg = said.collect::<Vec<_>>().join(" ");
    let body = serde_json::to_string(&Body { code, msg });
    Answer { status, body: body.unwrap_or_else(|_| format!(r#"{{"code":{code},"msg":""}}"#)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(kind: DenialKind, detail: &str, retry_after_s: Option<u64>) -> (u16, i64, String) {
        let answer = answer(&Denial { kind, detail, retry_after_s });
        let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        (answer.status, body["code"].as_i64().unwrap(), body["msg"].as_str().unwrap().to_owned())
    }

    #[test]
    fn the_page_shows_what_is_answered() {
        let page = include_str!("../../../../docs/dialects/binance.md");
        for kind in DenialKind::ALL {
            let (status, code, message) = denied(kind, "", None);
            let row = format!("| `{kind:?}` | {status} | {code} | {message} |");
            assert!(page.contains(&row), "docs/dialects/binance.md lacks: {row}");
        }
    }

    #[test]
    fn the_reason_for_people_follows_the_exchanges_words() {
        let (_, _, message) = denied(DenialKind::NotPermitted, "it may not trade \"BTC\"\n.", None);
        let expected =
            "This API-key has no operation privilege for this request. it may not trade \"BTC\"\n.";
        assert_eq!(message, expected);
    }

    #[test]
    fn a_known_wait_is_told() {
        let (status, _, message) = denied(DenialKind::RateLimited, "the rate is used up.", Some(3));
        assert_eq!(status, 429);
        assert!(message.ends_with("the rate is used up. Come again in 3 s."), "{message}");
        let (_, _, same) = denied(DenialKind::RateLimited, "the rate is used up", Some(3));
        assert_eq!(same, message);
    }

    #[test]
    fn only_a_rate_limit_looks_like_one() {
        for kind in DenialKind::ALL.into_iter().filter(|kind| *kind != DenialKind::RateLimited) {
            let (status, code, message) = denied(kind, "", None);
            let limit = [418, 429].contains(&status)
                || [-1003, -1015].contains(&code)
                || message.contains("Too many");
            assert!(!limit, "{kind:?}");
        }
    }
}
