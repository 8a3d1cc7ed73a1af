//! Questions of the control plane to an exchange, asked by the gateway: it alone has a way out.

use std::sync::Arc;

use keyward_control::{Asked, CannotAsk, Introspect};
use keyward_gateway::{Gateway, IntrospectError};
use keyward_policy::{Credential, Venue};

/// Asks through the gateway's own way out.
pub(super) struct ThroughGateway(pub(super) Arc<Gateway>);

impl Introspect for ThroughGateway {
    fn rights(&self, _venue: Venue, credential: Credential) -> Asked<'_> {
        Box::pin(async move { self.0.introspect(credential).await.map_err(|error| cannot_ask(&error)) })
    }
}

fn cannot_ask(error: &IntrospectError) -> CannotAsk {
    match error {
        IntrospectError::Unreachable(_) | IntrospectError::NoAnswer => {
            CannotAsk::Unreachable(error.to_string())
        }
        IntrospectError::Turn(_) => CannotAsk::Busy(error.to_string()),
        _ => CannotAsk::Refused(error.to_string()),
    }
}
