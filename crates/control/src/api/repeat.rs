//! `Idempotency-Key`: a creation that is sent again is not done again.
//!
//! What was answered is kept in this process's memory, for a day, and never a secret. The digest of a request is made
//! with a key of this process, because its body may hold a secret that could be guessed from a plain one.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use keyward_policy::{Actor, Authority};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::BODY_BYTES_MAX;
use crate::operation::credential::CredentialView;
use crate::operation::key::Created;
use crate::operation::operator::invite::Invited;
use crate::operation::project::ProjectView;
use crate::operation::token;
use crate::operation::venue::VenueView;
use crate::{Code, Control, Error};

/// The header.
pub(super) const HEADER: &str = "idempotency-key";
/// How long a creation is remembered.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How many are: the oldest is forgotten for the next. A door makes a few keys a day.
const KEPT_MAX: usize = 1000;
/// The longest key that a caller may choose.
const KEY_LENGTH_MAX: usize = 255;
/// The longest answer that is kept.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// What an operation makes, as it may be told of a second time.
pub(super) trait Repeatable: Serialize {
    /// Whether the answer may hold a secret.
    const SECRET: bool = false;

    /// What was made, where the answer holds a secret that nobody is shown again.
    fn made(&self) -> Option<String> {
        None
    }
}

impl Repeatable for VenueView {}
impl Repeatable for ProjectView {}
impl Repeatable for CredentialView {}

impl Repeatable for Created {
    const SECRET: bool = true;

    fn made(&self) -> Option<String> {
        let is_secret = self.secret.is_some() || self.hand_over.is_some();
        is_secret.then(|| format!("the key {}", self.key.id))
    }
}

impl Repeatable for Invited {
    const SECRET: bool = true;

    fn made(&self) -> Option<String> {
        Some(format!("the invitation of {}", self.name))
    }
}

impl Repeatable for token::create::Created {
    const SECRET: bool = true;

    fn made(&self) -> Option<String> {
        Some(format!("the token {}", self.token.id))
    }
}

/// Goes with the answer of a creation, inside this process.
#[derive(Clone)]
pub(super) struct Repeat(pub(super) Option<String>);

/// Who chose which key.
type Chosen = (String, &'static str, String);

/// What is known of one creation.
#[derive(Clone)]
struct Kept {
    digest: [u8; 32],
    since: Timestamp,
    outcome: Outcome,
}

#[derive(Clone)]
enum Outcome {
    Running,
    Answered(Bytes),
    /// It made this, with a secret that was shown.
    Secret(String),
}

/// The creations of the last day.
pub(super) struct Repeats {
    control: Arc<Control>,
    key: [u8; 32],
    kept: Mutex<(HashMap<Chosen, Kept>, VecDeque<Chosen>)>,
}

impl Repeats {
    /// Knows of none yet.
    pub(super) fn new(control: Arc<Control>) -> Self {
        Self { key: control.random(), control, kept: Mutex::default() }
    }

    /// Takes a creation on; `Some` is the answer of one that was taken on before.
    fn begin(&self, chosen: &Chosen, digest: [u8; 32]) -> Result<Option<Bytes>, Error> {
        let now = self.control.now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, order) = &mut *kept;
        if let Some(before) = known.get(chosen).filter(|before| now.duration_since(before.since) < KEPT) {
            return before.again(digest).map(Some);
        }
        while order.len() >= KEPT_MAX {
            order.pop_front().and_then(|oldest| known.remove(&oldest));
        }
        order.retain(|one| one != chosen);
        order.push_back(chosen.clone());
        known.insert(chosen.clone(), Kept { digest, since: now, outcome: Outcome::Running });
        Ok(None)
    }

    /// Keeps what came of it; a creation that came to nothing may be tried again.
    fn end(&self, chosen: &Chosen, outcome: Option<Outcome>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Some(outcome) => drop(kept.0.get_mut(chosen).map(|kept| kept.outcome = outcome)),
            None => {
                kept.0.remove(chosen);
                kept.1.retain(|one| one != chosen);
            }
        }
    }

    /// Of what is asked for, and of the authority by which: who has lost a right is told no more of what he made with it.
    fn digest(&self, request: &Request, body: &[u8]) -> [u8; 32] {
        let role = match request.extensions().get::<Actor>().map(|actor| &actor.authority) {
            Some(Authority::Operator { role, .. }) => role.name(),
            Some(Authority::Host) | None => "",
        };
        let digest =
            Sha256::new().chain_update(self.key).chain_update(role).chain_update(request.uri().path());
        digest.chain_update([0]).chain_update(body).finalize().into()
    }
}

impl Kept {
    /// The answer to who sends the same once more.
    fn again(&self, digest: [u8; 32]) -> Result<Bytes, Error> {
        if self.digest != digest {
            let error = "this Idempotency-Key was used for another request";
            return Err(
                Error::new(Code::IdempotencyKeyReused, error).hint("choose a new one for each creation")
            );
        }
        match &self.outcome {
            Outcome::Answered(body) => Ok(body.clone()),
            Outcome::Running => {
                let error = Error::new(
                    Code::StillRunning,
                    "the first request with this Idempotency-Key is still being carried out",
                );
                Err(error.hint("wait a moment, then send it again"))
            }
            Outcome::Secret(made) => {
                let error = format!(
                    "{made} was made by the first request; its secret was shown then, and is not shown again"
                );
                Err(Error::new(Code::SecretShownBefore, error)
                    .hint("if the first answer did not arrive, rotate the key: that gives a new secret"))
            }
        }
    }
}

