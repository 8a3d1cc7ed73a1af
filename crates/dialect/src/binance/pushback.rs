//! Binance's limits: by address, except that orders are counted by account.
//!
//! Sources: "LIMITS" in `rest-api.md` (429, 418, `Retry-After`, "the limits on the API are based on the IPs, not the API
//! keys") and `errors.md` (-1003, -1015).

use serde::Deserialize;

use crate::{Limited, Pushback};

/// "Too many new orders": counted by account, and by new orders alone.
const TOO_MANY_ORDERS: i64 = -1015;
/// "Too many requests", or with other words a ban, whatever the status.
const TOO_MANY_REQUESTS: i64 = -1003;

#[derive(Deserialize)]
struct Error {
    code: i64,
    #[serde(default)]
    msg: String,
}

/// What an answer says about the limits.
pub(super) fn read(status: u16, body: &[u8]) -> Option<Pushback> {
    if status < 400 {
        return None;
    }
    let by_status = Pushback::of_status(status);
    let Ok(error) = serde_json::from_slice::<Error>(body) else { return by_status };
    match error.code {
        TOO_MANY_ORDERS => Some(Pushback { limited: Limited::Orders, banned: false }),
        TOO_MANY_REQUESTS => {
            let banned = status == 418 || error.msg.contains("banned");
            Some(Pushback { limited: Limited::Address, banned })
        }
        _ => by_status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, code: i64, msg: &str) -> Option<(Limited, bool)> {
        let body = format!(r#"{{"code":{code},"msg":"{msg}"}}"#);
        read(status, body.as_bytes()).map(|pushback| (pushback.limited, pushback.banned))
    }

    #[test]
    fn a_limit_of_weight_is_the_addresss_and_one_of_orders_the_accounts() {
        let weight = "Too much request weight used; current limit is 6000 request weight per 1 MINUTE.";
        assert_eq!(said(429, -1003, weight), Some((Limited::Address, false)));
        assert_eq!(said(429, -1015, "Too many new orders"), Some((Limited::Orders, false)));
        let ban = "Way too much request weight used; IP banned until 1800000120000.";
        assert_eq!(said(418, -1003, ban), Some((Limited::Address, true)));
        assert_eq!(said(400, -1003, ban), Some((Limited::Address, true)), "whatever the status");
    }

    #[test]
    fn the_status_is_enough_and_no_other_error_holds_anybody_back() {
        assert_eq!(read(429, b"<html>"), Some(Pushback { limited: Limited::Address, banned: false }));
        assert_eq!(read(418, b""), Some(Pushback { limited: Limited::Address, banned: true }));
        assert_eq!(said(400, -2010, "Account has insufficient balance for requested action."), None);
        assert_eq!(said(200, -1003, ""), None, "an answer that the exchange calls a success");
    }
}
