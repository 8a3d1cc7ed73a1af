//! What one route takes and gives, read off the signature of its handler: so it cannot be out of date.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{Content, Ref, RefOr, Required};
use utoipa::{IntoParams, ToSchema};

use super::super::Shared;
use super::super::admit::{From, Held};
use super::super::enter::Entered;
use super::super::finish::Made;
use super::super::input::{Acting, Asked, Input, Named};
use super::super::problem::{Problem, status};
use super::super::repeat::Repeatable;
use super::super::tag::{IfMatch, IfThis, Known, Tagged};
use crate::{Code, Error};

/// The type of a body.
const JSON: &str = "application/json";
/// The type of a problem (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// The most codes of a response that routes share.
const SHARED_MAX: usize = 3;

/// What is known of one route.
pub(crate) struct Page {
    path: &'static str,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<RequestBody>,
    pub(super) responses: BTreeMap<String, RefOr<Response>>,
    /// Responses by the name under which routes share them.
    pub(super) shared: BTreeMap<String, Response>,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
    pub(super) codes: Vec<Code>,
    pub(super) who: Who,
}

/// Who may ask.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Anybody: he has not come in yet.
    Anybody,
    /// A person in a session.
    Person,
    /// A person in a session, or a program with a token.
    Either,
}

/// What a handler takes: a part of the request.
pub(crate) trait Takes {
    /// Describes it.
    fn take(page: &mut Page);
}

/// What a handler gives.
pub(crate) trait Gives {
    /// Describes it.
    fn give(page: &mut Page);
}

/// A handler, as far as its signature tells of it.
pub(crate) trait Describe<T> {
    /// Describes it.
    fn describe(page: &mut Page);
}

macro_rules! describe {
    ($($part:ident)*) => {
        impl<F, Answered, G, M, $($part),*> Describe<(M, $($part,)*)> for F
        where
            F: FnOnce($($part),*) -> Answered,
            Answered: Future<Output = G>,
            G: Gives,
            $($part: Takes,)*
        {
            fn describe(page: &mut Page) {
                $($part::take(page);)*
                G::give(page);
            }
        }
    };
}

describe!(A);
describe!(A B);
describe!(A B C);
describe!(A B C D);
describe!(A B C D E);

impl Page {
    /// Nothing is known but the path.
    pub(crate) fn new(path: &'static str) -> Self {
        let (parameters, schemas, codes) = (Vec::new(), Vec::new(), Vec::new());
        let (responses, shared) = (BTreeMap::new(), BTreeMap::new());
        Self { path, parameters, body: None, responses, shared, schemas, codes, who: Who::Anybody }
    }

    /// How it fails: one response for each status, with the codes that it may have.
    pub(crate) fn fails(&mut self, codes: &[Code]) {
        self.codes.extend(codes);
        self.codes.sort_unstable_by_key(|code| code.as_str());
        self.codes.dedup();
        let mut by_status: BTreeMap<StatusCode, Vec<Code>> = BTreeMap::new();
        for code in &self.codes {
            by_status.entry(status(code.kind())).or_default().push(*code);
        }
        for (status, codes) in by_status {
            let response = self.problem(status, &codes);
            let response =
                if codes.len() > SHARED_MAX { RefOr::T(response) } else { self.share(&codes, response) };
            self.responses.insert(status.as_str().to_owned(), response);
        }
    }

    /// Most routes fail in the same few ways, which are written down once.
    fn share(&mut self, codes: &[Code], response: Response) -> RefOr<Response> {
        let name = codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join("-");
        let shared = Ref::from_response_name(&name);
        self.shared.insert(name, response);
        RefOr::Ref(shared)
    }

    /// A success.
    pub(super) fn succeeds(&mut self, status: StatusCode, response: ResponseBuilder) {
        self.responses.insert(status.as_str().to_owned(), RefOr::T(response.build()));
    }

    /// A success with a body.
    pub(super) fn gives<T: ToSchema>(&mut self, status: StatusCode) -> ResponseBuilder {
        let body = Content::new(Some(self.refer::<T>()));
        let description = if status == StatusCode::CREATED { "It was made." } else { "It was done." };
        ResponseBuilder::new().description(description).content(JSON, body)
    }

    /// A schema by its name, which the document then holds.
    fn refer<T: ToSchema>(&mut self) -> Ref {
        T::schemas(&mut self.schemas);
        self.schemas.push((T::name().into_owned(), T::schema()));
        Ref::from_schema_name(T::name())
    }

