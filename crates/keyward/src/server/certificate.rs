//! The certificate that the gateway shows, and the files that it is read from: when it starts, and again when asked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use keyward_gateway::Certificate;
use rustls::ServerConfig;
use zeroize::Zeroizing;

/// A certificate and where it comes from.
pub(crate) struct Certified {
    chain: PathBuf,
    key: PathBuf,
    certificate: Arc<Certificate>,
}

impl Certified {
    /// Reads a certificate chain and its private key, both PEM.
    pub(crate) fn read(chain: PathBuf, key: PathBuf) -> Result<Self> {
        let certificate = Certificate::new(&read(&chain)?, &read(&key)?)?;
        Ok(Self { chain, key, certificate })
    }

    /// How the gateway speaks TLS.
    pub(super) fn server_config(&self) -> Result<Arc<ServerConfig>> {
        Ok(self.certificate.server_config()?)
    }

    /// Reads the files again. What cannot be served leaves the old certificate in force.
    pub(super) fn reload(&self) -> Result<()> {
        Ok(self.certificate.replace(&read(&self.chain)?, &read(&self.key)?)?)
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let read = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(Zeroizing::new(read))
}
