//! Who sends a request: a key with its signature, or a caller that a gateway vouches for.

mod asserted;
mod signed;

use std::net::IpAddr;

use http::{HeaderMap, Method};

pub(crate) use asserted::Identities;
pub(crate) use signed::is_allowed;

use crate::engine::AccountId;
use crate::error::Refusal;
use crate::exchange::Exchange;
use crate::key::Rights;
use crate::params::Params;

/// A request as it was received, wire form.
pub(crate) struct Received<'r> {
    pub(crate) method: &'r Method,
    pub(crate) path: &'r str,
    pub(crate) query: &'r str,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) body: &'r [u8],
    pub(crate) peer: IpAddr,
}

/// Who sent a request, once that is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) account: AccountId,
    pub(crate) rights: Rights,
    pub(crate) ip_restricted: bool,
    /// Since when the key exists.
    pub(crate) since_ms: u64,
}

/// What an endpoint asks of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    Read,
    Trade,
    Withdraw,
}

impl Caller {
    /// Proves who sent a request.
    ///
    /// # Errors
    /// Binance's own refusals, and [`Refusal::KeyNotAllowed`] for an identity that is not believed.
    pub(crate) async fn prove(
        exchange: &Exchange,
        received: &Received<'_>,
        params: &Params,
    ) -> Result<Self, Refusal> {
        match (&exchange.identities, asserted::bearer(received.headers)) {
            (Some(identities), Some(token)) => identities.caller(exchange, received, token).await,
            _ => signed::caller(exchange, received, params),
        }
    }

    /// Checks a right.
    ///
    /// # Errors
    /// [`Refusal::KeyNotAllowed`].
    pub(crate) fn may(&self, right: Right) -> Result<(), Refusal> {
        let may = match right {
            Right::Read => self.rights.enable_reading,
            Right::Trade => self.rights.enable_spot_and_margin_trading,
            Right::Withdraw => self.rights.enable_withdrawals,
        };
        if may { Ok(()) } else { Err(Refusal::KeyNotAllowed) }
    }
}
