//! Misbehaviour on demand: what a real exchange does on a bad day.

mod body;

use std::future::Future;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::{Method, StatusCode};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use self::body::Pieces;
use crate::error::Refusal;
use crate::serve::refused;

/// So many faults can wait at once.
const MOST_FAULTS: usize = 1_000;
/// No wait is longer.
const LONGEST: Duration = Duration::from_secs(600);
/// No answer is larger, in bytes.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;
/// A slow answer comes in so many pieces.
const PIECES: u32 = 10;

/// One order to misbehave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The method that it strikes; every one when absent.
    pub method: Option<String>,
    /// The path that it strikes; every one when absent.
    pub path: Option<String>,
    /// How many requests it strikes; all, until it is taken back, when absent.
    pub count: Option<u32>,
    /// What happens to them.
    #[serde(flatten)]
    pub kind: FaultKind,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// It is done at once and answered `ms` later.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The connection is closed before anything is done.
    Drop,
    /// It is done, and the connection closed without an answer.
    DropAfterAccept,
    /// It is not done; the answer has this status.
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// It is not done; the address is told that it is banned (418) for `ms`.
    Ban {
        /// Milliseconds.
        ms: u64,
    },
    /// It is done, and the answer drips over `ms`.
    Slow {
        /// Milliseconds.
        ms: u64,
    },
    /// It is done, and the connection breaks in the middle of the answer.
    Cut,
}

/// The connection is closed without an answer, as it was told to be.
#[derive(Clone, Copy, Debug, Error)]
#[error("told to close the connection without an answer")]
pub(crate) struct Dropped;

/// The faults that wait to strike.
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        Self(Mutex::new(faults))
    }

    /// Adds one; returns whether there was room.
    pub(crate) fn add(&self, fault: Fault) -> bool {
        let mut faults = self.0.lock();
        let has_room = faults.len() < MOST_FAULTS;
        if has_room {
            faults.push(fault);
        }
        has_room
    }

    /// Takes all of them back.
    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }

    /// The faults that wait.
    pub(crate) fn waiting(&self) -> Vec<Fault> {
        self.0.lock().clone()
    }

    /// The oldest fault for a request; it is then used up by one.
    pub(crate) fn strike(&self, method: &Method, path: &str) -> Option<FaultKind> {
        let mut faults = self.0.lock();
        let at = faults.iter().position(|fault| fault.is_for(method, path))?;
        let kind = faults[at].kind;
        let left = faults[at].count.map(|count| count.saturating_sub(1));
        faults[at].count = left;
        if left == Some(0) {
            faults.remove(at);
        }
        Some(kind)
    }
}

impl Fault {
    fn is_for(&self, method: &Method, path: &str) -> bool {
        let same_method = self.method.as_ref().is_none_or(|own| own.eq_ignore_ascii_case(method.as_str()));
        same_method && self.path.as_ref().is_none_or(|own| own == path)
    }
}

impl FaultKind {
    /// Does to a request what this fault does; `respond` does what the request asks for, when it is awaited.
    pub(crate) async fn befall(
        self,
        now_ms: u64,
        respond: impl Future<Output = Response>,
    ) -> Result<Response, Dropped> {
        match self {
            Self::Drop => Err(Dropped),
            Self::DropAfterAccept => {
                respond.await;
                Err(Dropped)
            }
            Self::Status { status } => Ok(refused(&Refusal::Internal(
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            ))),
            Self::Ban { ms } => Ok(refused(&Refusal::Banned {
                until_ms: now_ms.saturating_add(ms),
                retry_after_s: ms.div_ceil(1_000),
            })),
            Self::Delay { ms } => {
                let response = respond.await;
                tokio::time::sleep(span(ms)).await;
                Ok(response)
            }
            Self::Slow { ms } => Ok(in_pieces(respond.await, span(ms) / PIECES, false).await),
            Self::Cut => Ok(in_pieces(respond.await, Duration::ZERO, true).await),
        }
    }
}

fn span(ms: u64) -> Duration {
    Duration::from_millis(ms).min(LONGEST)
}

async fn in_pieces(response: Response, pause: Duration, is_cut: bool) -> Response {
    let (parts, body) = response.into_parts();
    let whole = to_bytes(body, LARGEST_ANSWER).await.unwrap_or_default();
    Response::from_parts(parts, Body::new(Pieces::new(whole, PIECES as usize, pause, is_cut)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: &str) -> Fault {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_fault_strikes_its_own_requests_as_often_as_it_was_told() {
        let faults = Faults::new(vec![fault(
            r#"{"method":"POST","path":"/api/v3/order","kind":"status","status":503,"count":2}"#,
        )]);
        assert_eq!(faults.strike(&Method::GET, "/api/v3/order"), None);
        assert_eq!(faults.strike(&Method::POST, "/api/v3/order/test"), None);
        let strikes: Vec<_> = (0..3).map(|_| faults.strike(&Method::POST, "/api/v3/order")).collect();
        let struck = Some(FaultKind::Status { status: 503 });
        assert_eq!(strikes, [struck, struck, None]);
    }

    #[test]
    fn a_fault_without_a_count_stays_until_it_is_taken_back() {
        let faults = Faults::new(vec![fault(r#"{"kind":"drop_after_accept"}"#)]);
        assert!((0..9).all(|_| faults.strike(&Method::GET, "/any").is_some()));
        faults.clear();
        assert_eq!(faults.strike(&Method::GET, "/any"), None);
    }
}
