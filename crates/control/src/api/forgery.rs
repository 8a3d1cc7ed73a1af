//! Requests that a browser was made to send: refused, because a session's cookie alone proves nothing about who wants it.
//!
//! The cookie is `SameSite=Strict`, which already keeps it from other sites. Beside that, what changes something must come
//! from this very origin, and must repeat a value that only a page of ours can know.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use serde_json::json;

use super::admit::{Held, by_browser};
use crate::{Code, Control, Error};

/// The header that repeats the value.
const HEADER: &str = "x-keyward-csrf";

/// Refuses what a session's browser may have been made to send.
pub(super) async fn refuse_forged(
    State(control): State<Arc<Control>>,
    request: Request,
    next: Next,
) -> Response {
    match check(&request) {
        Ok(()) => next.run(request).await,
        Err(why) => forged(&control, request.extensions().get(), why).into_response(),
    }
}

fn check(request: &Request) -> Result<(), &'static str> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    if is_foreign(request.headers()) {
        return Err("the request comes from another site");
    }
    let Some(held) = by_browser(request) else { return Ok(()) };
    let repeated = request.headers().get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if held.session.believes(repeated) {
        Ok(())
    } else {
        Err("the header X-Keyward-CSRF is missing or wrong")
    }
}

/// Whether a browser says that it was another site's page that wanted this. Programs say nothing.
pub fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return true;
    }
    let host = text(header::HOST.as_str()).unwrap_or_default();
    text(header::ORIGIN.as_str()).is_some_and(|origin| {
        let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
        authority.is_empty() || !authority.eq_ignore_ascii_case(host)
    })
}

/// The refusal of such a request. Where it came with a session, that is put on record.
pub fn forged(control: &Control, held: Option<&Held>, detail: &'static str) -> Error {
    if let Some(Held { session, .. }) = held {
        let details = json!({ "refused": Code::RequestForged.as_str(), "why": detail });
        control.note_of(&session.himself(), "session use", details);
    }
    Error::new(Code::RequestForged, detail).hint("reload the page, and do it from there")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(pairs: &[(&'static str, &str)]) -> bool {
        let pairs = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        is_foreign(&pairs.chain([(header::HOST, "keyward.example:8081".parse().unwrap())]).collect())
    }

    #[test]
    fn another_site_is_told_by_what_the_browser_says() {
        assert!(!foreign(&[]), "a program");
        assert!(!foreign(&[("origin", "https://keyward.example:8081"), ("sec-fetch-site", "same-origin")]));
        assert!(foreign(&[("origin", "https://evil.example")]));
        assert!(foreign(&[("origin", "null")]));
        assert!(foreign(&[("origin", "https://keyward.example")]), "another port is another origin");
        for site in ["cross-site", "same-site"] {
            assert!(foreign(&[("sec-fetch-site", site)]));
        }
    }
}
