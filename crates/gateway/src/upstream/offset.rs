//! How far an exchange's clock is from this host's, told from the `Date` of its answers.
//!
//! Measured against the monotonic clock, so that a jump of the host's wall clock changes nothing. `Date` has whole
//! seconds, and servers keep its text for up to a second: what is known is a range, which narrows as answers come.

use thiserror::Error;

/// A request that took longer than this tells too little.
const ROUND_TRIP_MAX_US: i64 = 2_000_000;
/// How late after the beginning of the second that it names a `Date` may have been written.
const WRITTEN_WITHIN_US: i64 = 2_000_000;
/// How fast two clocks drift apart at most, in parts per million; NTP itself allows 500.
const DRIFT_PPM: i64 = 500;
/// How often an answer is looked at.
const EVERY_US: i64 = 1_000_000;
/// A host's clock that is wrong by more than this is no clock to decide by: not corrected, but refused.
const FAR_US: i64 = 30_000_000;
/// For how long a range may overrule the host's clock by that much: a host that slept has a monotonic clock that did
/// not go on, and only another answer tells which of the two is wrong.
const RECENT_US: i64 = 10_000_000;

/// The host's clock is too far off the exchange's to sign anything by it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the clock of Keyward's host is {} s {} the exchange's", .0.unsigned_abs() / 1_000_000, if *.0 > 0 { "ahead of" } else { "behind" })]
pub(crate) struct FarOff(i64);

/// The time of an exchange less the monotonic time, in microseconds: not below the first, not above the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offset {
    least_us: i64,
    most_us: i64,
    /// The monotonic time when it was told.
    told_us: i64,
}

/// An answer, in monotonic time, and the second that it names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) sent_us: i64,
    pub(crate) answered_us: i64,
    /// Microseconds since the Unix epoch.
    pub(crate) date_us: i64,
}

impl Offset {
    /// Whether an answer would tell anything new.
    pub(crate) fn is_due(known: Option<Self>, now_us: i64) -> bool {
        known.is_none_or(|known| now_us - known.told_us >= EVERY_US)
    }

    /// What is known after an answer. One that contradicts what was known is believed: the exchange set its clock, or
    /// this host slept.
    pub(crate) fn learn(known: Option<Self>, told: Told) -> Option<Self> {
        if told.answered_us - told.sent_us > ROUND_TRIP_MAX_US {
            return known;
        }
        let new = Self {
            least_us: told.date_us - told.answered_us,
            most_us: told.date_us + WRITTEN_WITHIN_US - told.sent_us,
            told_us: told.answered_us,
        };
        let Some(old) = known.map(|known| known.aged(told.answered_us)) else { return Some(new) };
        let (least_us, most_us) = (new.least_us.max(old.least_us), new.most_us.min(old.most_us));
        Some(if least_us <= most_us { Self { least_us, most_us, ..new } } else { new })
    }

    /// The time to sign with: the host's own where the exchange may have it too, else the likeliest one of the
    /// exchange.
    ///
    /// # Errors
    /// The host's clock is too far off.
    pub(crate) fn correct(known: Option<Self>, host_us: i64, now_us: i64) -> Result<i64, FarOff> {
        let Some(known) = known else { return Ok(host_us) };
        let range = known.aged(now_us);
        let (least_us, most_us) = (range.least_us + now_us, range.most_us + now_us);
        if (least_us..=most_us).contains(&host_us) {
            return Ok(host_us);
        }
        let likely_us = least_us + (most_us - least_us) / 2;
        match host_us - likely_us {
            off if off.abs() <= FAR_US => Ok(likely_us),
            off if now_us - known.told_us <= RECENT_US => Err(FarOff(off)),
            _ => Ok(host_us),
        }
    }

    fn aged(self, now_us: i64) -> Self {
        let drift_us = (now_us - self.told_us).max(0) * DRIFT_PPM / 1_000_000;
        Self { least_us: self.least_us - drift_us, most_us: self.most_us + drift_us, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;
    /// The exchange's time when the monotonic clock begins.
    const START: i64 = 1_800_000_000 * SECOND;

    /// What an exchange whose clock is right says when it is asked at this monotonic time.
    fn told(at_us: i64) -> Told {
        let date_us = (START + at_us) / SECOND * SECOND;
        Told { sent_us: at_us - 20_000, answered_us: at_us + 20_000, date_us }
    }

    fn known_after(asked_at: impl IntoIterator<Item = i64>) -> Option<Offset> {
        asked_at.into_iter().fold(None, |known, at| Offset::learn(known, told(at)))
    }

    #[test]
    fn the_range_holds_the_truth_and_narrows() {
        let (first, later) =
            (known_after([0]).unwrap(), known_after((0..50).map(|n| n * 1_037_000)).unwrap());
        for range in [first, later] {
            assert!((range.least_us..=range.most_us).contains(&START), "{range:?}");
        }
        assert!(later.most_us - later.least_us < first.most_us - first.least_us);
    }

    #[test]
    fn a_host_whose_clock_is_right_is_not_corrected() {
        let now = 10 * SECOND;
        assert_eq!(Offset::correct(known_after([now]), START + now, now), Ok(START + now));
        assert_eq!(Offset::correct(None, 7, now), Ok(7), "nothing is known yet");
    }

    #[test]
    fn a_clock_that_is_off_by_seconds_is_corrected_to_within_the_range() {
        let now = 10 * SECOND;
        for off in [-29, -10, -3, 4, 10, 27] {
            let corrected = Offset::correct(known_after([now]), START + now + off * SECOND, now).unwrap();
            assert!((corrected - (START + now)).abs() <= 3 * SECOND / 2, "{off}");
        }
    }

    #[test]
    fn a_clock_that_jumped_by_minutes_or_hours_signs_nothing() {
        let now = 10 * SECOND;
        for off in [-86_400, -3_600, -120, 120, 3_600, 86_400] {
            let refused = Offset::correct(known_after([now]), START + now + off * SECOND, now);
            assert!(refused.is_err(), "{off}");
        }
        let refused = Offset::correct(known_after([0]), START + 3_600 * SECOND, SECOND).unwrap_err();
        assert!(refused.to_string().ends_with("s ahead of the exchange's"), "{refused}");
    }

    #[test]
    fn a_host_that_slept_finds_out_by_asking_again() {
        let (slept, host) = (known_after([0]), START + 3_611 * SECOND);
        assert!(Offset::correct(slept, host, 9 * SECOND).is_err());
        assert_eq!(
            Offset::correct(slept, host, 11 * SECOND),
            Ok(host),
            "one request asks with the host's clock"
        );
        let date_us = START + 3_611 * SECOND;
        let woken =
            Offset::learn(slept, Told { sent_us: 11 * SECOND, answered_us: 11 * SECOND + 20_000, date_us });
        assert_eq!(Offset::correct(woken, host + SECOND, 12 * SECOND), Ok(host + SECOND));
    }

    #[test]
    fn a_slow_answer_tells_nothing() {
        let slow = Told { answered_us: 3 * SECOND, ..told(0) };
        assert_eq!(Offset::learn(None, slow), None);
    }
}
