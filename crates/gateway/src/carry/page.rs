//! Page: what a publishable key may be used for. Its string is no secret, so nothing here takes it for proof of who asks: it opens
//! public data, within two rates, in pages that a browser vouches for.

use std::sync::Arc;

use http::header::ORIGIN;
use keyward_dialect::{Claim, Security};
use keyward_policy::{Gcra, KeyId, Mode, Pages, Reason, Verb};

use super::decide::Pass;
use super::read::Read;
use super::verify::micros;
use crate::denied::Denied;
use crate::directory::{Door, KeyEntry};
use crate::gateway::Gateway;

/// What the exchange wants a key for, though not a signature.
const NEEDS_KEY: &str = "the exchange asks for a key of its own for this data, and this publishable key stands for none: its \
    operator can name a credential when he issues one";

impl Read<'_> {
    /// Checks what is asked for, and from which page, whatever else the key's row may say. Who is at his end is told so first.
    pub(super) fn check_page(&self, entry: &KeyEntry, pages: &Pages) -> Result<(), Denied> {
        entry.standing(self.received.resolved.at).check().map_err(Denied::policy)?;
        pages.check(self.origin()).map_err(Denied::policy)?;
        let unsigned =
            matches!(self.claim, Claim::KeyOnly { .. }) && self.purpose.security != Security::Signed;
        if unsigned && self.needs.verb() == Verb::Market {
            return Ok(());
        }
        Err(Denied::policy(Reason::Publishable))
    }

    /// The page that the request says it comes from; two of them are none that a browser would send.
    fn origin(&self) -> Option<&[u8]> {
        let mut origins = self.received.resolved.headers().get_all(ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (Some(origin), None) => Some(origin.as_bytes()),
            (Some(_), Some(_)) => Some(b""),
            (None, _) => None,
        }
    }

    /// Takes one request from what the key gives each address.
    pub(super) fn take_page(&self, gateway: &Gateway, key: KeyId, pages: &Pages) -> Result<(), Denied> {
        let resolved = &self.received.resolved;
        let gcra = Gcra::new(pages.address_rate());
        let taken = gateway.readers.count(gcra, (resolved.sender(), key), micros(resolved.at));
        taken.map_err(|wait_us| {
            let detail = "this key's request rate for one address is used up";
            Denied::new(Reason::RateLimited, detail).retry_after(wait_us.div_ceil(1_000_000))
        })
    }

    /// How it leaves: without any key, or under the real key's name where the exchange asks for one. Never signed.
    pub(super) fn pass_page(
        &self,
        gateway: &Gateway,
        entry: &Arc<KeyEntry>,
        door: &Door,
    ) -> Result<Pass, Denied> {
        match (self.received.resolved.venue.venue.mode, self.purpose.security, door.credential) {
            (Mode::Resign, Security::Public, _) => Ok(Pass::Page(entry.clone())),
            (Mode::Resign, Security::KeyOnly, Some(id)) => {
                let credential = gateway.directory.credential(id);
                let credential = credential.ok_or_else(|| Denied::policy(Reason::CredentialUnusable))?;
                Ok(Pass::Resign(entry.clone(), credential))
            }
            (Mode::Resign, Security::KeyOnly, None) => Err(Denied::new(Reason::Publishable, NEEDS_KEY)),
            (Mode::Assert, ..) | (_, Security::Signed, _) => Err(Denied::policy(Reason::Publishable)),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{Method, Request};
    use keyward_policy::{ApiKey, Key, KillSwitch, RateLimit, Verifier};

    use super::*;
    use crate::Settings;
    use crate::fixture::Fixture;

    const ORIGIN_OF_PAGE: &str = "https://app.example";
    const KEY: &str = "kwpissued";

    fn publishable(key: Key) -> Key {
        let rate = RateLimit { per_minute: 60, burst: 3 };
        let pages = Pages::new(vec![ORIGIN_OF_PAGE.parse().unwrap()], rate).unwrap();
        Key { api_key: ApiKey::new(KEY), verifier: Verifier::Pages(pages), rate: Some(rate), ..key }
    }

    /// A gateway with one publishable key, whose row says that it may do all of this.
    fn fixture(allow: &str, change: impl FnOnce(Key) -> Key) -> Fixture {
        Fixture::with("http://exchange", allow, Settings::default(), |key| change(publishable(key)))
    }

    fn request(method: &Method, path: &str, origin: &str) -> Request<Bytes> {
        let request = Request::builder().method(method).uri(format!("/binance{path}")).header("host", "door");
        let request = if origin.is_empty() { request } else { request.header("origin", origin) };
        request.header("x-mbx-apikey", KEY).body(Bytes::new()).unwrap()
    }

    fn reason(fixture: &Fixture, method: &Method, path: &str, origin: &str) -> Option<Reason> {
        fixture.rehearse(request(method, path, origin)).err()
    }

    const TICKER: &str = "/api/v3/ticker/price?symbol=BTCUSDT";
    const HISTORY: &str = "/fapi/v1/historicalTrades?symbol=BTCUSDT";
    const ALL: &str = "market,read,trade,transfer,withdraw,manage,stream";

    #[test]
    fn public_data_leaves_without_any_key_and_what_needs_one_under_the_real_key_s_name() {
        let fixture = fixture("market", |key| key);
        let left = fixture.rehearse(request(&Method::GET, TICKER, ORIGIN_OF_PAGE)).unwrap();
        assert_eq!(left.uri().to_string(), TICKER);
        let named = |header: &str| left.headers().contains_key(header);
        assert!(!named("x-mbx-apikey") && !named("origin") && !named("authorization"));
        let left = fixture.rehearse(request(&Method::GET, HISTORY, ORIGIN_OF_PAGE)).unwrap();
        assert_eq!(
            (left.uri().to_string().as_str(), &left.headers()["x-mbx-apikey"]),
            (HISTORY, &"real-key".parse().unwrap())
        );
    }

    #[test]
    fn without_a_credential_nothing_passes_that_asks_for_a_key() {
        let without = |mut key: Key| {
            key.grants[0].credential = None;
            key
        };
        let fixture = fixture("market", without);
        assert_eq!(reason(&fixture, &Method::GET, TICKER, ORIGIN_OF_PAGE), None);
        assert_eq!(reason(&fixture, &Method::GET, HISTORY, ORIGIN_OF_PAGE), Some(Reason::Publishable));
    }

    #[test]
    fn only_its_own_pages_may_use_it() {
        let fixture = fixture("market", |key| key);
        let asked = |origin: &str| reason(&fixture, &Method::GET, TICKER, origin);
        assert_eq!(asked(""), Some(Reason::OriginMissing));
        for origin in ["https://other.example", "http://app.example", "https://app.example:8443", "null"] {
            assert_eq!(asked(origin), Some(Reason::OriginNotAllowed), "{origin}");
        }
        let mut twice = request(&Method::GET, TICKER, ORIGIN_OF_PAGE);
        twice.headers_mut().append("origin", ORIGIN_OF_PAGE.parse().unwrap());
        assert_eq!(fixture.rehearse(twice).err(), Some(Reason::OriginNotAllowed));
        assert_eq!(asked(ORIGIN_OF_PAGE), None);
    }

    #[test]
    fn nothing_but_market_data_passes_whatever_its_row_says() {
        let fixture = fixture(ALL, |key| key);
        for (method, path) in [
            (Method::GET, "/api/v3/account"),
            (Method::POST, "/api/v3/order?symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1"),
            (Method::DELETE, "/api/v3/openOrders?symbol=BTCUSDT"),
            (Method::POST, "/sapi/v1/capital/withdraw/apply?coin=BTC&address=a&amount=1"),
            (Method::POST, "/fapi/v1/listenKey"),
        ] {
            let asked = reason(&fixture, &method, path, ORIGIN_OF_PAGE);
            assert_eq!(asked, Some(Reason::Publishable), "{method} {path}");
        }
    }

    #[test]
    fn whatever_is_signed_with_it_is_refused() {
        let fixture = fixture(ALL, |key| key);
        let mut signed = fixture.signed("GET", "/api/v3/account", "");
        signed.headers_mut().insert("x-mbx-apikey", KEY.parse().unwrap());
        signed.headers_mut().insert("origin", ORIGIN_OF_PAGE.parse().unwrap());
        assert_eq!(fixture.rehearse(signed).err(), Some(Reason::Publishable));
    }

    #[test]
    fn one_address_gets_its_own_rate_and_no_more() {
        let fixture =
            fixture("market", |key| Key { rate: Some(RateLimit { per_minute: 600, burst: 5 }), ..key });
        let from = |address: [u8; 4]| {
            let page = || request(&Method::GET, TICKER, ORIGIN_OF_PAGE);
            (0..9).filter(|_| fixture.gateway.rehearse(address.into(), page()).is_ok()).count()
        };
        assert_eq!((from([192, 0, 2, 1]), from([192, 0, 2, 2])), (3, 2), "and all together the key's own");
        fixture.clock.pass_ms(1000);
        assert_eq!(from([192, 0, 2, 1]), 1);
    }

    #[test]
    fn a_venue_that_needs_no_key_still_counts_those_that_come() {
        let fixture = fixture("market", |key| key);
        let mut venue = fixture.gateway.directory.venue("binance").unwrap().venue.clone();
        venue.public_market_data = true;
        fixture.gateway.apply(keyward_policy::Change::Venue(Box::new(venue)));
        assert_eq!(reason(&fixture, &Method::GET, TICKER, ""), Some(Reason::OriginMissing));
        fixture.gateway.switch(KillSwitch::parse("all"));
        assert_eq!(reason(&fixture, &Method::GET, TICKER, ORIGIN_OF_PAGE), Some(Reason::Killed));
    }

    #[test]
    fn a_key_that_signs_is_none_of_this_whatever_it_is_called() {
        let named = |key| Key { api_key: ApiKey::new(KEY), ..key };
        let fixture = Fixture::with("http://exchange", ALL, Settings::default(), named);
        let asked = reason(&fixture, &Method::GET, "/api/v3/account", ORIGIN_OF_PAGE);
        assert_eq!(asked, Some(Reason::SignatureMissing));
    }
}
