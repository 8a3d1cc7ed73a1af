//! The breaker: when an exchange asks to be left alone, nobody asks it anything until the time is over.
//!
//! A limit that stops our address stops every key at that exchange, and one that stops an account every key on that
//! credential; whoever asked on nevertheless would turn a pause of seconds into a ban of days (Binance's "IP limits").

mod passage;
mod trouble;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use keyward_dialect::Limited;
use keyward_policy::CredentialId;
use parking_lot::Mutex;

use crate::venue::Base;

pub(crate) use self::passage::Passage;
use self::trouble::{Trouble, Verdict};

/// Everything that is held back now.
#[derive(Default)]
pub(crate) struct Breaker {
    /// How often something was held back or let go. A request looks again before it is sent when this has changed.
    turns: AtomicUsize,
    /// How many lines are in trouble: while there is none, nothing else is looked at.
    troubled: AtomicUsize,
    lines: Mutex<HashMap<Line, Trouble>>,
}

/// What a limit stops.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Line {
    /// Everything that goes to this host.
    Host(String),
    /// Everything that is signed by this credential.
    Account(CredentialId),
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host) => f.write_str(host),
            Self::Account(credential) => credential.fmt(f),
        }
    }
}

/// A request that wants to pass.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) base: &'a Base,
    pub(crate) credential: Option<CredentialId>,
    pub(crate) kind: Kind,
}

/// What a request does, as far as limits tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It changes no order.
    Other,
    /// It places or changes an order.
    Order,
    /// It takes an order back.
    Cancel,
}

/// A request that has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) wait: Duration,
    pub(crate) banned: bool,
}

/// What is held back, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// The exchange's host, or the credential.
    pub of: String,
    /// For how long yet.
    pub left: Duration,
    /// Whether the exchange has banned this address.
    pub banned: bool,
}

impl Ask<'_> {
    fn lines(&self) -> impl Iterator<Item = Line> {
        std::iter::once(Line::Host(self.base.authority())).chain(self.credential.map(Line::Account))
    }

    /// The line that a limit stops; an account's limit without an account is the host's.
    fn line(&self, limited: Limited) -> Line {
        match (limited, self.credential) {
            (Limited::Account | Limited::Orders, Some(credential)) => Line::Account(credential),
            _ => Line::Host(self.base.authority()),
        }
    }
}

impl Breaker {
    /// Lets a request pass, or says how long it must wait.
    pub(crate) fn check<'b>(
        &'b self,
        ask: Ask<'b>,
        now: impl FnOnce() -> Instant,
    ) -> Result<Passage<'b>, Held> {
        let turn = self.turns.load(Ordering::Acquire);
        if self.troubled.load(Ordering::Acquire) == 0 {
            return Ok(Passage::free(self, ask, turn));
        }
        let (now, mut lines) = (now(), self.lines.lock());
        let asked: Vec<_> = ask.lines().filter(|line| lines.contains_key(line)).collect();
        for line in &asked {
            if let Some(Verdict::Held(held)) = lines.get(line).map(|trouble| trouble.judge(ask.kind, now)) {
                return Err(held);
            }
        }
        let probes = asked.into_iter().filter(|line| {
            lines.get_mut(line).is_some_and(|trouble| trouble.let_pass(ask.kind, now) == Verdict::Probe)
        });
        Ok(Passage::probing(self, ask, turn, probes.collect()))
    }

    /// What is held back now.
    pub(crate) fn pauses(&self, now: Instant) -> Vec<Pause> {
        let lines = self.lines.lock();
        let pause = |(line, trouble): (&Line, &Trouble)| Pause {
            of: match line {
                Line::Host(host) => host.clone(),
                Line::Account(credential) => credential.to_string(),
            },
            left: trouble.left(now),
            banned: trouble.banned(),
        };
        lines.iter().map(pause).collect()
    }

    fn change<T>(&self, change: impl FnOnce(&mut HashMap<Line, Trouble>) -> T) -> T {
        let mut lines = self.lines.lock();
        let changed = change(&mut lines);
        self.troubled.store(lines.len(), Ordering::Release);
        self.turns.fetch_add(1, Ordering::Release);
        changed
    }
}

#[cfg(test)]
mod tests {
    use keyward_dialect::Pushback;

    use super::*;

    const SLOW: Pushback = Pushback { limited: Limited::Address, banned: false };
    const BAN: Pushback = Pushback { limited: Limited::Address, banned: true };

    struct World {
        breaker: Breaker,
        base: Base,
        now: Instant,
    }

