//! The site that passkeys belong to: a name, never an address, and the origin of its pages (WebAuthn Level 3, 5.1.3).

use std::net::IpAddr;

use axum::http::Uri;

/// The name by which browsers on this very host know it, and let pages without TLS use passkeys.
const HERE: &str = "localhost";

/// A site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    /// The name that passkeys are bound to.
    pub(crate) name: String,
    /// Where its pages come from, as browsers say it.
    pub(crate) origin: String,
}

impl Site {
    /// The site of a control port that operators find at this URL. An address of this very host is called by its name; no
    /// other address can have passkeys, nor a name without TLS.
    pub(crate) fn of(control_url: &str) -> Option<Self> {
        let uri: Uri = control_url.parse().ok()?;
        let (scheme, host) = (uri.scheme_str()?, uri.host()?.to_ascii_lowercase());
        let name = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) if address.is_loopback() => HERE.to_owned(),
            Ok(_) => return None,
            Err(_) => host,
        };
        if scheme != "https" && name != HERE {
            return None;
        }
        let is_usual = |port: &u16| (scheme, *port) == ("https", 443) || (scheme, *port) == ("http", 80);
        let port = uri.port_u16().filter(|port| !is_usual(port)).map(|port| format!(":{port}"));
        let origin = format!("{scheme}://{name}{}", port.unwrap_or_default());
        Some(Self { name, origin })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_has_a_name_and_its_pages_come_by_tls_or_from_here() {
        let of = |url: &str| Site::of(url).map(|site| (site.name, site.origin));
        let site = |name: &str, origin: &str| Some((name.to_owned(), origin.to_owned()));
        assert_eq!(of("http://127.0.0.1:8081"), site("localhost", "http://localhost:8081"));
        assert_eq!(of("http://[::1]:8081"), site("localhost", "http://localhost:8081"));
        assert_eq!(of("https://Door.example:443/"), site("door.example", "https://door.example"));
        assert_eq!(of("https://door.example:8443"), site("door.example", "https://door.example:8443"));
        assert_eq!(of("http://door.example"), None);
        assert_eq!(of("https://203.0.113.7"), None);
        assert_eq!(of("nonsense"), None);
    }
}
