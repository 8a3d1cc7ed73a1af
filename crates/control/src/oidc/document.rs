//! What a provider says of itself (OpenID Connect Discovery 1.0, 3), and how one asks it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::client::Client;
use super::endpoint::is_sound;
use super::fetch::Question;
use super::journey::Journey;

/// What is asked for beside the identity itself.
const SCOPE: &str = "openid email";

/// Where a provider is asked, and how.
#[derive(Debug, Deserialize)]
pub(super) struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    /// Whether every answer names its provider (RFC 9207, 3).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Where the document is.
pub(super) fn place(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

impl Document {
    /// Reads it. It must be of the very provider that was configured, and lead nowhere that is not guarded.
    pub(super) fn read(bytes: &[u8], issuer: &str) -> Result<Self, &'static str> {
        let document: Self = serde_json::from_slice(bytes).map_err(|_| "it is no discovery document")?;
        if document.issuer != issuer {
            return Err("it says that it is another issuer than `control.oidc.issuer`");
        }
        let places = [&document.authorization_endpoint, &document.token_endpoint, &document.jwks_uri];
        if !places.iter().all(|place| is_sound(place)) {
            return Err("one of its endpoints is not behind TLS");
        }
        Ok(document)
    }

    pub(super) fn names_itself(&self) -> bool {
        self.authorization_response_iss_parameter_supported
    }

    pub(super) fn keys(&self) -> Question {
        Question { url: self.jwks_uri.clone(), authorization: None, form: None }
    }

    /// Where a browser is sent to say who sits at it (OpenID Connect Core 3.1.2.1, RFC 7636 4.3).
    pub(super) fn authorize(&self, client: &Client, journey: &Journey, back: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("response_type", "code").append_pair("client_id", &client.id);
        query.append_pair("redirect_uri", back).append_pair("scope", SCOPE);
        query.append_pair("state", &journey.state).append_pair("nonce", &journey.nonce);
        query
            .append_pair("code_challenge", &journey.challenge())
            .append_pair("code_challenge_method", "S256");
        let joint = if self.authorization_endpoint.contains('?') { '&' } else { '?' };
        format!("{}{joint}{}", self.authorization_endpoint, query.finish())
    }

    /// What exchanges a code for a token (RFC 6749 4.1.3, RFC 7636 4.5). None where the provider takes a client's secret in
    /// no way that Keyward knows.
    pub(super) fn exchange(
        &self,
        client: &Client,
        code: &str,
        journey: &Journey,
        back: &str,
    ) -> Option<Question> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code").append_pair("code", code);
        form.append_pair("redirect_uri", back).append_pair("code_verifier", &journey.verifier);
        let authorization = match &client.secret {
            Some(secret) if self.takes("client_secret_basic") => Some(basic(&client.id, secret.expose())),
            Some(secret) if self.takes("client_secret_post") => {
                let secret = Zeroizing::new(String::from_utf8_lossy(secret.expose()).into_owned());
                form.append_pair("client_id", &client.id).append_pair("client_secret", &secret);
                None
            }
            Some(_) => return None,
            None => {
                form.append_pair("client_id", &client.id);
                None
            }
        };
        let form = Some(Zeroizing::new(form.finish()));
        Some(Question { url: self.token_endpoint.clone(), authorization, form })
    }

    /// One that says nothing takes the first way (OpenID Connect Discovery 1.0, 3).
    fn takes(&self, method: &str) -> bool {
        let said = &self.token_endpoint_auth_methods_supported;
        if said.is_empty() { method == "client_secret_basic" } else { said.iter().any(|one| one == method) }
    }
}

/// RFC 6749 2.3.1: both are form-encoded first.
fn basic(id: &str, secret: &[u8]) -> Zeroizing<String> {
    let encoded = |bytes: &[u8]| Zeroizing::new(form_urlencoded::byte_serialize(bytes).collect::<String>());
    let pair = Zeroizing::new(format!("{}:{}", *encoded(id.as_bytes()), *encoded(secret)));
    Zeroizing::new(format!("Basic {}", *Zeroizing::new(BASE64_STANDARD.encode(&*pair))))
}