    impl World {
        fn new() -> Self {
            let base = Base::parse("https://api.exchange").unwrap();
            Self { breaker: Breaker::default(), base, now: Instant::now() }
        }

        fn ask(&self, account: u8, kind: Kind) -> Ask<'_> {
            Ask { base: &self.base, credential: Some(CredentialId::from_entropy([account; 16])), kind }
        }

        fn passes(&self, account: u8, kind: Kind, after_s: u64) -> bool {
            self.at(account, kind, after_s).is_some()
        }

        fn at(&self, account: u8, kind: Kind, after_s: u64) -> Option<Passage<'_>> {
            let now = self.now + Duration::from_secs(after_s);
            self.breaker.check(self.ask(account, kind), || now).ok()
        }

        /// An answer to a request of the first account.
        fn answered(&self, pushback: Pushback, wait_s: u64) {
            let passage = self.at(1, Kind::Other, 0).unwrap();
            passage.settle(Some(pushback), Some(wait_s), self.now);
        }
    }

    #[test]
    fn a_ban_holds_back_everybody_until_it_is_over() {
        let world = World::new();
        world.answered(BAN, 120);
        for kind in [Kind::Other, Kind::Order, Kind::Cancel] {
            assert!(!world.passes(2, kind, 0) && !world.passes(2, kind, 119), "{kind:?}");
        }
        assert!(world.passes(2, Kind::Other, 120));
    }

    #[test]
    fn a_few_cancels_pass_while_the_exchange_asks_to_slow_down() {
        let world = World::new();
        world.answered(SLOW, 30);
        assert!(!world.passes(1, Kind::Order, 1));
        let passed = (0..10).filter(|_| world.passes(1, Kind::Cancel, 1)).count();
        assert_eq!(passed, 3);
    }

    #[test]
    fn a_limit_of_an_account_holds_back_that_account_alone() {
        let world = World::new();
        world.answered(Pushback { limited: Limited::Account, banned: false }, 30);
        assert!(!world.passes(1, Kind::Other, 1) && world.passes(2, Kind::Order, 1));
    }

    #[test]
    fn a_limit_of_orders_holds_back_orders_alone() {
        let world = World::new();
        world.answered(Pushback { limited: Limited::Orders, banned: false }, 10);
        assert!(!world.passes(1, Kind::Order, 1));
        assert!((0..10).all(|_| world.passes(1, Kind::Cancel, 1) && world.passes(1, Kind::Other, 1)));
    }

    #[test]
    fn one_probe_goes_first_when_the_time_is_over() {
        let world = World::new();
        world.answered(BAN, 120);
        let later = world.now + Duration::from_secs(120);
        let probe = world.at(1, Kind::Other, 120).unwrap();
        assert!(!world.passes(1, Kind::Other, 120) && !world.passes(2, Kind::Cancel, 120));
        drop(probe);
        let probe = world.at(2, Kind::Other, 120).unwrap();
        probe.settle(None, None, later);
        assert!(
            world.passes(1, Kind::Other, 120) && world.passes(2, Kind::Other, 120),
            "a probe was answered"
        );
        assert_eq!(world.breaker.pauses(later), []);
    }

    #[test]
    fn a_probe_that_is_refused_begins_another_wait() {
        let world = World::new();
        world.answered(SLOW, 10);
        let later = world.now + Duration::from_secs(10);
        let probe = world.at(1, Kind::Other, 10).unwrap();
        probe.settle(Some(BAN), Some(60), later);
        assert!(!world.passes(1, Kind::Cancel, 69) && world.passes(1, Kind::Cancel, 70));
    }

    #[test]
    fn what_was_let_through_before_looks_again_before_it_is_sent() {
        let world = World::new();
        let mut passage = world.at(2, Kind::Order, 0).unwrap();
        assert_eq!(passage.renew(|| world.now), Ok(()));
        world.answered(BAN, 120);
        let wait = Duration::from_secs(120);
        assert_eq!(passage.renew(|| world.now), Err(Held { wait, banned: true }));
    }

    #[test]
    fn an_exchange_that_names_no_time_is_left_alone_for_a_while_and_none_can_name_a_year() {
        let world = World::new();
        world.answered(SLOW, 366 * 86_400);
        assert_eq!(world.breaker.pauses(world.now)[0].left, Duration::from_secs(3 * 86_400));
        let world = World::new();
        world.at(1, Kind::Other, 0).unwrap().settle(Some(BAN), None, world.now);
        assert_eq!(world.breaker.pauses(world.now)[0].left, Duration::from_secs(120));
    }
}
