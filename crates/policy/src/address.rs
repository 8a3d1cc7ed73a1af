//! Addresses: where a request comes from, and whether a key may be used from there.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::Reason;

/// The one form of an address: an IPv4 address mapped into IPv6 is that IPv4 address, so that no rule can be passed by
/// writing the same address in the other family.
pub fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// From where a key may be used; an empty allow list means anywhere, and deny wins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressRules {
    /// The only ranges that the key may be used from; none means any.
    #[serde(default)]
    pub allow: Vec<IpNet>,
    /// Ranges that the key may never be used from.
    #[serde(default)]
    pub deny: Vec<IpNet>,
}

impl AddressRules {
    /// Checks a client's address.
    ///
    /// # Errors
    /// [`Reason::AddressDenied`] or [`Reason::AddressNotAllowed`].
    pub fn check(&self, address: IpAddr) -> Result<(), Reason> {
        let address = canonical(address);
        if self.deny.iter().any(|range| holds(range, address)) {
            return Err(Reason::AddressDenied);
        }
        let allowed = self.allow.is_empty() || self.allow.iter().any(|range| holds(range, address));
        if allowed { Ok(()) } else { Err(Reason::AddressNotAllowed) }
    }
}

/// Whether a range holds an address. A range written in mapped form (`::ffff:10.0.0.0/104`) also holds the IPv4
/// addresses that it maps.
fn holds(range: &IpNet, address: IpAddr) -> bool {
    if range.contains(&address) {
        return true;
    }
    match (range, address) {
        (IpNet::V6(range), IpAddr::V4(address)) => {
            range.contains(&address.to_ipv6_mapped()) && range.prefix_len() >= 96
        }
        _ => false,
    }
}

/// The proxies whose word about the client's address is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedProxies(pub Vec<IpNet>);

impl TrustedProxies {
    /// Whether this peer is a configured proxy.
    pub fn trust(&self, peer: IpAddr) -> bool {
        let peer = canonical(peer);
        self.0.iter().any(|range| holds(range, peer))
    }

    /// The client's address, given the socket's peer and the `X-Forwarded-For` values in the order received.
    ///
    /// Counted from the right: each hop that is a trusted proxy is stepped over, the first that is not is the client.
    /// A header from anyone else is ignored. `None` when a trusted proxy sent something that is not an address: then
    /// nobody knows the client, and a guess could let the wrong one in.
    pub fn client<'a>(
        &self,
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
    ) -> Option<IpAddr> {
        let mut client = canonical(peer);
        let mut hops = forwarded.rev().flat_map(|value| value.rsplit(',')).map(str::trim);
        while self.trust(client) {
            let Some(hop) = hops.next() else { break };
            client = canonical(hop.parse().ok()?);
        }
        Some(client)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(allow: &[&str], deny: &[&str]) -> AddressRules {
        let ranges = |list: &[&str]| list.iter().map(|range| range.parse().unwrap()).collect();
        AddressRules { allow: ranges(allow), deny: ranges(deny) }
    }

    fn client(trusted: &[&str], peer: &str, forwarded: &[&str]) -> Option<String> {
        let trusted = TrustedProxies(rules(trusted, &[]).allow);
        let address = trusted.client(peer.parse().unwrap(), forwarded.iter().copied())?;
        Some(address.to_string())
    }

    #[test]
    fn no_rules_allow_any_address() {
        assert_eq!(rules(&[], &[]).check("203.0.113.9".parse().unwrap()), Ok(()));
    }

    #[test]
    fn deny_wins_over_allow() {
        let rules = rules(&["10.0.0.0/8"], &["10.1.0.0/16"]);
        assert_eq!(rules.check("10.0.0.1".parse().unwrap()), Ok(()));
        assert_eq!(rules.check("10.1.0.1".parse().unwrap()), Err(Reason::AddressDenied));
        assert_eq!(rules.check("11.0.0.1".parse().unwrap()), Err(Reason::AddressNotAllowed));
    }

    #[test]
    fn a_mapped_address_is_its_ipv4_address() {
        let denied = rules(&[], &["192.0.2.0/24"]);
        assert_eq!(denied.check("::ffff:192.0.2.7".parse().unwrap()), Err(Reason::AddressDenied));
        let mapped = rules(&["::ffff:192.0.2.0/120"], &[]);
        assert_eq!(mapped.check("192.0.2.7".parse().unwrap()), Ok(()));
        assert_eq!(mapped.check("192.0.3.7".parse().unwrap()), Err(Reason::AddressNotAllowed));
    }

    #[test]
    fn every_ipv6_address_is_not_every_ipv4_address() {
        let v6 = rules(&["::/0"], &[]);
        assert_eq!(v6.check("2001:db8::1".parse().unwrap()), Ok(()));
        assert_eq!(v6.check("192.0.2.7".parse().unwrap()), Err(Reason::AddressNotAllowed));
    }

    #[test]
    fn a_header_from_a_stranger_is_ignored() {
        assert_eq!(client(&["10.0.0.0/8"], "203.0.113.9", &["192.0.2.1"]).as_deref(), Some("203.0.113.9"));
    }

    #[test]
    fn a_trusted_proxy_is_believed_from_the_right() {
        let through = |hops: &[&str]| client(&["10.0.0.0/8"], "10.0.0.1", hops);
        assert_eq!(through(&["192.0.2.1"]).as_deref(), Some("192.0.2.1"));
        assert_eq!(through(&["6.6.6.6, 192.0.2.1, 10.0.0.2"]).as_deref(), Some("192.0.2.1"));
        assert_eq!(through(&["6.6.6.6", "192.0.2.1"]).as_deref(), Some("192.0.2.1"));
        assert_eq!(through(&[]).as_deref(), Some("10.0.0.1"));
    }

    #[test]
    fn an_unreadable_hop_leaves_the_client_unknown() {
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &["192.0.2.1, unknown"]), None);
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &[""]), None);
    }
}
