//! Allowed: every rule of the key and of its grant passed.

use std::sync::Arc;

use keyward_dialect::{Claim, Markets as Touched};
use keyward_policy::{ApprovalId, AskedMarkets, Asking, Mode, Reason, Verb, decide};

use super::identify::{Caller, Identified};
use super::read::Read;
use super::verify::{Verified, micros};
use crate::denied::{Denied, Known};
use crate::directory::{CredentialEntry, Door, KeyEntry};
use crate::gateway::Gateway;

/// A request that may be made.
pub(crate) struct Allowed<'r> {
    pub(crate) read: Read<'r>,
    pub(crate) pass: Pass,
    pub(crate) known: Known,
    /// The approval that it used up, where a hold covers it.
    pub(crate) approval: Option<ApprovalId>,
}

/// How an allowed request leaves.
pub(crate) enum Pass {
    /// Without any key: public market data.
    Public,
    /// Signed again with the real key that the issued one stands for.
    Resign(Arc<KeyEntry>, Arc<CredentialEntry>),
    /// Without any key, for a publishable one.
    Page(Arc<KeyEntry>),
    /// With Keyward's word for who made it.
    Assert(Arc<KeyEntry>),
}

impl<'r> Verified<'r> {
    /// Decides by the rules.
    pub(crate) fn decide(self, gateway: &Gateway) -> Result<Box<Allowed<'r>>, Denied> {
        let signed = matches!(self.0.read.claim, Claim::Signed(_));
        let known = Known { signed, ..self.0.known() };
        if gateway.is_locked() {
            return Err(Denied::policy(Reason::RestoreLocked).knowing(known));
        }
        let Identified { read, caller } = self.0;
        let pass = match caller {
            Caller::Public => Ok(Pass::Public),
            Caller::Key(entry) => {
                permit(gateway, &read, &entry).and_then(|door| pass(gateway, &read, &entry, door))
            }
        };
        let pass = pass.map_err(|denied| denied.knowing(known))?;
        // From here on it is carried over waits, where every byte would be moved more than once.
        let allowed = Box::new(Allowed { read, pass, known, approval: None });
        // The fence looks again; here it saves an intent that would come to nothing.
        allowed.not_killed(gateway)?;
        Ok(allowed)
    }
}

impl Allowed<'_> {
    /// The key that asked.
    pub(super) fn entry(&self) -> Option<&KeyEntry> {
        match &self.pass {
            Pass::Public => None,
            Pass::Resign(entry, _) | Pass::Page(entry) | Pass::Assert(entry) => Some(entry),
        }
    }

    /// Whether that one is publishable.
    pub(super) fn is_for_pages(&self) -> bool {
        self.entry().is_some_and(|entry| entry.rules.pages.is_some())
    }

    /// Whether the kill switch lets it pass.
    pub(super) fn not_killed(&self, gateway: &Gateway) -> Result<(), Denied> {
        let passed = gateway.kill_switch.load().check(self.known.key, self.known.project, self.credential());
        passed.map_err(|reason| Denied::policy(reason).knowing(self.known))
    }
}

fn permit<'e>(gateway: &Gateway, read: &Read<'_>, entry: &'e KeyEntry) -> Result<&'e Door, Denied> {
    let resolved = &read.received.resolved;
    let address = resolved.address.ok_or_else(|| Denied::policy(Reason::AddressUnknown))?;
    let venue = resolved.venue.venue.id;
    let door = entry.rules.door(venue).ok_or_else(|| venue_not_granted(read, entry))?;
    let pages = entry.rules.pages.as_deref();
    pages.map_or(Ok(()), |pages| read.check_page(entry, pages))?;
    let names: Vec<&str> = match &read.purpose.markets {
        Touched::Named(names) => names.iter().map(AsRef::as_ref).collect(),
        _ => Vec::new(),
    };
    decide(&Asking {
        now: resolved.at,
        address,
        needs: read.needs,
        markets: asked(read, &names),
        state: entry.state,
        lifetime: &entry.lifetime(),
        addresses: &entry.rules.addresses,
        granted: door.permissions,
        limited_to: &door.markets,
    })
    .map_err(|reason| explained(reason, read))?;
    pages.map_or(Ok(()), |pages| read.take_page(gateway, entry.id, pages))?;
    entry.take(micros(resolved.at)).map_err(too_fast)?;
    Ok(door)
}

/// A market limit is about trading: the public data and the account's state are one for all markets.
fn asked<'n>(read: &Read<'_>, names: &'n [&'n str]) -> AskedMarkets<'n> {
    match read.purpose.markets {
        _ if read.needs.verb() != Verb::Trade => AskedMarkets::NotApplicable,
        Touched::NotApplicable | Touched::Unreadable => AskedMarkets::Unreadable,
        Touched::Named(_) => AskedMarkets::Named(names),
    }
}

/// Says what is missing, since the exchange's own error cannot.
fn explained(reason: Reason, read: &Read<'_>) -> Denied {
    match reason {
        Reason::PermissionMissing => Denied::new(
            reason,
            format!("this key lacks the permission `{}` that this endpoint needs", read.needs),
        ),
        _ => Denied::policy(reason),
    }
}

/// A key without a grant here is judged by its standing first, so that a revoked key is told so everywhere.
fn venue_not_granted(read: &Read<'_>, entry: &KeyEntry) -> Denied {
    let standing = entry.standing(read.received.resolved.at).check();
    Denied::policy(standing.err().unwrap_or(Reason::VenueNotGranted))
}

fn too_fast(wait_us: u64) -> Denied {
    Denied::policy(Reason::RateLimited).retry_after(wait_us.div_ceil(1_000_000))
}

fn pass(gateway: &Gateway, read: &Read<'_>, entry: &Arc<KeyEntry>, door: &Door) -> Result<Pass, Denied> {
    if entry.rules.pages.is_some() {
        return read.pass_page(gateway, entry, door);
    }
    match (read.received.resolved.venue.venue.mode, door.credential) {
        (Mode::Assert, _) => Ok(Pass::Assert(entry.clone())),
        (Mode::Resign, Some(id)) => {
            let credential = gateway.directory.credential(id);
            let credential = credential.ok_or_else(|| Denied::policy(Reason::CredentialUnusable))?;
            Ok(Pass::Resign(entry.clone(), credential))
        }
        (Mode::Resign, None) => Err(Denied::policy(Reason::VenueNotGranted)),
    }
}
