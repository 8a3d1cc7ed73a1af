//! Answered: the request was sent, at most once, and this came back.

use std::pin::pin;
use std::time::Instant;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt, Either, Full, Limited};
use hyper::body::{Body as _, Incoming};
use keyward_dialect::Stamp;
use keyward_policy::Reason;
use tokio::time::timeout;

use super::admit::denied as held_back;
use super::record::Recorded;
use super::verify::micros;
use crate::answer::Body;
use crate::breaker::Passage;
use crate::denied::Denied;
use crate::gateway::Gateway;
use crate::settings::Limits;
use crate::upstream::{Arriving, NoAnswer, Unreachable};
use crate::worker::Worker;

/// The longest answer that is kept until it is whole, in bytes. The longest known, to a batch of orders, has some 20 KiB.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// The longest refusal of a nonce, in bytes. Kraken's has 32.
const REFUSAL_BYTES_MAX: u64 = 1024;

/// What came of a request that was allowed.
pub(crate) enum Answered {
    /// The exchange's answer: whole, if it is about money; otherwise its body may still be arriving.
    Exchange {
        /// The answer.
        response: Response<Body>,
        /// Whether a page may read it: a publishable key asked.
        is_for_pages: bool,
    },
    /// No answer, and why.
    Nothing(Denied),
}

/// What became of a request is recorded in any case: a client that hangs up ends its request's future wherever that
/// is, and what had left by then is unknown.
struct Ending<'a, 'r> {
    recorded: &'a Recorded<'r>,
    gateway: &'a Gateway,
    seen: Seen,
    told: bool,
}

/// What was seen of the exchange's answer so far.
#[derive(Default)]
struct Seen {
    /// Whether some of the request may have left.
    sent: bool,
    /// Its status, once its head is there.
    status: Option<StatusCode>,
    /// What is wrong with it.
    reason: Option<Reason>,
}

impl Ending<'_, '_> {
    fn tell(mut self, reason: Option<Reason>) {
        self.told = true;
        self.record(reason);
    }

    fn record(&self, reason: Option<Reason>) {
        self.recorded.record_end(self.gateway, self.seen.status.map(|status| status.as_u16()), reason);
    }
}

impl Drop for Ending<'_, '_> {
    fn drop(&mut self) {
        if !self.told {
            let reason = if self.seen.sent { Reason::OutcomeUnknown } else { Reason::ClientGone };
            self.record(Some(reason));
        }
    }
}

impl Recorded<'_> {
    /// Sends the request and records what became of it.
    pub(crate) async fn forward(self, worker: &Worker, passage: Passage<'_>) -> Answered {
        let seen = Seen::default();
        let mut ending = Ending { recorded: &self, gateway: &worker.gateway, seen, told: false };
        match self.answer(worker, passage, &mut ending.seen).await {
            Ok(response) => {
                let reason = ending.seen.reason;
                ending.tell(reason);
                Answered::Exchange { response, is_for_pages: self.0.is_for_pages() }
            }
            Err(denied) => {
                ending.tell(Some(denied.reason));
                Answered::Nothing(denied.knowing(self.0.known))
            }
        }
    }

    /// The answer; its status is known as soon as its head is there. What moves money is answered whole or not at all:
    /// half an answer passed on would look like a failure of the network, which clients try again. An error is short,
    /// and says whether the exchange wants to be left alone.
    async fn answer(
        &self,
        worker: &Worker,
        mut passage: Passage<'_>,
        seen: &mut Seen,
    ) -> Result<Response<Body>, Denied> {
        let limits = &worker.gateway.settings.limits;
        let response = self.exchange(worker, &mut passage, seen).await?;
        seen.status = Some(response.status());
        if response.status().is_success() && !self.moves_money() && !self.may_be_refused_nonce(&response) {
            passage.settle(None, None, Instant::now());
            return Ok(response.map(|body| Either::Left(Arriving::new(body, limits.answer))));
        }
        let (head, body) = response.into_parts();
        let body = whole(body, limits).await;
        let said = body.as_deref().unwrap_or_default();
        let pushback = self.dialect().pushback(head.status.as_u16(), said);
        passage.settle(pushback, retry_after_s(&head.headers), Instant::now());
        seen.reason = self.wrong(&worker.gateway, head.status, said);
        let body = body.ok_or_else(|| Denied::policy(Reason::OutcomeUnknown))?;
        Ok(Response::from_parts(head, Either::Right(Full::new(body))))
    }

    /// What is wrong with an answer that is passed on all the same.
    fn wrong(&self, gateway: &Gateway, status: StatusCode, said: &[u8]) -> Option<Reason> {
        if self.is_counted() && self.dialect().refuses_nonce(said) {
            gateway.nonce_refused(self.0.read.received.resolved.id, self.0.credential());
            return Some(Reason::NonceRefused);
        }
        // Binance: with a 5XX "the execution status is UNKNOWN and could have been a success".
        let doubtful = self.moves_money() && status.is_server_error();
        doubtful.then_some(Reason::OutcomeUnknown)
    }

    /// A refusal is short; longer answers pass through as they come.
    fn may_be_refused_nonce(&self, response: &Response<Incoming>) -> bool {
        self.is_counted()
            && response.body().size_hint().upper().is_some_and(|bytes| bytes <= REFUSAL_BYTES_MAX)
    }

    fn moves_money(&self) -> bool {
        self.0.read.needs.moves_money()
    }

    /// Sends once. Only when a kept connection turns out to be closed before the first byte left, one more try is made
    /// on a new one, signed afresh; after that first byte nothing is ever sent again, whatever the method.
    async fn exchange(
        &self,
        worker: &Worker,
        passage: &mut Passage<'_>,
        seen: &mut Seen,
    ) -> Result<Response<Incoming>, Denied> {
        let base = passage.base();
        for reuse in [true, false] {
            let turn = self.turn(&worker.gateway).await?;
            let connection =
                worker.upstream.connect(base, reuse).await.map_err(|error| unreachable(&error))?;
            passage.renew(Instant::now).map_err(held_back)?;
            let at_us = worker.upstream.clocks.time_at(base, micros(worker.gateway.clock.now()));
            let started = self.start(&worker.gateway, &worker.gate)?;
            let stamp = at_us.map(|now_us| Stamp { now_us, nonce: turn.nonce() });
            let signed = self.sign(&worker.gateway, base, stamp, started)?;
            seen.sent = true;
            let answer = pin!(worker.upstream.send(base, connection, signed));
            match turn.until_answered(answer).await {
                Ok(response) => return Ok(response),
                Err(NoAnswer::NotSent) => seen.sent = false,
                Err(NoAnswer::Unknown) => return Err(Denied::policy(Reason::OutcomeUnknown)),
            }
        }
        Err(Denied::policy(Reason::VenueUnreachable))
    }
}

