//! What other hosts can reach: of the server that runs, by its own listeners; otherwise what the configuration says.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use super::Finding;
use crate::config::Config;
use crate::server::{Listening, look};

/// For the gateway to answer whoever looks whether it speaks TLS.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Every check of what is open to other hosts.
pub(super) fn all(hand_over: &Path, config: &Config) -> Vec<Finding> {
    match look(hand_over) {
        Ok(Some(listening)) => of_server(&listening),
        Ok(None) => {
            judged(config.control.listen, &config.gateway.listen, |_| config.gateway.tls_cert.is_none())
        }
        Err(error) => vec![Finding::warn(
            "exposure",
            format!("the server does not say where it listens: {error:#}"),
            "look into its log",
        )],
    }
}

fn of_server(listening: &Listening) -> Vec<Finding> {
    judged(listening.control, &listening.gateway, speaks_plainly)
}

fn judged(
    control: Option<SocketAddr>,
    gateway: &[SocketAddr],
    plain: impl Fn(SocketAddr) -> bool,
) -> Vec<Finding> {
    let open = |address: &SocketAddr| !address.ip().is_loopback();
    let control = control.filter(open).map(|address| {
        Finding::warn(
            "exposure",
            format!("the control port listens on {address}"),
            "listen on 127.0.0.1, or let only your monitoring reach it",
        )
    });
    let gateway = gateway.iter().copied().find(|address| open(address) && plain(*address)).map(|address| {
        Finding::warn(
            "exposure",
            format!("the gateway listens on {address} without TLS"),
            "set tls_cert and tls_key, or put a proxy with TLS in front of it",
        )
    });
    let found: Vec<_> = control.into_iter().chain(gateway).collect();
    if found.is_empty() {
        vec![Finding::ok("exposure", "nothing that should not be is open to other hosts")]
    } else {
        found
    }
}

/// Whether an HTTP request without TLS is answered there.
fn speaks_plainly(address: SocketAddr) -> bool {
    let here = if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
    let ask = || -> std::io::Result<[u8; 5]> {
        let mut stream = TcpStream::connect_timeout(&SocketAddr::new(here, address.port()), ANSWER_WITHIN)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        stream
            .write_all(b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: doctor\r\nConnection: close\r\n\r\n")?;
        let mut start = [0; 5];
        stream.read_exact(&mut start)?;
        Ok(start)
    };
    ask().is_ok_and(|start| &start == b"HTTP/")
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn warnings(control: &str, gateway: &str, plain: bool) -> usize {
        let found = judged(control.parse().ok(), &[gateway.parse().unwrap()], |_| plain);
        found.iter().filter(|finding| finding.verdict == Verdict::Warn).count()
    }

    #[test]
    fn what_other_hosts_reach_without_tls_is_warned_of() {
        assert_eq!(warnings("127.0.0.1:81", "127.0.0.1:80", true), 0);
        assert_eq!(warnings("127.0.0.1:81", "0.0.0.0:80", false), 0);
        assert_eq!(warnings("127.0.0.1:81", "0.0.0.0:80", true), 1);
        assert_eq!(warnings("192.0.2.1:81", "[::]:80", true), 2);
    }
}
