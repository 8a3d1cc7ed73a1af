//! The console's own files: one style sheet, a picture, and what little there is of scripts. They are part of the binary.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use keyward_control::Control;

/// A file, its type, and what is in it.
const FILES: &[(&str, &str, &str)] = &[
    ("console.css", "text/css; charset=utf-8", include_str!("../static/console.css")),
    ("copy.js", "text/javascript; charset=utf-8", include_str!("../static/copy.js")),
    ("live.js", "text/javascript; charset=utf-8", include_str!("../static/live.js")),
    ("passkey.js", "text/javascript; charset=utf-8", include_str!("../static/passkey.js")),
    ("secret.js", "text/javascript; charset=utf-8", include_str!("../static/secret.js")),
    ("logo.svg", "image/svg+xml", include_str!("../static/logo.svg")),
];

/// Pages name the files with their version, so a browser may keep what it has got.
const KEEP: &str = "public, max-age=31536000, immutable";

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new().route("/static/{name}", get(show))
}

/// What changes whenever a file does.
pub(crate) fn version() -> String {
    let mut hasher = DefaultHasher::new();
    FILES.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

async fn show(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, text)) => {
            ([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, KEEP)], *text).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn files_are_there_for_everybody_and_small() {
        let fixture = Fixture::new().await;
        for (name, kind, text) in FILES {
            let file = fixture.get_as_nobody(&format!("/static/{name}")).await;
            assert_eq!((file.status, file.header("content-type")), (200, *kind));
            assert!(file.header("cache-control").contains("immutable"));
            assert!(text.len() < 40_000, "{name}");
            assert!(!text.contains("http://") || name.ends_with(".svg"), "{name} asks somebody else");
        }
        assert_eq!(fixture.get_as_nobody("/static/..%2fCargo.toml").await.status, 404);
    }
}
