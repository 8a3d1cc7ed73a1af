//! Counters of what the gateway did, for Prometheus.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use keyward_policy::{KillSwitch, Reason};

use crate::breaker::Pause;

/// The counters.
pub(crate) struct Metrics {
    registry: Registry,
    answered: Counter,
    refused: Family<Labels, Counter>,
    pauses: Family<PauseLabels, Gauge>,
    nonces_refused: Counter,
    kill_switch: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PauseLabels {
    of: String,
    banned: &'static str,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let (answered, refused) = (Counter::default(), Family::<Labels, Counter>::default());
        let pauses = Family::<PauseLabels, Gauge>::default();
        let mut registry = Registry::with_prefix("keyward");
        registry.register("requests_answered", "Requests that an exchange answered", answered.clone());
        registry.register(
            "requests_refused",
            "Requests that Keyward answered itself, by reason",
            refused.clone(),
        );
        registry.register(
            "exchange_pause_seconds",
            "Seconds for which an exchange, or an account there, is left alone because it asked for it",
            pauses.clone(),
        );
        let nonces_refused = Counter::default();
        registry.register(
            "nonces_refused",
            "Requests whose nonce the exchange refused: somebody uses the real key beside Keyward",
            nonces_refused.clone(),
        );
        let kill_switch = Gauge::default();
        registry.register(
            "kill_switch",
            "Whether the kill switch is on: 0 off, 1 for some, 2 for everything",
            kill_switch.clone(),
        );
        Self { registry, answered, refused, pauses, nonces_refused, kill_switch }
    }

    pub(crate) fn count_answered(&self) {
        self.answered.inc();
    }

    pub(crate) fn show_switch(&self, switch: &KillSwitch) {
        let shown = match switch {
            KillSwitch::Off => 0,
            KillSwitch::Only(_) => 1,
            KillSwitch::All => 2,
        };
        self.kill_switch.set(shown);
    }

    pub(crate) fn count_refused(&self, reason: Reason) {
        self.refused.get_or_create(&Labels { reason: reason.code() }).inc();
    }

    pub(crate) fn count_nonce_refused(&self) {
        self.nonces_refused.inc();
    }

    pub(crate) fn text(&self, pauses: &[Pause]) -> String {
        self.pauses.clear();
        for pause in pauses {
            let banned = if pause.banned { "true" } else { "false" };
            let labels = PauseLabels { of: pause.of.clone(), banned };
            self.pauses.get_or_create(&labels).set(i64::try_from(pause.left.as_secs()).unwrap_or(i64::MAX));
        }
        let mut text = String::new();
        // Writing into a string cannot fail; what was written is the answer either way.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_counted_by_reason() {
        let metrics = Metrics::new();
        metrics.count_refused(Reason::Replayed);
        metrics.count_refused(Reason::Replayed);
        assert!(metrics.text(&[]).contains("keyward_requests_refused_total{reason=\"replayed\"} 2"));
    }
}
