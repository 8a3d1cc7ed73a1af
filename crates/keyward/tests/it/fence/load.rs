//! Bots that trade without a pause, each order with an id of its own.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

use crate::wire::Wire;
use crate::world::Issued;

pub(super) struct Load {
    shared: Arc<Shared>,
    bots: Vec<JoinHandle<HashMap<String, String>>>,
}

struct Shared {
    gateway: String,
    prefix: &'static str,
    stopped: AtomicBool,
    key: Mutex<Option<(usize, Issued)>>,
    seen: Mutex<Seen>,
    more: Condvar,
}

/// What the bots saw of one key.
#[derive(Default)]
pub(super) struct Seen {
    round: usize,
    /// Orders that the exchange answered.
    pub(super) answered: usize,
    /// Bots that Keyward refused because the key is revoked.
    pub(super) bots_refused: HashSet<usize>,
}

impl Load {
    pub(super) fn start(gateway: &str, prefix: &'static str, bots: usize) -> Self {
        let shared = Arc::new(Shared {
            gateway: gateway.to_owned(),
            prefix,
            stopped: AtomicBool::new(false),
            key: Mutex::new(None),
            seen: Mutex::default(),
            more: Condvar::new(),
        });
        let start = |bot| {
            let shared = shared.clone();
            thread::spawn(move || shared.trade(bot))
        };
        Self { bots: (0..bots).map(start).collect(), shared }
    }

    /// The key that every bot uses from now on.
    pub(super) fn trade_with(&self, round: usize, key: Issued) {
        *self.shared.seen.lock().unwrap() = Seen { round, ..Seen::default() };
        *self.shared.key.lock().unwrap() = Some((round, key));
    }

    /// Waits until the bots have seen so much of this key.
    pub(super) fn until(&self, round: usize, enough: impl Fn(&Seen) -> bool) {
        let seen = self.shared.seen.lock().unwrap();
        assert_eq!(seen.round, round);
        drop(self.shared.more.wait_while(seen, |seen| !enough(seen)).unwrap());
    }

    /// Ends it, and gives the request id of each order by the order's own id.
    pub(super) fn stop(self) -> HashMap<String, String> {
        self.shared.stopped.store(true, Ordering::SeqCst);
        self.bots.into_iter().flat_map(|bot| bot.join().unwrap()).collect()
    }
}

impl Shared {
    fn trade(&self, bot: usize) -> HashMap<String, String> {
        let mut answers = HashMap::new();
        for count in 0.. {
            if self.stopped.load(Ordering::SeqCst) {
                break;
            }
            let Some((round, key)) = self.key.lock().unwrap().clone() else {
                thread::yield_now();
                continue;
            };
            let order = format!("{round}-{bot}-{count}");
            let request = self.send(&key, round, bot, &order);
            answers.insert(order, request);
        }
        answers
    }

    /// Sends one order, and gives the id of its request.
    fn send(&self, key: &Issued, round: usize, bot: usize, order: &str) -> String {
        let query = format!("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&newClientOrderId={order}");
        let reply = Wire::signed(key, "POST", "/api/v3/order", &query).send_under(&self.gateway, self.prefix);
        self.note(round, bot, reply.header("keyward-reason"));
        reply.header("keyward-request-id").unwrap_or_else(|| panic!("{reply:?}")).to_owned()
    }

    fn note(&self, round: usize, bot: usize, reason: Option<&str>) {
        let mut seen = self.seen.lock().unwrap();
        match reason {
            None if seen.round == round => seen.answered += 1,
            Some("key_revoked") if seen.round == round => drop(seen.bots_refused.insert(bot)),
            // A disk that is slow for a second refuses the order; the bot sends the next.
            Some("key_revoked" | "audit_unavailable") | None => {}
            Some(other) => panic!("refused for another reason: {other}"),
        }
        self.more.notify_all();
    }
}
