//! The provider, as it is asked: what it says of itself is kept for a while, and what it says of people is checked.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use keyward_policy::Entropy;
use serde::Deserialize;
use thiserror::Error;
use tokio::sync::Mutex;

use super::client::Client;
use super::document::{Document, place};
use super::fetch::{Answer, Fetch, Question};
use super::id_token::{Expected, Vouched, Wrong, check};
use super::journey::{Journey, Journeys, Purpose};
use super::keys::Keys;
use super::ticket::{Errand, Half, Tickets};
use crate::{Code, Error, ShownOnce};

/// For how long its document and its keys are believed.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(1);
/// For how long nobody asks again after it did not answer, or for a key that it does not have.
const LEFT_ALONE_FOR: SignedDuration = SignedDuration::from_secs(10);

/// A provider, and who is on the way to it.
pub struct Provider {
    client: Client,
    fetch: Arc<dyn Fetch>,
    /// Held while it is asked, so that many who want in ask once.
    known: Mutex<Known>,
    journeys: Journeys,
    tickets: Tickets,
}

/// What the provider said of itself, and when.
#[derive(Default)]
struct Known {
    document: Option<(Timestamp, Arc<Document>)>,
    keys: Option<(Timestamp, Arc<Keys>)>,
    failed_at: Option<Timestamp>,
}

/// Why the provider vouches for nobody; for the log alone.
#[derive(Debug, Error)]
pub(crate) enum Refusal {
    /// It refused the code, or Keyward as its client.
    #[error("the provider refused: {0}")]
    Said(String),
    /// It gave a token that is not believed.
    #[error(transparent)]
    Token(#[from] Wrong),
    /// It gave no token.
    #[error("the provider's answer holds no token")]
    NoToken,
    /// The answer came from elsewhere (RFC 9207).
    #[error("the answer names another provider, or none")]
    OtherIssuer,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
}

impl Provider {
    /// A provider that is asked by whoever has a way out.
    pub fn new(client: Client, fetch: Arc<dyn Fetch>) -> Self {
        let (known, journeys, tickets) = (Mutex::default(), Journeys::default(), Tickets::default());
        Self { client, fetch, known, journeys, tickets }
    }

    /// What people call it.
    pub(crate) fn name(&self) -> &str {
        &self.client.name
    }

    /// What it calls itself.
    pub(crate) fn issuer(&self) -> &str {
        &self.client.issuer
    }

    /// Whether an operator who is linked comes by it alone.
    pub(crate) fn is_required(&self) -> bool {
        self.client.required
    }

    /// Sends a browser there: what it keeps, and where it goes.
    pub(crate) async fn begin(
        &self,
        (purpose, then): (Purpose, &str),
        back: &str,
        entropy: &dyn Entropy,
        now: Timestamp,
    ) -> Result<(String, String), Error> {
        let document = self.document(now).await?;
        let begun = self.journeys.begin(purpose, then, entropy, now);
        let (cookie, journey) = begun.ok_or_else(|| Error::new(Code::Internal, "no sign-in can be begun"))?;
        Ok((cookie, document.authorize(&self.client, &journey, back)))
    }

    /// Knows a browser again that comes back.
    pub(crate) fn end(&self, cookie: &str, state: &str, now: Timestamp) -> Option<Journey> {
        self.journeys.end(cookie, state, now)
    }

    /// Whether an answer that names this issuer, or none, is the provider's (RFC 9207 2.4).
    pub(crate) async fn is_from(&self, issuer: Option<&str>, now: Timestamp) -> Result<bool, Error> {
        Ok(match issuer {
            Some(issuer) => issuer == self.client.issuer,
            None => !self.document(now).await?.names_itself(),
        })
    }

