//! A new device: a secret for it to take.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use keyward_policy::Operation;
use keyward_vault::Secret;
use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::BOUND_TO;
use crate::operation::session::Session;
use crate::operation::session::password::known;
use crate::people::{Device, SECRET_BYTES, bearer_key};
use crate::{Control, Error, ShownOnce};

/// What a device needs, and what to bring along when it has shown its first code. Nothing is kept until then.
#[derive(Serialize, ToSchema)]
#[schema(as = DeviceOffer)]
pub struct Offer {
    /// What the device reads, from a picture of it.
    #[schema(value_type = String)]
    pub uri: ShownOnce,
    /// The same for who types it.
    #[schema(value_type = String)]
    pub secret: ShownOnce,
    /// To be brought along: the secret, sealed for this browser.
    pub ticket: String,
}

/// Offers a secret to the operator's new device. `shown` is what his browser holds.
///
/// # Errors
/// `second_factor_needed`, where there is a device already; `password_missing`.
pub async fn begin(control: &Control, session: &Session, shown: &str) -> Result<Offer, Error> {
    if session.is_enrolled() {
        control.view(&session.himself(), Operation::DeviceChange)?;
    }
    // The secret is going to be sealed under it.
    known(control, session.operator.id).await?;
    let secret = Secret::generate(SECRET_BYTES, |bytes| control.entropy.fill(bytes))?;
    let device = Device::of(&secret, session.name())?;
    let sealed = bearer_key(shown)?.seal(BOUND_TO, secret.expose(), &*control.entropy)?;
    Ok(Offer {
        uri: ShownOnce::new(Zeroizing::new(device.uri()?)),
        secret: ShownOnce::new(Zeroizing::new(device.secret())),
        ticket: BASE64_URL_SAFE_NO_PAD.encode(sealed.as_bytes()),
    })
}
