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

use keyward_policy::Actor;
use keyward_store::Consent;

use crate::name::shortened;
use crate::{Code, Control, Error};

/// What waits under this id, is not too late, and concerns a project where the actor's role holds.
async fn find(control: &Control, actor: &Actor, id: &str) -> Result<Consent, Error> {
    let is_his = |consent: &Consent| consent.expires_at > control.now() && actor.reaches(consent.project);
    let found = control.store.consent(id).await?.filter(is_his);
    found.ok_or_else(|| unknown(id))
}

/// Everything that waits in projects where the actor's role holds.
async fn waiting(control: &Control, actor: &Actor) -> Result<Vec<Consent>, Error> {
    let mut waiting = control.store.consents(control.now()).await?;
    waiting.retain(|consent| actor.reaches(consent.project));
    Ok(waiting)
}

fn unknown(id: &str) -> Error {
    Error::new(Code::ConsentUnknown, format!("nothing waits for a second operator as `{}`", shortened(id)))
        .hint("it was carried out, refused or came too late: keyward consent list")
}
