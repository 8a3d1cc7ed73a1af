//! How a key was used, in words.

use jiff::Timestamp;
use keyward_control::operation::key::KeyView;
use keyward_control::operation::key::usage::Used as Usage;
use keyward_control::usage::Seen;

use super::rights::short;
use crate::chart::Chart;
use crate::moment::Moment;

/// How a key was used.
pub(super) struct Used {
    pub(super) chart: Chart,
    pub(super) last: Option<Moment>,
    pub(super) address: Option<String>,
    pub(super) addresses: Vec<String>,
    pub(super) permissions: Vec<String>,
    pub(super) markets: Vec<String>,
    /// What it may do and, once it was used, never did.
    pub(super) unused: Vec<&'static str>,
}

impl Used {
    pub(super) fn of(key: &KeyView, used: &Usage, now: Timestamp) -> Self {
        let usage = &used.usage;
        let times = |times| if times == 1 { "once".to_owned() } else { format!("{times} times") };
        let told =
            |seen: &[Seen]| seen.iter().map(|one| format!("{} ({})", one.what, times(one.times))).collect();
        let was_used = usage.allowed > 0;
        let granted = short(key.permissions).into_iter();
        Self {
            chart: Chart::of(&used.hours),
            last: usage.last_at.map(|at| Moment::new(at, now)),
            address: usage.last_address.clone(),
            addresses: told(&usage.addresses),
            permissions: told(&usage.permissions),
            markets: told(&usage.markets),
            unused: granted.filter(|name| was_used && !covers(name, &usage.permissions)).collect(),
        }
    }
}

/// Whether a permission was what some request needed, itself or in one of its scopes.
fn covers(granted: &str, used: &[Seen]) -> bool {
    used.iter().any(|one| {
        one.what.strip_prefix(granted).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn a_permission_is_used_by_its_scopes_and_not_by_a_longer_word() {
        let used = |what: &str| [Seen { what: what.to_owned(), times: 1, last_at: Timestamp::UNIX_EPOCH }];
        assert!(covers("trade", &used("trade:spot")) && covers("read", &used("read")));
        assert!(!covers("trade:spot", &used("trade")) && !covers("trade", &used("trader")));
    }

    #[tokio::test]
    async fn a_key_tells_how_it_was_used() {
        let fixture = Fixture::new().await;
        let key = fixture.key("grid", &["market", "trade:spot"], &["203.0.113.7"], "90d").await;
        assert!(fixture.get("/keys/grid").await.body.contains("Nothing went through"));
        fixture.refused(&key.id.to_string(), "symbol_not_allowed").await;
        while fixture.control.read_usage().await.unwrap() {}
        let page = fixture.get("/keys/grid").await;
        page.is_sound();
        assert!(page.body.contains("0 requests were let through and 1 refused"), "{}", page.body);
        assert!(page.body.contains("198.51.100.9 (once)"));
        assert!(fixture.get("/").await.body.contains("1 refused"));
    }
}
