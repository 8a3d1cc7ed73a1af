//! `keyward venue`: the exchange connections.

use std::collections::BTreeMap;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::Value;

use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, record, table};

const FIELDS: &[Field] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("dialect", "/dialect"),
    ("mode", "/mode"),
    ("exchange", "/urls"),
    ("clients use", "/base_url"),
    ("market data without a key", "/public_market_data"),
    ("created", "/created_at"),
];
const COLUMNS: &[Field] =
    &[("NAME", "/name"), ("DIALECT", "/dialect"), ("MODE", "/mode"), ("CLIENTS USE", "/base_url")];

/// The exchange connections
#[derive(Subcommand)]
pub(crate) enum Venue {
    Add(Add),
    /// List the venues
    List,
    /// Show one venue
    Show(Named),
    /// Remove a venue that no credential and no key uses any more
    Remove(Named),
}

/// Add a venue: an exchange, how it is spoken to, and where it is
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    keyward venue add binance --dialect binance\n  \
    keyward venue add sandbox --dialect binance --url http://127.0.0.1:9000\n  \
    keyward venue add backend --dialect binance --url http://127.0.0.1:9000 --mode assert\n\n\
    Next: keyward credential add NAME --venue VENUE --api-key KEY --secret-file FILE")]
pub(crate) struct Add {
    /// Its name: the first part of the gateway's paths
    name: String,
    /// How the exchange is spoken to
    #[arg(long, value_name = "DIALECT", value_parser = dialects())]
    dialect: String,
    /// Where the exchange is; `FAMILY=URL` for a host family of its own (may be given several times) [default: the
    /// exchange's own URLs]
    #[arg(long = "url", value_name = "[FAMILY=]URL")]
    urls: Vec<String>,
    /// `resign` signs again with the real key; `assert` vouches for the caller with a short-lived token
    #[arg(long, value_parser = ["resign", "assert"], default_value = "resign")]
    mode: String,
    /// Let market data pass without a key: ccxt asks for it so, unless it is set up by `keyward key show --client`
    #[arg(long)]
    public_market_data: bool,
}

/// A venue by its name.
#[derive(Args)]
pub(crate) struct Named {
    /// The venue
    #[arg(value_name = "VENUE")]
    name: String,
}

fn dialects() -> clap::builder::PossibleValuesParser {
    keyward_dialect::DIALECTS.iter().map(|dialect| dialect.name()).collect::<Vec<_>>().into()
}

impl Venue {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        match self {
            Self::Add(add) => add.run(invocation).await,
            Self::List => {
                let venues = invocation.list(&path(&["venues"])).await?;
                invocation.printer.result(&venues, |venues| table(venues, COLUMNS, "no venues yet"))
            }
            Self::Show(venue) => {
                let venue = invocation.call(&Call::get(path(&["venues", &venue.name]))).await?;
                invocation.printer.result(&venue, shown)
            }
            Self::Remove(venue) => {
                let gone = invocation.call(&Call::delete(path(&["venues", &venue.name]))).await?;
                invocation.printer.result(&gone, |_| format!("removed the venue {}", venue.name))
            }
        }
    }
}

/// What the operation reads.
#[derive(Serialize)]
struct NewVenue<'a> {
    name: &'a str,
    dialect: &'a str,
    /// By host family; the one under the empty name serves every family without its own.
    urls: BTreeMap<&'a str, &'a str>,
    mode: &'a str,
    public_market_data: bool,
}

impl Add {
    async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let Self { name, dialect, urls, mode, public_market_data } = &self;
        let urls = urls.iter().map(|url| family_and_url(url)).collect();
        let new = NewVenue { name, dialect, urls, mode, public_market_data: *public_market_data };
        let venue = invocation.call(&Call::post(path(&["venues"]), &new)?).await?;
        invocation.printer.result(&venue, shown)?;
        invocation.printer.next(&if mode == "assert" {
            format!("keyward key create NAME --project PROJECT --venue {name} --allow market,read")
        } else {
            format!("keyward credential add NAME --venue {name} --api-key KEY --secret-file FILE")
        })
    }
}

/// Takes `FAMILY=URL` apart; a URL has no `=` before its scheme ends.
fn family_and_url(text: &str) -> (&str, &str) {
    match text.split_once('=') {
        Some((family, url)) if !family.contains(':') => (family, url),
        _ => ("", text),
    }
}

fn shown(venue: &Value) -> String {
    record(venue, FIELDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_stands_in_front_of_its_url() {
        assert_eq!(family_and_url("fapi=https://f"), ("fapi", "https://f"));
        assert_eq!(family_and_url("https://host/a=b"), ("", "https://host/a=b"));
    }
}
