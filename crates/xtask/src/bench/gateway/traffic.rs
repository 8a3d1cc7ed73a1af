//! Requests as ccxt sends them to Binance, each with its own key or its own millisecond, so that none is a replay.

use anyhow::{Context, Result};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::bench::keyward::Holder;

/// Looks at the account: signed in the query, they move nothing.
pub(super) fn reads(holders: &[Holder], count: usize) -> Result<Vec<Vec<u8>>> {
    signed(holders, count, |holder, at_ms, _| {
        let query = holder.sign(&format!("timestamp={at_ms}&recvWindow=60000"))?;
        Ok(format!("GET /binance/api/v3/account?{query} HTTP/1.1\r\n{}\r\n", holder.headers()))
    })
}

/// Limit orders: signed in the body, each with an id of its own.
pub(super) fn orders(holders: &[Holder], count: usize) -> Result<Vec<Vec<u8>>> {
    signed(holders, count, |holder, at_ms, number| {
        let form = holder.sign(&format!(
            "timestamp={at_ms}&symbol=BTCUSDT&side=BUY&newClientOrderId=x-TKT5PX2F{number:022x}\
             &newOrderRespType=FULL&type=LIMIT&quantity=0.01&price=30000.5&timeInForce=GTC&recvWindow=60000"
        ))?;
        let (headers, length) = (holder.headers(), form.len());
        Ok(format!(
            "POST /binance/api/v3/order HTTP/1.1\r\n{headers}\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        ))
    })
}

/// Signed now, and back from now: after every key has had its turn, the millisecond before.
fn signed(
    holders: &[Holder],
    count: usize,
    request: impl Fn(&Holder, i64, usize) -> Result<String>,
) -> Result<Vec<Vec<u8>>> {
    let now_ms = now_ms();
    let one = |number: usize| {
        let at_ms = now_ms - i64::try_from(number / holders.len())?;
        Ok(request(&holders[number % holders.len()], at_ms, number)?.into_bytes())
    };
    (0..count).map(one).collect()
}

#[expect(clippy::disallowed_methods, reason = "this command is its own composition root")]
fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

impl Holder {
    /// The parameters with their signature.
    fn sign(&self, unsigned: &str) -> Result<String> {
        let mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).ok().context("no HMAC key")?;
        let tag = mac.chain_update(unsigned).finalize().into_bytes();
        Ok(format!("{unsigned}&signature={}", faster_hex::hex_string(&tag)))
    }

    fn headers(&self) -> String {
        format!(
            "Host: 127.0.0.1\r\nUser-Agent: python-requests/2.34.2\r\nAccept-Encoding: gzip, deflate\r\n\
             Accept: */*\r\nConnection: keep-alive\r\nX-MBX-APIKEY: {}\r\n",
            self.api_key
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_requests_are_alike() {
        let holder = |number| Holder { api_key: format!("key{number}"), secret: "secret".to_owned() };
        let holders = [holder(1), holder(2)];
        let all = [reads(&holders, 50).unwrap(), orders(&holders, 50).unwrap()].concat();
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 100);
    }

    #[test]
    fn a_request_is_signed_as_binance_documents_it() {
        // Binance, "REST API general information", the example of a signed endpoint.
        let holder = Holder {
            api_key: String::new(),
            secret: "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j".to_owned(),
        };
        let unsigned = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1\
                        &recvWindow=5000&timestamp=1499827319559";
        let signed = holder.sign(unsigned).unwrap();
        let signature = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71";
        assert!(signed.ends_with(signature), "{signed}");
    }
}