    /// Exchanges a code for a token, and checks what it says.
    pub(crate) async fn exchange(
        &self,
        code: &str,
        journey: &Journey,
        back: &str,
        now: Timestamp,
    ) -> Result<Result<Vouched, Refusal>, Error> {
        let document = self.document(now).await?;
        let question = document.exchange(&self.client, code, journey, back).ok_or_else(|| {
            down("it takes a client's secret neither by client_secret_basic nor by client_secret_post")
        })?;
        let token = match read_token(&self.ask(question).await?)? {
            Ok(token) => token,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let expected =
            Expected { issuer: &self.client.issuer, client: &self.client.id, nonce: &journey.nonce, now };
        let checked = check(&token, &*self.keys(&document, now, KEPT_FOR).await?, &expected);
        if checked != Err(Wrong::Key) {
            return Ok(checked.map_err(Refusal::from));
        }
        // It may have taken another key since it was asked.
        let keys = self.keys(&document, now, LEFT_ALONE_FOR).await?;
        Ok(check(&token, &keys, &expected).map_err(Refusal::from))
    }

    /// Gives somebody a ticket for whom the provider has vouched.
    pub(crate) fn admit(
        &self,
        vouched: Vouched,
        errand: Errand,
        then: String,
        entropy: &dyn Entropy,
        now: Timestamp,
    ) -> ShownOnce {
        self.tickets.give(vouched, errand, then, entropy, now)
    }

    /// Whose ticket this is.
    pub(crate) fn look(&self, ticket: &str, now: Timestamp) -> Result<Half, Error> {
        self.tickets.look(ticket, now).ok_or_else(over)
    }

    /// The same, and the ticket is spent.
    pub(crate) fn take(&self, ticket: &str, now: Timestamp) -> Result<Half, Error> {
        self.tickets.take(ticket, now).ok_or_else(over)
    }

    async fn document(&self, now: Timestamp) -> Result<Arc<Document>, Error> {
        let mut known = self.known.lock().await;
        if let Some((_, document)) = known.document.as_ref().filter(|(at, _)| is_within(*at, now, KEPT_FOR)) {
            return Ok(Arc::clone(document));
        }
        if known.failed_at.is_some_and(|at| is_within(at, now, LEFT_ALONE_FOR)) {
            return Err(down("it did not answer a moment ago"));
        }
        let question = Question { url: place(&self.client.issuer), authorization: None, form: None };
        let read = async {
            let answer = self.ask(question).await?;
            Document::read(&answer.body, &self.client.issuer).map_err(down)
        };
        let read = read.await.map(Arc::new);
        match &read {
            Ok(document) => known.document = Some((now, Arc::clone(document))),
            Err(_) => known.failed_at = Some(now),
        }
        read
    }

    /// Its keys, not older than this.
    async fn keys(
        &self,
        document: &Document,
        now: Timestamp,
        age: SignedDuration,
    ) -> Result<Arc<Keys>, Error> {
        let mut known = self.known.lock().await;
        if let Some((_, keys)) = known.keys.as_ref().filter(|(at, _)| is_within(*at, now, age)) {
            return Ok(Arc::clone(keys));
        }
        let answer = self.ask(document.keys()).await?;
        let keys = Arc::new(Keys::read(&answer.body).ok_or_else(|| down("its keys cannot be read"))?);
        known.keys = Some((now, Arc::clone(&keys)));
        Ok(keys)
    }

    async fn ask(&self, question: Question) -> Result<Answer, Error> {
        let answer =
            self.fetch.fetch(question).await.map_err(|error| down(error.to_string()).caused_by(error))?;
        // A refusal of a code is an answer; what is neither, and where it sends one, is none.
        if matches!(answer.status, 200 | 400 | 401) {
            return Ok(answer);
        }
        Err(down(format!("it answered with the status {}", answer.status)))
    }
}

fn is_within(at: Timestamp, now: Timestamp, time: SignedDuration) -> bool {
    now.duration_since(at) < time
}

/// The token in an answer (OpenID Connect Core 3.1.3.3, 3.1.3.4).
fn read_token(answer: &Answer) -> Result<Result<String, Refusal>, Error> {
    if answer.status == 200 {
        let tokens = serde_json::from_slice::<Tokens>(&answer.body);
        return Ok(tokens.map(|tokens| tokens.id_token).map_err(|_| Refusal::NoToken));
    }
    let refused = serde_json::from_slice::<Refused>(&answer.body);
    let refused = refused.map_err(|_| down(format!("it answered with the status {}", answer.status)))?;
    Ok(Err(Refusal::Said(word(&refused.error).to_owned())))
}

/// An error's code, where it is one (RFC 6749 5.2): what it says goes to the log.
pub(crate) fn word(said: &str) -> &str {
    let is_word = said.len() <= 64 && said.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_word && !said.is_empty() { said } else { "an unknown error" }
}

fn down(why: impl std::fmt::Display) -> Error {
    Error::new(Code::ProviderUnavailable, format!("the identity provider cannot be used: {why}"))
        .hint("try again, or sign in another way; an owner looks at `control.oidc` in the settings")
}

fn over() -> Error {
    Error::new(Code::SignInExpired, "this sign-in took too long, or was finished before").hint("begin again")
}
