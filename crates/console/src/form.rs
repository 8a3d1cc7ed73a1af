//! Forms: what a page of ours sent, and the proof that it did.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use keyward_control::api::{Held, forged};
use keyward_control::{Code, Control, Error, GivenSecret};
use serde::Deserialize;
use serde::de::value::{Error as ValueError, StrDeserializer};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::problem::Failure;
use crate::visitor::Visitor;

/// The name of the field that every form carries.
pub(crate) const TOKEN: &str = "csrf";

/// The fields of a form. They may hold a secret, so they are wiped when they are dropped, and nothing can print them.
pub(crate) struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    /// Reads the text of a form, or of a query.
    pub(crate) fn read(text: &[u8]) -> Self {
        let fields = form_urlencoded::parse(text);
        Self(fields.map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned()))).collect())
    }

    /// A field's text without the spaces around it; none when it is not there or empty.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.all(name).map(str::trim).find(|text| !text.is_empty()).map(str::to_owned)
    }

    /// A field's text, or nothing.
    pub(crate) fn text_or_empty(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    /// Every text of a field that may come more than once.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        self.all(name).filter(|text| !text.is_empty()).map(str::to_owned).collect()
    }

    /// The words of a field, one to a line or with commas between them.
    pub(crate) fn words(&self, name: &str) -> Vec<String> {
        let words = self.all(name).flat_map(|text| text.split([',', ' ', '\n', '\r', '\t']));
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// The lines of a field, which may have spaces in them; a comma ends a line too.
    pub(crate) fn lines(&self, name: &str) -> Vec<String> {
        let lines = self.all(name).flat_map(|text| text.split([',', '\n', '\r'])).map(str::trim);
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// Whether a box is ticked.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// A secret, as it was typed; none when nothing was.
    pub(crate) fn secret(&self, name: &str) -> Result<Option<GivenSecret>, Error> {
        let Some(text) = self.all(name).find(|text| !text.is_empty()) else { return Ok(None) };
        let given = GivenSecret::deserialize(StrDeserializer::<ValueError>::new(text));
        given.map(Some).map_err(|_| Error::new(Code::SecretInvalid, "this is longer than any secret"))
    }

    /// Whether two fields say the same.
    pub(crate) fn agrees(&self, one: &str, other: &str) -> bool {
        self.all(one).eq(self.all(other))
    }

    fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether it was sent from a page of the session with this token.
    ///
    /// # Errors
    /// The page that says so.
    #[expect(clippy::result_large_err, reason = "an answer is what a form is refused by")]
    pub(crate) fn prove(&self, token: &str, control: &Control, held: Option<&Held>) -> Result<(), Response> {
        if self.proves(token) {
            return Ok(());
        }
        let error = forged(control, held, "this form does not belong to your session");
        Err(Failure::from(error).into_response())
    }

    /// Whether it carries this token; told in the same time whatever it carries.
    fn proves(&self, token: &str) -> bool {
        let given = self.all(TOKEN).next().unwrap_or_default();
        !token.is_empty() && bool::from(given.as_bytes().ct_eq(token.as_bytes()))
    }
}

/// A form that a visitor sent from one of his pages.
pub(crate) struct Posted(pub(crate) Visitor, pub(crate) Form);

impl FromRequest<Arc<Control>> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, control: &Arc<Control>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, control).await?;
        let held = parts.extensions.get::<Held>().cloned();
        let form = read(Request::from_parts(parts, body), control).await;
        let form = form.map_err(|error| Failure::from(error).into_response())?;
        form.prove(&visitor.csrf, control, held.as_ref())?;
        Ok(Self(visitor, form))
    }
}

/// Reads a form, and wipes the bytes that it came in.
pub(crate) async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Form, Error> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        return Err(Error::new(Code::Malformed, "this is no form"));
    }
    let body = Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Error::new(Code::TooLarge, "the form is longer than 64 KiB");
        }
        Error::new(Code::Malformed, "the form broke off")
    })?;
    let form = Form::read(&body);
    if let Ok(mut bytes) = body.try_into_mut() {
        bytes.zeroize();
    }
    Ok(form)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, OWN};

    #[test]
    fn fields_are_read_as_people_fill_them_in() {
        let form =
            Form::read(b"name=+bot+&ip=10.0.0.1%0D%0A10.0.0.2%2C10.0.0.3&allow=read&allow=trade&empty=");
        assert_eq!(form.text("name").as_deref(), Some("bot"));
        assert_eq!(form.words("ip"), ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
        assert_eq!(form.texts("allow"), ["read", "trade"]);
        assert!(form.text("empty").is_none() && form.has("empty") && !form.has("none"));
    }

    #[test]
    fn only_the_right_token_proves_anything() {
        let form = |token: &str| Form::read(format!("{TOKEN}={token}").as_bytes());
        assert!(form("abc").proves("abc"));
        assert!(!form("abd").proves("abc") && !form("").proves("abc") && !form("").proves(""));
    }

    #[tokio::test]
    async fn a_form_without_its_token_changes_nothing() {
        let fixture = Fixture::new().await;
        for form in ["name=bots", "name=bots&csrf=wrong", "name=bots&csrf="] {
            let page = fixture.post_with("/projects/new", form, &OWN).await;
            assert_eq!(page.status, 403);
            page.is_sound();
        }
        assert!(!fixture.get("/projects").await.body.contains("bots</"));
    }

    #[tokio::test]
    async fn what_is_no_form_is_refused_within_bounds() {
        let fixture = Fixture::new().await;
        let long = "x".repeat(65 * 1024);
        assert_eq!(fixture.post_with("/projects/new", &long, &OWN).await.status, 413);
        let mut json = OWN.to_vec();
        json.push(("content-type", "application/json"));
        assert_eq!(fixture.post_with("/projects/new", "{}", &json).await.status, 400);
    }
}
