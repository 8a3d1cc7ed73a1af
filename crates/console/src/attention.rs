//! What somebody should look at: keys that reach further, last longer or end sooner than is good for them.

use jiff::Timestamp;
use keyward_control::operation::key::KeyView;
use keyward_policy::{Standing, Verb};

use crate::moment::{days, words};
use crate::parts::Tone;

/// A key that ends within these days should be rotated now.
const ENDS_SOON_DAYS: i64 = 7;
/// A secret that is older than these days is due for a new one.
const OLD_DAYS: i64 = 90;

/// Something to look at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) tone: Tone,
    /// What it is.
    pub(crate) what: String,
    /// What to do.
    pub(crate) advice: &'static str,
}

/// What is to be said of a key. Of one that is at its end there is nothing more.
pub(crate) fn findings(key: &KeyView, now: Timestamp) -> Vec<Finding> {
    if matches!(key.state, Standing::Revoked | Standing::Expired) {
        return Vec::new();
    }
    let mut found: Vec<_> =
        [reach(key), withdrawal(key), end(key, now), age(key, now)].into_iter().flatten().collect();
    found.sort_by_key(|finding| std::cmp::Reverse(finding.tone));
    found
}

fn finding(tone: Tone, what: impl Into<String>, advice: &'static str) -> Option<Finding> {
    Some(Finding { tone, what: what.into(), advice })
}

fn reach(key: &KeyView) -> Option<Finding> {
    let moves = key.permissions.iter().any(|one| one.moves_money());
    if !moves || !key.ip.is_empty() {
        return None;
    }
    finding(
        Tone::Warn,
        "It can be used from any address",
        "Issue one that is bound to the bot's address, and revoke this",
    )
}

fn withdrawal(key: &KeyView) -> Option<Finding> {
    let withdraws = key.permissions.iter().any(|one| one.verb() == Verb::Withdraw);
    let advice = "Keep it only where somebody really withdraws by program";
    withdraws.then(|| finding(Tone::Bad, "It may send money away", advice)).flatten()
}

fn end(key: &KeyView, now: Timestamp) -> Option<Finding> {
    if let Some(at) = key.retires_at {
        return finding(
            Tone::Warn,
            format!("It was rotated and ends {}", words(at, now)),
            "See that its bot has the new key",
        );
    }
    let Some(at) = key.expires_at else {
        return finding(Tone::Warn, "It never expires", "Rotate it, and give the new one an end");
    };
    if days(now, at) >= ENDS_SOON_DAYS {
        return None;
    }
    finding(
        Tone::Warn,
        format!("It expires {}", words(at, now)),
        "Rotate it with a later end, so that its bot goes on",
    )
}

fn age(key: &KeyView, now: Timestamp) -> Option<Finding> {
    let age = days(key.created_at, now);
    if age < OLD_DAYS || key.retires_at.is_some() {
        return None;
    }
    finding(Tone::Plain, format!("Its secret is {age} days old"), "Rotate it")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_key_that_is_kept_small_is_left_alone_until_it_ends() {
        let fixture = Fixture::new().await;
        let key = fixture.key("bot", &["market", "read", "trade:spot"], &["203.0.113.7"], "90d").await;
        let at = |days: i64| key.created_at + SignedDuration::from_hours(24 * days);
        assert_eq!(findings(&key, at(1)), []);
        assert_eq!(findings(&key, at(84))[0].what, "It expires in 6 days");
    }

    #[tokio::test]
    async fn what_reaches_far_is_found_the_worst_first() {
        let fixture = Fixture::new().await;
        let key = fixture.key("bot", &["trade", "withdraw"], &[], "never").await;
        let found = findings(&key, key.created_at + SignedDuration::from_hours(24 * 100));
        let found: Vec<_> = found.iter().map(|finding| finding.what.as_str()).collect();
        let wanted = [
            "It may send money away",
            "It can be used from any address",
            "It never expires",
            "Its secret is 100 days old",
        ];
        assert_eq!(found, wanted);
    }
}
