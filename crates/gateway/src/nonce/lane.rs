//! Lanes: the requests of one real key are signed and sent one after the other, from whichever thread they come.
//!
//! A request holds its lane from drawing its nonce until the exchange has begun to answer. An answer that is late gives
//! the lane free: the request left long ago, and an exchange looks at the nonce when a request arrives, not when it is
//! done. Should the late one have been stuck on its way and arrive after the next, the exchange refuses it for its nonce
//! and has carried nothing out: a refusal, never an order that is done twice.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use keyward_dialect::Dialect;
use keyward_policy::{CredentialId, Reason, RequestId};
use parking_lot::Mutex;
use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;

use super::CannotReserve;
use super::supply::{Source, Supply};
use crate::denied::Denied;
use crate::gateway::Gateway;

/// So many requests of one real key wait, and no more. At the pace of an exchange that answers in 20 ms the last of them
/// would wait for as long as any may ([`crate::Limits::lane`]).
const QUEUE_MAX: usize = 256;

/// A real key: the dialect of the exchange that knows it, and its public half.
type RealKey = (&'static str, Box<str>);

/// The lanes of all real keys that were used since the start.
#[derive(Default)]
pub(crate) struct Lanes(Mutex<HashMap<RealKey, Arc<Lane>>>);

/// One real key's lane. The mutex hands over in the order in which it was asked for, across the workers' runtimes.
#[derive(Default)]
struct Lane {
    supply: Arc<tokio::sync::Mutex<Supply>>,
    queued: AtomicUsize,
}

/// A request's turn to be signed and sent; most dialects have no lanes, and a turn there is nothing.
pub(crate) struct Turn {
    nonce: Option<u64>,
    held: Option<OwnedMutexGuard<Supply>>,
    late: Duration,
}

/// A place in the queue, given back when it is dropped.
struct Seat<'l>(&'l Lane);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.queued.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Gateway {
    /// Waits for the turn of a request that will be signed with this real key, and draws its nonce.
    ///
    /// # Errors
    /// Too many wait, the turn did not come in time, or no nonce could be made durable: nothing was sent.
    pub(crate) async fn turn(&self, dialect: &'static dyn Dialect, api_key: &str) -> Result<Turn, Denied> {
        if dialect.nonce_at(0).is_none() {
            return Ok(Turn::free());
        }
        Box::pin(self.counted_turn(dialect, api_key)).await
    }

    async fn counted_turn(&self, dialect: &'static dyn Dialect, api_key: &str) -> Result<Turn, Denied> {
        let limits = &self.settings.limits;
        let lane = self.lanes.of(dialect.name(), api_key);
        let mut supply = lane.enter(limits.lane).await?;
        let (clock, reserve) = (&*self.clock, &*self.nonces);
        let source = Source { dialect, api_key, clock, reserve, wait: limits.nonce };
        let nonce = supply.draw(source).await.map_err(|error| no_nonce(&error))?;
        Ok(Turn { nonce: Some(nonce), held: Some(supply), late: limits.late })
    }
}

impl Gateway {
    /// Tells whoever looks after the exchange that a real key is used beside Keyward: nobody else draws its nonces.
    pub(crate) fn nonce_refused(&self, request: RequestId, credential: Option<CredentialId>) {
        self.metrics.count_nonce_refused();
        let credential = credential.map(tracing::field::display);
        tracing::error!(%request, credential, "the exchange refused a nonce: is the real key used elsewhere too?");
    }
}

impl Lanes {
    fn of(&self, dialect: &'static str, api_key: &str) -> Arc<Lane> {
        self.0.lock().entry((dialect, api_key.into())).or_default().clone()
    }
}

impl Lane {
    async fn enter(&self, wait: Duration) -> Result<OwnedMutexGuard<Supply>, Denied> {
        let seat =
            self.sit().ok_or_else(|| busy("too many requests wait for their turn on this real key"))?;
        let entered = timeout(wait, self.supply.clone().lock_owned()).await;
        drop(seat);
        entered.map_err(|_| busy("this request's turn on its real key did not come in time"))
    }

    fn sit(&self) -> Option<Seat<'_>> {
        let seat = Seat(self);
        (self.queued.fetch_add(1, Ordering::Relaxed) < QUEUE_MAX).then_some(seat)
    }
}

impl Turn {
    /// The turn of a request that is not counted.
    pub(crate) fn free() -> Self {
        Self { nonce: None, held: None, late: Duration::ZERO }
    }

    /// The nonce that was drawn; none where the exchange does not count.
    pub(crate) fn nonce(&self) -> Option<u64> {
        self.nonce
    }

    /// Waits for the beginning of the answer, and then lets the next one go; sooner, if the answer is late.
    pub(crate) async fn until_answered<T>(self, mut answer: impl Future<Output = T> + Unpin) -> T {
        if self.held.is_none() {
            return answer.await;
        }
        match timeout(self.late, &mut answer).await {
            Ok(begun) => begun,
            Err(_) => {
                drop(self);
                answer.await
            }
        }
    }
}