#[cfg(test)]
mod tests {
    use keyward_vault::Secret;
    use serde_json::{Value, json};

    use super::super::client::Said;
    use super::*;

    const ISSUER: &str = "https://id.test";

    fn document(changes: &Value) -> Result<Document, &'static str> {
        let mut document = json!({
            "issuer": ISSUER, "authorization_endpoint": "https://id.test/auth?tenant=1",
            "token_endpoint": "https://id.test/token", "jwks_uri": "https://id.test/keys",
        });
        document.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        Document::read(document.to_string().as_bytes(), ISSUER)
    }

    fn client(secret: Option<&str>) -> Client {
        let client_secret = secret.map(|secret| Secret::from_vec(secret.as_bytes().to_vec()).unwrap());
        let (issuer, client_id) = (ISSUER.to_owned(), "key ward".to_owned());
        Client::new(Said { issuer, client_id, client_secret, name: None, required: false }).unwrap()
    }

    fn journey() -> Journey {
        Journey::of_tests()
    }

    #[test]
    fn a_document_is_of_the_provider_that_was_configured_and_guarded() {
        assert!(document(&json!({})).is_ok());
        assert_eq!(place("https://id.test/"), "https://id.test/.well-known/openid-configuration");
        for wrong in [
            json!({ "issuer": "https://id.test/" }),
            json!({ "token_endpoint": "http://id.test/token" }),
            json!({ "jwks_uri": "http://10.0.0.1/keys" }),
            json!({ "authorization_endpoint": "javascript:alert(1)" }),
        ] {
            assert!(document(&wrong).is_err(), "{wrong}");
        }
        assert!(Document::read(b"<html>", ISSUER).is_err());
    }

    #[test]
    fn a_browser_is_sent_with_pkce_a_state_and_a_nonce() {
        let url = document(&json!({})).unwrap().authorize(&client(None), &journey(), "https://kw.test/done");
        let (place, query) = url.split_once('?').unwrap();
        assert_eq!(place, "https://id.test/auth");
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        for (name, value) in [
            ("tenant", "1"),
            ("response_type", "code"),
            ("client_id", "key ward"),
            ("redirect_uri", "https://kw.test/done"),
            ("scope", "openid email"),
            ("state", "the state"),
            ("nonce", "the nonce"),
            // RFC 7636, appendix B.
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
        ] {
            assert!(pairs.contains(&(name.to_owned(), value.to_owned())), "{name} in {url}");
        }
    }

    #[test]
    fn the_clients_secret_goes_as_the_provider_takes_it_or_not_at_all() {
        let ask = |methods: Value, secret| {
            let document = document(&json!({ "token_endpoint_auth_methods_supported": methods })).unwrap();
            document.exchange(&client(secret), "the code", &journey(), "https://kw.test/done")
        };
        let basic = ask(json!([]), Some("a:b/c")).unwrap();
        // `key+ward:a%3Ab%2Fc`
        assert_eq!(basic.authorization.unwrap().as_str(), "Basic a2V5K3dhcmQ6YSUzQWIlMkZj");
        assert!(!basic.form.unwrap().contains("secret"));
        let post = ask(json!(["private_key_jwt", "client_secret_post"]), Some("a:b/c")).unwrap();
        assert!(post.authorization.is_none());
        assert!(post.form.unwrap().ends_with("&client_id=key+ward&client_secret=a%3Ab%2Fc"));
        assert!(ask(json!(["private_key_jwt"]), Some("a")).is_none());
        let public = ask(json!(["none"]), None).unwrap();
        assert!(public.authorization.is_none() && public.form.unwrap().contains("code_verifier="));
    }
}
