//! Keyward as a client of the firm's identity provider, from what the configuration file says.

use anyhow::Result;
use keyward_control::oidc::{Client, Said};
use keyward_vault::Secret;

use crate::config::OidcConfig;
use crate::input;
use crate::outcome::Problem;

/// For a server, which asks the provider and so needs the client's secret.
pub(crate) fn client(config: Option<&OidcConfig>) -> Result<Option<Client>> {
    let Some(config) = config else { return Ok(None) };
    let secret = config.client_secret_file.as_deref().map(input::from_file).transpose()?;
    named(config, secret).map(Some)
}

/// For a command without a server, which asks nobody and tells the settings.
pub(crate) fn without_secret(config: Option<&OidcConfig>) -> Result<Option<Client>> {
    config.map(|config| named(config, None)).transpose()
}

fn named(config: &OidcConfig, client_secret: Option<Secret>) -> Result<Client> {
    let said = Said {
        issuer: config.issuer.clone(),
        client_id: config.client_id.clone(),
        client_secret,
        name: config.name.clone(),
        required: config.required,
    };
    Client::new(said).map_err(|error| {
        let problem = Problem::usage(error.to_string());
        error.next().map(str::to_owned).into_iter().fold(problem, Problem::hint).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn read(text: &str) -> Result<Option<Client>> {
        let config: Config = toml::from_str(text)?;
        client(config.control.oidc.as_ref())
    }

    #[test]
    fn a_provider_is_named_whole_or_not_at_all() {
        assert!(read("").unwrap().is_none());
        let whole = "[control.oidc]\nissuer = 'https://id.example'\nclient_id = 'keyward'";
        assert!(read(whole).unwrap().is_some());
        for wrong in [
            "[control.oidc]\nissuer = 'https://id.example'",
            "[control.oidc]\nissuer = 'http://id.example'\nclient_id = 'keyward'",
            &format!("{whole}\nclient_secret = 'in the open'"),
            &format!("{whole}\nclient_secret_file = 'no-such-file'"),
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
