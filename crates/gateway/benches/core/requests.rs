//! The requests of the bench, as ccxt sends them to Binance: a look at the account, and a limit order.

use std::error::Error;

use bytes::Bytes;
use http::{Method, Request};

use crate::keys::Holder;

/// What a request asks for.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// The account: signed in the query, moves nothing.
    Read,
    /// A limit order: signed in the body.
    Order,
}

impl Kind {
    /// A request of this kind, signed by this key at this time. `number` makes the order's own id.
    pub(crate) fn signed(
        self,
        holder: &Holder,
        at_ms: i64,
        number: u64,
    ) -> Result<Request<Bytes>, Box<dyn Error>> {
        let unsigned = self.unsigned(at_ms, number);
        let signed = format!("{unsigned}&signature={}", holder.sign(&unsigned)?);
        let request = Request::builder()
            .header("host", "127.0.0.1:8000")
            .header("user-agent", "python-requests/2.34.2")
            .header("accept-encoding", "gzip, deflate")
            .header("accept", "*/*")
            .header("connection", "keep-alive")
            .header("x-mbx-apikey", &holder.api_key);
        Ok(match self {
            Self::Read => request.uri(format!("/binance/api/v3/account?{signed}")).body(Bytes::new())?,
            Self::Order => request
                .method(Method::POST)
                .uri("/binance/api/v3/order")
                .header("content-type", "application/x-www-form-urlencoded")
                .header("content-length", signed.len())
                .body(Bytes::from(signed))?,
        })
    }

    fn unsigned(self, at_ms: i64, number: u64) -> String {
        match self {
            Self::Read => format!("timestamp={at_ms}&recvWindow=60000"),
            Self::Order => format!(
                "timestamp={at_ms}&symbol=BTCUSDT&side=BUY&newClientOrderId=x-TKT5PX2F{number:022x}\
                 &newOrderRespType=FULL&type=LIMIT&quantity=0.01&price=30000.5&timeInForce=GTC&recvWindow=60000"
            ),
        }
    }
}
