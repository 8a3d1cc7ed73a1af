//! A send as the list of the fence knows it.

use std::sync::Arc;

use http::uri::PathAndQuery;
use http::{Method, Uri};
use jiff::Timestamp;
use keyward_policy::{CredentialId, KeyId, OnWire, ProjectId, RequestId};

use crate::venue::VenueEntry;

/// One send. What is copied here is small or shared, so that starting a send allocates nothing.
pub(crate) struct Sending {
    pub(crate) request: RequestId,
    pub(crate) key: Option<KeyId>,
    pub(crate) project: Option<ProjectId>,
    pub(crate) credential: Option<CredentialId>,
    pub(crate) since: Timestamp,
    pub(crate) place: Place,
}

/// Where a request goes.
pub(crate) struct Place {
    venue: Arc<VenueEntry>,
    method: Method,
    target: Option<PathAndQuery>,
    /// Where the exchange's own path begins in the target.
    path_start: usize,
}

impl Place {
    pub(crate) fn new(venue: &Arc<VenueEntry>, method: &Method, target: &Uri, path_start: usize) -> Self {
        let target = target.path_and_query().cloned();
        Self { venue: Arc::clone(venue), method: method.clone(), target, path_start }
    }

    fn path(&self) -> &str {
        let path = self.target.as_ref().and_then(|target| target.path().get(self.path_start..));
        path.filter(|path| !path.is_empty()).unwrap_or("/")
    }
}

impl Sending {
    /// As operators see it.
    pub(crate) fn shown(&self) -> OnWire {
        OnWire {
            request: self.request,
            key: self.key,
            venue: self.place.venue.venue.name.clone(),
            method: self.place.method.to_string(),
            path: self.place.path().to_owned(),
            since: self.since,
        }
    }
}
