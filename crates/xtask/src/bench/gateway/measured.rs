//! What one server did under one load.

use anyhow::Result;

use super::load::{Load, Pace};
use crate::bench::daemon::Daemon;

/// The figures of one server under one load.
#[derive(Clone, Copy)]
pub(super) struct Measured {
    /// Requests answered a second.
    pub(super) rate: f64,
    /// Processor time of the server alone, in microseconds a request.
    pub(super) cpu_us: f64,
    /// The middle latency, in microseconds.
    pub(super) p50_us: f64,
    /// The latency that one in a hundred exceeds, in microseconds.
    pub(super) p99_us: f64,
}

impl Measured {
    /// Puts a server under a load.
    pub(super) fn take(server: &Daemon, requests: &[Vec<u8>], pace: Pace) -> Result<Self> {
        let before = server.cpu()?;
        let answers = Load { requests, pace }.run(server.port)?;
        let used = server.cpu()?.saturating_sub(before);
        Ok(Self {
            rate: answers.rate(),
            cpu_us: used.as_secs_f64() * 1e6 / requests.len() as f64,
            p50_us: answers.within(0.5),
            p99_us: answers.within(0.99),
        })
    }
}
