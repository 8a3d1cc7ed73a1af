//! A request that was let through: its answer says how the exchange takes it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::Ordering;
use std::time::Instant;

use keyward_dialect::Pushback;

use super::trouble::Trouble;
use super::{Ask, Breaker, Held, Line};
use crate::venue::Base;

/// A request on its way. Dropped without an answer, it makes room for another probe.
pub(crate) struct Passage<'b> {
    breaker: &'b Breaker,
    ask: Ask<'b>,
    turn: usize,
    /// The lines that this request is the probe of.
    probes: Vec<Line>,
}

impl<'b> Passage<'b> {
    pub(super) fn free(breaker: &'b Breaker, ask: Ask<'b>, turn: usize) -> Self {
        Self::probing(breaker, ask, turn, Vec::new())
    }

    pub(super) fn probing(breaker: &'b Breaker, ask: Ask<'b>, turn: usize, probes: Vec<Line>) -> Self {
        Self { breaker, ask, turn, probes }
    }

    /// Where the request goes.
    pub(crate) fn base(&self) -> &'b Base {
        self.ask.base
    }

    /// Looks again, right before the request is sent: the exchange may have said something in the meantime.
    pub(crate) fn renew(&mut self, now: impl FnOnce() -> Instant) -> Result<(), Held> {
        if self.breaker.turns.load(Ordering::Acquire) != self.turn {
            self.give_up_probes();
            *self = self.breaker.check(self.ask, now)?;
        }
        Ok(())
    }

    /// Takes note of the answer, and of how many seconds the exchange said to wait.
    pub(crate) fn settle(mut self, pushback: Option<Pushback>, wait_s: Option<u64>, now: Instant) {
        let probes = std::mem::take(&mut self.probes);
        let Some(pushback) = pushback else {
            if !probes.is_empty() {
                tracing::info!(probes = probes.len(), "the exchange answers again");
                self.breaker.change(|lines| lines.retain(|line, _| !probes.contains(line)));
            }
            return;
        };
        let (line, trouble) = (self.ask.line(pushback.limited), Trouble::new(pushback, wait_s, now));
        let left_s = trouble.left(now).as_secs();
        tracing::warn!(%line, banned = pushback.banned, left_s, "an exchange asks to be left alone");
        self.breaker.change(|lines| {
            lose(&probes, lines);
            match lines.entry(line) {
                Entry::Occupied(mut known) => *known.get_mut() = known.get().and(trouble, now),
                Entry::Vacant(vacant) => {
                    vacant.insert(trouble);
                }
            }
        });
    }

    fn give_up_probes(&mut self) {
        let probes = std::mem::take(&mut self.probes);
        if !probes.is_empty() {
            lose(&probes, &mut self.breaker.lines.lock());
        }
    }
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        self.give_up_probes();
    }
}

/// Lets others find out in place of probes that brought no answer.
fn lose(probes: &[Line], lines: &mut HashMap<Line, Trouble>) {
    for line in probes {
        if let Some(trouble) = lines.get_mut(line) {
            trouble.probe_lost();
        }
    }
}
