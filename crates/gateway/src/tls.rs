//! TLS towards the clients.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;

/// Why a certificate cannot be served.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The certificate file is not PEM, or holds no certificate.
    #[error("the certificate file cannot be read: {0}")]
    Certificate(#[source] pem::Error),
    /// The key file is not PEM, or holds no private key.
    #[error("the private key file cannot be read: {0}")]
    Key(#[source] pem::Error),
    /// They do not fit.
    #[error("the certificate and the private key do not go together: {0}")]
    Pair(#[source] rustls::Error),
}

/// Takes a certificate chain and its private key, both PEM.
///
/// # Errors
/// [`TlsError`] says which of the two is unusable.
pub fn server_config(chain: &[u8], key: &[u8]) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = certificates(chain)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(TlsError::Key)?;
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key);
    config.map(Arc::new).map_err(TlsError::Pair)
}

/// The certificates of a PEM file.
///
/// # Errors
/// [`TlsError::Certificate`].
pub fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(TlsError::Certificate)
}
