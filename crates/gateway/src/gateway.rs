//! The gateway: all that its workers share, and the ways in which the composition root uses it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use jiff::Timestamp;
use keyward_ledger::Ledger;
use keyward_policy::{Change, Clock, Entropy, KeyId, KillSwitch, OnWire, RequestId};
use keyward_vault::Vault;
use serde::{Deserialize, Serialize};

use crate::breaker::{Breaker, Pause};
use crate::carry::micros;
use crate::counts::Counts;
use crate::directory::Directory;
use crate::failures::Failures;
use crate::fence::{Fence, Forbidden, Gate};
use crate::holds::Holds;
use crate::identity::Identity;
use crate::lease::Lease;
use crate::metrics::Metrics;
use crate::nonce::{Lanes, ReserveNonces};
use crate::remembered::Remembered;
use crate::replay::{ReplayGuard, Signatures};
use crate::server::Crowd;
use crate::settings::Settings;
use crate::tally::Tally;

/// What the composition root gives to a gateway.
pub struct Parts {
    /// Opens the secrets of keys and credentials.
    pub vault: Arc<Vault>,
    /// Records every decision.
    pub ledger: Arc<Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes request ids.
    pub entropy: Arc<dyn Entropy>,
    /// Vouches for callers on assert-mode venues; none before there is a vault, see [`Gateway::identify`].
    pub identity: Option<Identity>,
    /// Until when requests were recorded before this start; none where there were none.
    pub recorded_until: Option<Timestamp>,
    /// Makes nonces durable before they are used.
    pub nonces: Arc<dyn ReserveNonces>,
    /// What the process left that this one takes the place of; none where nobody knows what was accepted.
    pub remembered: Option<Remembered>,
    /// What the operator set.
    pub settings: Settings,
}

/// The data plane of one process.
pub struct Gateway {
    pub(crate) vault: Arc<Vault>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) identity: ArcSwapOption<Identity>,
    pub(crate) nonces: Arc<dyn ReserveNonces>,
    pub(crate) lanes: Lanes,
    pub(crate) settings: Settings,
    pub(crate) directory: Directory,
    pub(crate) fence: Fence,
    pub(crate) kill_switch: ArcSwap<KillSwitch>,
    /// Where sends start that are not a worker's: an operator's question to an exchange.
    pub(crate) aside: Arc<Gate>,
    pub(crate) signatures: Signatures,
    pub(crate) replay: ReplayGuard,
    /// For how long the keys may be served.
    pub(crate) lease: Lease,
    pub(crate) breaker: Breaker,
    /// What waits for a person.
    pub(crate) holds: Holds,
    pub(crate) metrics: Metrics,
    pub(crate) crowd: Arc<Crowd>,
    pub(crate) failures: Failures,
    /// How often each address used each publishable key.
    pub(crate) readers: Counts,
    pub(crate) tally: Tally,
    /// Where the replay guard remembers nothing that was accepted before this start, nothing is accepted that may have
    /// been signed by then.
    pub(crate) not_before: NotBefore,
    request_ids: RequestIds,
    /// An older state was put back, and no operator has looked at it yet.
    locked: AtomicBool,
}

/// How far a signature may lie ahead of the clock when it is accepted, at most, by any dialect.
const AHEAD_MAX_US: u64 = 1_000_000;

/// The times before which nothing may have been signed, in microseconds since the Unix epoch.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct NotBefore {
    /// When this process started.
    pub(crate) start_us: u64,
    /// Past every signature that an earlier process accepted: later than the start when it was killed a moment ago, or
    /// when the clock was set back since.
    pub(crate) recorded_us: u64,
}

impl NotBefore {
    pub(crate) fn new(now: Timestamp, recorded_until: Option<Timestamp>) -> Self {
        let recorded_us = recorded_until.map_or(0, |until| micros(until) + AHEAD_MAX_US);
        Self { start_us: micros(now), recorded_us }
    }

    /// How long from `now` until a fresh signature is late enough, clients that sign in whole milliseconds included. A
    /// clock that was set back is not waited for.
    fn settles_in(&self, now: Timestamp) -> Duration {
        let left_us = (self.recorded_us + 1_000).saturating_sub(micros(now));
        Duration::from_micros(left_us.min(AHEAD_MAX_US + 1_000))
    }
}

/// Request ids: 64 random bits of this process, and a count.
struct RequestIds {
    process: [u8; 8],
    count: AtomicU64,
}

