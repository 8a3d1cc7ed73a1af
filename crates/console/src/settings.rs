//! `/settings`: what is in force, and where it is changed.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use keyward_control::Control;
use keyward_control::operation::settings::{InForce, settings};

use crate::Shared;
use crate::finish::finish;
use crate::frame::{Frame, Section, html};
use crate::problem::Failure;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "settings.html")]
struct Page {
    frame: Frame,
    told: InForce,
}

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new().route("/settings", get(show))
}

async fn show(control: Shared, visitor: Visitor) -> Result<Response, Failure> {
    let actor = visitor.actor.clone();
    let told = finish(async move { settings(&control, &actor).await }).await?;
    Ok(html(&Page { frame: Frame::new(visitor, Section::Settings, "Settings"), told }))
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use crate::fixture::Fixture;

    #[tokio::test]
    async fn what_is_in_force_is_shown_to_who_may_read_the_log() {
        let fixture = Fixture::new().await.with(Role::Auditor, false);
        let page = fixture.get("/settings").await;
        page.is_sound();
        assert!(page.body.contains("https://gateway.test") && page.body.contains("gateway.url"));
        let fixture = fixture.with(Role::Viewer, false);
        assert_eq!(fixture.get("/settings").await.status, 403);
        assert!(!fixture.get("/").await.body.contains("/settings"));
    }
}
