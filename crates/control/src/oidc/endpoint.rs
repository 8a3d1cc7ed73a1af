//! Where a provider may be: behind TLS, or on this very host, for tests and labs.

use std::net::IpAddr;

use axum::http::Uri;

/// The longest address.
const LENGTH_MAX: usize = 2048;

/// Whether somebody may be asked there. What is asked holds the client's secret, and what comes back is believed.
pub(super) fn is_sound(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    let is_here = host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    let is_guarded = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => is_here,
        _ => false,
    };
    let is_plain = url.is_ascii() && !url.contains(['@', '#']) && !host.is_empty();
    is_guarded && is_plain && url.len() <= LENGTH_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_leads_to_another_host() {
        for sound in
            ["https://id.example/a?b=c", "http://127.0.0.1:3000", "http://localhost/x", "http://[::1]:1"]
        {
            assert!(is_sound(sound), "{sound}");
        }
        let long = format!("https://id.example/{}", "x".repeat(LENGTH_MAX));
        for wrong in [
            "http://id.example",
            "https://a@id.example",
            "https://id.example#x",
            "ftp://localhost",
            "",
            "id",
            &long,
        ] {
            assert!(!is_sound(wrong), "{wrong}");
        }
    }
}
