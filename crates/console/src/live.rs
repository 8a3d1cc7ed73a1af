//! `/live`: tells open pages that there is something new, as server-sent events; their script then looks again.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream::{self, Stream};
use keyward_control::Control;
use keyward_control::operation::traffic::follow;
use keyward_control::usage::News;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::problem::Failure;
use crate::visitor::Visitor;

/// Open pages that are told at once; the control port serves four times as many connections. One more works as it does
/// without JavaScript.
const PAGES_MAX: usize = 64;
/// Then the browser asks again, and is asked again who it is.
const ENDS_AFTER: Duration = Duration::from_secs(300);
/// Something has to be written to notice that a browser is gone.
const STILL_HERE_EVERY: Duration = Duration::from_secs(20);

/// What one stream holds.
struct Told {
    news: News,
    until: Instant,
    _room: OwnedSemaphorePermit,
}

pub(crate) fn routes() -> Router<Arc<Control>> {
    let room = Arc::new(Semaphore::new(PAGES_MAX));
    Router::new().route("/live", get(move |control, visitor| tell(room, control, visitor)))
}

async fn tell(
    room: Arc<Semaphore>,
    State(control): State<Arc<Control>>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let news = follow(&control, &visitor.actor)?;
    let Ok(room) = room.try_acquire_owned() else {
        // Without content the browser does not ask again.
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let told = Told { news, until: Instant::now() + ENDS_AFTER, _room: room };
    let keep_alive = KeepAlive::new().interval(STILL_HERE_EVERY);
    Ok(Sse::new(events(told)).keep_alive(keep_alive).into_response())
}

fn events(told: Told) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(told, |mut told| async {
        let is_more = timeout_at(told.until, told.news.next()).await.unwrap_or(false);
        is_more.then(|| (Ok(Event::default().event("news").data("new")), told))
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use futures_util::StreamExt;
    use tower::ServiceExt;

    use super::*;
    use crate::fixture::Fixture;

    async fn open(fixture: &Fixture) -> Response {
        let request = Request::get("/live").extension(fixture.visitor.clone()).body(Body::empty()).unwrap();
        crate::router(Arc::clone(&fixture.control)).oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn an_open_page_hears_of_a_change_and_of_the_end() {
        let fixture = Fixture::new().await;
        let mut events = open(&fixture).await.into_body().into_data_stream();
        fixture.project("new").await;
        fixture.control.read_usage().await.unwrap();
        assert_eq!(events.next().await.unwrap().unwrap(), "event: news\ndata: new\n\n");
        fixture.control.end_news();
        assert!(events.next().await.is_none());
    }

    #[tokio::test]
    async fn who_has_not_signed_in_is_told_nothing() {
        let fixture = Fixture::new().await;
        assert_eq!(fixture.get_as_nobody("/live").await.status, 303);
    }
}
