//! The description of the API (OpenAPI 3.1), made from its routes: a document for people, client generators and tests.

mod page;
mod words;

use std::collections::BTreeMap;

use utoipa::openapi::path::{OperationBuilder, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, HttpMethod, InfoBuilder, License, OpenApi, OpenApiBuilder, Paths, RefOr, Response,
    Schema, ServerBuilder, Tag,
};

use page::Who;
pub(super) use page::{Describe, Page};
pub(crate) use words::{
    ApprovalState, Entry, Facts, KeyState, KeyType, Mode, OnWire, PermissionSet, Rate, RateLimit, Report,
    Role, Standing, Symbols,
};

/// What the API is, in a few words.
const ABOUT: &str = "Everything that an operator of Keyward can do. Failures are problem details (RFC 9457) with a stable \
    `code`; their `type` leads to what each code means and what to do about it. Lists come a part at a time: give the \
    `next` of one part as `after` for the following. Times are RFC 3339 in UTC. A field that is not known is refused, \
    so that a misspelt restriction is no missing one.";
/// The cookie of a browser's session.
const SESSION: &str = "__Host-keyward";

/// What the routes that were described so far are.
#[derive(Default)]
pub(super) struct Description {
    paths: Paths,
    schemas: BTreeMap<String, RefOr<Schema>>,
    responses: BTreeMap<String, Response>,
    tags: Vec<&'static str>,
}

impl Description {
    /// Adds a route: its tag, its operation's name and a summary are its words.
    pub(super) fn add(
        &mut self,
        path: &'static str,
        method: HttpMethod,
        (tag, operation, summary): (&'static str, &'static str, &'static str),
        page: Page,
    ) {
        let description = OperationBuilder::new()
            .tag(tag)
            .operation_id(Some(operation.replace([' ', '-'], "_")))
            .summary(Some(summary))
            .parameters((!page.parameters.is_empty()).then_some(page.parameters))
            .securities(Some(security(page.who, &method)))
            .request_body(page.body);
        let described = page
            .responses
            .into_iter()
            .fold(description, |description, (status, response)| description.response(status, response));
        let item = PathItem::new(method, described);
        let path = format!("/api/v1{path}");
        match self.paths.paths.get_mut(&path) {
            Some(known) => known.merge_operations(item),
            None => drop(self.paths.paths.insert(path, item)),
        }
        self.tags.extend((!self.tags.contains(&tag)).then_some(tag));
        self.schemas.extend(page.schemas);
        self.responses.extend(page.shared);
    }

    /// This and that.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.paths.merge(other.paths);
        self.schemas.extend(other.schemas);
        self.responses.extend(other.responses);
        self.tags.extend(other.tags);
        self
    }

    /// The whole document.
    pub(super) fn document(self) -> OpenApi {
        let info = InfoBuilder::new()
            .title("Keyward")
            .version(env!("CARGO_PKG_VERSION"))
            .description(Some(ABOUT))
            .license(Some(License::new("MIT OR Apache-2.0")));
        let components = self
            .schemas
            .into_iter()
            .fold(schemes(), |components, (name, schema)| components.schema(name, schema))
            .responses_from_iter(self.responses);
        OpenApiBuilder::new()
            .info(info.build())
            .servers(Some([ServerBuilder::new().url("/").build()]))
            .tags(Some(self.tags.iter().map(Tag::new)))
            .paths(self.paths)
            .components(Some(components.build()))
            .build()
    }
}

/// What who may ask has to show: a session's browser also repeats what only a page of ours can know, to change something.
fn security(who: Who, method: &HttpMethod) -> Vec<SecurityRequirement> {
    const NO_SCOPES: [&str; 0] = [];
    let session = SecurityRequirement::new("session", NO_SCOPES);
    let session = if *method == HttpMethod::Get { session } else { session.add("csrf", NO_SCOPES) };
    match who {
        Who::Anybody => vec![],
        Who::Person => vec![session],
        Who::Either => vec![session, SecurityRequirement::new("token", NO_SCOPES)],
    }
}

