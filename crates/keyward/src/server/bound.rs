//! What a server listens on, taken before anything else is opened: a port that is in use is the first thing to know.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;

use anyhow::{Context, Result};
use keyward_gateway::bind;

use super::certificate::Certified;
use super::passed::Passed;

/// Addresses that are taken, and how clients reach the first of the gateway's.
pub(crate) struct Bound {
    /// The gateway's listeners, one a thread.
    pub(super) gateway: Vec<TcpListener>,
    /// The certificate that the gateway serves.
    pub(super) tls: Option<Certified>,
    /// The control port's listener.
    pub(super) control: TcpListener,
    /// The operators' socket, when somebody has opened it for us.
    pub(super) operators: Option<UnixListener>,
}

impl Bound {
    /// Takes the addresses; each of the gateway's is served by so many threads. A listener that was passed takes the
    /// place of the addresses named.
    pub(crate) fn take(
        gateway: &[SocketAddr],
        control: SocketAddr,
        tls: Option<Certified>,
        workers: usize,
        passed: Passed,
    ) -> Result<Self> {
        let mut listeners = passed.gateway(workers)?;
        let wanted = if listeners.is_empty() { gateway } else { &[] };
        for &address in wanted {
            let bound = bind(address, workers);
            listeners.extend(bound.with_context(|| format!("the gateway cannot listen on {address}"))?);
        }
        let control = match passed.control {
            Some(control) => control,
            None => TcpListener::bind(control)
                .with_context(|| format!("the control port cannot listen on {control}"))?,
        };
        control.set_nonblocking(true)?;
        passed.operators.iter().try_for_each(|socket| socket.set_nonblocking(true))?;
        Ok(Self { gateway: listeners, tls, control, operators: passed.operators })
    }

    /// The gateway's first address.
    pub(crate) fn gateway(&self) -> Result<SocketAddr> {
        let first = self.gateway.first().context("the gateway has no address to listen on")?;
        Ok(reachable(first.local_addr()?))
    }

    /// The base URL under the gateway's first address.
    pub(crate) fn gateway_url(&self) -> Result<String> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        Ok(format!("{scheme}://{}", self.gateway()?))
    }

    /// The base URL of the control port.
    pub(crate) fn control_url(&self) -> Result<String> {
        Ok(format!("http://{}", reachable(self.control.local_addr()?)))
    }
}

/// Who listens everywhere is reached at least from this host.
fn reachable(address: SocketAddr) -> SocketAddr {
    let anywhere = address.ip().is_unspecified();
    if anywhere { SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()) } else { address }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_means_everywhere_is_not_an_address_to_go_to() {
        let shown = |text: &str| reachable(text.parse().unwrap()).to_string();
        assert_eq!(shown("0.0.0.0:80"), "127.0.0.1:80");
        assert_eq!(shown("[::]:80"), "127.0.0.1:80");
        assert_eq!(shown("192.0.2.1:80"), "192.0.2.1:80");
    }
}
