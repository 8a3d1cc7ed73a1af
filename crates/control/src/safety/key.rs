//! What is to be said of an issued key.

use jiff::Timestamp;
use keyward_policy::{Key, Permission, Standing, Verb};

use super::{Finding, Level, Rule, days, finding, of_days, sorted};

/// A key that ends within these days should be rotated now.
const ENDS_SOON_DAYS: i64 = 7;
/// A key that nobody used for so many days is probably needed by nobody.
const IDLE_DAYS: i64 = 30;

/// What the key itself does not tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) now: Timestamp,
    /// When it was last used, as far as the log has been read.
    pub(crate) last_used_at: Option<Timestamp>,
    /// Whether the log has been read to its end: else nobody knows that a key is idle.
    pub(crate) is_log_read: bool,
    /// Whether a tighter key could do all that it did, and that rests on enough.
    pub(crate) could_be_tighter: bool,
    /// How old its project lets a secret become, in days.
    pub(crate) rotate_after_days: u16,
    /// Whether the link to its secret was opened a second time.
    pub(crate) is_handed_over_twice: bool,
}

/// What is to be said of a key, the worst first. Of one that is at its end there is nothing more.
pub(crate) fn of_key(key: &Key, facts: &Facts) -> Vec<Finding> {
    if matches!(key.standing(facts.now), Standing::Revoked | Standing::Expired) {
        return Vec::new();
    }
    sorted([
        twice(facts),
        withdraws(key),
        reach(key),
        end(key, facts),
        idle(key, facts),
        wide(facts),
        age(key, facts),
    ])
}

fn may(key: &Key, what: impl Fn(Permission) -> bool) -> bool {
    key.grants.iter().flat_map(|grant| grant.permissions.iter()).any(what)
}

fn twice(facts: &Facts) -> Option<Finding> {
    let (what, advice) =
        ("The link to its secret was opened twice", "Rotate it: somebody else may have the secret");
    facts.is_handed_over_twice.then(|| finding(Rule::HandedOverTwice, Level::Danger, what, advice)).flatten()
}

fn withdraws(key: &Key) -> Option<Finding> {
    let advice = "Keep it only where somebody really withdraws by program";
    let withdraws = may(key, |one| one.verb() == Verb::Withdraw);
    withdraws.then(|| finding(Rule::Withdraws, Level::Danger, "It may send money away", advice)).flatten()
}

fn reach(key: &Key) -> Option<Finding> {
    let level = match () {
        () if !key.addresses.allow.is_empty() => return None,
        () if may(key, Permission::moves_money) => Level::Warn,
        () if may(key, |one| one.verb() == Verb::Read) => Level::Note,
        () => return None,
    };
    finding(
        Rule::AnyAddress,
        level,
        "It can be used from any address",
        "Bind it to the address of its bot's host",
    )
}

fn end(key: &Key, facts: &Facts) -> Option<Finding> {
    if let Some(at) = key.lifetime.retires_at {
        let what = format!("It was rotated and ends {}", when(facts.now, at));
        return finding(Rule::Retiring, Level::Warn, what, "See that its bot has the new key");
    }
    let Some(at) = key.lifetime.expires_at else {
        return finding(Rule::NeverExpires, Level::Warn, "It never expires", "Give it an end");
    };
    if days(facts.now, at) >= ENDS_SOON_DAYS {
        return None;
    }
    let what = format!("It expires {}", when(facts.now, at));
    finding(Rule::EndsSoon, Level::Warn, what, "Rotate it with a later end, so that its bot goes on")
}

fn when(now: Timestamp, at: Timestamp) -> String {
    match days(now, at) {
        0 => "within a day".to_owned(),
        away => format!("in {}", of_days(away)),
    }
}

fn idle(key: &Key, facts: &Facts) -> Option<Finding> {
    let idle = days(facts.last_used_at.unwrap_or(key.created_at), facts.now);
    if idle < IDLE_DAYS || !facts.is_log_read {
        return None;
    }
    let what = match facts.last_used_at {
        Some(_) => format!("Nobody used it for {}", of_days(idle)),
        None => format!("Nobody used it since it was issued, {} ago", of_days(idle)),
    };
    finding(Rule::Idle, Level::Warn, what, "Revoke it, if nobody needs it")
}

