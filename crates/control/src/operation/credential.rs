//! Credentials: the real exchange keys, sealed in the vault.

pub mod add;
pub mod check;
pub mod generate;
pub mod list;
pub mod remove;
pub mod set_api_key;
pub mod show;
mod view;

pub use view::{CredentialView, LastCheck};

use keyward_policy::{Actor, Change, Credential, CredentialId, Mode, Project, SecretOwner, Venue};
use serde_json::json;

use crate::act::Act;
use crate::material::Real;
use crate::{Code, Control, Error, name};

/// The longest key string of an exchange; the longest known has 164 characters.
const API_KEY_LENGTH_MAX: usize = 256;

/// What a credential is called and where it belongs.
struct Place {
    name: String,
    venue: Venue,
    project: Option<Project>,
    api_key: String,
}

impl Place {
    /// Checks the place of a new credential.
    async fn read(
        control: &Control,
        name: String,
        venue: &str,
        project: Option<&str>,
        api_key: String,
    ) -> Result<Self, Error> {
        name::check(&name)?;
        let venue = control.store.venue(venue).await?;
        if venue.mode == Mode::Assert {
            let error = format!("the venue {} vouches for its callers and takes no real key", venue.name);
            return Err(Error::new(Code::VenueTakesNoCredential, error)
                .hint(format!("grant on the venue itself: keyward key create … --venue {}", venue.name)));
        }
        let project = match project.filter(|project| !project.is_empty()) {
            Some(project) => Some(control.store.project(project).await?),
            None => None,
        };
        Ok(Self { name, venue, project, api_key })
    }

    /// Seals the secret and adds the credential.
    async fn add(self, control: &Control, act: Act<'_>, real: Real) -> Result<CredentialView, Error> {
        let id = CredentialId::from_entropy(control.random());
        let secret = control.vault.seal_secret(SecretOwner::Credential(id), real.secret.expose())?;
        let credential = Credential {
            id,
            name: self.name,
            venue: self.venue.id,
            project: self.project.map(|project| project.id),
            api_key: self.api_key,
            key_type: real.key_type,
            secret,
            public_key: real.public_key,
            created_at: control.now(),
            checked: None,
        };
        let recorded = act.record(id, described(&credential)).await?;
        recorded.carry_out(control.store.add_credential(&credential)).await?;
        control.publish(Change::Credential(Box::new(credential.clone())));
        CredentialView::one(control, credential).await
    }
}

fn described(credential: &Credential) -> serde_json::Value {
    json!({
        "name": credential.name, "venue": credential.venue, "api_key": credential.api_key,
        "type": credential.key_type, "project": credential.project,
    })
}

/// Checks the public half of a real key, as the exchange shows it.
fn check_api_key(api_key: &str) -> Result<(), Error> {
    let sound =
        (1..=API_KEY_LENGTH_MAX).contains(&api_key.len()) && api_key.bytes().all(|b| b.is_ascii_graphic());
    let refused =
        || Error::new(Code::ApiKeyInvalid, "this is no exchange's key string").hint("copy it without spaces");
    if sound { Ok(()) } else { Err(refused()) }
}

/// A credential that the actor may use, with its venue.
async fn find(control: &Control, actor: &Actor, credential: &str) -> Result<(Credential, Venue), Error> {
    let credential = control.credential_of(actor, credential).await?;
    let venue = control.store.venue(&credential.venue.to_string()).await?;
    Ok((credential, venue))
}
