//! One round: every door in turn under the same load.

use std::fmt;

use anyhow::Result;

use super::load::Pace;
use super::measured::Measured;
use super::stage::Stage;
use super::traffic::{orders, reads};

/// What was measured in one round.
pub(super) struct Round {
    pub(super) full: Full,
    pub(super) half: Half,
    pub(super) orders: Orders,
}

/// Reads, as many as each door carries.
pub(super) struct Full {
    pub(super) nginx: Measured,
    pub(super) haproxy: Measured,
    pub(super) keyward: Measured,
}

/// Reads, half as many as Keyward carries: through no door at all, through nginx, through Keyward.
pub(super) struct Half {
    pub(super) direct: Measured,
    pub(super) nginx: Measured,
    pub(super) keyward: Measured,
}

/// Orders through Keyward.
pub(super) struct Orders {
    /// As many as it carries.
    pub(super) full: Measured,
    /// Half as many.
    pub(super) half: Measured,
    /// Reads at the same rate as those.
    pub(super) reads: Measured,
}

impl Round {
    /// Measures everything once, this many requests each.
    pub(super) fn measure(stage: &Stage, count: usize) -> Result<Self> {
        let full = Full::measure(stage, count)?;
        let half = Half::measure(stage, count, Pace::PerSecond(full.keyward.rate / 2.0))?;
        Ok(Self { full, half, orders: Orders::measure(stage, count)? })
    }
}

impl Full {
    fn measure(stage: &Stage, count: usize) -> Result<Self> {
        let reads = reads(&stage.holders, count)?;
        Ok(Self {
            nginx: Measured::take(&stage.nginx, &reads, Pace::Full)?,
            haproxy: Measured::take(&stage.haproxy, &reads, Pace::Full)?,
            keyward: Measured::take(&stage.keyward, &reads, Pace::Full)?,
        })
    }
}

impl Half {
    fn measure(stage: &Stage, count: usize, pace: Pace) -> Result<Self> {
        let reads = reads(&stage.holders, count)?;
        Ok(Self {
            direct: Measured::take(&stage.exchange, &reads, pace)?,
            nginx: Measured::take(&stage.nginx, &reads, pace)?,
            keyward: Measured::take(&stage.keyward, &reads, pace)?,
        })
    }
}

impl Orders {
    fn measure(stage: &Stage, count: usize) -> Result<Self> {
        let full = Measured::take(&stage.keyward, &orders(&stage.holders, count)?, Pace::Full)?;
        let pace = Pace::PerSecond(full.rate / 2.0);
        let half = Measured::take(&stage.keyward, &orders(&stage.holders, count)?, pace)?;
        let reads = Measured::take(&stage.keyward, &reads(&stage.holders, count)?, pace)?;
        Ok(Self { full, half, reads })
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Full { nginx, haproxy, keyward } = &self.full;
        let (nginx, haproxy, keyward) = (nginx.cpu_us, haproxy.cpu_us, keyward.cpu_us);
        write!(f, "CPU per request: nginx {nginx:.1} µs, HAProxy {haproxy:.1} µs, Keyward {keyward:.1} µs")
    }
}
