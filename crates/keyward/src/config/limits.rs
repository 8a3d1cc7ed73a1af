//! `[gateway.limits]`: what an operator may set of the bounds towards clients.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use keyward_gateway::Limits;
use serde::Deserialize;

/// What the file says about bounds; what it does not say stays as it is. None of them can be zero, that is, off.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LimitsConfig {
    head_bytes: Option<NonZeroUsize>,
    headers: Option<NonZeroUsize>,
    body_bytes: Option<NonZeroUsize>,
    connections: Option<NonZeroUsize>,
    address_connections: Option<NonZeroUsize>,
    first_byte_s: Option<NonZeroU32>,
    head_s: Option<NonZeroU32>,
    idle_s: Option<NonZeroU32>,
    body_s: Option<NonZeroU32>,
    stall_s: Option<NonZeroU32>,
    bytes_per_second: Option<NonZeroU32>,
    stream_s: Option<NonZeroU32>,
    failures_per_minute: Option<NonZeroU32>,
    hold_s: Option<NonZeroU32>,
    approval_s: Option<NonZeroU32>,
}

impl LimitsConfig {
    /// These bounds, with what the file says about them.
    pub(crate) fn over(self, limits: Limits) -> Limits {
        let size = |said: Option<NonZeroUsize>, default| said.map_or(default, NonZeroUsize::get);
        let number = |said: Option<NonZeroU32>, default| said.map_or(default, NonZeroU32::get);
        let seconds = |said: Option<NonZeroU32>, default| {
            said.map_or(default, |said| Duration::from_secs(u64::from(said.get())))
        };
        Limits {
            head_bytes: size(self.head_bytes, limits.head_bytes),
            headers: size(self.headers, limits.headers),
            body_bytes: size(self.body_bytes, limits.body_bytes),
            connections: size(self.connections, limits.connections),
            address_connections: size(self.address_connections, limits.address_connections),
            first_byte: seconds(self.first_byte_s, limits.first_byte),
            head: seconds(self.head_s, limits.head),
            idle: seconds(self.idle_s, limits.idle),
            body: seconds(self.body_s, limits.body),
            stall: seconds(self.stall_s, limits.stall),
            bytes_per_second: number(self.bytes_per_second, limits.bytes_per_second),
            stream: seconds(self.stream_s, limits.stream),
            failures_per_minute: number(self.failures_per_minute, limits.failures_per_minute),
            hold: seconds(self.hold_s, limits.hold),
            approval: seconds(self.approval_s, limits.approval),
            ..limits
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Limits, toml::de::Error> {
        toml::from_str::<LimitsConfig>(text).map(|said| said.over(Limits::default()))
    }

    #[test]
    fn what_is_said_wins_and_the_rest_stays() {
        let limits = read("head_s = 3\naddress_connections = 9").unwrap();
        assert_eq!((limits.head, limits.address_connections), (Duration::from_secs(3), 9));
        assert_eq!(limits.idle, Limits::default().idle);
    }

    #[test]
    fn no_bound_can_be_taken_away() {
        assert!(read("head_s = 0").is_err());
        assert!(read("heads = 1").is_err());
    }
}