/// A whole body; none when it breaks off, or is longer than any.
async fn whole(body: Incoming, limits: &Limits) -> Option<Bytes> {
    let whole = timeout(limits.answer, Limited::new(body, ANSWER_BYTES_MAX).collect());
    Some(Box::pin(whole).await.ok()?.ok()?.to_bytes())
}

/// How many seconds the exchange says to wait.
fn retry_after_s(headers: &HeaderMap) -> Option<u64> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

fn unreachable(error: &Unreachable) -> Denied {
    tracing::warn!(%error, "an exchange could not be reached");
    Denied::policy(Reason::VenueUnreachable)
}

#[cfg(test)]
mod tests {
    use keyward_ledger::{DEADLINE, tail};
    use tokio::net::TcpListener;
    use tokio::task::LocalSet;

    use super::*;
    use crate::carry::carry;
    use crate::fixture::{Fixture, silent_exchange};

    /// Waits until the exchange has something of a request.
    async fn taken(exchange: std::net::TcpListener) {
        exchange.set_nonblocking(true).unwrap();
        let (stream, _) = TcpListener::from_std(exchange).unwrap().accept().await.unwrap();
        stream.readable().await.unwrap();
    }

    /// The reason in the outcome of an order whose client hangs up at this moment.
    async fn reason_when_hung_up(url: &str, moment: impl Future<Output = ()>) -> String {
        let fixture = Fixture::new(url, "trade");
        let order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1";
        let received = fixture.received(fixture.signed("POST", "/api/v3/order", order));
        let worker = Worker::new(fixture.gateway.clone());
        let hung_up = async {
            tokio::select! {
                biased;
                _ = carry(&worker, &received) => panic!("the exchange answers nothing"),
                () = moment => {}
            }
        };
        LocalSet::new().run_until(hung_up).await;
        fixture.gateway.ledger.flush(DEADLINE).await.unwrap();
        let (entries, _) = tail(fixture.audit.path(), 10).unwrap();
        let last: serde_json::Value = serde_json::from_slice(&entries.last().unwrap().json).unwrap();
        assert_eq!(last["event"], "outcome");
        last["reason"].as_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_client_that_hangs_up_leaves_an_outcome() {
        let (url, exchange) = silent_exchange();
        assert_eq!(reason_when_hung_up(&url, taken(exchange)).await, "outcome_unknown");
    }

    #[tokio::test]
    async fn a_client_that_hangs_up_before_its_request_left_is_told_apart() {
        let (url, exchange) = silent_exchange();
        // What the exchange has then is the beginning of a handshake.
        let url = url.replace("http:", "https:");
        assert_eq!(reason_when_hung_up(&url, taken(exchange)).await, "client_gone");
    }
}
