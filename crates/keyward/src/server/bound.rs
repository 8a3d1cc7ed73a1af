//! What a server listens on, taken before anything else is opened: a port that is in use is the first thing to know.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::sync::Arc;

use anyhow::{Context, Result};
use keyward_gateway::bind;
use rustls::ServerConfig;
use tokio::net::TcpListener;

/// Addresses that are taken, and how clients reach the first of the gateway's.
pub(crate) struct Bound {
    /// The gateway's listeners, one a thread.
    pub(super) gateway: Vec<StdListener>,
    /// The certificate that the gateway serves.
    pub(super) tls: Option<Arc<ServerConfig>>,
    /// The control port's listener.
    pub(super) control: TcpListener,
}

impl Bound {
    /// Takes the addresses; each of the gateway's is served by so many threads.
    pub(crate) async fn take(
        gateway: &[SocketAddr],
        control: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        workers: usize,
    ) -> Result<Self> {
        let mut listeners = Vec::new();
        for &address in gateway {
            let bound = bind(address, workers);
            listeners.extend(bound.with_context(|| format!("the gateway cannot listen on {address}"))?);
        }
        let control = TcpListener::bind(control)
            .await
            .with_context(|| format!("the control port cannot listen on {control}"))?;
        Ok(Self { gateway: listeners, tls, control })
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
