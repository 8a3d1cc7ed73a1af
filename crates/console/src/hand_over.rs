//! `/hand-over/…`: whoever has the link sees the secret of a new key, once. To look at the page uses nothing up, so that a
//! chat's preview of the link does not either.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use keyward_control::Control;
use keyward_control::operation::hand_over::open;

use crate::Shared;
use crate::finish::finish;
use crate::frame::{Frame, html};
use crate::key::issued;
use crate::problem::Failure;
use crate::session::{Told, Who};

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new().route("/hand-over/{link}", get(ask).post(take))
}

#[derive(Template)]
#[template(path = "hand_over.html")]
struct Page {
    frame: Frame,
}

async fn ask(control: Shared, Who(caller): Who, Path(link): Path<String>) -> Result<Response, Failure> {
    finish(async move { open::look(&control, &caller, &link).await }).await?;
    Ok(html(&Page { frame: Frame::perhaps(None, "A key for your bot") }))
}

async fn take(control: Shared, Path(link): Path<String>, Told(caller, _): Told) -> Result<Response, Failure> {
    let input = open::Open { hand_over: link };
    let opened = finish(async move { open::open(&control, &caller, input).await }).await?;
    Ok(issued::handed_over(&opened))
}

#[cfg(test)]
mod tests {
    use crate::fixture::{Fixture, OWN};

    #[tokio::test]
    async fn a_link_shows_the_secret_once_to_whoever_has_it() {
        let fixture = Fixture::new().await;
        fixture.key("grid", &["read"], &[], "90d").await;
        let made = fixture.post("/keys/grid/rotate", &[("overlap", "1h"), ("hand_over", "1d")]).await;
        made.is_sound();
        assert!(!made.body.contains("kws"), "{}", made.body);
        let link = format!("/hand-over/{}", made.between("https://console.test/hand-over/", "</code>"));
        for _ in 0..2 {
            fixture.get_as_nobody(&link).await.is_sound_for_nobody();
        }
        let shown = fixture.post_as_nobody(&link, "", &OWN).await;
        shown.is_sound_for_nobody();
        assert!(shown.body.contains("kws") && !shown.body.contains("Go to the key"), "{}", shown.body);
        let again = fixture.get_as_nobody(&link).await;
        assert_eq!(again.status, 404);
        assert!(again.body.contains("opened before"), "{}", again.body);
        let page = fixture.get("/safety").await;
        assert!(page.body.contains("opened twice"), "{}", page.body);
        let key = fixture.get("/keys/grid").await;
        key.is_sound();
        assert!(key.body.contains("opened twice") && key.body.contains("Handed over"), "{}", key.body);
    }
}