fn wide(facts: &Facts) -> Option<Finding> {
    let advice = "See how tight it could be";
    let what = "It may do more than it did in 30 days";
    facts.could_be_tighter.then(|| finding(Rule::WiderThanUsed, Level::Note, what, advice)).flatten()
}

fn age(key: &Key, facts: &Facts) -> Option<Finding> {
    let (age, most) = (days(key.created_at, facts.now), facts.rotate_after_days);
    // What everybody may read does not leak with time.
    let is_secret = key.verifier.pages().is_none();
    if age < i64::from(most) || key.lifetime.retires_at.is_some() || !is_secret {
        return None;
    }
    let what = format!("Its secret is {} old, and its project rotates after {most}", of_days(age));
    finding(Rule::Old, Level::Warn, what, "Rotate it")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use keyward_policy::Lifetime;

    use super::*;
    use crate::fixture::Fixture;

    const FACTS: Facts = Facts {
        is_handed_over_twice: false,
        now: Timestamp::UNIX_EPOCH,
        last_used_at: None,
        is_log_read: true,
        could_be_tighter: false,
        rotate_after_days: 60,
    };

    fn after(key: &Key, days: i64) -> Facts {
        Facts { now: key.created_at + SignedDuration::from_hours(24 * days), ..FACTS }
    }

    fn rules(key: &Key, facts: &Facts) -> Vec<Rule> {
        of_key(key, facts).into_iter().map(|finding| finding.rule).collect()
    }

    fn small(key: Key, ends_days: i64) -> Key {
        let expires_at = Some(key.created_at + SignedDuration::from_hours(24 * ends_days));
        let mut key = Key { lifetime: Lifetime { expires_at, ..Lifetime::default() }, ..key };
        key.addresses.allow = vec!["203.0.113.7/32".parse().unwrap()];
        key
    }

    #[tokio::test]
    async fn a_key_that_is_kept_small_and_used_is_left_alone_until_it_ends() {
        let key = small(Fixture::new().await.trading_key("bot").await, 50);
        let used = |days| Facts { last_used_at: Some(after(&key, days).now), ..after(&key, days) };
        assert_eq!(rules(&key, &used(1)), []);
        assert_eq!(of_key(&key, &used(44))[0].what, "It expires in 6 days");
        assert_eq!(rules(&key, &used(50)), [], "at its end there is nothing more to say");
    }

    #[tokio::test]
    async fn what_reaches_far_is_found_the_worst_first() {
        let mut key = Fixture::new().await.trading_key("bot").await;
        key.lifetime = Lifetime::default();
        key.grants[0].permissions = "trade,withdraw".parse().unwrap();
        let facts = Facts { could_be_tighter: true, ..after(&key, 61) };
        let wanted = [
            Rule::Withdraws,
            Rule::AnyAddress,
            Rule::NeverExpires,
            Rule::Idle,
            Rule::Old,
            Rule::WiderThanUsed,
        ];
        assert_eq!(rules(&key, &facts), wanted);
        key.grants[0].permissions = "market".parse().unwrap();
        assert!(!rules(&key, &facts).contains(&Rule::AnyAddress));
    }

    #[tokio::test]
    async fn nobody_is_called_idle_before_the_log_is_read() {
        let key = small(Fixture::new().await.trading_key("bot").await, 59);
        assert_eq!(rules(&key, &after(&key, 31)), [Rule::Idle]);
        assert_eq!(rules(&key, &Facts { is_log_read: false, ..after(&key, 31) }), []);
        let used = Facts { last_used_at: Some(after(&key, 10).now), ..after(&key, 45) };
        assert_eq!(of_key(&key, &used)[0].what, "Nobody used it for 35 days");
    }

    #[tokio::test]
    async fn a_project_says_how_old_a_secret_may_become() {
        let key = small(Fixture::new().await.trading_key("bot").await, 89);
        let used = |days| Facts { last_used_at: Some(after(&key, days).now), ..after(&key, days) };
        assert_eq!((rules(&key, &used(59)), rules(&key, &used(60))), (vec![], vec![Rule::Old]));
        assert_eq!(rules(&key, &Facts { rotate_after_days: 90, ..used(60) }), []);
    }
}
