//! The configuration file: what an operator would otherwise repeat on every command line; see `keyward.example.toml`.
//!
//! An option on the command line wins over its environment variable, that over the file, and the file over the
//! default. The file holds no secret, only the names of files that do.

// Named, because the fuzz target includes this file from elsewhere.
#[path = "config/limits.rs"]
mod limits;
#[path = "config/oidc.rs"]
mod oidc;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ipnet::IpNet;
use jiff::SignedDuration;
use serde::Deserialize;

use self::limits::LimitsConfig;
pub(crate) use self::oidc::OidcConfig;

/// What `keyward.toml` may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// A PostgreSQL URL without a password.
    pub(crate) database: Option<String>,
    /// A file that holds the database's URL.
    pub(crate) database_file: Option<PathBuf>,
    /// A file that holds the vault's passphrase.
    pub(crate) passphrase_file: Option<PathBuf>,
    /// A file that unlocks the vault in place of a passphrase.
    pub(crate) key_file: Option<PathBuf>,
    /// The server itself.
    pub(crate) server: ServerConfig,
    /// The data plane.
    pub(crate) gateway: GatewayConfig,
    /// The control plane.
    pub(crate) control: ControlConfig,
}

/// What the file says about the server itself.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServerConfig {
    /// Starts without shutting the server in.
    pub(crate) unconfined: bool,
    /// Directories outside of the data directory that it may write to.
    pub(crate) writable: Vec<PathBuf>,
}

/// What the file says about the data plane.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct GatewayConfig {
    /// Where it listens.
    pub(crate) listen: Vec<SocketAddr>,
    /// How clients reach it, where that is not the address it listens on.
    pub(crate) url: Option<String>,
    /// Its certificate chain, PEM.
    pub(crate) tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM.
    pub(crate) tls_key: Option<PathBuf>,
    /// Whose word about the client's address is believed.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Whether trusted proxies open each connection with a PROXY protocol v2 header.
    pub(crate) proxy_protocol: bool,
    /// Certificate authorities to trust beside Mozilla's, PEM.
    pub(crate) trust_ca: Vec<PathBuf>,
    /// Threads that serve.
    pub(crate) workers: Option<usize>,
    /// For how long keys are served while the database does not answer.
    pub(crate) without_database: Option<SignedDuration>,
    /// The bounds towards clients.
    pub(crate) limits: LimitsConfig,
}

/// What the file says about the control plane.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ControlConfig {
    /// Where its port listens.
    pub(crate) listen: Option<SocketAddr>,
    /// How operators reach it, where that is not where it listens: behind what ends TLS for it.
    pub(crate) url: Option<String>,
    /// The identity provider by which operators may sign in.
    pub(crate) oidc: Option<OidcConfig>,
}

impl Config {
    /// Reads the file named, which has to be there; or the data directory's own, which need not.
    pub(crate) fn read(named: Option<&Path>, default: &Path) -> Result<Self> {
        let path = named.unwrap_or(default);
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let config = toml::from_str::<Self>(&text);
                let folder = path.parent().unwrap_or(Path::new(""));
                Ok(config.with_context(|| format!("{} cannot be read", path.display()))?.beside(folder))
            }
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
    }

    /// Takes the files that it names from its own folder, wherever a command is run.
    fn beside(mut self, folder: &Path) -> Self {
        let gateway = &mut self.gateway;
        let single = [
            &mut self.database_file,
            &mut self.passphrase_file,
            &mut self.key_file,
            &mut gateway.tls_cert,
            &mut gateway.tls_key,
        ];
        let client_secret = self.control.oidc.as_mut().and_then(|oidc| oidc.client_secret_file.as_mut());
        let several = gateway.trust_ca.iter_mut().chain(&mut self.server.writable);
        for path in single.into_iter().flatten().chain(client_secret).chain(several) {
            *path = folder.join(&*path);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_says_what_there_is_to_say() {
        let config: Config = toml::from_str(include_str!("../keyward.example.toml")).unwrap();
        assert_eq!(config.gateway.listen, ["0.0.0.0:8443".parse().unwrap()]);
        assert_eq!(config.gateway.workers, Some(2));
        assert_eq!(config.gateway.without_database, Some(SignedDuration::from_secs(60)));
        assert_eq!(config.server.writable, ["/var/backups/keyward".parse::<PathBuf>().unwrap()]);
        assert_eq!(config.control.listen, Some("127.0.0.1:8081".parse().unwrap()));
        let oidc = config.control.oidc.unwrap();
        assert_eq!((&*oidc.client_id, oidc.required), ("keyward", false));
    }

    #[test]
    fn files_are_found_beside_it() {
        let config: Config = toml::from_str(
            "key_file = 'vault.key'\ndatabase_file = '/run/database'\ngateway = {tls_key = 'a/k.pem'}",
        )
        .unwrap();
        let config = config.beside(Path::new("/etc/keyward"));
        assert_eq!(config.key_file, Some("/etc/keyward/vault.key".into()));
        assert_eq!(config.database_file, Some("/run/database".into()));
        assert_eq!(config.gateway.tls_key, Some("/etc/keyward/a/k.pem".into()));
    }

    #[test]
    fn a_word_that_means_nothing_is_refused() {
        assert!(toml::from_str::<Config>("pasphrase_file = 'x'").is_err());
        assert!(toml::from_str::<Config>("[gateway]\nlisten_on = ['127.0.0.1:1']").is_err());
    }

    #[test]
    fn only_a_file_that_was_named_has_to_be_there() {
        let absent = Path::new("no-such-directory/keyward.toml");
        assert!(Config::read(None, absent).is_ok());
        assert!(Config::read(Some(absent), absent).is_err());
    }
}
