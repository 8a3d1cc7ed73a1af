//! A route and its description, made by one statement: what is served is described, and nothing else is.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, on};
use keyward_policy::{Operation, Proof};
use utoipa::openapi::HttpMethod;

use super::openapi::{Describe, Description, Page};
use crate::operation::consent::TAKE_TWO;
use crate::{Code, Control};

/// What a signature does not tell of a route.
#[derive(Clone, Copy)]
pub(super) struct Told {
    /// None where somebody only comes in, for which he needs no right.
    operation: Option<Operation>,
    name: &'static str,
    summary: &'static str,
    codes: &'static [Code],
}

/// Which operation a route carries out, in a few words, and how that can fail beside what can fail everywhere.
pub(super) const fn does(operation: Operation, summary: &'static str, codes: &'static [Code]) -> Told {
    Told { operation: Some(operation), name: operation.name(), summary, codes }
}

/// The same for one step of an operation that takes several, which has a name of its own.
pub(super) const fn step(
    operation: Operation,
    name: &'static str,
    summary: &'static str,
    codes: &'static [Code],
) -> Told {
    Told { operation: Some(operation), name, summary, codes }
}

/// A route by which somebody comes in, proves that it is he, or goes.
pub(super) const fn enters(name: &'static str, summary: &'static str, codes: &'static [Code]) -> Told {
    Told { operation: None, name, summary, codes }
}

/// Routes of one kind of resource.
pub(super) struct Routes {
    tag: &'static str,
    router: Router<Arc<Control>>,
    described: Description,
}

impl Routes {
    /// None yet, of the resources that have this name.
    pub(super) fn of(tag: &'static str) -> Self {
        Self { tag, router: Router::new(), described: Description::default() }
    }

    /// A route that looks at something.
    pub(super) fn get<H, T>(self, path: &'static str, told: Told, handler: H) -> Self
    where
        H: Handler<T, Arc<Control>> + Describe<T>,
        T: 'static,
    {
        self.on((MethodFilter::GET, HttpMethod::Get), path, told, handler)
    }

    /// A route that makes or does something.
    pub(super) fn post<H, T>(self, path: &'static str, told: Told, handler: H) -> Self
    where
        H: Handler<T, Arc<Control>> + Describe<T>,
        T: 'static,
    {
        self.on((MethodFilter::POST, HttpMethod::Post), path, told, handler)
    }

    /// A route that changes something, in part.
    pub(super) fn patch<H, T>(self, path: &'static str, told: Told, handler: H) -> Self
    where
        H: Handler<T, Arc<Control>> + Describe<T>,
        T: 'static,
    {
        self.on((MethodFilter::PATCH, HttpMethod::Patch), path, told, handler)
    }

    /// A route that removes something.
    pub(super) fn delete<H, T>(self, path: &'static str, told: Told, handler: H) -> Self
    where
        H: Handler<T, Arc<Control>> + Describe<T>,
        T: 'static,
    {
        self.on((MethodFilter::DELETE, HttpMethod::Delete), path, told, handler)
    }

    /// These routes and those.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            tag: self.tag,
            router: self.router.merge(other.router),
            described: self.described.and(other.described),
        }
    }

    /// What serves them, and what describes them.
    pub(super) fn apart(self) -> (Router<Arc<Control>>, Description) {
        (self.router, self.described)
    }

    fn on<H, T>(
        mut self,
        (filter, method): (MethodFilter, HttpMethod),
        path: &'static str,
        told: Told,
        handler: H,
    ) -> Self
    where
        H: Handler<T, Arc<Control>> + Describe<T>,
        T: 'static,
    {
        let mut page = Page::new(path);
        H::describe(&mut page);
        page.fails(&codes(told, &method));
        let words = (self.tag, told.name, told.summary);
        self.described.add(path, method, words, page);
        Self { router: self.router.route(path, on(filter, handler)), ..self }
    }
}

/// How an operation can fail, whichever it is: by who asks, by where he asks from, and by what breaks.
fn codes(told: Told, method: &HttpMethod) -> Vec<Code> {
    let mut codes = told.codes.to_vec();
    codes.extend([Code::Malformed, Code::TokenRefused, Code::TooManyAttempts]);
    codes.extend([Code::StoreUnavailable, Code::Unavailable, Code::Internal]);
    codes.extend(told.operation.map(|_| Code::RoleLacksRight));
    if told.operation.is_some_and(|operation| operation.proof() != Proof::SignedIn) {
        codes.push(Code::SecondFactorNeeded);
    }
    if told.operation.is_some_and(|operation| TAKE_TWO.contains(&operation)) {
        codes.extend([Code::ConsentNeeded, Code::SecondFactorNeeded, Code::TooMany]);
    }
    if *method != HttpMethod::Get {
        codes.extend([Code::RequestForged, Code::AuditUnavailable, Code::ChangedMeanwhile]);
    }
    codes
}
