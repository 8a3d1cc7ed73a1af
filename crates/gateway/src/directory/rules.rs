//! Rules: what keys have in common, made ready to be checked.

use std::sync::Arc;

use keyward_policy::{
    AddressRules, CredentialId, Gcra, Grant, Holds, Key, Markets, Origin, Pages, PermissionSet, ProjectId,
    VenueId,
};

use crate::venue::VenueEntry;

/// What a key may do, and from where. The keys of one bot farm seldom differ in it.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Rules {
    pub(crate) project: ProjectId,
    pub(crate) addresses: AddressRules,
    pub(crate) gcra: Option<Gcra>,
    /// Whether anything of it waits for a person.
    pub(crate) has_holds: bool,
    /// The pages that it works in, if it is publishable.
    pub(crate) pages: Option<Box<Pages>>,
    pub(super) doors: Box<[Door]>,
}

/// A grant ready to be checked.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Door {
    pub(crate) venue: VenueId,
    pub(crate) credential: Option<CredentialId>,
    pub(crate) permissions: PermissionSet,
    pub(crate) markets: Markets,
    pub(crate) holds: Holds,
}

impl Rules {
    pub(super) fn new(key: &Key, venue: impl Fn(VenueId) -> Option<Arc<VenueEntry>>) -> Self {
        let door = |grant: &Grant| Door::new(grant, venue(grant.venue).as_deref());
        Self {
            project: key.project,
            addresses: key.addresses.clone(),
            gcra: key.rate.map(Gcra::new),
            has_holds: key.grants.iter().any(|grant| !grant.holds.is_empty()),
            pages: key.verifier.pages().cloned().map(Box::new),
            doors: key.grants.iter().map(door).collect(),
        }
    }

    /// Each venue and each origin whose pages the key works in there; none of a key that signs.
    pub(super) fn places(&self) -> impl Iterator<Item = (VenueId, &Origin)> {
        let origins = self.pages.as_ref().map(|pages| pages.origins()).unwrap_or_default();
        origins.iter().flat_map(|origin| self.doors.iter().map(move |door| (door.venue, origin)))
    }

    /// The grant on this venue.
    pub(crate) fn door(&self, venue: VenueId) -> Option<&Door> {
        self.doors.iter().find(|door| door.venue == venue)
    }
}

impl Door {
    /// A symbol that the venue has no market for is left out: the grant is then narrower, never wider.
    fn new(grant: &Grant, venue: Option<&VenueEntry>) -> Self {
        let market = |symbol: &str| venue?.dialect.market(symbol).map(String::into_boxed_str);
        let markets = grant.symbols.list().map_or(Markets::Any, |list| {
            Markets::Only(list.iter().filter_map(|symbol| market(symbol.as_str())).collect())
        });
        let Grant { venue, credential, permissions, holds, .. } = grant.clone();
        Self { venue, credential, permissions, markets, holds }
    }
}
