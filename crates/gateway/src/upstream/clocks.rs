//! What time it is at each exchange, as one worker knows it from the answers that it gets.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::{Instant, UNIX_EPOCH};

use foldhash::fast::RandomState;
use http::HeaderMap;
use http::header::{AGE, DATE};

use super::offset::{FarOff, Offset, Told};
use crate::venue::Base;

/// The clocks of the exchanges.
pub(crate) struct Clocks {
    /// Where the monotonic time begins.
    start: Instant,
    offsets: RefCell<HashMap<Base, Offset, RandomState>>,
}

impl Clocks {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), offsets: RefCell::default() }
    }

    /// The time to sign with, where the host's clock says this: the exchange's, if the two disagree.
    ///
    /// # Errors
    /// They disagree too much.
    pub(crate) fn time_at(&self, base: &Base, host_us: u64) -> Result<u64, FarOff> {
        let known = self.offsets.borrow().get(base).copied();
        let host = i64::try_from(host_us).unwrap_or(i64::MAX);
        Offset::correct(known, host, self.now_us()).map(|us| u64::try_from(us).unwrap_or(host_us))
    }

    /// Takes note of the time that an answer names, now and then. An answer from a cache names an old one.
    pub(super) fn learn(&self, base: &Base, sent_us: i64, headers: &HeaderMap) {
        let (mut offsets, answered_us) = (self.offsets.borrow_mut(), self.now_us());
        let known = offsets.get(base).copied();
        if !Offset::is_due(known, answered_us) || headers.contains_key(AGE) {
            return;
        }
        let told = date_us(headers).map(|date_us| Told { sent_us, answered_us, date_us });
        if let Some(offset) = told.and_then(|told| Offset::learn(known, told)) {
            offsets.insert(base.clone(), offset);
        }
    }

    /// The monotonic time in microseconds.
    pub(super) fn now_us(&self) -> i64 {
        i64::try_from(self.start.elapsed().as_micros()).unwrap_or(i64::MAX)
    }
}

/// The time of an answer (RFC 9110 §6.6.1), in microseconds since the Unix epoch.
fn date_us(headers: &HeaderMap) -> Option<i64> {
    let date = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    i64::try_from(date.duration_since(UNIX_EPOCH).ok()?.as_micros()).ok()
}
