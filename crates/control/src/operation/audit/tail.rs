//! `audit tail`: the latest entries.

use keyward_policy::{Actor, Operation};
use serde::Deserialize;
use utoipa::IntoParams;

use super::entry::Entries;
use crate::blocking::blocking;
use crate::{Control, Error};

/// How many entries when nobody says otherwise.
const LIMIT_DEFAULT: usize = 100;
/// The most entries of one answer.
const LIMIT_MAX: usize = 1000;

/// How much of the log's end to show.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Tail {
    /// How many entries: 100 unless said otherwise, and never more than 1000.
    pub limit: Option<usize>,
}

/// The latest entries, the oldest first.
///
/// # Errors
/// `audit_unavailable`.
pub async fn tail(control: &Control, actor: &Actor, input: Tail) -> Result<Entries, Error> {
    control.view(actor, Operation::AuditTail)?;
    control.settle_log().await;
    let dir = control.audit_dir.clone();
    let limit = input.limit.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX);
    blocking(move || Entries::read(&keyward_ledger::tail(&dir, limit)?.0)).await
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
        let entries = tail(&fixture.control, &fixture.actor, Tail { limit: Some(2) }).await.unwrap().items;
        let names: Vec<_> = entries.iter().map(|entry| &entry.event["details"]["name"]).collect();
        assert_eq!(names, ["one", "two"]);
        assert_eq!(entries[1].index.0, entries[0].index.0 + 1);
    }
}