impl Gateway {
    /// A gateway that serves nothing yet: apply what the store holds, then serve.
    pub fn new(parts: Parts) -> Self {
        let mut process = [0; 8];
        parts.entropy.fill(&mut process);
        let fence = Fence::default();
        let (not_before, signatures, replay) = match parts.remembered.filter(Remembered::is_understood) {
            Some(left) => (left.not_before, left.signatures, ReplayGuard::that_remembers(left.accepted)),
            None => {
                let not_before = NotBefore::new(parts.clock.now(), parts.recorded_until);
                (not_before, Signatures::new(&*parts.entropy), ReplayGuard::new())
            }
        };
        Self {
            not_before,
            directory: Directory::new(parts.vault.clone()),
            vault: parts.vault,
            ledger: parts.ledger,
            clock: parts.clock,
            identity: ArcSwapOption::new(parts.identity.map(Arc::new)),
            nonces: parts.nonces,
            lanes: Lanes::default(),
            failures: Failures::new(parts.settings.limits.failures()),
            readers: Counts::new(),
            tally: Tally::new(),
            crowd: Arc::new(Crowd::new(parts.settings.limits.address_connections)),
            settings: parts.settings,
            aside: fence.gate(),
            fence,
            kill_switch: ArcSwap::default(),
            signatures,
            replay,
            lease: Lease::new(Instant::now()),
            breaker: Breaker::default(),
            holds: Holds::new(Arc::clone(&parts.entropy)),
            metrics: Metrics::new(),
            request_ids: RequestIds { process, count: AtomicU64::new(0) },
            locked: AtomicBool::new(false),
        }
    }

    /// Applies a change of what is served; venues come before the credentials and keys that name them. When this
    /// returns, no send starts any more that the change forbids. Those that it forbids and that had started already are
    /// given back, as far as they have no answer yet.
    pub fn apply(&self, change: Change) -> Vec<OnWire> {
        if let Change::Locked(locked) = change {
            self.locked.store(locked, Ordering::Release);
        }
        let forbidden = Forbidden::by(&change);
        let changed = changed_key(&change);
        self.directory.apply(change);
        if let Some((key, revision)) = changed {
            self.void_approvals(key, revision);
        }
        forbidden.map_or_else(Vec::new, |forbidden| self.on_wire(&forbidden))
    }

    /// Whether everything is refused; see [`Change::Locked`].
    pub fn is_locked(&self) -> bool {
        self.locked.load(Ordering::Acquire)
    }

    /// Puts the kill switch in force: when this returns, no send starts any more that it stops. Those that it stops and that
    /// had started already are given back, as far as they have no answer yet.
    pub fn switch(&self, switch: KillSwitch) -> Vec<OnWire> {
        self.metrics.show_switch(&switch);
        self.kill_switch.store(Arc::new(switch.clone()));
        self.on_wire(&Forbidden::Killed(switch))
    }

    /// What the kill switch stops now.
    pub fn kill_switch(&self) -> Arc<KillSwitch> {
        self.kill_switch.load_full()
    }

    fn on_wire(&self, forbidden: &Forbidden) -> Vec<OnWire> {
        self.fence.on_wire(|sending| forbidden.covers(sending).then(|| sending.shown()))
    }

    /// Says that the database still answers, so that its keys are served for another while
    /// ([`Limits::without_database`](crate::Limits::without_database)). A gateway that never hears it serves on.
    pub fn confirm(&self) {
        self.lease.renew(Instant::now(), self.settings.limits.without_database);
    }

    /// How long to wait before serving, so that nobody is refused for what an earlier process may have accepted: a second at
    /// the most, and only when that one wrote into the audit log a moment ago.
    pub fn settles_in(&self) -> Duration {
        self.not_before.settles_in(self.clock.now())
    }

    /// For how long its keys are still served unless the database answers; none where none was ever heard of.
    pub fn served_for(&self) -> Option<Duration> {
        self.lease.left(Instant::now())
    }

    /// Gives the key that vouches for callers to a gateway that was started before there was one.
    pub fn identify(&self, identity: Identity) {
        self.identity.store(Some(Arc::new(identity)));
    }

    /// The counters, in the Prometheus text format.
    pub fn metrics(&self) -> String {
        self.metrics.text(&self.pauses())
    }

    /// Which exchanges, or accounts of them, are left alone now because they asked for it.
    pub fn pauses(&self) -> Vec<Pause> {
        self.breaker.pauses(Instant::now())
    }

    pub(crate) fn next_request_id(&self) -> RequestId {
        self.request_ids.next()
    }
}

/// The key that is another from now on, and its revision.
const fn changed_key(change: &Change) -> Option<(KeyId, u64)> {
    match change {
        Change::Key(key) => Some((key.id, key.revision)),
        Change::KeyGone { id, .. } => Some((*id, u64::MAX)),
        _ => None,
    }
}

impl RequestIds {
    fn next(&self) -> RequestId {
        let count = self.count.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        RequestId::from_entropy(std::array::from_fn(|i| if i < 8 { self.process[i] } else { count[i - 8] }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_starts_a_moment_after_a_kill_waits_until_fresh_signatures_are_told_from_used_ones() {
        let at = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
        let wait = |recorded, now| NotBefore::new(at(now), recorded).settles_in(at(now)).as_millis();
        assert_eq!(wait(Some(at(10_000)), 10_400), 601);
        assert_eq!(wait(Some(at(10_000)), 12_000), 0);
        assert_eq!(wait(Some(at(3_600_000)), 10_000), 1_001, "a clock that was set back is not waited for");
        assert_eq!(wait(None, 10_000), 0);
    }
}
