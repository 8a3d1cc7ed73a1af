//! What most keys are for, with the least that it takes.

/// A kind of key.
pub(super) struct Preset {
    /// How addresses name it.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// What it is for.
    pub(super) purpose: &'static str,
    /// What it cannot do, which is what somebody chooses it for.
    pub(super) limit: &'static str,
    pub(super) allow: &'static [&'static str],
    /// Requests a minute and at once; empty takes Keyward's own.
    pub(super) rate: (&'static str, &'static str),
    /// Whether it trades, and so should be bound to markets and addresses.
    pub(super) trades: bool,
    /// Whether anybody may read it: it has pages in place of a secret.
    pub(super) is_publishable: bool,
}

/// The kinds there are, the smallest first.
pub(super) const PRESETS: [Preset; 6] = [
    Preset {
        name: "market-data",
        title: "Market data",
        purpose: "Prices, order books and candles for charts, research and signals.",
        limit: "Sees nothing of the account and changes nothing.",
        allow: &["market"],
        rate: ("", ""),
        trades: false,
        is_publishable: false,
    },
    Preset {
        name: "browser",
        title: "Browser key",
        purpose: "Prices and charts in a web page that has no back end of its own.",
        limit: "Anybody can read it, so it opens public market data and nothing else, in your pages only.",
        allow: &["market"],
        rate: ("", ""),
        trades: false,
        is_publishable: true,
    },
    Preset {
        name: "portfolio",
        title: "Read-only portfolio",
        purpose: "Balances, orders and history for dashboards, tax and accounting.",
        limit: "Cannot trade and cannot move money.",
        allow: &["market", "read"],
        rate: ("", ""),
        trades: false,
        is_publishable: false,
    },
    Preset {
        name: "spot-bot",
        title: "Spot bot",
        purpose: "A bot that trades the spot pairs you name: grid, DCA, freqtrade.",
        limit: "No other market, no futures, no transfers, no withdrawals.",
        allow: &["market", "read", "trade:spot"],
        rate: ("", ""),
        trades: true,
        is_publishable: false,
    },
    Preset {
        name: "market-maker",
        title: "Market maker",
        purpose: "Quotes on spot and futures, with room for many changes a minute.",
        limit: "No transfers and no withdrawals. Leverage can be set.",
        allow: &["market", "read", "trade:spot", "trade:futures"],
        rate: ("6000", "300"),
        trades: true,
        is_publishable: false,
    },
    Preset {
        name: "custom",
        title: "Something else",
        purpose: "You choose each permission yourself.",
        limit: "Starts with nothing: what you do not tick is denied.",
        allow: &[],
        rate: ("", ""),
        trades: true,
        is_publishable: false,
    },
];

/// The kind with this name.
pub(super) fn named(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

#[cfg(test)]
mod tests {
    use keyward_policy::{Permission, Verb};

    use super::*;

    #[test]
    fn no_preset_lets_money_go() {
        let allowed = PRESETS.iter().flat_map(|preset| preset.allow);
        for name in allowed {
            let permission: Permission = name.parse().unwrap();
            assert!(matches!(permission.verb(), Verb::Market | Verb::Read | Verb::Trade), "{name}");
        }
    }

    #[test]
    fn what_anybody_may_read_opens_market_data_only() {
        let published = PRESETS.iter().filter(|preset| preset.is_publishable);
        assert!(published.into_iter().all(|preset| preset.allow == ["market"]));
    }
}
