//! `venue remove`.

use keyward_policy::{Actor, Change, Operation};
use serde_json::json;

use crate::{Control, Error, Removed};

/// Removes a venue that no credential and no key uses.
///
/// # Errors
/// `venue_unknown`, `in_use`; and those of every change.
pub async fn remove(control: &Control, actor: &Actor, venue: &str) -> Result<Removed, Error> {
    let act = control.act(actor, Operation::VenueRemove).await?;
    let venue = control.store.venue(venue).await?;
    let recorded = act.record(venue.id, json!({ "name": venue.name })).await?;
    recorded.carry_out(control.store.remove_venue(venue.id)).await?;
    control.publish(Change::VenueGone(venue.id));
    Ok(Removed { id: venue.id.to_string(), name: venue.name })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_venue_that_nobody_uses_goes() {
        let fixture = Fixture::new().await;
        let venue = fixture.venue("binance").await;
        remove(&fixture.control, &fixture.actor, "binance").await.unwrap();
        assert!(matches!(fixture.published().pop(), Some(Change::VenueGone(id)) if id == venue.id));
        let again = remove(&fixture.control, &fixture.actor, "binance").await;
        assert_eq!(again.unwrap_err().code(), Code::VenueUnknown);
    }

    #[tokio::test]
    async fn a_venue_in_use_stays() {
        let fixture = Fixture::new().await;
        fixture.venue("binance").await;
        fixture.credential("main", "binance").await;
        let refused = remove(&fixture.control, &fixture.actor, "binance").await;
        assert_eq!(refused.unwrap_err().code(), Code::InUse);
        assert!(fixture.control.store.venue("binance").await.is_ok());
    }
}
