//! Hosts and ports, as `Host`, `:authority` and an absolute target name them.

/// Whether this is a host, with or without a port: letters, digits and what stands between them.
///
/// Narrower than RFC 3986 §3.2.2, which lets a name hold nearly anything: user information, percent signs and commas are
/// what makes two readers see two hosts.
pub(crate) fn is_authority(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| is_part(*byte))
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_with_and_without_a_port_pass() {
        for host in ["door", "binance.keyward.example", "127.0.0.1:8080", "[2001:db8::1]:8443", "a_b"] {
            assert!(is_authority(host.as_bytes()), "{host}");
        }
    }

    #[test]
    fn what_two_readers_may_see_differently_is_refused() {
        for host in ["", "a b", "a,b", "user@host", "a%2eb", "a/b", "a?b", "a#b", "ä", "a\\b"] {
            assert!(!is_authority(host.as_bytes()), "{host}");
        }
    }
}
