//! The life of a request, on one page.
//!
//! Each step consumes the proof that the last one gave: nothing is decided before its signature is verified, nothing
//! leaves before its decision is recorded, and nothing is sent that was not signed here.

mod admit;
mod decide;
mod forward;
mod hold;
mod identify;
mod page;
mod read;
mod receive;
mod record;
mod refused;
mod sign;
mod start;
mod turn;
mod verify;

pub(crate) use forward::Answered;
pub(crate) use receive::{Received, Resolved};
pub(crate) use record::Recorded;
pub(crate) use refused::record_refusal;
pub(crate) use sign::{Signed, signing_key};
pub(crate) use verify::micros;

use std::time::Instant;

use crate::denied::Denied;
use crate::worker::Worker;

/// Carries one request from a client to an exchange.
///
/// received → read (what it claims, what it would do) → identified (which key) → verified (signature, freshness, no
/// replay) → allowed (grant, address, market, rate) → held (until a person approves, where the grant says so) →
/// admitted (the exchange has not asked to be left alone) →
/// recorded (durable before anything that moves money leaves) → started (at the fence) → signed → sent (once) →
/// answered.
pub(crate) async fn carry(worker: &Worker, received: &Received) -> Result<Answered, Denied> {
    let gateway = &*worker.gateway;
    gateway.lease.check(Instant::now())?;
    let read = received.read()?;
    let identified = read.identify(&gateway.directory)?;
    let verified = identified.verify(gateway)?;
    let allowed = verified.decide(gateway)?.hold(gateway).await?;
    let passage = allowed.admit(gateway)?;
    let recorded = allowed.record(gateway).await?;
    Ok(recorded.forward(worker, passage).await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn a_request_is_carried_in_little_room() {
        let fixture = Fixture::new("http://exchange", "read");
        let received = fixture.received(fixture.signed("GET", "/api/v3/account", ""));
        let worker = Worker::new(fixture.gateway);
        // The whole of it is moved before it begins, whatever it comes to wait for: what is seldom waited for is boxed.
        let room = size_of_val(&carry(&worker, &received));
        assert!(room <= 2048, "{room} bytes");
    }
}
