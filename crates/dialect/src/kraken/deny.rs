//! Refusals in Kraken's words: `{"error":["EGeneral:Permission denied"]}`, with HTTP 200 as Kraken itself answers.
//!
//! ccxt compares each entry whole, so the reason for people is an entry of its own, the last. The table of what each kind
//! becomes in the clients is in `docs/dialects/kraken.md`, made by running them on these answers.
//!
//! Two of Kraken's errors have no class of their own in ccxt, which then raises its most general one: those carry a second
//! error that is as true, by which clients find one. An unknown outcome is none of Kraken's errors, because each of those
//! says that nothing was done: it is HTTP 504 without the word `error` in it, as when Kraken's own front gives up.

use serde::Serialize;

use crate::{Answer, Denial, DenialKind};

const fn words(kind: DenialKind) -> &'static [&'static str] {
    match kind {
        DenialKind::Malformed => &["EGeneral:Invalid arguments"],
        DenialKind::BadKey => &["EAPI:Invalid key"],
        DenialKind::BadSignature => &["EAPI:Invalid signature", "EAPI:Invalid key"],
        DenialKind::BadTime => &["EAPI:Invalid nonce"],
        DenialKind::AddressNotAllowed | DenialKind::NotPermitted => &["EGeneral:Permission denied"],
        DenialKind::EndpointUnknown => &["EGeneral:Unknown method", "EGeneral:Permission denied"],
        DenialKind::RateLimited => &["EAPI:Rate limit exceeded"],
        DenialKind::Unavailable | DenialKind::VenueDown => &["EService:Unavailable"],
        DenialKind::OutcomeUnknown => &["Timeout: the request was sent and may have been carried out"],
    }
}

/// Kraken's form of an error.
#[derive(Serialize)]
struct Failed<'a> {
    error: Vec<&'a str>,
}

/// What came of a request is not known.
#[derive(Serialize)]
struct Unknown<'a> {
    unknown: Vec<&'a str>,
}

/// Words a refusal.
pub(super) fn answer(denial: &Denial<'_>) -> Answer {
    let reason = reason(denial);
    let said = words(denial.kind).iter().copied().chain(reason.as_deref()).collect();
    let (status, body) = match denial.kind {
        DenialKind::OutcomeUnknown => (504, serde_json::to_string(&Unknown { unknown: said })),
        _ => (200, serde_json::to_string(&Failed { error: said })),
    };
    Answer { status, body: body.unwrap_or_else(|_| r#"{"error":["EService:Unavailable"]}"#.to_owned()) }
}

/// The reason for people, under a category that tells it from Kraken's own errors.
fn reason(denial: &Denial<'_>) -> Option<String> {
    let Denial { detail, retry_after_s, .. } = *denial;
    match retry_after_s {
        Some(seconds) => {
            Some(format!("EKeyward:{}. Come again in {seconds} s.", detail.trim_end_matches('.')))
        }
        None => (!detail.is_empty()).then(|| format!("EKeyward:{detail}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(kind: DenialKind, detail: &str, retry_after_s: Option<u64>) -> (u16, String) {
        let answer = answer(&Denial { kind, detail, retry_after_s });
        assert!(serde_json::from_str::<serde_json::Value>(&answer.body).is_ok());
        (answer.status, answer.body)
    }

    #[test]
    fn the_page_shows_what_is_answered() {
        let page = include_str!("../../../../docs/dialects/kraken.md");
        for kind in DenialKind::ALL {
            let (status, body) = denied(kind, "", None);
            let row = format!("| `{kind:?}` | {status} | `{body}` |");
            assert!(page.contains(&row), "docs/dialects/kraken.md lacks: {row}");
        }
    }

    #[test]
    fn the_reason_for_people_is_the_last_entry() {
        let (_, body) = denied(DenialKind::NotPermitted, "it may not trade \"BTC\".", None);
        assert_eq!(body, r#"{"error":["EGeneral:Permission denied","EKeyward:it may not trade \"BTC\"."]}"#);
    }

    #[test]
    fn a_known_wait_is_told() {
        let (_, body) = denied(DenialKind::RateLimited, "the rate is used up.", Some(3));
        let expected =
            r#"{"error":["EAPI:Rate limit exceeded","EKeyward:the rate is used up. Come again in 3 s."]}"#;
        assert_eq!(body, expected);
    }

    #[test]
    fn only_a_rate_limit_looks_like_one_and_only_an_unknown_outcome_like_that() {
        for kind in DenialKind::ALL {
            let (status, body) = denied(kind, "", None);
            assert_eq!(body.contains("ate limit"), kind == DenialKind::RateLimited, "{kind:?}");
            let unknown = kind == DenialKind::OutcomeUnknown;
            assert_eq!((status == 504, body.contains("error")), (unknown, !unknown), "{kind:?}");
        }
    }
}
