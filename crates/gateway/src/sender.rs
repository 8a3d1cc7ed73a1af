//! Senders: whom a limit on addresses counts as one.

use std::net::{IpAddr, Ipv6Addr};

use keyward_policy::canonical;

/// An IPv4 address, or the /64 of an IPv6 address: the smallest network that a provider hands out, in which a host takes
/// whatever addresses it likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sender(IpAddr);

impl Sender {
    pub(crate) fn of(address: IpAddr) -> Self {
        match canonical(address) {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
            address @ IpAddr::V4(_) => Self(address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        Sender::of(one.parse().unwrap()) == Sender::of(other.parse().unwrap())
    }

    #[test]
    fn a_network_of_ipv6_is_one_sender_and_an_address_of_ipv4_is() {
        assert!(same("2001:db8::1", "2001:db8::ffff:1"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
        assert!(same("192.0.2.1", "::ffff:192.0.2.1"));
    }
}
