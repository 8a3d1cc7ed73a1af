//! `key list`.

use keyward_policy::{Actor, Key, KeyState, Operation, ProjectId};
use keyward_store::{KeyFilter, List, Page};
use serde::Deserialize;
use utoipa::IntoParams;

use super::KeyView;
use crate::names::Names;
use crate::{Control, Error, Listed, Part};

/// Which keys to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only those of this project.
    pub project: Option<String>,
    /// Only those with a grant on this credential.
    pub credential: Option<String>,
    /// Only those with a grant on this venue.
    pub venue: Option<String>,
    /// Only those in this state, as an operator set it; an expired key may be in any.
    #[param(value_type = Option<crate::api::openapi::KeyState>, inline)]
    pub state: Option<KeyState>,
    /// Only those whose name or key string contains this.
    pub search: Option<String>,
    /// How many at most.
    #[param(value_type = Option<usize>)]
    pub limit: Option<u32>,
    /// The `next` of the part before.
    pub after: Option<String>,
}

/// Keys, the oldest first.
///
/// # Errors
/// `project_unknown`, `credential_unknown`, `venue_unknown`, `malformed` for a wrong `after`; `store_unavailable`.
pub async fn list(control: &Control, actor: &Actor, which: Which) -> Result<Listed<KeyView>, Error> {
    control.view(actor, Operation::KeyList)?;
    let list = matching(control, actor, &which).await?;
    let mut names = Names::new(&control.store);
    let mut items = Vec::with_capacity(list.items.len());
    for key in list.items {
        items.push(KeyView::of(control, &mut names, key).await?);
    }
    Ok(Listed { items, next: list.next })
}

/// The keys that are asked for, of projects where the actor's role holds.
pub(super) async fn matching(control: &Control, actor: &Actor, which: &Which) -> Result<List<Key>, Error> {
    let filter = filter(control, actor, which).await?;
    let page = Page::from(Part { limit: which.limit, after: which.after.clone() });
    Ok(control.store.keys_named(filter, which.search.as_deref(), &page).await?)
}

async fn filter(control: &Control, actor: &Actor, which: &Which) -> Result<KeyFilter, Error> {
    let projects = projects(control, actor, which).await?;
    let mut filter = KeyFilter { projects, state: which.state, ..KeyFilter::default() };
    if let Some(credential) = &which.credential {
        filter.credential = Some(control.credential_of(actor, credential).await?.id);
    }
    if let Some(venue) = &which.venue {
        filter.venue = Some(control.store.venue(venue).await?.id);
    }
    Ok(filter)
}

/// The one project that is asked for, or all where the actor's role holds.
async fn projects(control: &Control, actor: &Actor, which: &Which) -> Result<Option<Vec<ProjectId>>, Error> {
    match &which.project {
        Some(project) => Ok(Some(vec![control.project_of(actor, project).await?.id])),
        None => Ok(actor.reach().projects().map(<[ProjectId]>::to_vec)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;

    async fn names(fixture: &Fixture, which: Which) -> Vec<String> {
        let listed = list(&fixture.control, &fixture.actor, which).await.unwrap();
        listed.items.into_iter().map(|key| key.name).collect()
    }

    #[tokio::test]
    async fn keys_are_listed_a_part_at_a_time() {
        let fixture = Fixture::new().await;
        fixture.trading_key("one").await;
        fixture.pass_s(1);
        fixture.trading_key("two").await;
        let first = list(&fixture.control, &fixture.actor, Which { limit: Some(1), ..Which::default() })
            .await
            .unwrap();
        assert_eq!(first.items[0].name, "one");
        assert_eq!(names(&fixture, Which { after: first.next, ..Which::default() }).await, ["two"]);
    }

    #[tokio::test]
    async fn a_list_is_narrowed_by_what_keys_belong_to() {
        let fixture = Fixture::new().await;
        fixture.trading_key("one").await;
        fixture.project("other").await;
        let of = |project: &str| Which { project: Some(project.to_owned()), ..Which::default() };
        assert_eq!(names(&fixture, of("bots")).await, ["one"]);
        assert!(names(&fixture, of("other")).await.is_empty());
        assert_eq!(
            list(&fixture.control, &fixture.actor, of("none")).await.unwrap_err().code(),
            Code::ProjectUnknown
        );
        let state = |state| Which { state: Some(state), ..of("bots") };
        assert_eq!(names(&fixture, state(KeyState::Active)).await, ["one"]);
        assert!(names(&fixture, state(KeyState::Suspended)).await.is_empty());
        let search = |text: &str| Which { search: Some(text.to_owned()), ..Which::default() };
        assert_eq!(names(&fixture, search("ON")).await, ["one"]);
        assert!(names(&fixture, search("two")).await.is_empty());
        let wrong = Which { after: Some("?".to_owned()), ..Which::default() };
        assert_eq!(list(&fixture.control, &fixture.actor, wrong).await.unwrap_err().code(), Code::Malformed);
    }
}
