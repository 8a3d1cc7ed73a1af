//! A thin door for the fuzz targets, to the parsers that see a stranger's bytes first. No part of the interface.

use std::net::IpAddr;

pub use crate::framing::{Framing, HeadBounds, Refused, Unsound};

/// The client's address in a whole PROXY protocol v2 header, as it is read from a trusted proxy.
///
/// # Errors
/// Anything but a sound header.
pub fn proxy_protocol(header: &[u8]) -> std::io::Result<Option<IpAddr>> {
    crate::proxy_protocol::client(header)
}
