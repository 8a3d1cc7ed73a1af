//! `/venues`: the exchange connections.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use keyward_control::operation::venue::{VenueView, add, dialects, list, remove, show};
use keyward_control::{Code, Control, Error};
use keyward_policy::{Mode, Operation};

use crate::Shared;
use crate::confirm::Confirm;
use crate::done;
use crate::finish::finish;
use crate::form::{Form, Posted};
use crate::frame::{Frame, Section, html};
use crate::parts::Choice;
use crate::problem::Failure;
use crate::project::Seen;
use crate::visitor::Visitor;
use crate::words;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/venues", get(show_all))
        .route("/venues/new", get(ask).post(make))
        .route("/venues/{venue}/remove", get(ask_removal).post(take_away))
}

#[derive(Template)]
#[template(path = "venues.html")]
struct Page {
    frame: Frame,
    venues: Vec<VenueView>,
    next: Option<String>,
    may_add: bool,
    may_remove: bool,
}

impl Page {
    fn mode(&self, venue: &VenueView) -> &'static str {
        words::mode(venue.mode)
    }

    /// How many addresses the exchange has, and the first of them.
    fn urls(&self, venue: &VenueView) -> String {
        let first = venue.urls.values().next().map(String::as_str).unwrap_or_default();
        match venue.urls.len() {
            0 | 1 => first.to_owned(),
            count => format!("{first} and {} more", count - 1),
        }
    }
}

#[derive(Template)]
#[template(path = "venue_form.html")]
struct Asking {
    frame: Frame,
    dialects: Vec<Choice>,
}

async fn show_all(control: Shared, visitor: Visitor, Query(seen): Query<Seen>) -> Result<Response, Failure> {
    let page = finish(async move {
        let listed = list::list(&control, &visitor.actor, seen.part()).await?;
        Ok(Page {
            venues: listed.items,
            next: Seen::following("/venues", listed.next),
            may_add: visitor.may(Operation::VenueAdd),
            may_remove: visitor.may(Operation::VenueRemove),
            frame: Frame::new(visitor, Section::Venues, "Venues").after(Some(&seen.done)),
        })
    });
    Ok(html(&page.await?))
}

async fn ask(visitor: Visitor) -> Response {
    let dialects = dialects().map(|name| Choice::new(name, "binance")).collect();
    html(&Asking { frame: Frame::new(visitor, Section::Venues, "New venue"), dialects })
}

async fn make(control: Shared, Posted(visitor, form): Posted) -> Result<Response, Failure> {
    let input = request(&form)?;
    finish(async move { add::add(&control, &visitor.actor, input).await }).await?;
    Ok(done::lead_to("/venues", "venue-added"))
}

fn request(form: &Form) -> Result<add::Add, Error> {
    let mode = match form.text("mode").as_deref() {
        None | Some("resign") => Mode::Resign,
        Some("assert") => Mode::Assert,
        Some(_) => {
            return Err(Error::new(Code::Malformed, "a venue signs again, or vouches for its callers"));
        }
    };
    Ok(add::Add {
        name: form.text_or_empty("name"),
        dialect: form.text_or_empty("dialect"),
        urls: form.text("url").map(|url| BTreeMap::from([(String::new(), url)])).unwrap_or_default(),
        mode,
        public_market_data: form.has("public_market_data"),
    })
}

async fn ask_removal(
    control: Shared,
    visitor: Visitor,
    Path(venue): Path<String>,
) -> Result<Response, Failure> {
    let actor = visitor.actor.clone();
    let venue = finish(async move { show::show(&control, &actor, &venue).await }).await?;
    let effects = vec![
        "A venue can be removed when no credential and no key uses it.".to_owned(),
        format!("Requests to {} are refused from then on.", venue.base_url),
    ];
    let frame = Frame::new(visitor, Section::Venues, format!("Remove {}?", venue.name));
    let (button, back) = (format!("Remove {}", venue.name), "/venues".to_owned());
    Ok(Confirm { frame, effects, button, is_danger: true, ticked: None, fields: Vec::new(), back }.page())
}

async fn take_away(
    control: Shared,
    Path(venue): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    finish(async move { remove::remove(&control, &visitor.actor, &venue).await }).await?;
    Ok(done::lead_to("/venues", "venue-removed"))
}

#[cfg(test)]
mod tests {
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_venue_is_added_listed_and_removed() {
        let fixture = Fixture::new().await;
        fixture.get("/venues").await.is_sound();
        let page = fixture.get("/venues/new").await;
        page.is_sound();
        assert!(page.body.contains("value=\"kraken\""));
        let form =
            [("name", "demo"), ("dialect", "binance"), ("mode", "resign"), ("url", "http://127.0.0.1:9")];
        let made = fixture.post("/venues/new", &form).await;
        assert_eq!((made.status, made.location()), (303, "/venues?done=venue-added"), "{}", made.body);
        let page = fixture.get("/venues").await;
        page.is_sound();
        assert!(page.body.contains("http://gateway.test/demo") && page.body.contains("Signs again"));
        fixture.get("/venues/demo/remove").await.is_sound();
        assert_eq!(fixture.post("/venues/demo/remove", &[]).await.location(), "/venues?done=venue-removed");
    }
}
