//! TLS towards the clients: the certificate, which can be changed while connections live on under the old one.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use zeroize::Zeroizing;

/// What a client that speaks HTTP/2 asks for (RFC 9113 §3.2).
pub(crate) const HTTP_2: &[u8] = b"h2";

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
    /// The cryptography has none of the protocol's versions.
    #[error("TLS cannot be served: {0}")]
    Protocol(#[source] rustls::Error),
}

/// The certificate that clients are shown. A connection keeps the one that it began with.
pub struct Certificate(ArcSwap<CertifiedKey>);

impl Certificate {
    /// Takes a certificate chain and its private key, both PEM.
    ///
    /// # Errors
    /// [`TlsError`] says which of the two is unusable.
    pub fn new(chain: &[u8], key: &[u8]) -> Result<Arc<Self>, TlsError> {
        Ok(Arc::new(Self(ArcSwap::new(pair(chain, key)?))))
    }

    /// Shows another certificate to whoever connects from now on. One that cannot be served changes nothing.
    ///
    /// # Errors
    /// [`TlsError`] says what is unusable.
    pub fn replace(&self, chain: &[u8], key: &[u8]) -> Result<(), TlsError> {
        self.0.store(pair(chain, key)?);
        Ok(())
    }

    /// How a server speaks TLS with it.
    ///
    /// # Errors
    /// [`TlsError::Protocol`].
    pub fn server_config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, TlsError> {
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let config = config.with_safe_default_protocol_versions().map_err(TlsError::Protocol)?;
        let resolver = Arc::clone(self);
        let mut config = config.with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = [HTTP_2, b"http/1.1"].map(<[u8]>::to_vec).into();
        Ok(Arc::new(config))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate")
    }
}

fn pair(chain: &[u8], key: &[u8]) -> Result<Arc<CertifiedKey>, TlsError> {
    let chain = certificates(chain)?;
    // Wiped when the signing key has been made of it; that one stays in ordinary memory, as SECURITY.md says.
    let key = Zeroizing::new(PrivateKeyDer::from_pem_slice(key).map_err(TlsError::Key)?);
    let pair = CertifiedKey::new(chain, any_supported_type(&key).map_err(TlsError::Pair)?);
    pair.keys_match().map_err(TlsError::Pair)?;
    Ok(Arc::new(pair))
}

/// The certificates of a PEM file.
///
/// # Errors
/// [`TlsError::Certificate`].
pub fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(TlsError::Certificate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    fn shown(certificate: &Certificate) -> Vec<CertificateDer<'static>> {
        certificate.0.load().cert.clone()
    }

    #[test]
    fn another_certificate_takes_the_place_of_the_first() {
        let (first, second) = (made(), made());
        let certificate = Certificate::new(first.0.as_bytes(), first.1.as_bytes()).unwrap();
        certificate.replace(second.0.as_bytes(), second.1.as_bytes()).unwrap();
        assert_eq!(shown(&certificate), certificates(second.0.as_bytes()).unwrap());
    }

    #[test]
    fn what_cannot_be_served_leaves_the_old_one_in_force() {
        let (first, second) = (made(), made());
        let certificate = Certificate::new(first.0.as_bytes(), first.1.as_bytes()).unwrap();
        let replace =
            |chain: &str, key: &str| certificate.replace(chain.as_bytes(), key.as_bytes()).unwrap_err();
        assert!(matches!(replace("", &second.1), TlsError::Certificate(_) | TlsError::Pair(_)));
        assert!(matches!(replace(&second.0, "half a ke"), TlsError::Key(_)));
        assert!(matches!(replace(&second.0, &first.1), TlsError::Pair(_)));
        assert_eq!(shown(&certificate), certificates(first.0.as_bytes()).unwrap());
    }
}
