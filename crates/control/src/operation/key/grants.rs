//! Where a new key may be used: credentials on venues that sign, venues that vouch.

use keyward_policy::{Actor, Credential, CredentialId, Grant, Mode, Project, Symbol, Venue, Verb};

use super::create::Create;
use super::terms::Terms;
use crate::{Code, Control, Error, material};

/// The most grants of one key.
const GRANTS_MAX: usize = 8;

/// The grants that a request asks for, at most one a venue.
pub(super) async fn resolve(
    control: &Control,
    actor: &Actor,
    project: &Project,
    input: &Create,
    terms: &Terms,
) -> Result<Vec<Grant>, Error> {
    let count = input.credentials.len() + input.venues.len();
    if count == 0 {
        return Err(Error::new(Code::GrantMissing, "the key has nowhere to be used")
            .hint("name a credential, or a venue in assert mode"));
    }
    if count > GRANTS_MAX {
        return Err(Error::new(
            Code::TooMany,
            format!("a key has at most {GRANTS_MAX} grants, and these are {count}"),
        ));
    }
    let mut grants = Vec::with_capacity(count);
    for name in &input.credentials {
        let credential = control.credential_of(actor, name).await?;
        if credential.project.is_some_and(|own| own != project.id) {
            return Err(elsewhere(&credential, project));
        }
        let venue = control.store.venue(&credential.venue.to_string()).await?;
        material::fits(&venue, input.key_type)?;
        add(&mut grants, &venue, Some(credential.id), terms)?;
    }
    for name in &input.venues {
        let venue = control.store.venue(name).await?;
        material::fits(&venue, input.key_type)?;
        add(&mut grants, &venue, None, terms)?;
    }
    Ok(grants)
}

fn elsewhere(credential: &Credential, project: &Project) -> Error {
    let error = format!("the real key {} belongs to another project than {}", credential.name, project.name);
    Error::new(Code::CredentialElsewhere, error).hint("take one of this project, or one that belongs to none")
}

/// What the owner of a key with these grants should know, though nothing is wrong with them.
pub(super) async fn caveats(control: &Control, grants: &[Grant]) -> Result<Vec<String>, Error> {
    let mut caveats = Vec::new();
    for grant in grants.iter().filter(|grant| grant.symbols.list().is_some()) {
        let venue = control.store.venue(&grant.venue.to_string()).await?;
        if trades(grant) && !material::dialect(&venue)?.cancels_name_markets() {
            caveats.push(format!(
                "limited to markets, this key can place orders on {} and not cancel or change them: the exchange's \
                 cancellations do not say which market they are about",
                venue.name
            ));
        }
    }
    Ok(caveats)
}

/// Whether a grant's venue knows its markets.
pub(super) async fn check_symbols(control: &Control, grant: &Grant) -> Result<(), Error> {
    let venue = control.store.venue(&grant.venue.to_string()).await?;
    known(&venue, grant.symbols.list().unwrap_or_default())
}

fn trades(grant: &Grant) -> bool {
    grant.permissions.iter().any(|permission| permission.verb() == Verb::Trade)
}

fn add(
    grants: &mut Vec<Grant>,
    venue: &Venue,
    credential: Option<CredentialId>,
    terms: &Terms,
) -> Result<(), Error> {
    if terms.pages.is_some() {
        is_public(venue)?;
    } else {
        fits(venue, credential)?;
    }
    known(venue, terms.symbols.list().unwrap_or_default())?;
    if grants.iter().any(|grant| grant.venue == venue.id) {
        let error = format!("two grants of the key are on the venue {}", venue.name);
        return Err(Error::new(Code::GrantDuplicate, error).hint("issue a second key"));
    }
    let (permissions, symbols, holds) = (terms.permissions, terms.symbols.clone(), terms.holds.clone());
    grants.push(Grant { venue: venue.id, credential, permissions, symbols, holds });
    Ok(())
}

/// Whether a publishable key may be used there: with a credential it reads also what the exchange gives to any key without a
/// signature, and without one what it gives to everybody.
fn is_public(venue: &Venue) -> Result<(), Error> {
    if venue.mode == Mode::Resign {
        return Ok(());
    }
    let error =
        format!("the venue {} vouches for its callers, and with a publishable key anybody calls", venue.name);
    Err(Error::new(Code::PublishableInvalid, error).hint("name a venue that is an exchange's own"))
}

/// Whether the venue's mode and the credential go together.
fn fits(venue: &Venue, credential: Option<CredentialId>) -> Result<(), Error> {
    let name = &venue.name;
    match (venue.mode, credential) {
        (Mode::Resign, Some(_)) | (Mode::Assert, None) => Ok(()),
        (Mode::Resign, None) => {
            let error = format!("the venue {name} signs with a real key, and none is named");
            Err(Error::new(Code::VenueNeedsCredential, error)
                .hint("name a credential of this venue in place of the venue: --credential NAME"))
        }
        (Mode::Assert, Some(_)) => {
            let error = format!("the venue {name} vouches for its callers and takes no real key");
            Err(Error::new(Code::VenueTakesNoCredential, error)
                .hint(format!("name the venue: --venue {name}")))
        }
    }
}

/// Whether the venue's dialect knows every market: a list that it cannot compare would deny everything.
fn known(venue: &Venue, symbols: &[Symbol]) -> Result<(), Error> {
    let dialect = material::dialect(venue)?;
    match symbols.iter().find(|symbol| dialect.market(symbol.as_str()).is_none()) {
        None => Ok(()),
        Some(symbol) => {
            let error = format!("{symbol} is no kind of market that {} has", venue.dialect);
            Err(Error::new(Code::SymbolInvalid, error)
                .hint("write it like BTC/USDT, or BTC/USDT:USDT for a perpetual"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_credential_and_a_venue_that_vouches_do_not_go_together() {
        let fixture = Fixture::new().await;
        let (signs, vouches) = (fixture.venue("binance").await, fixture.assert_venue("backend").await);
        let credential = Some(CredentialId::from_entropy([1; 16]));
        let code = |venue, credential| fits(venue, credential).map_err(|error| error.code());
        assert_eq!(code(&signs, credential), Ok(()));
        assert_eq!(code(&vouches, None), Ok(()));
        assert_eq!(code(&signs, None), Err(Code::VenueNeedsCredential));
        assert_eq!(code(&vouches, credential), Err(Code::VenueTakesNoCredential));
    }
}
