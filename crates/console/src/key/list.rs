//! The keys there are, and what each needs.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use jiff::Timestamp;
use keyward_control::operation::key::KeyView;
use keyward_control::operation::key::list::{Which, list as operation};
use keyward_control::operation::key::safety::safety;
use keyward_control::operation::project;
use keyward_control::safety::Finding;
use keyward_control::{Control, Error, Part};
use keyward_policy::{KeyState, Operation};
use serde::Deserialize;

use super::rights::short;
use crate::Shared;
use crate::attention::Attention;
use crate::finish::finish;
use crate::frame::{Frame, Section, html};
use crate::moment::Moment;
use crate::parts::{Badge, Choice};
use crate::problem::Failure;
use crate::then::with_query;
use crate::visitor::Visitor;
use crate::words::standing;

/// How many keys a page shows: it stays below 100 KB with the longest names.
const PAGE: u32 = 50;
/// The most projects that can be chosen among.
const PROJECTS_MAX: u32 = 200;
/// The states that an operator sets.
const STATES: [(&str, &str, Option<KeyState>); 4] = [
    ("", "Any state", None),
    ("active", "Active", Some(KeyState::Active)),
    ("suspended", "Suspended", Some(KeyState::Suspended)),
    ("revoked", "Revoked", Some(KeyState::Revoked)),
];

/// What is looked for. A form sends its empty fields too.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    search: String,
    project: String,
    credential: String,
    venue: String,
    state: String,
    after: String,
    done: String,
}

#[derive(Template)]
#[template(path = "keys.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    search: String,
    projects: Vec<Choice>,
    states: Vec<Choice>,
    next: Option<String>,
    is_narrowed: bool,
    may_issue: bool,
}

/// A key in the table.
struct Row {
    id: String,
    name: String,
    project: String,
    venues: String,
    permissions: Vec<&'static str>,
    expires: Option<Moment>,
    badge: Badge,
    advice: &'static str,
    used: Option<Moment>,
    used_from: String,
    finding: Option<Attention>,
}

pub(super) async fn list(
    control: Shared,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let page = finish(async move {
        let now = control.now();
        let listed = operation(&control, &visitor.actor, wanted.which()).await?;
        let found = safety(&control, &visitor.actor, wanted.which()).await?.keys;
        let mut found: HashMap<_, _> = found.into_iter().map(|key| (key.id, key.findings)).collect();
        let rows = listed.items.into_iter().map(|key| {
            let worst = found.remove(&key.id).and_then(|found| found.into_iter().next());
            Row::of(key, worst, &visitor, now)
        });
        Ok(Page {
            rows: rows.collect(),
            projects: projects(&control, &visitor, &wanted.project).await?,
            states: STATES.map(|(value, label, _)| Choice::new(value, &wanted.state).called(label)).into(),
            next: listed.next.map(|after| wanted.following(&after)),
            is_narrowed: wanted.is_narrowed(),
            may_issue: visitor.may(Operation::KeyCreate),
            frame: Frame::new(visitor, Section::Keys, "Keys").after(Some(&wanted.done)),
            search: wanted.search,
        })
    });
    Ok(html(&page.await?))
}

/// The projects to choose among.
pub(crate) async fn projects(
    control: &Control,
    visitor: &Visitor,
    chosen: &str,
) -> Result<Vec<Choice>, Error> {
    let part = Part { limit: Some(PROJECTS_MAX), after: None };
    let projects = project::list::list(control, &visitor.actor, part).await?;
    Ok(projects.items.into_iter().map(|project| Choice::new(project.name, chosen)).collect())
}

impl Wanted {
    fn which(&self) -> Which {
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Which {
            project: said(&self.project),
            credential: said(&self.credential),
            venue: said(&self.venue),
            state: STATES.iter().find(|(word, ..)| *word == self.state).and_then(|(.., state)| *state),
            search: said(&self.search),
            limit: Some(PAGE),
            after: said(&self.after),
        }
    }

    fn is_narrowed(&self) -> bool {
        [&self.search, &self.project, &self.credential, &self.venue, &self.state]
            .iter()
            .any(|text| !text.is_empty())
    }

    fn following(&self, after: &str) -> String {
        let pairs = [
            ("search", self.search.as_str()),
            ("project", &self.project),
            ("credential", &self.credential),
            ("venue", &self.venue),
            ("state", &self.state),
            ("after", after),
        ];
        with_query("/keys", &pairs)
    }
}

impl Row {
    fn of(key: KeyView, worst: Option<Finding>, visitor: &Visitor, now: Timestamp) -> Self {
        let (badge, advice) = standing(&key);
        let page = format!("/keys/{}", key.id);
        let venues: Vec<_> = key.grants.iter().map(|grant| grant.venue.as_str()).collect();
        Self {
            id: key.id.to_string(),
            venues: venues.join(", "),
            name: key.name,
            project: key.project,
            permissions: short(key.permissions),
            expires: key.retires_at.or(key.expires_at).map(|at| Moment::new(at, now)),
            badge,
            advice,
            used: key.last_used_at.map(|at| Moment::new(at, now)),
            used_from: key.last_used_from.unwrap_or_default(),
            finding: worst.map(|worst| Attention::of(worst, &page, visitor)),
        }
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use crate::fixture::Fixture;

    #[tokio::test]
    async fn keys_are_listed_searched_and_filtered() {
        let fixture = Fixture::new().await;
        fixture.key("grid", &["trade:spot"], &[], "90d").await;
        fixture.key("reader", &["market", "read"], &[], "90d").await;
        let page = fixture.get("/keys").await;
        page.is_sound();
        assert!(page.body.contains(">grid<") && page.body.contains(">reader<"));
        let page = fixture.get("/keys?search=READ&project=bots&state=active").await;
        page.is_sound();
        assert!(!page.body.contains(">grid<") && page.body.contains(">reader<"));
        let page = fixture.get("/keys?state=revoked").await;
        assert!(page.body.contains("No key fits"), "{}", page.body);
        assert_eq!(fixture.get("/keys?project=none").await.status, 404);
    }

    #[tokio::test]
    async fn what_is_typed_comes_back_as_text() {
        let fixture = Fixture::new().await;
        let page = fixture.get("/keys?search=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E").await;
        page.is_sound();
        assert!(page.body.contains("&#60;script&#62;alert(1)"), "{}", page.body);
    }

    #[tokio::test]
    async fn a_full_page_is_light_and_leads_on() {
        let fixture = Fixture::new().await;
        for number in 0..51 {
            fixture
                .key(
                    &format!("a-rather-long-name-of-a-trading-bot-number-{number:03}"),
                    &["trade"],
                    &[],
                    "never",
                )
                .await;
        }
        let page = fixture.get("/keys?project=bots").await;
        page.is_sound();
        assert_eq!(page.body.matches("role=\"rowheader\"").count(), 50);
        let next = page.link_to("/keys?project=bots&amp;after=").replace("&amp;", "&");
        let page = fixture.get(&next).await;
        assert_eq!(page.body.matches("role=\"rowheader\"").count(), 1);
    }

    #[tokio::test]
    async fn who_may_not_issue_keys_is_not_invited_to() {
        let fixture = Fixture::new().await.with(Role::Viewer, false);
        let page = fixture.get("/keys").await;
        page.is_sound();
        assert!(!page.body.contains("/keys/new"));
    }
}
