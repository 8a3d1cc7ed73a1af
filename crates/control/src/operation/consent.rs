//! Consents: in a project of four eyes, what widens a key takes a second operator. One asks, another one agrees, and the
//! one who asked carries exactly that out, once.

pub(crate) mod ask;
mod asked;
pub mod give;
pub mod list;
pub mod refuse;
pub mod show;
pub mod take;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use asked::{Asked, TAKE_TWO};
pub use view::ConsentView;

use keyward_store::Consent;

use crate::name::shortened;
use crate::{Code, Control, Error};

/// What waits under this id, and is not too late.
async fn find(control: &Control, id: &str) -> Result<Consent, Error> {
    let found = control.store.consent(id).await?.filter(|consent| consent.expires_at > control.now());
    found.ok_or_else(|| unknown(id))
}

fn unknown(id: &str) -> Error {
    Error::new(Code::ConsentUnknown, format!("nothing waits for a second operator as `{}`", shortened(id)))
        .hint("it was carried out, refused or came too late: keyward consent list")
}
