//! Safety: what somebody should look at, because it reaches further, lasts longer or ends sooner than is good; pure.

mod credential;
mod key;

use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use self::credential::of_credential;
pub(crate) use self::key::{Facts, of_key};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Somebody should do something about it.
    Warn,
    /// Money can be lost by it.
    Danger,
}

/// What is found by. Its name is a contract: scripts search for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The link to its secret was opened a second time.
    HandedOverTwice,
    /// It may send money away.
    Withdraws,
    /// It moves money, or reads an account, from any address.
    AnyAddress,
    /// It never expires.
    NeverExpires,
    /// It expires within a week.
    EndsSoon,
    /// It was rotated away and ends soon.
    Retiring,
    /// Nobody used it for 30 days.
    Idle,
    /// It may do more than it did in 30 days.
    WiderThanUsed,
    /// It is older than its project lets a secret become.
    Old,
    /// The exchange was not asked about a real key, or long ago.
    NotChecked,
    /// A real key may move money inside the exchange.
    Transfers,
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// By which rule it was found.
    pub rule: Rule,
    /// How bad it is.
    pub level: Level,
    /// What it is.
    pub what: String,
    /// What to do.
    pub advice: &'static str,
}

fn finding(rule: Rule, level: Level, what: impl Into<String>, advice: &'static str) -> Option<Finding> {
    Some(Finding { rule, level, what: what.into(), advice })
}

/// The worst first.
fn sorted(found: impl IntoIterator<Item = Option<Finding>>) -> Vec<Finding> {
    let mut found: Vec<_> = found.into_iter().flatten().collect();
    found.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    found
}

/// Whole days between two times, rounded down.
fn days(from: jiff::Timestamp, to: jiff::Timestamp) -> i64 {
    (to.as_second() - from.as_second()) / 86_400
}

/// A number of days, in words.
fn of_days(count: i64) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}
