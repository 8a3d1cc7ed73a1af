//! What the configuration says of the provider, and of Keyward as its client.

use keyward_vault::Secret;

use super::endpoint::is_sound;
use crate::{Code, Error};

/// The longest words that name anything here.
const WORDS_MAX: usize = 255;
/// What the button says when nobody says otherwise.
const NAME: &str = "your identity provider";

/// What `[control.oidc]` says.
pub struct Said {
    /// The provider, by the URL that it calls itself (OpenID Connect Core 1.2, issuer identifier).
    pub issuer: String,
    /// What Keyward is called there.
    pub client_id: String,
    /// What proves that it is Keyward who asks there; none for a public client, which proves itself by PKCE alone.
    pub client_secret: Option<Secret>,
    /// What people call the provider.
    pub name: Option<String>,
    /// Whether an operator who is linked comes by the provider alone.
    pub required: bool,
}

/// Keyward as a client of the provider.
pub struct Client {
    pub(super) issuer: String,
    pub(super) id: String,
    pub(super) secret: Option<Secret>,
    pub(super) name: String,
    pub(super) required: bool,
}

impl Client {
    /// Takes what the configuration says.
    ///
    /// # Errors
    /// `url_invalid` for an issuer that is neither behind TLS nor on this host, or has a query; `name_invalid`.
    pub fn new(said: Said) -> Result<Self, Error> {
        if !is_sound(&said.issuer) || said.issuer.contains('?') {
            let error =
                Error::new(Code::UrlInvalid, "`control.oidc.issuer` is no https:// URL without a query");
            return Err(
                error.hint("write it as the provider's discovery document does, e.g. https://id.example")
            );
        }
        let name = said.name.unwrap_or_else(|| NAME.to_owned());
        for (setting, words) in [("client_id", &said.client_id), ("name", &name)] {
            if words.trim().is_empty() || words.len() > WORDS_MAX || words.chars().any(char::is_control) {
                let what =
                    format!("`control.oidc.{setting}` is empty, longer than 255 bytes, or not one line");
                return Err(Error::new(Code::NameInvalid, what));
            }
        }
        Ok(Self {
            issuer: said.issuer,
            id: said.client_id,
            secret: said.client_secret,
            name,
            required: said.required,
        })
    }

    /// The provider, by the URL that it calls itself.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What Keyward is called there.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What people call the provider.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether an operator who is linked comes by the provider alone.
    pub fn is_required(&self) -> bool {
        self.required
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(issuer: &str, client_id: &str) -> Option<Code> {
        let (issuer, client_id) = (issuer.to_owned(), client_id.to_owned());
        let said = Said { issuer, client_id, client_secret: None, name: None, required: false };
        Client::new(said).err().map(|error| error.code())
    }

    #[test]
    fn a_provider_is_behind_tls_and_has_a_client() {
        assert_eq!(taken("https://id.example/realms/desk", "keyward"), None);
        assert_eq!(taken("http://127.0.0.1:3000", "keyward"), None);
        assert_eq!(taken("http://id.example", "keyward"), Some(Code::UrlInvalid));
        assert_eq!(taken("https://id.example?x=y", "keyward"), Some(Code::UrlInvalid));
        assert_eq!(taken("https://id.example", " "), Some(Code::NameInvalid));
    }
}
