//! How much everybody has asked: weights per address, orders per account, in windows of the clock.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

use parking_lot::Mutex;

use crate::config::Limits;
use crate::engine::AccountId;
use crate::error::Refusal;

const MINUTE_MS: u64 = 60_000;
const TEN_SECONDS_MS: u64 = 10_000;
/// So many callers are told apart in one window; the rest share what is left, which is nothing.
const MOST_CALLERS: usize = 65_536;

/// How much everybody has asked.
pub(crate) struct Rates {
    pub(crate) limits: Limits,
    api: Mutex<Window<IpAddr>>,
    sapi: Mutex<Window<IpAddr>>,
    orders: Mutex<Window<AccountId>>,
}

/// Which limit a path counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pool {
    Api,
    Sapi,
}

/// What was used in the span of time that is now.
struct Window<K> {
    span_ms: u64,
    number: u64,
    used: HashMap<K, u32>,
}

impl<K: Eq + Hash> Window<K> {
    fn new(span_ms: u64) -> Self {
        Self { span_ms, number: 0, used: HashMap::new() }
    }

    /// Counts; returns what is used now.
    fn count(&mut self, key: K, cost: u32, now_ms: u64) -> u32 {
        let number = now_ms / self.span_ms;
        if number != self.number {
            (self.number, self.used) = (number, HashMap::new());
        }
        if self.used.len() >= MOST_CALLERS && !self.used.contains_key(&key) {
            return u32::MAX;
        }
        let used = self.used.entry(key).or_default();
        *used = used.saturating_add(cost);
        *used
    }

    /// Seconds until the next span.
    fn retry_after_s(&self, now_ms: u64) -> u64 {
        (self.span_ms - now_ms % self.span_ms).div_ceil(1_000)
    }
}

impl Rates {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            api: Mutex::new(Window::new(MINUTE_MS)),
            sapi: Mutex::new(Window::new(MINUTE_MS)),
            orders: Mutex::new(Window::new(TEN_SECONDS_MS)),
        }
    }

    /// Counts a request; returns the weight that the address has used, and whether that is too much.
    pub(crate) fn weigh(
        &self,
        pool: Pool,
        peer: IpAddr,
        weight: u32,
        now_ms: u64,
    ) -> (u32, Result<(), Refusal>) {
        let (window, limit) = match pool {
            Pool::Api => (&self.api, self.limits.weight_per_minute),
            Pool::Sapi => (&self.sapi, self.limits.sapi_weight_per_minute),
        };
        let mut window = window.lock();
        let used = window.count(peer, weight, now_ms);
        let retry_after_s = window.retry_after_s(now_ms);
        (used, if used > limit { Err(Refusal::TooMuchWeight { limit, retry_after_s }) } else { Ok(()) })
    }

    /// Counts an order; returns how many the account has placed.
    ///
    /// # Errors
    /// Too many.
    pub(crate) fn count_order(&self, account: AccountId, now_ms: u64) -> Result<u32, Refusal> {
        let used = self.orders.lock().count(account, 1, now_ms);
        let limit = self.limits.orders_per_10s;
        if used > limit { Err(Refusal::TooManyOrders(limit)) } else { Ok(used) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const NOW_MS: u64 = 1_800_000_000_000;

    fn rates() -> Rates {
        Rates::new(Limits { weight_per_minute: 10, ..Limits::default() })
    }

    #[test]
    fn weight_adds_up_until_it_is_too_much() {
        let rates = rates();
        assert_eq!(rates.weigh(Pool::Api, PEER, 10, NOW_MS), (10, Ok(())));
        let refusal = Refusal::TooMuchWeight { limit: 10, retry_after_s: 45 };
        assert_eq!(rates.weigh(Pool::Api, PEER, 1, NOW_MS + 15_000), (11, Err(refusal)));
    }

    #[test]
    fn a_new_minute_an_other_address_and_an_other_pool_start_afresh() {
        let rates = rates();
        let other = IpAddr::from([10, 0, 0, 1]);
        assert_eq!(rates.weigh(Pool::Api, PEER, 10, NOW_MS).0, 10);
        assert_eq!(rates.weigh(Pool::Api, other, 1, NOW_MS).0, 1);
        assert_eq!(rates.weigh(Pool::Sapi, PEER, 1, NOW_MS).0, 1);
        assert_eq!(rates.weigh(Pool::Api, PEER, 1, NOW_MS + MINUTE_MS).0, 1);
    }
}
