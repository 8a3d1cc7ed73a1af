//! Base URLs of venues: where Keyward sends what it signs.

use axum::http::Uri;

use crate::name::shortened;
use crate::{Code, Error};

/// Longest base URL.
const LENGTH_MAX: usize = 256;

/// Reads a base URL: `http` or `https`, a host, perhaps a port and a path; without the slash at its end.
pub(crate) fn base(text: &str) -> Result<String, Error> {
    if text.len() > LENGTH_MAX {
        return Err(invalid(text, "it is longer than 256 characters"));
    }
    if text.contains('@') {
        return Err(invalid("…", "a user or password does not belong into it"));
    }
    // `Uri` drops a fragment without a word, so it has to be looked for first.
    if text.contains(['?', '#']) {
        return Err(invalid(text, "a base URL has no query and no fragment"));
    }
    let uri: Uri = text.parse().map_err(|_| invalid(text, "it is not a URL"))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(invalid(text, "it has to begin with https:// or http://"));
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host = uri.host().unwrap_or_default();
    // `Uri` takes a port of any length for a part of the text.
    let port = authority.strip_prefix(host).unwrap_or_default();
    let number = port.strip_prefix(':').and_then(|port| port.parse().ok());
    let sound = port.is_empty() || number.is_some_and(|port: u16| port > 0);
    if host.is_empty() || !sound {
        return Err(invalid(text, "its host or port is missing or wrong"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// What a person should know about a base URL that is allowed all the same.
pub(crate) fn warning(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let host = uri.host()?.trim_matches(['[', ']']);
    let local = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    let open = uri.scheme_str() == Some("http") && !local;
    open.then(|| {
        format!(
            "{url} is not encrypted: whoever is on the way can read and replay what is sent; use https://"
        )
    })
}

fn invalid(text: &str, why: &str) -> Error {
    Error::new(Code::UrlInvalid, format!("`{}` cannot be a venue's URL: {why}", shortened(text)))
        .hint("write it like https://api.binance.com or http://127.0.0.1:9000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_lose_their_last_slash_and_nothing_else() {
        for (given, kept) in [
            ("https://api.binance.com", "https://api.binance.com"),
            ("http://127.0.0.1:9000/", "http://127.0.0.1:9000"),
            ("http://[::1]:9000/base/", "http://[::1]:9000/base"),
        ] {
            assert_eq!(base(given).unwrap(), kept);
        }
    }

    #[test]
    fn what_is_not_a_plain_base_url_is_refused() {
        let long = format!("https://{}", "x".repeat(256));
        for text in [
            "",
            "api.binance.com",
            "/path",
            "ftp://host",
            "https://",
            "http://:80",
            "https://u:p@host",
            "https://host?x=1",
            "https://host/#top",
            "https://ho st",
            "https://host:",
            "https://host:0",
            "https://host:99999",
            &long,
        ] {
            assert_eq!(base(text).unwrap_err().code(), Code::UrlInvalid, "{text}");
        }
    }

    #[test]
    fn a_password_in_a_url_is_not_repeated() {
        for text in ["https://user:hunter2@host", "https://user:hunter2@host?x", "hunter2@"] {
            assert!(!base(text).unwrap_err().to_string().contains("hunter2"));
        }
    }

    #[test]
    fn only_unencrypted_ways_out_of_this_host_are_warned_of() {
        assert!(warning("http://exchange.example").is_some());
        for url in
            ["https://exchange.example", "http://127.0.0.1:9000", "http://[::1]:9000", "http://localhost"]
        {
            assert_eq!(warning(url), None, "{url}");
        }
    }
}
