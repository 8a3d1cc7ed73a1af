//! The log as a file, the newest first: what the page shows, narrowed the same way, for a spreadsheet, a search or a ticket.
//! It is no proof by itself; `keyward audit export` writes what others can verify.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Query;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use keyward_control::operation::audit::entry::{Entries, EntryView};
use keyward_control::operation::audit::tail::{Tail, tail};
use keyward_control::{Code, Control, Error};
use keyward_policy::Actor;
use serde_json::json;

use super::list::Wanted;
use crate::Shared;
use crate::finish::finish;
use crate::problem::Failure;
use crate::visitor::Visitor;

/// How many entries are read at once; the file grows while it is read.
const AT_ONCE: usize = 1000;
/// The most steps that one download takes, so that nobody reads a log of years through a browser. The last line then says
/// where it goes on.
const STEPS_MAX: u32 = 500;

/// Where a download is.
struct Reading {
    control: Arc<Control>,
    actor: Actor,
    /// What comes next; none at the end.
    next: Option<Tail>,
    steps: u32,
}

pub(super) async fn download(
    control: Shared,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let name = format!("attachment; filename=\"keyward-audit-{}.jsonl\"", control.now().strftime("%Y-%m-%d"));
    let next = Some(Tail { limit: Some(AT_ONCE), ..wanted.tail() });
    let mut reading = Reading { control: control.0, actor: visitor.actor, next, steps: 0 };
    // What goes wrong at once is a page, and no broken file.
    let first = reading.step().await?;
    let headers = [(CONTENT_TYPE, "application/jsonl".to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(lines(first, reading))).into_response())
}

/// The file, step by step. An error breaks the transfer off, so that no half of a file looks whole.
fn lines(first: String, reading: Reading) -> impl Stream<Item = Result<String, Error>> {
    stream::try_unfold((Some(first), reading), |(first, mut reading)| async move {
        if let Some(first) = first {
            return Ok(Some((first, (None, reading))));
        }
        if reading.next.is_none() {
            return Ok(None);
        }
        let more = reading.step().await?;
        Ok(Some((more, (None, reading))))
    })
}

impl Reading {
    /// The next lines, and where it goes on.
    async fn step(&mut self) -> Result<String, Error> {
        let Some(wanted) = self.next.take() else { return Ok(String::new()) };
        let (control, actor, asked) = (Arc::clone(&self.control), self.actor.clone(), wanted.clone());
        let found = finish(async move { tail(&control, &actor, asked).await }).await?;
        self.steps += 1;
        let lines = text(&found)?;
        let Some(older) = found.older else { return Ok(lines) };
        if self.steps >= STEPS_MAX {
            return Ok(format!("{lines}{}\n", json!({ "is_whole": false, "older": older.0 })));
        }
        self.next = Some(Tail { before: Some(older.0), ..wanted });
        Ok(lines)
    }
}

fn text(found: &Entries) -> Result<String, Error> {
    let line = |entry: &EntryView| {
        serde_json::to_string(entry).map(|line| line + "\n").map_err(|error| {
            Error::new(Code::Internal, "an entry of the audit log cannot be written").caused_by(error)
        })
    };
    found.items.iter().rev().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn the_file_holds_what_the_page_shows_the_newest_first() {
        let fixture = Fixture::new().await;
        for number in 0..1_100 {
            fixture.refused(&format!("req_{number}"), "symbol_not_allowed").await;
        }
        let file = fixture.get("/audit/download?event=refused").await;
        assert_eq!(file.header("content-type"), "application/jsonl");
        assert!(file.header("content-disposition").starts_with("attachment; filename=\"keyward-audit-20"));
        let lines: Vec<serde_json::Value> =
            file.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 1_100);
        let (first, last) = (lines[0]["index"].as_u64().unwrap(), lines[1_099]["index"].as_u64().unwrap());
        assert_eq!(first, last + 1_099);
    }

    #[tokio::test]
    async fn a_file_that_ends_early_says_so() {
        let fixture = Fixture::new().await;
        fixture.project("one").await;
        fixture.project("two").await;
        let next = Some(Tail { limit: Some(1), ..Tail::default() });
        let (control, actor) = (Arc::clone(&fixture.control), fixture.visitor.actor.clone());
        let mut reading = Reading { control, actor, next, steps: STEPS_MAX - 2 };
        let lines = reading.step().await.unwrap();
        assert_eq!((lines.lines().count(), reading.next.is_some()), (1, true));
        let lines = reading.step().await.unwrap();
        assert_eq!((lines.lines().count(), reading.next.is_some()), (2, false));
        assert!(lines.contains("\"is_whole\":false"), "{lines}");
    }

    #[tokio::test]
    async fn who_may_not_read_the_log_gets_no_file() {
        let fixture = Fixture::new().await.with(keyward_policy::Role::Trader, true);
        assert_eq!(fixture.get("/audit/download").await.status, 403);
    }
}
