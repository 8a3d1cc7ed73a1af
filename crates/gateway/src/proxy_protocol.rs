//! PROXY protocol v2: the client's address, as a load balancer that works below HTTP hands it over.
//!
//! Source: the specification in HAProxy's `doc/proxy-protocol.txt`.

use std::io;
use std::net::IpAddr;

use ppp::v2::{Addresses, Command, Header};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Signature, version, family and length.
const FIXED_BYTES: usize = 16;
/// The longest header accepted: addresses take 36 bytes, what a balancer adds seldom takes a hundred.
const REST_BYTES_MAX: usize = 1024;

/// Reads the header from the start of a connection of a trusted proxy.
///
/// Returns the client's address, or none where the proxy speaks for itself (its health checks).
///
/// # Errors
/// Anything but a sound header: the connection must be closed, since what follows cannot be told from a header.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<IpAddr>> {
    let mut header = vec![0; FIXED_BYTES];
    stream.read_exact(&mut header).await?;
    let rest = usize::from(u16::from_be_bytes([header[14], header[15]]));
    if rest > REST_BYTES_MAX {
        return Err(unsound("the header is too long"));
    }
    header.resize(FIXED_BYTES + rest, 0);
    stream.read_exact(&mut header[FIXED_BYTES..]).await?;
    client(&header)
}

/// Reads a whole header.
pub(crate) fn client(header: &[u8]) -> io::Result<Option<IpAddr>> {
    let header = Header::try_from(header).map_err(|error| unsound(&error.to_string()))?;
    match (header.command, header.addresses) {
        (Command::Local, _) => Ok(None),
        (Command::Proxy, Addresses::IPv4(addresses)) => Ok(Some(addresses.source_address.into())),
        (Command::Proxy, Addresses::IPv6(addresses)) => Ok(Some(addresses.source_address.into())),
        (Command::Proxy, _) => Err(unsound("the header holds no Internet address")),
    }
}

fn unsound(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("no sound PROXY protocol v2 header: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

    fn header(command: u8, family: u8, addresses: &[u8]) -> Vec<u8> {
        let length = (addresses.len() as u16).to_be_bytes();
        [SIGNATURE, &[command, family], &length, addresses].concat()
    }

    async fn check(bytes: &[u8]) -> Option<Option<String>> {
        let mut stream = bytes;
        read(&mut stream).await.ok().map(|address| address.map(|address| address.to_string()))
    }

    #[tokio::test]
    async fn the_source_address_is_the_client() {
        let v4 = header(0x21, 0x11, &[192, 0, 2, 7, 10, 0, 0, 1, 0x1f, 0x90, 0, 80]);
        assert_eq!(check(&v4).await, Some(Some("192.0.2.7".to_owned())));
    }

    #[tokio::test]
    async fn a_proxy_may_speak_for_itself() {
        assert_eq!(check(&header(0x20, 0x00, &[])).await, Some(None));
    }

    #[tokio::test]
    async fn anything_else_is_refused() {
        assert_eq!(check(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await, None);
        assert_eq!(check(&header(0x21, 0x31, &[0; 216])).await, None);
        assert_eq!(check(&header(0x21, 0x11, &[192, 0, 2])).await, None);
        assert_eq!(check(&[SIGNATURE, &[0x21, 0x11, 0xff, 0xff]].concat()).await, None);
    }
}