/// Carries a request out, or tells what came of it when it was sent before.
pub(super) async fn once(State(repeats): State<Arc<Repeats>>, request: Request, next: Next) -> Response {
    let chosen = match chosen(&request) {
        Ok(Some(chosen)) => chosen,
        Ok(None) => return next.run(request).await,
        Err(error) => return error.into_response(),
    };
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return Error::new(Code::TooLarge, "the body is longer than 64 KiB").into_response();
    };
    let request = Request::from_parts(head, Body::empty());
    let digest = repeats.digest(&request, &body);
    match repeats.begin(&chosen, digest) {
        Ok(None) => {}
        Ok(Some(answer)) => return (StatusCode::CREATED, JSON, answer).into_response(),
        Err(error) => return error.into_response(),
    }
    let request = request.map(|_| Body::from(body));
    // To its end, even when the client hangs up: what was made is then known.
    let ended = tokio::spawn(async move {
        let (answer, outcome) = outcome(next.run(request).await).await;
        repeats.end(&chosen, outcome);
        answer
    });
    ended.await.unwrap_or_else(|error| {
        Error::new(Code::Internal, "the operation broke down").caused_by(error).into_response()
    })
}

const JSON: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];

/// Who sends a creation under which key of his own.
fn chosen(request: &Request) -> Result<Option<Chosen>, Error> {
    let Some(key) = only_post(request).then(|| request.headers().get(HEADER)).flatten() else {
        return Ok(None);
    };
    let Some(actor) = request.extensions().get::<Actor>() else { return Ok(None) };
    let key = key.to_str().ok().filter(|key| (1..=KEY_LENGTH_MAX).contains(&key.len()));
    let unread = || Error::new(Code::Malformed, "`Idempotency-Key` has 1 to 255 visible characters");
    Ok(Some((actor.name.clone(), actor.via, key.ok_or_else(unread)?.to_owned())))
}

fn only_post(request: &Request) -> bool {
    request.method() == axum::http::Method::POST
}

/// What there is to remember of an answer. One that is no creation's, or a failure's, is not kept.
async fn outcome(response: Response) -> (Response, Option<Outcome>) {
    let (head, body) = response.into_parts();
    let repeat = head.extensions.get::<Repeat>().cloned();
    match repeat {
        None => (Response::from_parts(head, body), None),
        Some(Repeat(Some(made))) => (Response::from_parts(head, body), Some(Outcome::Secret(made))),
        Some(Repeat(None)) => match to_bytes(body, ANSWER_BYTES_MAX).await {
            Ok(body) => (Response::from_parts(head, Body::from(body.clone())), Some(Outcome::Answered(body))),
            Err(error) => {
                let error = Error::new(Code::Internal, "the answer is too long").caused_by(error);
                (error.into_response(), None)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use serde_json::{Value, json};
    use tower::ServiceExt;

    use super::*;
    use crate::fixture::Fixture;

    async fn sent(fixture: &Fixture, router: &Router, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let request = Request::post(format!("/api/v1{path}")).header(HEADER, key);
        let request = request.header("content-type", "application/json").extension(fixture.actor.clone());
        let response =
            router.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn a_creation_that_is_sent_again_is_answered_again_and_not_done_again() {
        let fixture = Fixture::new().await;
        let router = crate::api::router(Arc::clone(&fixture.control));
        let send = async |key: &str, name: &str| {
            sent(&fixture, &router, "/projects", key, &json!({ "name": name })).await
        };
        let first = send("a", "bots").await;
        assert_eq!((first.0, send("a", "bots").await), (201, first.clone()));
        let (status, problem) = send("a", "other").await;
        assert_eq!((status, &problem["code"]), (422, &json!("idempotency_key_reused")));
        assert_eq!(send("b", "bots").await.1["code"], "name_taken");
        assert_eq!(send("b", "more").await.0, 201, "what failed may be tried again under the same key");
        fixture.pass(KEPT);
        assert_eq!(send("a", "bots").await.1["code"], "name_taken", "a day later it is a new request");
    }

    #[tokio::test]
    async fn a_secret_is_not_kept_to_be_shown_again() {
        let fixture = Fixture::new().await;
        fixture.trading_key("old").await;
        let router = crate::api::router(Arc::clone(&fixture.control));
        let key = json!({ "name": "bot", "project": "bots", "credentials": ["main"], "allow": ["read"] });
        let (status, issued) = sent(&fixture, &router, "/keys", "a", &key).await;
        assert_eq!((status, issued["secret"].is_string()), (201, true));
        let (status, problem) = sent(&fixture, &router, "/keys", "a", &key).await;
        assert_eq!((status, &problem["code"]), (409, &json!("secret_shown_before")));
        assert!(problem["detail"].as_str().unwrap().contains(issued["id"].as_str().unwrap()));
        assert!(!problem.to_string().contains(issued["secret"].as_str().unwrap()));
    }

    #[tokio::test]
    async fn what_runs_is_not_begun_a_second_time_and_room_is_bounded() {
        let fixture = Fixture::new().await;
        let repeats = Repeats::new(Arc::clone(&fixture.control));
        let chosen = |number: usize| ("ada".to_owned(), "test", number.to_string());
        assert!(repeats.begin(&chosen(0), [0; 32]).unwrap().is_none());
        assert_eq!(repeats.begin(&chosen(0), [0; 32]).unwrap_err().code(), Code::StillRunning);
        for number in 1..=KEPT_MAX {
            assert!(repeats.begin(&chosen(number), [0; 32]).unwrap().is_none());
        }
        assert_eq!(repeats.kept.lock().unwrap().0.len(), KEPT_MAX);
        repeats.end(&chosen(1), None);
        assert!(repeats.begin(&chosen(1), [1; 32]).unwrap().is_none());
    }
}
