//! Venues as the data plane needs them: the dialect found, the base URLs taken apart.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher};

use http::uri::Scheme;
use http::{HeaderName, HeaderValue, Uri};
use keyward_dialect::Dialect;
use keyward_policy::Venue;

/// A venue ready to be used.
pub(crate) struct VenueEntry {
    pub(crate) venue: Venue,
    pub(crate) dialect: &'static dyn Dialect,
    /// The client's headers that the exchange reads: see [`Dialect::headers`].
    pub(crate) passed_on: Box<[HeaderName]>,
    bases: Vec<(String, Base)>,
}

/// Where requests go. It is looked up several times a request, so that its hash is known beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    hash: u64,
    pub(crate) tls: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// What stands before the exchange's own path; usually nothing.
    pub(crate) prefix: String,
    /// The `Host` header of every request that goes there.
    pub(crate) host_header: HeaderValue,
}

impl Hash for Base {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl VenueEntry {
    /// None where the dialect is not part of this build or a URL cannot be used: such a venue serves nothing.
    pub(crate) fn new(venue: Venue) -> Option<Self> {
        let dialect = keyward_dialect::named(&venue.dialect)?;
        let base = |(family, url): (&String, &String)| Some((family.clone(), Base::parse(url)?));
        let bases = venue.urls.iter().map(base).collect::<Option<_>>()?;
        let passed_on =
            dialect.headers().iter().filter_map(|name| HeaderName::try_from(*name).ok()).collect();
        Some(Self { venue, dialect, passed_on, bases })
    }

    /// The base for a path: of its host family, or the one that serves every other.
    pub(crate) fn base(&self, path: &str) -> Option<&Base> {
        let family = self.dialect.family(path);
        let of = |name: &str| self.bases.iter().find(|(known, _)| known == name).map(|(_, base)| base);
        of(family).or_else(|| of(""))
    }
}

impl Base {
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let tls = uri.scheme() == Some(&Scheme::HTTPS);
        let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let prefix = uri.path().trim_end_matches('/').to_owned();
        let host = uri.host()?.to_owned();
        let host_header = HeaderValue::try_from(authority(tls, &host, port)).ok()?;
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one((tls, &host, port, &prefix));
        Some(Self { hash, tls, host, port, prefix, host_header })
    }

    /// Where requests go, as people and the `Host` header name it.
    pub(crate) fn authority(&self) -> String {
        authority(self.tls, &self.host, self.port)
    }
}

/// Without the port where it is the scheme's own.
fn authority(tls: bool, host: &str, port: u16) -> String {
    match (tls, port) {
        (true, 443) | (false, 80) => host.to_owned(),
        _ => format!("{host}:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority(url: &str) -> String {
        Base::parse(url).unwrap().authority()
    }

    #[test]
    fn the_default_port_is_left_out() {
        assert_eq!(authority("https://api.example.com"), "api.example.com");
        assert_eq!(authority("http://127.0.0.1:9000/"), "127.0.0.1:9000");
        assert_eq!(authority("https://api.example.com:8443"), "api.example.com:8443");
    }

    #[test]
    fn a_prefix_is_kept_without_its_slash() {
        assert_eq!(Base::parse("http://backend/exchange/").unwrap().prefix, "/exchange");
        assert_eq!(Base::parse("http://backend").unwrap().prefix, "");
    }
}