    /// A header that may be sent.
    fn header(&mut self, name: &str, description: &str) {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(description))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
        self.parameters.push(parameter.build());
    }

    fn problem(&mut self, status: StatusCode, codes: &[Code]) -> Response {
        let names = codes.iter().map(|code| code.as_str());
        let code = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names));
        let problem = AllOfBuilder::new()
            .item(self.refer::<Problem<'static>>())
            .item(ObjectBuilder::new().property("code", code));
        ResponseBuilder::new()
            .description(status.canonical_reason().unwrap_or_default())
            .content(PROBLEM, Content::new(Some(Schema::from(problem))))
            .build()
    }
}

impl Takes for Shared {
    fn take(_: &mut Page) {}
}

impl Takes for Acting {
    fn take(page: &mut Page) {
        page.who = Who::Either;
        page.codes.push(Code::Unauthenticated);
    }
}

impl Takes for Held {
    fn take(page: &mut Page) {
        page.who = Who::Person;
        page.codes.push(Code::SessionOver);
    }
}

impl<T: Takes> Takes for Result<T, Error> {
    fn take(page: &mut Page) {
        T::take(page);
    }
}

impl Takes for From {
    fn take(page: &mut Page) {
        page.codes.push(Code::Unauthenticated);
    }
}

impl Takes for Named {
    fn take(page: &mut Page) {
        let name = page.path.split(['{', '}']).nth(1).unwrap_or_default();
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
        page.parameters.push(parameter.build());
        page.codes.push(Code::Malformed);
    }
}

impl Takes for Known {
    fn take(page: &mut Page) {
        page.header("If-None-Match", "The `ETag` of what is known already.");
        let known = ResponseBuilder::new().description("Nothing has changed since.");
        page.succeeds(StatusCode::NOT_MODIFIED, known);
    }
}

impl Takes for IfMatch {
    fn take(page: &mut Page) {
        page.header("If-Match", "The key's `ETag`, or its revision in quotes: only that state is changed.");
        page.codes.extend([Code::Malformed, Code::NotCurrent]);
    }
}

impl Takes for IfThis {
    fn take(page: &mut Page) {
        page.header("If-Match", "The `ETag` of what was looked at: only that state is changed.");
        page.codes.extend([Code::Malformed, Code::NotCurrent]);
    }
}

impl<T: IntoParams> Takes for Asked<T> {
    fn take(page: &mut Page) {
        page.parameters.extend(T::into_params(|| Some(ParameterIn::Query)));
        page.codes.push(Code::Malformed);
    }
}

impl<T: ToSchema> Takes for Input<T> {
    fn take(page: &mut Page) {
        let wanted = matches!(T::schema(), RefOr::T(Schema::Object(object)) if !object.required.is_empty());
        let body = Content::new(Some(page.refer::<T>()));
        let required = if wanted { Required::True } else { Required::False };
        page.body = Some(RequestBodyBuilder::new().content(JSON, body).required(Some(required)).build());
        page.codes.extend([Code::Malformed, Code::TooLarge]);
    }
}

impl<T: ToSchema> Gives for Tagged<T> {
    fn give(page: &mut Page) {
        let tag = HeaderBuilder::new().description(Some("Another when what is shown is different.")).build();
        let answer = page.gives::<T>(StatusCode::OK).header("ETag", tag);
        page.succeeds(StatusCode::OK, answer);
    }
}

impl<T: ToSchema> Gives for Result<Json<T>, Error> {
    fn give(page: &mut Page) {
        let answer = page.gives::<T>(StatusCode::OK);
        page.succeeds(StatusCode::OK, answer);
    }
}

impl<T: ToSchema> Gives for Entered<T> {
    fn give(page: &mut Page) {
        let cookie = HeaderBuilder::new().description(Some("The session's cookie, or its end.")).build();
        let answer = page.gives::<T>(StatusCode::OK).header("Set-Cookie", cookie);
        page.succeeds(StatusCode::OK, answer);
    }
}

impl<T: ToSchema + Repeatable> Gives for Made<T> {
    fn give(page: &mut Page) {
        page.header(
            "Idempotency-Key",
            "Chosen by the caller: the same request with the same key is carried out once in 24 hours.",
        );
        page.codes.extend([Code::Malformed, Code::IdempotencyKeyReused, Code::StillRunning]);
        page.codes.extend(T::SECRET.then_some(Code::SecretShownBefore));
        let answer = page.gives::<T>(StatusCode::CREATED);
        page.succeeds(StatusCode::CREATED, answer);
    }
}
