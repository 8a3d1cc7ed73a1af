//! Rehearsal: every step of a request but the two that touch the world. It decides from the bytes, the keys, the
//! client's address and the time, and returns what would leave; so the core is measured and tried without a socket.

use std::net::IpAddr;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use keyward_dialect::Stamp;
use keyward_policy::Reason;

use crate::carry::{Received, Recorded, Resolved, micros};
use crate::denied::Denied;
use crate::gateway::Gateway;

impl Gateway {
    /// What would leave for this request, were it sent now. It is not recorded and not sent, but it is verified: its
    /// signature is used up.
    ///
    /// # Errors
    /// The reason for which it would be refused.
    pub fn rehearse(&self, peer: IpAddr, request: Request<Bytes>) -> Result<Request<Full<Bytes>>, Reason> {
        self.rehearsed(peer, request).map_err(|denied| denied.reason)
    }

    fn rehearsed(&self, peer: IpAddr, request: Request<Bytes>) -> Result<Request<Full<Bytes>>, Denied> {
        let (head, body) = request.into_parts();
        let resolved = Resolved::new(self, self.next_request_id(), peer, head)?;
        let received = Received { resolved, body };
        let allowed = received.read()?.identify(&self.directory)?.verify(self)?.decide(self)?;
        let venue = received.resolved.venue.clone();
        let base =
            venue.base(received.resolved.path()).ok_or_else(|| Denied::policy(Reason::EndpointUnknown))?;
        // Nothing is sent, so nothing is counted either.
        let now_us = micros(self.clock.now());
        let nonce = venue.dialect.nonce_at(now_us);
        let recorded = Recorded(allowed);
        let started = recorded.start(self, &self.aside)?;
        let stamp = Stamp { now_us, nonce };
        Ok(recorded.sign(self, base, Ok(stamp), started)?.request)
    }
}

#[cfg(test)]
mod tests {
    use keyward_dialect::SigningKey;
    use keyward_policy::{ApiKey, Change, Grant, KeyId, KillSwitch, Symbols};

    use super::*;
    use crate::Settings;
    use crate::fixture::{Fixture, REAL};

    fn fixture(allow: &str) -> Fixture {
        Fixture::new("http://exchange", allow)
    }

    fn reason(fixture: &Fixture, method: &str, path: &str, query: &str) -> Option<Reason> {
        fixture.rehearse(fixture.signed(method, path, query)).err()
    }

    const ORDER: &str = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1";

    #[test]
    fn what_leaves_carries_the_real_key_and_its_signature_and_nothing_of_the_issued_one() {
        let fixture = fixture("read");
        let mut request = fixture.signed("GET", "/api/v3/account", "recvWindow=5000");
        request.headers_mut().insert("cookie", "session=1".parse().unwrap());
        fixture.clock.pass_ms(40);
        let left = fixture.rehearse(request).unwrap();
        let query = format!("recvWindow=5000&timestamp={}", fixture.clock.now_ms());
        let signature = SigningKey::HmacSha256(REAL.as_bytes()).sign(query.as_bytes()).unwrap();
        assert_eq!(left.uri().to_string(), format!("/api/v3/account?{query}&signature={signature}"));
        assert_eq!(
            (&left.headers()["host"], &left.headers()["x-mbx-apikey"]),
            (&"exchange".parse().unwrap(), &"real-key".parse().unwrap())
        );
        assert!(!left.headers().contains_key("cookie"));
    }

    #[test]
    fn a_permission_opens_its_own_endpoints_only() {
        let reader = fixture("read");
        assert_eq!(reason(&reader, "POST", "/api/v3/order", ORDER), Some(Reason::PermissionMissing));
        assert_eq!(reason(&reader, "GET", "/api/v3/account", ""), None);
        let trader = fixture("trade:spot");
        assert_eq!(reason(&trader, "POST", "/api/v3/order", ORDER), None);
        assert_eq!(
            reason(&trader, "POST", "/fapi/v1/order", &format!("{ORDER}0")),
            Some(Reason::PermissionMissing)
        );
    }

