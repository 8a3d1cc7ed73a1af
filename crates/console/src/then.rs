//! Where to go on after a detour: to sign in, or to show the second factor.

use std::fmt::Write;

use axum::http::Uri;

/// The longest way that is remembered; a longer one leads to the first page.
const LENGTH_MAX: usize = 8192;

/// The address of a page that leads on to where somebody wanted to go.
pub(crate) fn after(page: &str, wanted: &Uri) -> String {
    let wanted = wanted.path_and_query().map_or("/", |wanted| wanted.as_str());
    leading_to(page, wanted)
}

/// The same for a path.
pub(crate) fn leading_to(page: &str, wanted: &str) -> String {
    let mut address = form_urlencoded::Serializer::new(String::new());
    address.append_pair("then", checked(wanted));
    format!("{page}?{}", address.finish())
}

/// The path itself where it is one of ours; the first page otherwise. A browser takes `//host`, `/\host` and what it makes of
/// control characters for other sites.
pub(crate) fn checked(path: &str) -> &str {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    let local = path.starts_with('/') && !path.starts_with("//");
    if local && path.len() <= LENGTH_MAX && path.bytes().all(is_plain) { path } else { "/" }
}

/// A path with a query of these pairs; those without a value are left out.
pub(crate) fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    pairs.iter().filter(|(_, value)| !value.is_empty()).for_each(|(name, value)| {
        query.append_pair(name, value);
    });
    let (mut address, query) = (path.to_owned(), query.finish());
    if !query.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(address, "?{query}");
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ways_inside_are_followed() {
        for inside in ["/", "/keys/new?preset=spot-bot&name=a%20b", "/audit"] {
            assert_eq!(checked(inside), inside);
        }
        let long = format!("/{}", "x".repeat(LENGTH_MAX));
        for outside in [
            "",
            "keys",
            "//evil.test",
            "/\\evil.test",
            "https://evil.test",
            "/\t/evil.test",
            "/\u{e9}",
            &long,
        ] {
            assert_eq!(checked(outside), "/", "{outside}");
        }
    }

    #[test]
    fn a_way_comes_back_as_it_went() {
        let wanted: Uri = "/keys?state=active&search=a%26b".parse().unwrap();
        let address = after("/sign-in", &wanted);
        let query = address.split_once('?').unwrap().1;
        let (name, value) = form_urlencoded::parse(query.as_bytes()).next().unwrap();
        assert_eq!((&*name, &*value), ("then", "/keys?state=active&search=a%26b"));
    }

    #[test]
    fn a_query_has_only_what_is_said() {
        assert_eq!(with_query("/keys", &[("project", ""), ("search", "a b&c")]), "/keys?search=a+b%26c");
        assert_eq!(with_query("/keys", &[("project", "")]), "/keys");
    }
}
