//! Who is at the control port: nobody, a program with a token, or an operator's browser with a session.
//!
//! Identifies, and refuses only what cannot be right; whether somebody may do something is each operation's question.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Router, http};
use keyward_policy::{Actor, TrustedProxies};
use zeroize::Zeroizing;

use super::headers;
use crate::operation::session::{self, Session};
use crate::operation::token;
use crate::{Caller, Code, Control, Error};

/// The cookie of a session: bound to this host, sent over TLS or to this very machine only, and to no script.
pub const COOKIE: &str = "__Host-keyward";

/// Where open pages wait for news.
const LIVE: &str = "/live";
/// The header of what an open page asks for by itself.
const UNATTENDED: &str = "keyward-unattended";

/// The peer of a connection to the control port: put into the request's extensions by whoever serves it.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// A session, and what the browser shows for it.
#[derive(Clone)]
pub struct Held {
    /// The session.
    pub session: Arc<Session>,
    /// What the browser shows.
    pub shown: Arc<Zeroizing<String>>,
}

/// What identifying needs.
#[derive(Clone)]
struct Gate {
    control: Arc<Control>,
    trusted: Arc<TrustedProxies>,
}

/// Lets these routes know who asks, and has every answer tell a browser what it must not do with it.
pub fn admitted(router: Router, control: Arc<Control>, trusted: TrustedProxies) -> Router {
    let gate = Gate { control: Arc::clone(&control), trusted: Arc::new(trusted) };
    router.layer(from_fn_with_state(gate, admit)).layer(from_fn_with_state(control, headers::add))
}

async fn admit(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    match identify(&gate, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn identify(gate: &Gate, request: &mut Request) -> Result<(), Error> {
    let Some(Peer(peer)) = request.extensions().get::<Peer>().copied() else { return Ok(()) };
    let caller = caller(&gate.trusted, peer, request.headers())?;
    if let Some(shown) = bearer(request.headers()) {
        let actor = token::of(&gate.control, &caller, &shown).await?;
        request.extensions_mut().insert(actor);
    } else if let Some(shown) = cookie(request.headers(), COOKIE) {
        match session::of(&gate.control, &shown, "session").await {
            Ok(session) => {
                if is_attended(request) {
                    session.note(&gate.control).await?;
                }
                hold(request, session, shown);
            }
            Err(error) if error.code() == Code::SessionOver => {}
            Err(error) => return Err(error),
        }
    }
    request.extensions_mut().insert(caller);
    Ok(())
}

/// Whether somebody is there: what an open page asks for by itself keeps no session from ending for idleness.
fn is_attended(request: &Request) -> bool {
    request.uri().path() != LIVE && !request.headers().contains_key(UNATTENDED)
}

fn hold(request: &mut Request, session: Session, shown: Zeroizing<String>) {
    if let Ok(actor) = session.actor() {
        request.extensions_mut().insert(actor);
    }
    request.extensions_mut().insert(Held { session: Arc::new(session), shown: Arc::new(shown) });
}

/// The client, as a trusted proxy says or as the socket does.
fn caller(trusted: &TrustedProxies, peer: IpAddr, headers: &HeaderMap) -> Result<Caller, Error> {
    let text = |value: &http::HeaderValue| value.to_str().unwrap_or("unreadable").to_owned();
    let forwarded: Vec<_> = headers.get_all("x-forwarded-for").iter().map(text).collect();
    let address = trusted.client(peer, forwarded.iter().map(String::as_str));
    let address = address.ok_or_else(|| {
        Error::new(Code::Malformed, "a trusted proxy sent an X-Forwarded-For that is no list of addresses")
    })?;
    let agent = headers.get(header::USER_AGENT).map(text).unwrap_or_default();
    Ok(Caller::new(address, &agent))
}

fn bearer(headers: &HeaderMap) -> Option<Zeroizing<String>> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Zeroizing::new(token.trim().to_owned()))
}

/// A cookie of ours. Two of one name are none: somebody else set one of them.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<Zeroizing<String>> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut ours = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value);
    let value = ours.next()?;
    ours.next().is_none().then(|| Zeroizing::new(value.to_owned()))
}

/// The header that gives a browser its session.
pub fn set_cookie(shown: &str) -> String {
    format!("{COOKIE}={shown}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=86400")
}

/// The header that takes it away.
pub fn unset_cookie() -> String {
    format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

impl<S: Send + Sync> FromRequestParts<S> for Held {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let held = parts.extensions.get::<Self>().cloned();
        held.ok_or_else(|| Error::new(Code::SessionOver, "there is no session").hint("sign in"))
    }
}

/// Where a request comes from.
pub(super) struct From(pub(super) Caller);

impl<S: Send + Sync> FromRequestParts<S> for From {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let caller = parts.extensions.get::<Caller>().cloned();
        let local = || Error::new(Code::Unauthenticated, "people sign in at the control port, not here");
        caller.map(Self).ok_or_else(local)
    }
}

/// Whether a request came with a session, and so by a browser.
pub(super) fn by_browser(request: &Request) -> Option<&Held> {
    request.extensions().get::<Held>().filter(|_| !has_token(request))
}

fn has_token(request: &Request) -> bool {
    request.extensions().get::<Actor>().is_some_and(|actor| actor.via == "token")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(http::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_cookie_is_ours_only_if_there_is_one_of_it() {
        let of =
            |value: &str| cookie(&headers(&[(header::COOKIE, value)]), COOKIE).map(|shown| shown.to_string());
        assert_eq!(of("a=b; __Host-keyward=abc; c=d").as_deref(), Some("abc"));
        assert_eq!(of("__Host-keyward=abc; __Host-keyward=def"), None);
        assert_eq!(of("keyward=abc"), None);
    }

    #[test]
    fn a_token_is_read_whatever_the_case_of_its_scheme() {
        let of = |value: &str| bearer(&headers(&[(header::AUTHORIZATION, value)])).map(|t| t.to_string());
        assert_eq!(of("bearer kwt_x").as_deref(), Some("kwt_x"));
        assert_eq!(of("Basic kwt_x"), None);
    }

    #[test]
    fn only_a_trusted_proxy_says_where_somebody_is() {
        let trusted = TrustedProxies(vec!["10.0.0.0/8".parse().unwrap()]);
        let forwarded = headers(&[("x-forwarded-for".parse().unwrap(), "203.0.113.9")]);
        let of = |peer: [u8; 4]| caller(&trusted, peer.into(), &forwarded).unwrap().address.to_string();
        assert_eq!(of([10, 0, 0, 1]), "203.0.113.9");
        assert_eq!(of([192, 0, 2, 1]), "192.0.2.1");
    }
}
