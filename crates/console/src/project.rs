//! `/projects`: who owns keys.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use keyward_control::operation::project::{add, list, remove, show, update};
use keyward_control::{Code, Control, Error, Part};
use keyward_policy::{Operation, Project};
use serde::Deserialize;

use crate::Shared;
use crate::confirm::Confirm;
use crate::done;
use crate::finish::finish;
use crate::form::{Form, Posted};
use crate::frame::{Frame, Section, html};
use crate::moment::Moment;
use crate::problem::Failure;
use crate::then::with_query;
use crate::visitor::Visitor;

/// How many records a page shows.
const PAGE: u32 = 50;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/projects", get(show_all))
        .route("/projects/new", get(ask_name).post(make))
        .route("/projects/{project}/edit", get(ask_change).post(change))
        .route("/projects/{project}/remove", get(ask_removal).post(take_away))
}

/// Which part of a list is looked at, and what was just done.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Seen {
    pub(crate) after: String,
    pub(crate) done: String,
}

impl Seen {
    pub(crate) fn part(&self) -> Part {
        Part { limit: Some(PAGE), after: Some(self.after.clone()).filter(|after| !after.is_empty()) }
    }

    /// Where the list goes on.
    pub(crate) fn following(path: &str, next: Option<String>) -> Option<String> {
        next.map(|next| with_query(path, &[("after", &next)]))
    }
}

#[derive(Template)]
#[template(path = "projects.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
    may_add: bool,
    may_remove: bool,
    may_change: bool,
}

struct Row {
    name: String,
    id: String,
    rotate_after_days: u16,
    four_eyes: bool,
    created: Moment,
}

#[derive(Template)]
#[template(path = "project_form.html")]
struct Asking {
    frame: Frame,
    /// The project that is changed; none where one is added.
    project: Option<String>,
    rotate_after_days: u16,
    four_eyes: bool,
}

async fn show_all(control: Shared, visitor: Visitor, Query(seen): Query<Seen>) -> Result<Response, Failure> {
    let page = finish(async move {
        let now = control.now();
        let listed = list::list(&control, &visitor.actor, seen.part()).await?;
        let row = |project: keyward_control::operation::project::ProjectView| Row {
            id: project.id.to_string(),
            rotate_after_days: project.rotate_after_days,
            four_eyes: project.four_eyes,
            created: Moment::new(project.created_at, now),
            name: project.name,
        };
        Ok(Page {
            rows: listed.items.into_iter().map(row).collect(),
            next: Seen::following("/projects", listed.next),
            may_add: visitor.may(Operation::ProjectAdd),
            may_remove: visitor.may(Operation::ProjectRemove),
            may_change: visitor.may(Operation::ProjectUpdate),
            frame: Frame::new(visitor, Section::Projects, "Projects").after(Some(&seen.done)),
        })
    });
    Ok(html(&page.await?))
}

async fn ask_name(visitor: Visitor) -> Response {
    let frame = Frame::new(visitor, Section::Projects, "New project");
    let rotate_after_days = Project::ROTATE_AFTER_DAYS_MAX;
    html(&Asking { frame, project: None, rotate_after_days, four_eyes: false })
}

async fn ask_change(
    control: Shared,
    visitor: Visitor,
    Path(project): Path<String>,
) -> Result<Response, Failure> {
    let page = finish(async move {
        let project = show::show(&control, &visitor.actor, &project).await?;
        let frame = Frame::new(visitor, Section::Projects, format!("Change {}", project.name));
        let (rotate_after_days, four_eyes) = (project.rotate_after_days, project.four_eyes);
        Ok(Asking { frame, project: Some(project.name), rotate_after_days, four_eyes })
    });
    Ok(html(&page.await?))
}

async fn change(
    control: Shared,
    Path(project): Path<String>,
    Posted(visitor, form): Posted,
) -> Result<Response, Failure> {
    let input =
        update::Update { rotate_after_days: rotation(&form)?, four_eyes: Some(form.has("four_eyes")) };
    finish(async move { update::update(&control, &visitor.actor, &project, input).await }).await?;
    Ok(done::lead_to("/projects", "project-changed"))
}

/// How old keys may become, where the form says so.
fn rotation(form: &Form) -> Result<Option<u16>, Error> {
    let Some(text) = form.text("rotate_after_days") else { return Ok(None) };
    let days = text.parse().ok();
    let unread = || Error::new(Code::TimeInvalid, "keys are rotated after a whole number of days");
    days.map(Some).ok_or_else(unread)
}

async fn make(control: Shared, Posted(visitor, form): Posted) -> Result<Response, Failure> {
    let input = add::Add {
        name: form.text_or_empty("name"),
        rotate_after_days: rotation(&form)?,
        four_eyes: form.has("four_eyes"),
    };
    finish(async move { add::add(&control, &visitor.actor, input).await }).await?;
    Ok(done::lead_to("/projects", "project-added"))
}

async fn ask_removal(
    control: Shared,
    visitor: Visitor,
    Path(project): Path<String>,
) -> Result<Response, Failure> {
    let actor = visitor.actor.clone();
    let project = finish(async move { show::show(&control, &actor, &project).await }).await?;
    let effects = vec![
        "A project can be removed when it owns no key; revoked keys count until they are deleted.".to_owned(),
        "The audit log keeps what its keys did.".to_owned(),
    ];
    let frame = Frame::new(visitor, Section::Projects, format!("Remove {}?", project.name));
    let (button, back) = (format!("Remove {}", project.name), "/projects".to_owned());
    Ok(Confirm { frame, effects, button, is_danger: true, ticked: None, fields: Vec::new(), back }.page())
}

async fn take_away(
    control: Shared,
    Path(project): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    finish(async move { remove::remove(&control, &visitor.actor, &project).await }).await?;
    Ok(done::lead_to("/projects", "project-removed"))
}

#[cfg(test)]
mod tests {
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_project_is_added_listed_and_removed() {
        let fixture = Fixture::new().await;
        fixture.get("/projects").await.is_sound();
        fixture.get("/projects/new").await.is_sound();
        let made = fixture.post("/projects/new", &[("name", "market.maker")]).await;
        assert_eq!(made.location(), "/projects?done=project-added");
        let page = fixture.get(made.location()).await;
        page.is_sound();
        assert!(page.body.contains("market.maker") && page.body.contains("The project is added."));
        fixture.get("/projects/market.maker/edit").await.is_sound();
        let changed = fixture.post("/projects/market.maker/edit", &[("rotate_after_days", "30")]).await;
        let page = fixture.get(changed.location()).await;
        assert!(page.body.contains("30 days") && page.body.contains("The project is changed."));
        assert_eq!(
            fixture.post("/projects/market.maker/edit", &[("rotate_after_days", "91")]).await.status,
            422
        );
        fixture.get("/projects/market.maker/remove").await.is_sound();
        let gone = fixture.post("/projects/market.maker/remove", &[]).await;
        assert_eq!(gone.location(), "/projects?done=project-removed");
        let page = fixture.post("/projects/new", &[("name", "<b>x</b>")]).await;
        assert_eq!(page.status, 422);
        page.is_sound();
    }
}
