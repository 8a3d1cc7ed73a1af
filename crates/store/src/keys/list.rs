//! Listing keys, a page at a time.

use keyward_policy::{CredentialId, Key, KeyState, ProjectId, VenueId};

use super::row::{KeyRow, gather, select_keys_from, with_grants};
use crate::column::{self, STATES, micros};
use crate::page::{List, Page};
use crate::{Error, Store};

/// Which keys to list; none of the fields set means all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyFilter {
    /// Only those of this project.
    pub project: Option<ProjectId>,
    /// Only those with a grant on this credential.
    pub credential: Option<CredentialId>,
    /// Only those with a grant on this venue.
    pub venue: Option<VenueId>,
    /// Only those in this state.
    pub state: Option<KeyState>,
}

impl Store {
    /// Keys, the oldest first.
    ///
    /// # Errors
    /// [`Error::Cursor`] when `page.after` did not come from a list of keys.
    pub async fn keys(&self, filter: KeyFilter, page: &Page) -> Result<List<Key>, Error> {
        let (created_at, id) = page.after.as_deref().map_or(Ok((i64::MIN, "")), read_place)?;
        let rows = on!(&self.pool, |db| {
            let mut query = sqlx::QueryBuilder::new(select_keys_from!());
            query.push("WHERE (created_at, id) > (").push_bind(created_at);
            query.push(", ").push_bind(id).push(")");
            if let Some(project) = filter.project {
                query.push(" AND project = ").push_bind(project.to_string());
            }
            if let Some(credential) = filter.credential {
                query.push(" AND id IN (SELECT key FROM grants WHERE credential = ");
                query.push_bind(credential.to_string()).push(")");
            }
            if let Some(venue) = filter.venue {
                query.push(" AND id IN (SELECT key FROM grants WHERE venue = ");
                query.push_bind(venue.to_string()).push(")");
            }
            if let Some(state) = filter.state {
                query.push(" AND state = ").push_bind(column::word(STATES, state));
            }
            query.push(" ORDER BY created_at, id LIMIT ").push_bind(page.fetch()).push(with_grants!());
            query.build_query_as::<KeyRow>().fetch_all(db).await
        })?;
        Ok(List::cut(gather(rows)?, page, place))
    }
}

/// Where a key stands in the list.
fn place(key: &Key) -> String {
    format!("{}.{}", micros(key.created_at), key.id)
}

fn read_place(text: &str) -> Result<(i64, &str), Error> {
    let place = text.split_once('.').and_then(|(time, id)| Some((time.parse().ok()?, id)));
    place.ok_or_else(|| Error::Cursor(text.chars().take(80).collect()))
}
