//! One entry, or all that the log knows of one request.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use keyward_control::operation::audit::show::show as operation;
use keyward_control::{Code, Error};

use super::row::Row;
use crate::Shared;
use crate::finish::finish;
use crate::frame::{Frame, Section, html};
use crate::problem::Failure;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "entry.html")]
struct Page {
    frame: Frame,
    entries: Vec<Whole>,
}

/// An entry with everything that was recorded.
struct Whole {
    row: Row,
    json: String,
}

pub(super) async fn show(
    control: Shared,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let page = finish(async move {
        let now = control.now();
        let found = operation(&control, &visitor.actor, &id).await?;
        let whole = |entry| {
            let json = serde_json::to_string_pretty(entry);
            let json = json
                .map_err(|error| Error::new(Code::Internal, "the entry cannot be shown").caused_by(error))?;
            Ok::<_, Error>(Whole { row: Row::of(entry, now), json })
        };
        let entries = found.items.iter().map(whole).collect::<Result<_, _>>()?;
        Ok(Page { entries, frame: Frame::new(visitor, Section::Audit, format!("Audit log: {id}")) })
    });
    Ok(html(&page.await?))
}

#[cfg(test)]
mod tests {
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn an_entry_is_shown_whole() {
        let fixture = Fixture::new().await;
        fixture.project("bots").await;
        let page = fixture.get("/audit/1").await;
        page.is_sound();
        assert!(page.body.contains("&#34;bots&#34;"), "{}", page.body);
        assert_eq!(fixture.get("/audit/99").await.status, 404);
    }
}
