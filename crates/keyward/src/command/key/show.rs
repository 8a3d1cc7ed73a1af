//! `keyward key show`: a key, or a ready snippet for its client.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use keyward_control::snippet::{Access, Client, render};
use keyward_policy::KeyType;
use serde::Deserialize;
use serde_json::json;

use super::{FIELDS, Named};
use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::outcome::Problem;
use crate::output::record;

/// Show one key; with --client, what to paste into that client
#[derive(Args)]
#[command(after_help = "Example:\n  keyward key show bot1 --client ccxt\n\n\
    The snippets read the secret from the file that the environment variable KEYWARD_SECRET_FILE names.")]
pub(crate) struct Show {
    #[command(flatten)]
    key: Named,
    /// Print a ready snippet for this client
    #[arg(long, value_name = "CLIENT")]
    client: Option<Asked>,
    /// The venue to make the snippet for, where the key holds grants on several
    #[arg(long, value_name = "VENUE", requires = "client")]
    venue: Option<String>,
}

/// The client that a snippet is asked for.
#[derive(Clone, Copy)]
struct Asked(Client);

impl ValueEnum for Asked {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Asked; Client::ALL.len()] = {
            let (mut all, mut at) = ([Asked(Client::Ccxt); Client::ALL.len()], 0);
            while at < all.len() {
                all[at] = Asked(Client::ALL[at]);
                at += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name()).help(self.0.describe()))
    }
}

/// What a snippet needs to know of a key.
#[derive(Deserialize)]
struct Known {
    api_key: String,
    #[serde(rename = "type")]
    key_type: KeyType,
    grants: Vec<Grant>,
    base_urls: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Grant {
    venue: String,
    dialect: String,
}

impl Show {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let key = invocation.call(&Call::get(path(&["keys", &self.key.key]))).await?;
        let Some(Asked(client)) = self.client else {
            return invocation.printer.result(&key, |key| record(key, FIELDS));
        };
        let known =
            Known::deserialize(&key).context("the server described the key in a way that is not known")?;
        let snippet = render(client, &known.access(self.venue.as_deref())?).map_err(Problem::from)?;
        invocation.printer.result(&json!({ "snippet": snippet }), |_| snippet.clone())
    }
}

impl Known {
    fn access(&self, venue: Option<&str>) -> Result<Access<'_>, Problem> {
        let grant = self.grant(venue)?;
        let door = self.base_urls.get(&grant.venue).map(String::as_str).unwrap_or_default();
        Ok(Access {
            dialect: &grant.dialect,
            door,
            api_key: &self.api_key,
            key_type: self.key_type,
            secret: None,
        })
    }

    /// The grant on the venue that is named, or the only one there is.
    fn grant(&self, named: Option<&str>) -> Result<&Grant, Problem> {
        let mut grants = self.grants.iter().filter(|grant| named.is_none_or(|named| named == grant.venue));
        let unclear = |said: &str| {
            let venues: Vec<_> = self.grants.iter().map(|grant| grant.venue.as_str()).collect();
            Err(Problem::usage(said).hint(format!("name one with --venue: {}", venues.join(", "))))
        };
        match (grants.next(), grants.next()) {
            (Some(grant), None) => Ok(grant),
            (None, _) => unclear("the key holds no grant on this venue"),
            (Some(_), Some(_)) => unclear("the key holds grants on several venues"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(venues: &[&str], named: Option<&str>) -> Option<String> {
        let grant = |venue: &&str| Grant { venue: (*venue).to_owned(), dialect: "binance".to_owned() };
        let url = |venue: &&str| ((*venue).to_owned(), format!("http://door/{venue}"));
        let known = Known {
            api_key: "kwk".to_owned(),
            key_type: KeyType::Hmac,
            grants: venues.iter().map(grant).collect(),
            base_urls: venues.iter().map(url).collect(),
        };
        known.access(named).ok().map(|access| access.door.to_owned())
    }

    #[test]
    fn the_venue_has_to_be_clear() {
        assert_eq!(door(&["a"], None).as_deref(), Some("http://door/a"));
        assert_eq!(door(&["a", "b"], Some("b")).as_deref(), Some("http://door/b"));
        assert_eq!(door(&["a", "b"], None), None);
        assert_eq!(door(&["a"], Some("b")), None);
    }
}
