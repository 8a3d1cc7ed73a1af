//! Sameness: whether two requests ask for the same, though each was signed anew.

use sha2::{Digest, Sha256};

use crate::{Params, Place, Request};

/// A digest of what a request asks for: its method, its path and its parameters in any order, without those that are new
/// in each sending. Lengths stand before texts, so that no two lists of texts have one digest.
pub(crate) fn digest(request: &Request<'_>, params: &Params<'_>, new_each_time: &[&str]) -> [u8; 32] {
    let mut asked: Vec<_> = params.0.iter().filter(|param| !new_each_time.contains(&&*param.name)).collect();
    asked.sort_by_key(|param| &param.name);
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    add(request.method.as_str());
    add(request.path);
    for param in asked {
        add(&param.name);
        add(&param.value);
        add(if param.place == Place::Query { "query" } else { "body" });
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use crate::{Dialect, Request, binance::Binance, kraken::Kraken};

    fn digest(dialect: &dyn Dialect, method: &Method, path: &str, body: &str) -> [u8; 32] {
        let headers = HeaderMap::new();
        let request = Request { method, path, query: "", headers: &headers, body: body.as_bytes() };
        dialect.digest(&request, &dialect.parse(&request).unwrap())
    }

    fn order(body: &str) -> [u8; 32] {
        digest(&Binance, &Method::POST, "/api/v3/order", body)
    }

    #[test]
    fn the_same_request_signed_again_is_the_same() {
        let first = order("symbol=BTCUSDT&quantity=1&timestamp=1&recvWindow=5000&signature=a");
        assert_eq!(order("quantity=1&symbol=BTCUSDT&timestamp=2&recvWindow=6000&signature=b"), first);
        let kraken = |body| digest(&Kraken, &Method::POST, "/0/private/AddOrder", body);
        assert_eq!(kraken("pair=XBTUSD&volume=1&nonce=1"), kraken("nonce=2&pair=XBTUSD&volume=1"));
    }

    #[test]
    fn whatever_else_differs_makes_another_request() {
        let first = order("symbol=BTCUSDT&quantity=1&newClientOrderId=a");
        for body in [
            "symbol=BTCUSDT&quantity=2&newClientOrderId=a",
            "symbol=BTCUSDT&quantity=1&newClientOrderId=b",
            "symbol=BTCUSDT&quantity=1",
            "symbol=BTCUSDT&quantity=1&newClientOrderId=a&x=",
            "symbol=BTCUSDTquantity=1&newClientOrderId=a",
        ] {
            assert_ne!(order(body), first, "{body}");
        }
        let body = "symbol=BTCUSDT&quantity=1&newClientOrderId=a";
        assert_ne!(digest(&Binance, &Method::PUT, "/api/v3/order", body), first);
        assert_ne!(digest(&Binance, &Method::POST, "/api/v3/order/test", body), first);
    }
}
