//! Origins: where a web page comes from, as every browser says it in the header `Origin` (RFC 6454 §6.1; WHATWG Fetch, "`Origin`
//! header"): scheme, host, and the port where it is not the scheme's own.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest origin: `https://`, a name of 253 characters (RFC 1035 §2.3.4), `:65535`.
const CHARS_MAX: usize = 267;
/// Hosts whose pages come from the reader's own machine: nobody between can change them, so they need no TLS.
const OWN_MACHINE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Where a page comes from, in the one form in which browsers write it: two that are equal are the same text.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(Box<str>);

/// Why a text is not an origin.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{given}` is no origin: {why}; write it as browsers do, like https://app.example or https://app.example:8443"
)]
pub struct OriginError {
    given: String,
    why: &'static str,
}

impl Origin {
    /// The text that browsers send.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    /// Takes the form that browsers send and no other: what is not equal to it, letter by letter, would match no page.
    fn from_str(text: &str) -> Result<Self, OriginError> {
        let given = || text.chars().take(64).collect();
        check(text).map(|()| Self(text.into())).map_err(|why| OriginError { given: given(), why })
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        text.parse()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

fn check(text: &str) -> Result<(), &'static str> {
    if text.len() > CHARS_MAX {
        return Err("it is too long");
    }
    if text.contains('*') {
        return Err("a wildcard would let in pages that nobody has named");
    }
    let (scheme, authority) = text.split_once("://").ok_or("it has no scheme")?;
    let (host, port) = parted(authority);
    let default = match scheme {
        "https" => "443",
        "http" if OWN_MACHINE.contains(&host) => "80",
        "http" => return Err("a page without TLS can be changed on its way to the reader"),
        _ => return Err("its scheme is not https"),
    };
    check_host(host)?;
    match port {
        None => Ok(()),
        Some(port) if port == default => Err("the scheme's own port is left out"),
        Some(port) => check_port(port),
    }
}

/// Host and port. An IPv6 address stands in brackets, with colons of its own.
fn parted(authority: &str) -> (&str, Option<&str>) {
    let end = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[end..].find(':') {
        Some(at) => (&authority[..end + at], Some(&authority[end + at + 1..])),
        None => (authority, None),
    }
}

fn check_host(host: &str) -> Result<(), &'static str> {
    if OWN_MACHINE.contains(&host) {
        return Ok(());
    }
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(letter)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host.len() > 253 || !host.split('.').all(label) {
        return Err("its host is not a name in lower case, and nothing may follow it but a port");
    }
    // Browsers read a host that ends in a number as an IPv4 address, and write that in one form only.
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    if is_number && host.parse::<Ipv4Addr>().is_err() {
        return Err("its host ends in a number and is no address");
    }
    Ok(())
}

fn check_port(port: &str) -> Result<(), &'static str> {
    let is_plain = port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0');
    let is_port = is_plain && port.parse::<u16>().is_ok();
    is_port.then_some(()).ok_or("its port is not a number from 1 to 65535")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_origin(text: &str) -> bool {
        text.parse::<Origin>().is_ok()
    }

    #[test]
    fn what_a_browser_sends_is_an_origin() {
        for text in [
            "https://app.example",
            "https://xn--bcher-kva.example:8443",
            "https://203.0.113.7",
            "http://localhost",
            "http://localhost:5173",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "https://localhost",
        ] {
            assert!(is_origin(text), "{text}");
            assert_eq!(text.parse::<Origin>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_no_browser_sends_or_nobody_should_trust_is_refused() {
        for text in [
            "",
            "null",
            "*",
            "https://",
            "app.example",
            "http://app.example",
            "http://localhost.app.example",
            "ftp://app.example",
            "HTTPS://app.example",
            "https://App.example",
            "https://*.app.example",
            "https://app.example/",
            "https://app.example/path",
            "https://app.example?query",
            "https://app.example#part",
            "https://me@app.example",
            "https://app.example:443",
            "http://localhost:80",
            "https://app.example:",
            "https://app.example:0",
            "https://app.example:080",
            "https://app.example:65536",
            "https://app.example:80:80",
            "https://app.example.",
            "https://.example",
            "https://-app.example",
            "https://bücher.example",
            "https://127.1",
            "https://0x7f.1",
            "https://app.0x10",
            "https://[::2]",
            "https://[::1]x",
            "https://app.example, https://other.example",
            " https://app.example",
            "https://app.example\u{0}",
        ] {
            assert!(!is_origin(text), "{text}");
        }
        assert!(!is_origin(&format!("https://{}example", "a.".repeat(130))));
    }
}
