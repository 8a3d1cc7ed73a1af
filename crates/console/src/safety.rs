//! `/safety`: keys and real keys that somebody should look at.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use keyward_control::Control;
use keyward_control::operation::key::list::Which;
use keyward_control::operation::key::safety::{CredentialSafety, KeySafety, safety};

use crate::Shared;
use crate::attention::Attention;
use crate::finish::finish;
use crate::frame::{Frame, Section, html};
use crate::parts::Tone;
use crate::problem::Failure;
use crate::project::Seen;
use crate::visitor::Visitor;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new().route("/safety", get(show))
}

#[derive(Template)]
#[template(path = "safety.html")]
struct Page {
    frame: Frame,
    keys: Vec<Row>,
    credentials: Vec<Row>,
    next: Option<String>,
}

/// A key or a real key, and what was found of it.
pub(crate) struct Row {
    pub(crate) href: String,
    pub(crate) name: String,
    /// Who owns it; nothing for a real key.
    pub(crate) project: String,
    pub(crate) found: Vec<Attention>,
}

async fn show(control: Shared, visitor: Visitor, Query(seen): Query<Seen>) -> Result<Response, Failure> {
    let page = finish(async move {
        let part = seen.part();
        let which = Which { limit: part.limit, after: part.after, ..Which::default() };
        let found = safety(&control, &visitor.actor, which).await?;
        Ok(Page {
            keys: found.keys.into_iter().map(|key| Row::of_key(key, &visitor)).collect(),
            credentials: found.credentials.into_iter().map(|one| Row::of_credential(one, &visitor)).collect(),
            next: Seen::following("/safety", found.next),
            frame: Frame::new(visitor, Section::Safety, "Key safety"),
        })
    });
    Ok(html(&page.await?))
}

impl Row {
    /// Whether somebody should do something about it.
    pub(crate) fn is_urgent(&self) -> bool {
        self.found.iter().any(|one| one.tone >= Tone::Warn)
    }

    /// How bad the worst is, and how many there are.
    pub(crate) fn urgency(&self) -> (Tone, usize) {
        (self.found.first().map_or(Tone::Plain, |one| one.tone), self.found.len())
    }

    pub(crate) fn of_key(key: KeySafety, visitor: &Visitor) -> Self {
        let href = format!("/keys/{}", key.id);
        let found = key.findings.into_iter().map(|one| Attention::of(one, &href, visitor)).collect();
        Self { href, name: key.name, project: key.project, found }
    }

    pub(crate) fn of_credential(credential: CredentialSafety, visitor: &Visitor) -> Self {
        let href = format!("/credentials/{}", credential.id);
        let found = credential.findings.into_iter().map(|one| Attention::of(one, &href, visitor)).collect();
        Self { href, name: credential.name, project: String::new(), found }
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use crate::fixture::Fixture;

    #[tokio::test]
    async fn what_reaches_far_is_shown_and_what_is_small_is_not() {
        let fixture = Fixture::new().await;
        fixture.key("wild", &["trade", "withdraw"], &[], "never").await;
        fixture.key("tame", &["market", "trade:spot"], &["203.0.113.7"], "90d").await;
        fixture.exchange_lets_withdraw();
        fixture.post("/credentials/main/check", &[]).await;
        let page = fixture.get("/safety").await;
        page.is_sound();
        for said in ["It may send money away", "It never expires", "This real key can withdraw", ">wild<"] {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
        assert!(!page.body.contains(">tame<"), "{}", page.body);
    }

    #[tokio::test]
    async fn a_viewer_is_shown_no_way_that_is_closed_to_him() {
        let fixture = Fixture::new().await;
        fixture.key("wild", &["trade"], &[], "never").await;
        let viewer = fixture.with(Role::Viewer, false);
        let page = viewer.get("/safety").await;
        page.is_sound();
        assert!(page.body.contains("never asked") && !page.body.contains("/check"), "{}", page.body);
    }
}
