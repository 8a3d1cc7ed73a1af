//! A key as operators see it: everything but the secret.

use std::collections::BTreeMap;

use ipnet::IpNet;
use jiff::Timestamp;
use keyward_policy::{
    Grant, Hold, Holds, Key, KeyId, KeyType, Origin, Pages, PermissionSet, RateLimit, Standing, Symbols,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::names::Names;
use crate::{Control, Error};

/// A key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Key)]
pub struct KeyView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: KeyId,
    /// Its name.
    pub name: String,
    /// The name of the project that owns it.
    pub project: String,
    /// How it signs.
    #[serde(rename = "type")]
    #[schema(value_type = crate::api::openapi::KeyType)]
    pub key_type: KeyType,
    /// What clients send.
    pub api_key: String,
    /// What it is now.
    #[schema(value_type = crate::api::openapi::Standing)]
    pub state: Standing,
    /// What it may do on some venue of its grants.
    #[schema(value_type = crate::api::openapi::PermissionSet)]
    pub permissions: PermissionSet,
    /// The markets that it may touch on some venue of its grants; null means any.
    #[schema(value_type = crate::api::openapi::Symbols)]
    pub symbols: Symbols,
    /// What of it only with an operator's approval, on some venue of its grants.
    #[schema(value_type = Vec<String>)]
    pub holds: Vec<Hold>,
    /// The only addresses that it may be used from; none means any.
    #[schema(value_type = Vec<String>)]
    pub ip: Vec<IpNet>,
    /// The addresses that it may never be used from.
    #[schema(value_type = Vec<String>)]
    pub deny_ip: Vec<IpNet>,
    /// How often it may be used; null means without limit.
    #[schema(value_type = Option<crate::api::openapi::RateLimit>)]
    pub rate: Option<RateLimit>,
    /// The origins of the pages that it works in, if it is publishable.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>, required = false)]
    pub origins: Vec<Origin>,
    /// How often one address may use it, if it is publishable.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::api::openapi::RateLimit>)]
    pub address_rate: Option<RateLimit>,
    /// Not usable before this time.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub not_before: Option<Timestamp>,
    /// Not usable from this time on; null means never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// Rotated away: not usable from this time on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub retires_at: Option<Timestamp>,
    /// What it may do, venue by venue.
    pub grants: Vec<GrantView>,
    /// Where clients find each venue.
    pub base_urls: BTreeMap<String, String>,
    /// Grows by one with every change; audit records name it as the policy version.
    pub revision: u64,
    /// When it was last used; null when it was not, as far as the audit log has been read.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// From where.
    pub last_used_from: Option<String>,
    /// When it was issued.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// The key that it replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub rotated_from: Option<KeyId>,
    /// What a person should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A grant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
pub struct GrantView {
    /// The venue's name.
    pub venue: String,
    /// The venue's dialect.
    pub dialect: String,
    /// The credential's name; null on an assert-mode venue.
    pub credential: Option<String>,
    /// What is permitted.
    #[schema(value_type = crate::api::openapi::PermissionSet)]
    pub permissions: PermissionSet,
    /// On which markets; null means any.
    #[schema(value_type = crate::api::openapi::Symbols)]
    pub symbols: Symbols,
    /// What of it only with an operator's approval.
    #[schema(value_type = Vec<String>)]
    pub holds: Holds,
}

impl KeyView {
    /// Shows one key.
    pub(in crate::operation) async fn one(control: &Control, key: Key) -> Result<Self, Error> {
        Self::of(control, &mut Names::new(&control.store), key).await
    }

    /// Shows a key, with names that may be known already.
    pub(super) async fn of(control: &Control, names: &mut Names<'_>, key: Key) -> Result<Self, Error> {
        let mut grants = Vec::with_capacity(key.grants.len());
        for grant in &key.grants {
            grants.push(GrantView::of(names, grant).await?);
        }
        let last = control.usage.last(key.id);
        let url = |grant: &GrantView| (grant.venue.clone(), control.base_url(&grant.venue));
        Ok(Self {
            id: key.id,
            project: names.project(key.project).await?.name.clone(),
            key_type: key.verifier.key_type(),
            api_key: key.api_key.to_string(),
            state: key.standing(control.now()),
            permissions: key.grants.iter().flat_map(|grant| grant.permissions.iter()).collect(),
            symbols: all_symbols(&key.grants),
            holds: all_holds(&key.grants),
            name: key.name,
            ip: key.addresses.allow,
            deny_ip: key.addresses.deny,
            rate: key.rate,
            origins: key.verifier.pages().map(|pages| pages.origins().to_vec()).unwrap_or_default(),
            address_rate: key.verifier.pages().map(Pages::address_rate),
            not_before: key.lifetime.not_before,
            expires_at: key.lifetime.expires_at,
            retires_at: key.lifetime.retires_at,
            base_urls: grants.iter().map(url).collect(),
            grants,
            revision: key.revision,
            last_used_at: last.as_ref().map(|(at, _)| *at),
            last_used_from: last.and_then(|(_, address)| address),
            created_at: key.created_at,
            rotated_from: key.rotated_from,
            warnings: Vec::new(),
        })
    }
}

impl GrantView {
    async fn of(names: &mut Names<'_>, grant: &Grant) -> Result<Self, Error> {
        let credential = match grant.credential {
            Some(id) => Some(names.credential(id).await?.to_owned()),
            None => None,
        };
        let venue = names.venue(grant.venue).await?;
        let (venue, dialect) = (venue.name.clone(), venue.dialect.clone());
        Ok(Self {
            venue,
            dialect,
            credential,
            permissions: grant.permissions,
            symbols: grant.symbols.clone(),
            holds: grant.holds.clone(),
        })
    }
}

/// The markets of all grants together: any, as soon as one of them has no list.
fn all_symbols(grants: &[Grant]) -> Symbols {
    let lists: Option<Vec<_>> = grants.iter().map(|grant| grant.symbols.list()).collect();
    lists.map_or_else(Symbols::any, |lists| {
        let all: std::collections::BTreeSet<_> = lists.into_iter().flatten().cloned().collect();
        Symbols::only(all)
    })
}

/// The holds of all grants together, each once.
fn all_holds(grants: &[Grant]) -> Vec<Hold> {
    let mut all: Vec<Hold> = grants.iter().flat_map(|grant| grant.holds.iter()).cloned().collect();
    all.sort_by_key(ToString::to_string);
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use keyward_policy::VenueId;

    use super::*;

    fn on(symbols: Option<&[&str]>) -> Grant {
        let list = |texts: &[&str]| Symbols::only(texts.iter().map(|text| text.parse().unwrap()));
        Grant {
            venue: VenueId::from_entropy([0; 16]),
            credential: None,
            permissions: PermissionSet::default(),
            symbols: symbols.map_or_else(Symbols::any, list),
            holds: Holds::default(),
        }
    }

    #[test]
    fn one_grant_without_a_list_means_any_market() {
        assert_eq!(all_symbols(&[on(Some(&["BTC/USDT"])), on(None)]), Symbols::any());
        let both = all_symbols(&[on(Some(&["BTC/USDT"])), on(Some(&["BTC/USDT", "ETH/USDT"]))]);
        assert_eq!(both.list().unwrap().len(), 2);
    }
}
