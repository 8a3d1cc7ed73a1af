//! Rotating a key: a new one with the same rights, while the old one still works for a while.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use keyward_control::operation::key::rotate::{Rotate, rotate as operation};
use keyward_control::operation::key::{KeyView, show};
use keyward_policy::KeyType;

use super::issued;
use crate::Shared;
use crate::finish::finish;
use crate::form::Posted;
use crate::frame::{Frame, Section, html};
use crate::parts::Choice;
use crate::problem::Failure;
use crate::visitor::Visitor;

/// How long the old key may still work.
const OVERLAPS: [(&str, &str); 6] = [
    ("0s", "Not at all"),
    ("15m", "15 minutes"),
    ("1h", "1 hour"),
    ("6h", "6 hours"),
    ("1d", "1 day"),
    ("7d", "7 days"),
];

#[derive(Template)]
#[template(path = "rotate.html")]
struct Page {
    frame: Frame,
    key: KeyView,
    overlaps: Vec<Choice>,
}

impl Page {
    fn is_pair(&self) -> bool {
        matches!(self.key.key_type, KeyType::Ed25519 | KeyType::Rsa)
    }
}

pub(super) async fn ask(
    control: Shared,
    visitor: Visitor,
    Path(key): Path<String>,
) -> Result<Response, Failure> {
    let actor = visitor.actor.clone();
    let key = finish(async move { show::show(&control, &actor, &key).await }).await?;
    let frame = Frame::new(visitor, Section::Keys, format!("Rotate {}?", key.name));
    let overlaps = OVERLAPS.map(|(value, label)| Choice::new(value, "1h").called(label)).into();
    Ok(html(&Page { frame, key, overlaps }))
}

pub(super) async fn rotate(
    control: Shared,
    Path(key): Path<String>,
    Posted(visitor, form): Posted,
) -> Result<Response, Failure> {
    let input = Rotate {
        overlap: form.text("overlap"),
        public_key: form.text("public_key"),
        expires: form.text("expires"),
        hand_over: form.text("hand_over"),
    };
    let actor = visitor.actor.clone();
    let created = finish(async move { operation(&control, &actor, &key, input).await }).await?;
    Ok(issued::page(visitor, &created))
}

#[cfg(test)]
mod tests {
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_rotation_shows_the_new_secret_and_leaves_the_old_key_retiring() {
        let fixture = Fixture::new().await;
        let key = fixture.key("grid", &["read"], &[], "90d").await;
        fixture.get("/keys/grid/rotate").await.is_sound();
        let page = fixture.post(&format!("/keys/{}/rotate", key.id), &[("overlap", "1h")]).await;
        page.is_sound();
        assert!(page.body.contains("kws"), "{}", page.body);
        assert!(fixture.get(&format!("/keys/{}", key.id)).await.body.contains("Retiring"));
    }

    #[tokio::test]
    async fn an_overlap_that_makes_no_sense_is_refused() {
        let fixture = Fixture::new().await;
        fixture.key("grid", &["read"], &[], "90d").await;
        let page = fixture.post("/keys/grid/rotate", &[("overlap", "<b>")]).await;
        assert_eq!(page.status, 422);
        page.is_sound();
    }
}
