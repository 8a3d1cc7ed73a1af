//! Venues as the data plane needs them: the dialect found, the base URLs taken apart.

use http::Uri;
use http::uri::Scheme;
use keyward_dialect::Dialect;
use keyward_policy::Venue;

/// A venue ready to be used.
pub(crate) struct VenueEntry {
    pub(crate) venue: Venue,
    pub(crate) dialect: &'static dyn Dialect,
    bases: Vec<(String, Base)>,
}

/// Where requests go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Base {
    pub(crate) tls: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// What stands before the exchange's own path; usually nothing.
    pub(crate) prefix: String,
}

impl VenueEntry {
    /// None where the dialect is not part of this build or a URL cannot be used: such a venue serves nothing.
    pub(crate) fn new(venue: Venue) -> Option<Self> {
        let dialect = keyward_dialect::named(&venue.dialect)?;
        let base = |(family, url): (&String, &String)| Some((family.clone(), Base::parse(url)?));
        let bases = venue.urls.iter().map(base).collect::<Option<_>>()?;
        Some(Self { venue, dialect, bases })
    }

    /// The base for a path: of its host family, or the one that serves every other.
    pub(crate) fn base(&self, path: &str) -> Option<&Base> {
        let family = self.dialect.family(path);
        let of = |name: &str| self.bases.iter().find(|(known, _)| known == name).map(|(_, base)| base);
        of(family).or_else(|| of(""))
    }
}

impl Base {
    fn parse(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let tls = uri.scheme() == Some(&Scheme::HTTPS);
        let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let prefix = uri.path().trim_end_matches('/').to_owned();
        Some(Self { tls, host: uri.host()?.to_owned(), port, prefix })
    }

    /// The `Host` header: without the port where it is the scheme's own.
    pub(crate) fn authority(&self) -> String {
        match (self.tls, self.port) {
            (true, 443) | (false, 80) => self.host.clone(),
            _ => format!("{}:{}", self.host, self.port),
        }
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