/// By what a caller says who he is; at the socket the kernel says it.
fn schemes() -> ComponentsBuilder {
    let session =
        ApiKeyValue::with_description(SESSION, "The session of a person who signed in with a browser.");
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API token, for programs."))
        .build();
    let csrf = ApiKeyValue::with_description(
        "X-Keyward-CSRF",
        "What `GET /api/v1/session` gives as `csrf`, so that no other site changes anything in a session.",
    );
    ComponentsBuilder::new()
        .security_scheme("csrf", SecurityScheme::ApiKey(ApiKey::Header(csrf)))
        .security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)))
        .security_scheme("token", SecurityScheme::Http(token))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use axum::Router;
    use axum::body::Body;
    use axum::http::Request;
    use serde::Serialize;
    use serde_json::{Value, json};
    use tower::ServiceExt;

    use super::super::routes;
    use crate::fixture::{Answered, Fixture};

    /// The document as it is on file. It is renewed by this test when `INSTA_UPDATE=always` is set.
    const ON_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

    async fn ask(fixture: &Fixture, method: &str, path: &str) -> Answered {
        let request = Request::builder().method(method.to_uppercase().as_str()).uri(path);
        fixture.send(request.body(Body::empty()).unwrap()).await
    }

    /// Every path that the router serves, as it tells itself.
    fn served(router: &Router) -> BTreeSet<String> {
        let router = format!("{router:?}");
        let texts = router.split('"').filter(|text| text.starts_with("/api/v1/"));
        texts.filter(|path| !path.contains("{*")).map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn every_route_is_described_and_nothing_else_is() {
        let fixture = Fixture::new().await;
        let document = ask(&fixture, "get", "/api/openapi.json").await.body;
        let paths = document["paths"].as_object().unwrap();
        let router = crate::api::router(Arc::clone(&fixture.control));
        assert_eq!(served(&router), paths.keys().cloned().collect());
        for (path, item) in paths {
            for method in ["get", "post", "put", "patch", "delete"] {
                let request =
                    Request::builder().method(&*method.to_uppercase()).uri(path.replace(['{', '}'], ""));
                let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
                assert_eq!(answer.status() != 405, item[method].is_object(), "{method} {path}: {answer:?}");
            }
        }
        assert!(paths.len() > 50);
    }

    #[tokio::test]
    async fn no_two_operations_have_one_name() {
        let document = ask(&Fixture::new().await, "get", "/api/openapi.json").await.body;
        let items = document["paths"].as_object().unwrap().values();
        let operations = items.flat_map(|item| item.as_object().unwrap().values());
        let names: Vec<_> = operations.map(|operation| operation["operationId"].to_string()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    #[tokio::test]
    async fn what_is_described_is_served_and_to_nobody_unknown() {
        let fixture = Fixture::new().await;
        let document = ask(&fixture, "get", "/api/openapi.json").await.body;
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                let answered = ask(&fixture, method, &path.replace(['{', '}'], "")).await;
                let is_open = item[method]["security"] == json!([]);
                assert!(answered.status == 401 || is_open, "{method} {path}: {answered:?}");
            }
        }
        assert_eq!(document["openapi"], "3.1.0");
        assert!(document["paths"]["/api/v1/keys"]["post"]["requestBody"]["required"] == Value::Bool(true));
    }

    #[tokio::test]
    async fn every_reference_leads_somewhere() {
        let document = ask(&Fixture::new().await, "get", "/api/openapi.json").await.body;
        let text = document.to_string();
        let references: Vec<_> =
            text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next()).collect();
        let lost = references.iter().filter(|one| document.pointer(one.unwrap_or_default()).is_none());
        assert_eq!(lost.collect::<Vec<_>>(), Vec::<&Option<&str>>::new());
        assert!(references.len() > 100);
    }

    #[test]
    fn the_document_is_on_file() {
        let (_, described) = routes().apart();
        let mut document = Vec::new();
        let narrow = serde_json::ser::PrettyFormatter::with_indent(b" ");
        let mut writer = serde_json::Serializer::with_formatter(&mut document, narrow);
        described.document().serialize(&mut writer).unwrap();
        document.push(b'\n');
        let document = String::from_utf8(document).unwrap();
        if std::env::var_os("INSTA_UPDATE").is_some_and(|how| how == "always") {
            std::fs::write(ON_FILE, &document).unwrap();
        }
        let on_file = std::fs::read_to_string(ON_FILE).unwrap_or_default();
        let differs = on_file.lines().zip(document.lines()).find(|(old, new)| old != new);
        assert!(
            on_file == document,
            "docs/openapi.json is not what the routes say ({differs:?}): read this as a change of contract, \
             accept it with INSTA_UPDATE=always"
        );
    }
}
