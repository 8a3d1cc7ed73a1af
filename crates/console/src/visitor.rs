//! Who is looking at a page.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::Extensions;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use keyward_control::Control;
use keyward_control::api::Held;
use keyward_control::operation::approval::list::count;
use keyward_control::operation::consent;
use keyward_policy::{Actor, Authority, Lack, Operation};

use crate::then;

/// An operator who has signed in: from the session that whoever serves the pages has found, or as he says himself.
#[derive(Clone)]
pub struct Visitor {
    /// As whom operations are called.
    pub actor: Actor,
    /// What his forms prove that they come from his pages: unguessable, and one of its own for each session.
    pub csrf: String,
    /// Until when his second factor counts as shown a moment ago.
    pub fresh_until: Option<Timestamp>,
    /// How much waits for an operator.
    pub waiting: usize,
}

/// How much waits for an operator, beside a request.
#[derive(Clone, Copy)]
struct Waiting(usize);

/// Counts what waits for an operator, so that every page of who may see it says so.
pub(crate) async fn count_what_waits(
    State(control): State<Arc<Control>>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(visitor) = Visitor::among(request.extensions()) {
        let waiting = count_for(&control, &visitor.actor).await;
        request.extensions_mut().insert(Waiting(waiting));
    }
    next.run(request).await
}

/// What cannot be counted is not: the page itself says what is wrong.
async fn count_for(control: &Control, actor: &Actor) -> usize {
    let requests = count(control, actor).unwrap_or_default();
    requests + consent::list::count(control, actor).await.unwrap_or_default()
}

impl Visitor {
    /// What he is called.
    pub(crate) fn name(&self) -> &str {
        &self.actor.name
    }

    /// What he is.
    pub(crate) fn role(&self) -> &'static str {
        match self.actor.authority {
            Authority::Host => "host",
            Authority::Operator { role, .. } => role.name(),
        }
    }

    /// Whether his role lets him do it. He may still have to show his second factor first.
    pub(crate) fn may(&self, operation: Operation) -> bool {
        !matches!(self.actor.check(operation), Err(Lack::Right | Lack::Reach))
    }
}

impl Visitor {
    /// Whoever has signed in, and has a second factor.
    pub(crate) fn among(extensions: &Extensions) -> Option<Self> {
        let waiting = extensions.get::<Waiting>().map_or(0, |waiting| waiting.0);
        let said = extensions.get::<Self>().cloned();
        said.map(|visitor| Self { waiting, ..visitor }).or_else(|| {
            let session = &extensions.get::<Held>()?.session;
            let (csrf, fresh_until) = (session.csrf.clone(), session.fresh_until);
            Some(Self { actor: session.actor().ok()?, csrf, fresh_until, waiting })
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Response> {
        Self::among(&parts.extensions).ok_or_else(|| {
            let way = match parts.extensions.get::<Held>() {
                // He has signed in, and does nothing before he has a second factor.
                Some(_) => "/second-factor".to_owned(),
                None => then::after("/sign-in", &parts.uri),
            };
            Redirect::to(&way).into_response()
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn who_has_not_signed_in_is_sent_there_and_back() {
        let fixture = Fixture::new().await;
        for path in ["/", "/keys", "/keys/new", "/audit", "/kill", "/venues", "/credentials", "/projects"] {
            let page = fixture.get_as_nobody(path).await;
            assert_eq!(page.status, 303, "{path}");
            assert!(page.location().starts_with("/sign-in?then=%2F"), "{}", page.location());
        }
    }
}
