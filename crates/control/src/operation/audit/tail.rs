//! `audit tail`: the latest entries.

use keyward_ledger::EntryIndex;
use keyward_policy::{Actor, Operation};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::entry::Entries;
use crate::blocking::blocking;
use crate::{Control, Error};

/// How many entries when nobody says otherwise.
const LIMIT_DEFAULT: usize = 100;
/// The most entries of one answer.
const LIMIT_MAX: usize = 1000;

/// How much of the log's end to show, and what of it. What is not said narrows nothing.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Tail {
    /// How many entries: 100 unless said otherwise, and never more than 1000.
    pub limit: Option<usize>,
    /// Only entries before this one: `older` of the last answer leads to older ones.
    pub before: Option<u64>,
    /// Only events of this kind: `refused`, `changed`, `intent`, `outcome`, `forwarded`, `held`, `approval_ended`,
    /// `unrecorded`.
    pub event: Option<String>,
    /// Only what concerns the key, project, credential, venue or request with this id.
    pub about: Option<String>,
    /// Only refusals and outcomes with this reason code.
    pub reason: Option<String>,
}

/// The latest entries, the oldest first.
///
/// # Errors
/// `audit_unavailable`.
pub async fn tail(control: &Control, actor: &Actor, input: Tail) -> Result<Entries, Error> {
    control.view(actor, Operation::AuditTail)?;
    control.settle_log().await;
    let (dir, places) = (control.audit_dir.clone(), control.usage.places());
    let limit = input.limit.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX);
    let (before, wanted) = (input.before.map(EntryIndex), input.wanted());
    let search = move || {
        let is_wanted = |json: &str| wanted.iter().all(|member| json.contains(member));
        let found = keyward_ledger::search(&dir, &places, before, limit, is_wanted)?;
        Ok(Entries { older: found.older, ..Entries::read(&found.entries)? })
    };
    blocking(search).await
}

impl Tail {
    /// What an entry's JSON has to contain. A quotation mark inside of a JSON string is escaped, so that no name or path that
    /// a stranger chose can look like a member, or like an id.
    fn wanted(&self) -> Vec<String> {
        let member = |name: &str, value: &Option<String>| {
            value.as_ref().map(|value| format!("{}:{}", Value::from(name), Value::from(value.as_str())))
        };
        let about = self.about.as_ref().map(|id| Value::from(id.as_str()).to_string());
        [member("event", &self.event), member("reason", &self.reason), about].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn the_latest_entries_come_last() {
        let fixture = Fixture::new().await;
        fixture.project("one").await;
        fixture.project("two").await;
        let entries = tail(&fixture.control, &fixture.actor, Tail { limit: Some(2), ..Tail::default() })
            .await
            .unwrap()
            .items;
        let names: Vec<_> = entries.iter().map(|entry| &entry.event["details"]["name"]).collect();
        assert_eq!(names, ["one", "two"]);
        assert_eq!(entries[1].index.0, entries[0].index.0 + 1);
    }

    #[tokio::test]
    async fn the_log_is_narrowed_to_what_is_asked_for() {
        let fixture = Fixture::new().await;
        let one = fixture.project("one").await;
        fixture.project("two").await;
        let count =
            async |input: Tail| tail(&fixture.control, &fixture.actor, input).await.unwrap().items.len();
        let about = Tail { about: Some(one.id.to_string()), ..Tail::default() };
        assert_eq!(count(about.clone()).await, 1);
        assert_eq!(count(Tail { event: Some("refused".to_owned()), ..about.clone() }).await, 0);
        assert_eq!(count(Tail { event: Some("changed".to_owned()), ..about.clone() }).await, 1);
        assert_eq!(count(Tail { before: Some(0), ..about }).await, 0);
        assert_eq!(count(Tail { about: Some("one\"".to_owned()), ..Tail::default() }).await, 0);
    }
}
