//! The server's clock, which a test moves (libfaketime), and what it shows.

use std::fs;

use super::World;
use crate::wire::now_ms;

impl World {
    /// Sets the server's clock off by this much (`+90s`), at once.
    pub(crate) fn set_clock(&self, off: &str) {
        fs::write(self.path("clock.new"), off).unwrap();
        fs::rename(self.path("clock.new"), self.path("clock")).unwrap();
    }

    /// Lets so many seconds pass for the server.
    pub(crate) fn pass_s(&self, seconds: u64) {
        self.set_clock(&format!("+{}s", self.ahead_s() + seconds));
    }

    /// What the server's clock shows, while it goes ahead by whole seconds.
    pub(crate) fn now_s(&self) -> u64 {
        u64::try_from(now_ms() / 1000).unwrap() + self.ahead_s()
    }

    fn ahead_s(&self) -> u64 {
        let off = fs::read_to_string(self.path("clock")).unwrap();
        off.trim_matches(['+', 's']).parse().unwrap()
    }
}
