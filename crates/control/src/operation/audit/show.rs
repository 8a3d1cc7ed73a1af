//! `audit show`: one entry, or what the log knows of one request.

use keyward_ledger::{EntryIndex, Find};
use keyward_policy::{Actor, ApprovalId, Operation};
use serde_json::Value;

use super::entry::Entries;
use crate::blocking::blocking;
use crate::name::shortened;
use crate::{Code, Control, Error};

/// The most entries of an approval: that it was asked for, what operators did about it, its use, its end.
const OF_APPROVAL_MAX: usize = 100;

/// The entry with this number, the entries of the request with this id (`req_…`), or of the approval (`apr_…`).
///
/// # Errors
/// `entry_unknown`; `audit_unavailable`.
pub async fn show(control: &Control, actor: &Actor, id: &str) -> Result<Entries, Error> {
    control.view(actor, Operation::AuditShow)?;
    let unknown = || {
        Error::new(Code::EntryUnknown, format!("the audit log has no entry `{}`", shortened(id)))
            .hint("give an entry's number, or a request's id: clients see it as Keyward-Request-Id")
    };
    control.settle_log().await;
    let entries = match id.parse() {
        Ok(approval) => of_approval(control, approval).await?,
        Err(_) => found(control, find(id).ok_or_else(unknown)?).await?,
    };
    if entries.items.is_empty() { Err(unknown()) } else { Ok(entries) }
}

async fn found(control: &Control, find: Find) -> Result<Entries, Error> {
    let (dir, places) = (control.audit_dir.clone(), control.usage.places());
    blocking(move || Entries::read(&keyward_ledger::find(&dir, &places, find)?)).await
}

async fn of_approval(control: &Control, approval: ApprovalId) -> Result<Entries, Error> {
    let (dir, places) = (control.audit_dir.clone(), control.usage.places());
    let named = Value::from(approval.to_string()).to_string();
    let search = move || {
        let names_it = |json: &str| json.contains(&named);
        Entries::read(&keyward_ledger::search(&dir, &places, None, OF_APPROVAL_MAX, names_it)?.entries)
    };
    blocking(search).await
}

fn find(id: &str) -> Option<Find> {
    let index = || id.parse().ok().map(|index| Find::Index(EntryIndex(index)));
    id.parse().ok().map(Find::Request).or_else(index)
}

#[cfg(test)]
mod tests {
    use keyward_policy::RequestId;

    use super::*;
    use crate::fixture::Fixture;

    async fn shown(fixture: &Fixture, id: &str) -> Result<usize, Code> {
        let entries = show(&fixture.control, &fixture.actor, id).await;
        entries.map(|entries| entries.items.len()).map_err(|error| error.code())
    }

    #[tokio::test]
    async fn an_entry_is_found_by_its_number() {
        let fixture = Fixture::new().await;
        assert_eq!(shown(&fixture, "0").await, Ok(1));
        assert_eq!(shown(&fixture, "99").await, Err(Code::EntryUnknown));
    }

    #[tokio::test]
    async fn a_request_is_found_by_its_id() {
        let fixture = Fixture::new().await;
        let request = RequestId::from_entropy([1; 16]);
        fixture.forwarded(request).await;
        assert_eq!(shown(&fixture, &request.to_string()).await, Ok(1));
        assert_eq!(
            shown(&fixture, &RequestId::from_entropy([2; 16]).to_string()).await,
            Err(Code::EntryUnknown)
        );
        assert_eq!(shown(&fixture, "nonsense").await, Err(Code::EntryUnknown));
    }
}
