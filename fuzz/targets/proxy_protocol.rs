//! Any bytes as a PROXY protocol v2 header: an address that stands in them, or an error.

#![no_main]

use std::net::IpAddr;

use keyward_gateway::fuzz::proxy_protocol;
use libfuzzer_sys::fuzz_target;

/// Signature, version, family and length: the addresses begin behind them.
const FIXED_BYTES: usize = 16;

fuzz_target!(|input: &[u8]| {
    let Ok(Some(address)) = proxy_protocol(input) else { return };
    let stands = match address {
        IpAddr::V4(address) => input[FIXED_BYTES..].starts_with(&address.octets()),
        IpAddr::V6(address) => input[FIXED_BYTES..].starts_with(&address.octets()),
    };
    assert!(stands, "{address} does not stand in the header");
});