fn busy(detail: &'static str) -> Denied {
    Denied::new(Reason::CredentialBusy, detail)
}

fn no_nonce(error: &CannotReserve) -> Denied {
    tracing::error!(%error, "a request was not sent, for want of a nonce that is certain to be new");
    Denied::policy(Reason::NonceUnavailable)
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::atomic::AtomicU64;

    use futures_util::future::join_all;

    use super::*;
    use crate::fixture::Fixture;
    use crate::settings::{Limits, Settings};

    fn fixture(limits: Limits) -> Fixture {
        let settings = Settings { limits, ..Settings::default() };
        Fixture::with("http://exchange", "read", settings, |key| key)
    }

    fn kraken() -> &'static dyn Dialect {
        keyward_dialect::named("kraken").unwrap()
    }

    async fn refused(gateway: &Gateway) -> Option<Reason> {
        gateway.turn(kraken(), "real").await.err().map(|denied| denied.reason)
    }

    async fn queue_is(fixture: &Fixture, length: usize) {
        let lane = fixture.gateway.lanes.of("kraken", "real");
        while lane.queued.load(Ordering::Relaxed) != length {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn where_nobody_counts_nobody_waits() {
        let fixture = fixture(Limits::default());
        let binance = keyward_dialect::named("binance").unwrap();
        let turns = join_all((0..1_000).map(|_| fixture.gateway.turn(binance, "real"))).await;
        assert!(turns.into_iter().all(|turn| turn.unwrap().nonce().is_none()));
    }

    #[tokio::test]
    async fn a_turn_that_does_not_come_in_time_is_refused() {
        let fixture = fixture(Limits { lane: Duration::from_millis(20), ..Limits::default() });
        let held = fixture.gateway.turn(kraken(), "real").await.unwrap();
        assert_eq!(refused(&fixture.gateway).await, Some(Reason::CredentialBusy));
        assert!(fixture.gateway.turn(kraken(), "another").await.is_ok());
        drop(held);
        assert_eq!(refused(&fixture.gateway).await, None);
    }

    #[tokio::test]
    async fn only_so_many_wait_and_who_gives_up_makes_room() {
        let fixture = fixture(Limits { lane: Duration::from_secs(600), ..Limits::default() });
        let held = fixture.gateway.turn(kraken(), "real").await.unwrap();
        let waiting: Vec<_> = (0..QUEUE_MAX)
            .map(|_| {
                let gateway = fixture.gateway.clone();
                tokio::spawn(async move { refused(&gateway).await })
            })
            .collect();
        queue_is(&fixture, QUEUE_MAX).await;
        assert_eq!(refused(&fixture.gateway).await, Some(Reason::CredentialBusy));
        waiting[7].abort();
        queue_is(&fixture, QUEUE_MAX - 1).await;
        let one_more = fixture.gateway.clone();
        let one_more = tokio::spawn(async move { refused(&one_more).await });
        drop(held);
        assert_eq!(one_more.await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_late_answer_does_not_hold_the_lane() {
        let fixture = fixture(Limits { late: Duration::from_millis(20), ..Limits::default() });
        let turn = fixture.gateway.turn(kraken(), "real").await.unwrap();
        let hanging = tokio::spawn(turn.until_answered(pending::<()>()));
        assert_eq!(refused(&fixture.gateway).await, None);
        hanging.abort();
    }

    #[tokio::test]
    async fn a_client_that_hangs_up_does_not_hold_the_lane() {
        let fixture = fixture(Limits::default());
        let turn = fixture.gateway.turn(kraken(), "real").await.unwrap();
        let sending = tokio::spawn(turn.until_answered(pending::<()>()));
        sending.abort();
        assert_eq!(refused(&fixture.gateway).await, None);
    }

    /// Each worker has a runtime of its own; what arrives at the exchange must still rise.
    #[test]
    fn what_many_threads_send_arrives_in_the_order_of_its_nonces() {
        const EACH: usize = 300;
        let fixture = fixture(Limits { lane: Duration::from_secs(60), ..Limits::default() });
        let (arrived, late) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicUsize::new(0)));
        let workers = [0; 4].map(|_| {
            let (gateway, arrived, late) = (fixture.gateway.clone(), arrived.clone(), late.clone());
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let one = async || {
                    let turn = gateway.turn(kraken(), "real").await.unwrap();
                    let nonce = turn.nonce().unwrap();
                    let exchange = async {
                        tokio::task::yield_now().await;
                        late.fetch_add(
                            usize::from(arrived.fetch_max(nonce, Ordering::SeqCst) >= nonce),
                            Ordering::SeqCst,
                        );
                    };
                    turn.until_answered(Box::pin(exchange)).await;
                };
                runtime.block_on(async {
                    for _ in 0..EACH / 30 {
                        join_all((0..30).map(|_| one())).await;
                    }
                });
            })
        });
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        assert_eq!(late.load(Ordering::SeqCst), 0);
    }
}
