//! A venue as operators see it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use keyward_policy::{Mode, Venue, VenueId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Control;

/// A venue, and where clients find it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Venue)]
pub struct VenueView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: VenueId,
    /// Its name.
    pub name: String,
    /// Its dialect.
    pub dialect: String,
    /// What happens to the client's signature.
    #[schema(value_type = crate::api::openapi::Mode)]
    pub mode: Mode,
    /// The exchange's base URLs by host family; the one under the empty name serves the rest.
    pub urls: BTreeMap<String, String>,
    /// Where clients find it: the gateway's base URL for this venue.
    pub base_url: String,
    /// Whether market data passes without a key.
    pub public_market_data: bool,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// What a person should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl VenueView {
    pub(super) fn of(control: &Control, venue: Venue) -> Self {
        Self {
            base_url: control.base_url(&venue.name),
            warnings: venue.urls.values().filter_map(|url| crate::url::warning(url)).collect(),
            id: venue.id,
            name: venue.name,
            dialect: venue.dialect,
            mode: venue.mode,
            urls: venue.urls,
            public_market_data: venue.public_market_data,
            created_at: venue.created_at,
        }
    }
}
