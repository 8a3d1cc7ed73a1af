//! Making a link, while a key is issued.

use jiff::{SignedDuration, Timestamp};
use keyward_policy::{Actor, KeyId, SecretOwner};
use keyward_store::HandOver;
use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::people::Bearer;
use crate::{Code, Control, Error, ShownOnce, time};

/// The shortest and the longest that a link may be good: somebody has to be there, and nobody needs a week.
const GOOD_FOR_MIN: SignedDuration = SignedDuration::from_mins(5);
const GOOD_FOR_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A link that hands a secret over, shown once.
#[derive(Serialize, ToSchema)]
#[schema(as = HandOverLink)]
pub struct Link {
    /// The link. Whoever opens it first gets the secret.
    #[schema(value_type = String)]
    pub url: ShownOnce,
    /// Until when it opens.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// How a new secret reaches whoever will use it: shown to who issued the key, or by a link.
#[derive(Default)]
pub(crate) struct Delivered {
    pub(crate) secret: Option<ShownOnce>,
    pub(crate) link: Option<Link>,
    kept: Option<HandOver>,
}

/// Decides it. Nothing is kept yet: [`Delivered::keep`] does so, once the key is on record.
///
/// # Errors
/// `hand_over_empty` where there is no secret, `time_invalid`, `vault_sealed`.
pub(crate) fn deliver(
    control: &Control,
    actor: &Actor,
    key: KeyId,
    secret: Option<ShownOnce>,
    good_for: Option<&str>,
) -> Result<Delivered, Error> {
    let Some(good_for) = good_for else { return Ok(Delivered { secret, ..Delivered::default() }) };
    let secret = secret.ok_or_else(|| {
        Error::new(Code::HandOverEmpty, "this key has no secret that could be handed over")
            .hint("leave the link out")
    })?;
    let good_for = time::duration(good_for)?;
    if !(GOOD_FOR_MIN..=GOOD_FOR_MAX).contains(&good_for) {
        return Err(Error::new(Code::TimeInvalid, "a hand-over link is good for 5 minutes to 7 days"));
    }
    let (bearer, expires_at) = (Bearer::new("kwh_", &*control.entropy), control.now() + good_for);
    let sealed = control.vault.seal_secret(SecretOwner::HandOver(key), secret.as_bytes())?;
    let url = format!("{}/hand-over/{}", control.control_url(), bearer.shown.text());
    let kept = HandOver {
        digest: bearer.digest,
        key,
        sealed: Some(sealed),
        made_by: actor.name.clone(),
        expires_at,
        opened: None,
        tried: None,
    };
    let link = Link { url: ShownOnce::new(Zeroizing::new(url)), expires_at };
    Ok(Delivered { secret: None, link: Some(link), kept: Some(kept) })
}

impl Delivered {
    /// Keeps the link, before its key: a link without a key opens nothing, but a key without its secret would be lost.
    pub(crate) async fn keep(&self, control: &Control) -> Result<(), Error> {
        let Some(kept) = &self.kept else { return Ok(()) };
        Ok(control.store.add_hand_over(kept, control.now()).await?)
    }
}
