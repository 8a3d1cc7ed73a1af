//! One line in trouble: until when, and who may pass nevertheless.

use std::time::{Duration, Instant};

use keyward_dialect::{Limited, Pushback};

use super::{Held, Kind};

/// Cancels that may pass while the exchange asks to slow down. An order that cannot be taken back costs money; but each
/// request during that time counts towards a ban, in which nothing can be taken back at all.
const CANCELS: u32 = 3;
/// The wait where the exchange names none: its limits are counted by the minute, and orders by ten seconds.
const SLOW: Duration = Duration::from_secs(60);
const SLOW_ORDERS: Duration = Duration::from_secs(10);
/// The shortest ban of Binance.
const BAN: Duration = Duration::from_secs(120);
/// Its longest; no exchange is believed a longer one.
const LONGEST: Duration = Duration::from_secs(3 * 86_400);
/// When to come again while another's probe is on its way.
const PROBED: Duration = Duration::from_secs(1);

/// Why requests are held back, and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trouble {
    until: Instant,
    banned: bool,
    /// It is about placing orders alone.
    orders_only: bool,
    cancels: u32,
    /// The time is over, and one request is finding out whether the exchange sees it so too.
    probed: bool,
}

/// What is said to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is not meant.
    Free,
    /// It passes as one of the few cancels.
    Reserve,
    /// It passes alone, to find out.
    Probe,
    /// It waits.
    Held(Held),
}

impl Trouble {
    pub(super) fn new(pushback: Pushback, wait_s: Option<u64>, now: Instant) -> Self {
        let orders_only = pushback.limited == Limited::Orders;
        let unnamed = match (pushback.banned, orders_only) {
            (true, _) => BAN,
            (false, true) => SLOW_ORDERS,
            (false, false) => SLOW,
        };
        let wait = wait_s.map_or(unnamed, |wait_s| Duration::from_secs(wait_s.max(1))).min(LONGEST);
        Self { until: now + wait, banned: pushback.banned, orders_only, cancels: CANCELS, probed: false }
    }

    /// More trouble: while this lasts, the longer and the stricter of both.
    pub(super) fn and(self, again: Self, now: Instant) -> Self {
        if self.left(now).is_zero() {
            return again;
        }
        Self {
            until: self.until.max(again.until),
            banned: self.banned || again.banned,
            orders_only: self.orders_only && again.orders_only,
            cancels: self.cancels,
            probed: false,
        }
    }

    pub(super) fn judge(&self, kind: Kind, now: Instant) -> Verdict {
        if self.orders_only && kind != Kind::Order {
            return Verdict::Free;
        }
        let held = |wait| Verdict::Held(Held { wait, banned: self.banned });
        match self.left(now) {
            Duration::ZERO if self.probed => held(PROBED),
            Duration::ZERO => Verdict::Probe,
            _ if kind == Kind::Cancel && self.cancels > 0 && !self.banned => Verdict::Reserve,
            left => held(left),
        }
    }

    /// Judges a request that then passes, if it may.
    pub(super) fn let_pass(&mut self, kind: Kind, now: Instant) -> Verdict {
        let verdict = self.judge(kind, now);
        self.cancels -= u32::from(verdict == Verdict::Reserve);
        self.probed |= verdict == Verdict::Probe;
        verdict
    }

    /// The probe brought no answer: another may try.
    pub(super) fn probe_lost(&mut self) {
        self.probed = false;
    }

    pub(super) fn left(&self, now: Instant) -> Duration {
        self.until.saturating_duration_since(now)
    }

    pub(super) fn banned(&self) -> bool {
        self.banned
    }
}
