//! Listing keys, a page at a time.

use keyward_policy::{CredentialId, Key, KeyState, ProjectId, VenueId};

use super::row::{KeyRow, gather, select_keys_from, with_grants};
use crate::column::{self, STATES, micros};
use crate::page::{List, Page};
use crate::{Error, Store};

/// Which keys to list; none of the fields set means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyFilter {
    /// Only those of these projects; a list of none lists none.
    pub projects: Option<Vec<ProjectId>>,
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
        self.keys_named(filter, None, page).await
    }

    /// The same, only those whose name or key string contains a text, whatever its case.
    ///
    /// # Errors
    /// As [`keys`](Self::keys).
    pub async fn keys_named(
        &self,
        filter: KeyFilter,
        part: Option<&str>,
        page: &Page,
    ) -> Result<List<Key>, Error> {
        let (created_at, id) = page.after.as_deref().map_or(Ok((i64::MIN, "")), read_place)?;
        let rows = on!(&self.pool, |db| {
            let mut query = sqlx::QueryBuilder::new(select_keys_from!());
            query.push("WHERE (created_at, id) > (").push_bind(created_at);
            query.push(", ").push_bind(id).push(")");
            if let Some(projects) = &filter.projects {
                // Never `IN ()`, which PostgreSQL refuses: no project has an empty id.
                let mut list = query.push(" AND project IN (").separated(", ");
                list.push_bind(String::new());
                for project in projects {
                    list.push_bind(project.to_string());
                }
                query.push(")");
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
            if let Some(part) = part {
                let like = like(part);
                query.push(" AND (lower(name) LIKE ").push_bind(like.clone()).push(" ESCAPE '!'");
                query.push(" OR lower(api_key) LIKE ").push_bind(like).push(" ESCAPE '!')");
            }
            query.push(" ORDER BY created_at, id LIMIT ").push_bind(page.fetch()).push(with_grants!());
            query.build_query_as::<KeyRow>().fetch_all(db).await
        })?;
        Ok(List::cut(gather(rows)?, page, place))
    }
}

/// A pattern for what contains a text. The text's own wildcards stand for themselves.
fn like(part: &str) -> String {
    let mut pattern = String::from("%");
    for character in part.chars().flat_map(char::to_lowercase) {
        if matches!(character, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern + "%"
}

/// Where a key stands in the list.
fn place(key: &Key) -> String {
    format!("{}.{}", micros(key.created_at), key.id)
}

fn read_place(text: &str) -> Result<(i64, &str), Error> {
    let place = text.split_once('.').and_then(|(time, id)| Some((time.parse().ok()?, id)));
    place.ok_or_else(|| Error::Cursor(text.chars().take(80).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Revoke;
    use crate::story::{World, at, both};

    async fn names(store: &Store, filter: KeyFilter) -> Vec<String> {
        let list = store.keys(filter, &Page::default()).await.unwrap();
        list.items.into_iter().map(|key| key.name).collect()
    }

    #[tokio::test]
    async fn every_filter_and_all_of_them_together_choose_keys() {
        both(async |store| {
            let (one, two) = (World::add(&store, "one").await, World::add(&store, "two").await);
            let first = one.add_key(&store, "first").await;
            two.add_key(&store, "second").await;
            store.add_key(&Key { project: two.project.id, ..one.key("third") }).await.unwrap();
            store.revoke_keys(Revoke::Key(first.id), at(1)).await.unwrap();
            let all = KeyFilter::default;
            assert_eq!(names(&store, all()).await, ["first", "second", "third"]);
            let of = |projects: &[ProjectId]| KeyFilter { projects: Some(projects.into()), ..all() };
            assert_eq!(names(&store, of(&[two.project.id])).await, ["second", "third"]);
            assert_eq!(names(&store, of(&[one.project.id, two.project.id])).await.len(), 3);
            assert_eq!(names(&store, of(&[])).await, [""; 0]);
            let credential = || KeyFilter { credential: Some(one.credential.id), ..all() };
            assert_eq!(names(&store, credential()).await, ["first", "third"]);
            assert_eq!(names(&store, KeyFilter { venue: Some(two.venue.id), ..all() }).await, ["second"]);
            assert_eq!(names(&store, KeyFilter { state: Some(KeyState::Revoked), ..all() }).await, ["first"]);
            let (venue, projects) = (Some(one.venue.id), Some(vec![two.project.id]));
            let every = KeyFilter { venue, state: Some(KeyState::Active), projects, ..credential() };
            assert_eq!(names(&store, every).await, ["third"]);
        })
        .await;
    }

    #[tokio::test]
    async fn keys_are_found_by_a_part_of_their_name_or_key_string() {
        both(async |store| {
            let world = World::add(&store, "one").await;
            world.add_key(&store, "Grid_Bot").await;
            let key = world.add_key(&store, "gridxbot").await;
            let found = async |part: &str| {
                let list = store.keys_named(KeyFilter::default(), Some(part), &Page::default()).await;
                list.unwrap().items.into_iter().map(|key| key.name).collect::<Vec<_>>()
            };
            assert_eq!(found("grid").await, ["Grid_Bot", "gridxbot"]);
            assert_eq!(found("D_B").await, ["Grid_Bot"]);
            assert_eq!(found(&key.api_key.as_str()[3..]).await, ["gridxbot"]);
            assert_eq!(found("%").await, [""; 0]);
        })
        .await;
    }

    #[tokio::test]
    async fn pages_follow_each_other_without_gap_or_overlap() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            for name in ["a", "b", "c", "d", "e"] {
                // Two created at the same moment, to be told apart by their ids.
                store.add_key(&Key { created_at: at(1), ..world.key(name) }).await.unwrap();
            }
            let (mut page, mut seen) = (Page { after: None, limit: 2 }, Vec::new());
            loop {
                let list = store.keys(KeyFilter::default(), &page).await.unwrap();
                seen.extend(list.items.into_iter().map(|key| key.name));
                page.after = list.next;
                if page.after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, ["a", "b", "c", "d", "e"]);
        })
        .await;
    }

    #[tokio::test]
    async fn a_list_is_not_continued_at_an_invented_place() {
        both(async |store| {
            let page = Page { after: Some("bot".to_owned()), limit: 2 };
            assert!(matches!(store.keys(KeyFilter::default(), &page).await, Err(Error::Cursor(_))));
        })
        .await;
    }
}
