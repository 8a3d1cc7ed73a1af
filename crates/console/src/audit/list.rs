//! The log, the newest first, narrowed to what somebody looks for.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use keyward_control::operation::audit::tail::{Tail, tail};
use serde::Deserialize;

use super::row::Row;
use crate::Shared;
use crate::finish::finish;
use crate::frame::{Frame, Section, html};
use crate::parts::Choice;
use crate::problem::Failure;
use crate::then::with_query;
use crate::visitor::Visitor;

/// How many entries a page shows.
const PAGE: usize = 50;
/// The kinds of entries, and what they are called here.
const KINDS: [(&str, &str); 9] = [
    ("", "Everything"),
    ("refused", "Refusals"),
    ("changed", "Changes by people"),
    ("intent", "Orders and movements sent"),
    ("outcome", "What became of them"),
    ("forwarded", "Reads"),
    ("held", "Requests that waited for a person"),
    ("approval_ended", "What became of that"),
    ("unrecorded", "Floods of refusals"),
];

/// What is looked for. A form sends its empty fields too.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    event: String,
    about: String,
    before: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    kinds: Vec<Choice>,
    about: String,
    older: Option<String>,
    download: String,
    is_narrowed: bool,
}

pub(super) async fn list(
    control: Shared,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let page = finish(async move {
        let now = control.now();
        let found = tail(&control, &visitor.actor, wanted.tail()).await?;
        let kinds = KINDS.map(|(value, label)| Choice::new(value, &wanted.event).called(label));
        Ok(Page {
            rows: found.items.iter().rev().map(|entry| Row::of(entry, now)).collect(),
            kinds: kinds.into(),
            download: wanted.download(),
            older: found.older.map(|older| wanted.older(older.0)),
            is_narrowed: !wanted.event.is_empty() || !wanted.about.is_empty(),
            about: wanted.about,
            frame: Frame::new(visitor, Section::Audit, "Audit log"),
        })
    });
    Ok(html(&page.await?))
}

impl Wanted {
    pub(super) fn tail(&self) -> Tail {
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Tail {
            limit: Some(PAGE),
            before: self.before.parse().ok(),
            event: said(&self.event),
            about: said(&self.about),
            reason: None,
        }
    }

    fn download(&self) -> String {
        with_query("/audit/download", &[("event", &self.event), ("about", &self.about)])
    }

    fn older(&self, before: u64) -> String {
        let before = before.to_string();
        with_query("/audit", &[("event", &self.event), ("about", &self.about), ("before", &before)])
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn the_newest_come_first_and_are_narrowed() {
        let fixture = Fixture::new().await;
        fixture.refused("req_1", "symbol_not_allowed").await;
        let page = fixture.get("/audit").await;
        page.is_sound();
        assert!(page.body.contains("vault init by ada") && page.body.contains("symbol_not_allowed"));
        let page = fixture.get("/audit?event=refused&about=&before=").await;
        assert!(!page.body.contains("vault init by ada") && page.body.contains("symbol_not_allowed"));
        let page = fixture.get("/audit?event=%3Cscript%3E&about=%22%3E%3Cscript%3E").await;
        page.is_sound();
        assert!(page.body.contains("Nothing in the log fits"));
    }

    #[tokio::test]
    async fn older_entries_are_a_page_away() {
        let fixture = Fixture::new().await;
        for number in 0..60 {
            fixture.project(&format!("project-{number}")).await;
        }
        let page = fixture.get("/audit?event=changed").await;
        page.is_sound();
        let older = page.link_to("/audit?event=changed&amp;before=");
        let page = fixture.get(&older.replace("&amp;", "&")).await;
        assert!(page.body.contains("project-0") && !page.body.contains("project-59"));
    }
}