    #[test]
    fn a_path_that_the_signature_does_not_cover_gains_nothing() {
        let fixture = fixture("read");
        let mut request = fixture.signed("GET", "/api/v3/openOrders", "symbol=BTCUSDT");
        *request.method_mut() = http::Method::DELETE;
        assert_eq!(fixture.rehearse(request).err(), Some(Reason::PermissionMissing));
    }

    #[test]
    fn a_signature_of_a_read_cannot_be_turned_into_an_order() {
        let fixture = fixture("read,trade");
        let read = fixture.signed("GET", "/api/v3/openOrders", "symbol=BTCUSDT");
        let mut cancel = read.clone();
        *cancel.method_mut() = http::Method::DELETE;
        assert!(fixture.rehearse(read).is_ok());
        assert_eq!(fixture.rehearse(cancel).err(), Some(Reason::Replayed));
    }

    #[test]
    fn nothing_signed_before_the_start_is_accepted() {
        let fixture = fixture("read");
        fixture.clock.pass_ms(-1);
        let early = fixture.signed("GET", "/api/v3/account", "");
        fixture.clock.pass_ms(1);
        assert_eq!(fixture.rehearse(early).err(), Some(Reason::TimestampStale));
    }

    #[test]
    fn a_limited_grant_refuses_a_market_that_it_cannot_read() {
        let only = |key: keyward_policy::Key| {
            let symbols = Symbols::only(["BTC/USDT".parse().unwrap()]);
            keyward_policy::Key { grants: vec![Grant { symbols, ..key.grants[0].clone() }], ..key }
        };
        let fixture = Fixture::with("http://exchange", "read,trade", Settings::default(), only);
        assert_eq!(reason(&fixture, "POST", "/api/v3/order", ORDER), None);
        let other = "symbol=ETHUSDT&side=BUY&type=MARKET&quantity=1";
        assert_eq!(reason(&fixture, "POST", "/api/v3/order", other), Some(Reason::SymbolNotAllowed));
        let no_symbol = reason(&fixture, "DELETE", "/api/v3/openOrders", "");
        assert_eq!(no_symbol, Some(Reason::SymbolUnreadable));
        assert_eq!(reason(&fixture, "GET", "/api/v3/openOrders", "recvWindow=6000"), None);
    }

    #[test]
    fn a_sealed_vault_stops_everything_that_needs_a_secret() {
        let fixture = fixture("read");
        fixture.vault.seal();
        assert_eq!(reason(&fixture, "GET", "/api/v3/account", ""), Some(Reason::VaultSealed));
    }

    #[test]
    fn what_the_kill_switch_stops_is_refused_and_goes_on_when_it_is_off() {
        let fixture = fixture("read");
        fixture.gateway.switch(KillSwitch::parse(&format!("key {}", KeyId::from_entropy([3; 16]))));
        assert_eq!(reason(&fixture, "GET", "/api/v3/account", ""), Some(Reason::Killed));
        assert!(fixture.gateway.metrics().contains("keyward_kill_switch 1"));
        fixture.gateway.switch(KillSwitch::Off);
        assert_eq!(reason(&fixture, "GET", "/api/v3/account", "recvWindow=1"), None);
    }

    #[test]
    fn a_deleted_key_is_unknown_at_once() {
        let fixture = fixture("read");
        fixture
            .gateway
            .apply(Change::KeyGone { id: KeyId::from_entropy([3; 16]), api_key: ApiKey::new("issued") });
        assert_eq!(reason(&fixture, "GET", "/api/v3/account", ""), Some(Reason::KeyUnknown));
    }

    #[test]
    fn market_data_needs_a_key_unless_the_venue_says_otherwise() {
        let ping = Request::get("/binance/api/v3/ping").header("host", "door").body(Bytes::new()).unwrap();
        assert_eq!(fixture("market").rehearse(ping).err(), Some(Reason::KeyMissing));
    }
}
