//! The names behind ids, each looked up once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use keyward_policy::{CredentialId, Project, ProjectId, Venue, VenueId};
use keyward_store::Store;

use crate::Error;

/// What was looked up so far.
pub(crate) struct Names<'s> {
    store: &'s Store,
    projects: HashMap<ProjectId, Project>,
    venues: HashMap<VenueId, Venue>,
    credentials: HashMap<CredentialId, String>,
}

impl<'s> Names<'s> {
    /// Knows nothing yet.
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store, projects: HashMap::new(), venues: HashMap::new(), credentials: HashMap::new() }
    }

    /// A project.
    pub(crate) async fn project(&mut self, id: ProjectId) -> Result<&Project, Error> {
        Ok(match self.projects.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(self.store.project(&id.to_string()).await?),
        })
    }

    /// A venue.
    pub(crate) async fn venue(&mut self, id: VenueId) -> Result<&Venue, Error> {
        Ok(match self.venues.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(self.store.venue(&id.to_string()).await?),
        })
    }

    /// A credential's name.
    pub(crate) async fn credential(&mut self, id: CredentialId) -> Result<&str, Error> {
        Ok(match self.credentials.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(self.store.credential(&id.to_string()).await?.name),
        })
    }
}
