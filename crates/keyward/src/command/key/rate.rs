//! `--rate` and `--burst`: how often a key may be used.

use clap::Args;
use keyward_policy::RateLimit;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The word for a key without a rate limit.
const UNLIMITED: &str = "unlimited";

/// How often a key may be used.
#[derive(Args)]
pub(super) struct Rate {
    /// How many requests a minute, or `unlimited` [a new key's default: 1200, 100 of them at once]
    #[arg(long, value_name = "N", value_parser = per_minute)]
    rate: Option<PerMinute>,
    /// How many of them at once [default: a tenth of a minute's]
    #[arg(long, value_name = "N", requires = "rate", value_parser = clap::value_parser!(u32).range(1..))]
    burst: Option<u32>,
}

/// How often one address may use a publishable key.
#[derive(Args)]
pub(super) struct AddressRate {
    /// How many requests a minute one address may make with a publishable key [a new key's default: 60, 20 of them at once]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    address_rate: Option<u32>,
    /// How many of them at once [default: a third of a minute's]
    #[arg(long, value_name = "N", requires = "address_rate", value_parser = clap::value_parser!(u32).range(1..))]
    address_burst: Option<u32>,
}

/// A number of requests, or the explicit choice of no limit.
#[derive(Clone, Copy)]
enum PerMinute {
    Limited(u32),
    Unlimited,
}

fn per_minute(text: &str) -> Result<PerMinute, String> {
    if text == UNLIMITED {
        return Ok(PerMinute::Unlimited);
    }
    let number = text.parse().ok().filter(|number| *number > 0);
    number.map(PerMinute::Limited).ok_or_else(|| format!("write a number of requests, or `{UNLIMITED}`"))
}

impl Serialize for Rate {
    /// Nothing is said of the rate unless somebody said something.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.rate {
            Some(PerMinute::Unlimited) => map.serialize_entry("rate", UNLIMITED)?,
            Some(PerMinute::Limited(per_minute)) => {
                let burst = self.burst.unwrap_or((per_minute / 10).max(1));
                map.serialize_entry("rate", &RateLimit { per_minute, burst })?;
            }
            None => {}
        }
        map.end()
    }
}

impl Serialize for AddressRate {
    /// As for [`Rate`].
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(per_minute) = self.address_rate {
            let burst = self.address_burst.unwrap_or((per_minute / 3).max(1));
            map.serialize_entry("address_rate", &RateLimit { per_minute, burst })?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::{Value, json};

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        rate: Rate,
        #[command(flatten)]
        address_rate: AddressRate,
    }

    fn said(arguments: &[&str]) -> Option<Value> {
        let command = Command::try_parse_from([&["command"], arguments].concat()).ok()?;
        Some(serde_json::to_value(command.rate).unwrap())
    }

    #[test]
    fn a_rate_has_a_burst() {
        assert_eq!(said(&["--rate", "600"]), Some(json!({"rate": {"per_minute": 600, "burst": 60}})));
        assert_eq!(said(&["--rate", "5"]), Some(json!({"rate": {"per_minute": 5, "burst": 1}})));
        let both = said(&["--rate", "600", "--burst", "20"]);
        assert_eq!(both, Some(json!({"rate": {"per_minute": 600, "burst": 20}})));
    }

    #[test]
    fn an_address_has_a_rate_and_a_burst() {
        let said = |arguments: &[&str]| {
            let command = Command::try_parse_from([&["command"], arguments].concat()).ok()?;
            Some(serde_json::to_value(command.address_rate).unwrap())
        };
        let limit = |burst: u32| Some(json!({"address_rate": {"per_minute": 30, "burst": burst}}));
        assert_eq!(said(&["--address-rate", "30"]), limit(10));
        assert_eq!(said(&["--address-rate", "30", "--address-burst", "4"]), limit(4));
        assert_eq!((said(&[]), said(&["--address-rate", "0"])), (Some(json!({})), None));
    }

    #[test]
    fn no_limit_has_to_be_said() {
        assert_eq!(said(&[]), Some(json!({})));
        assert_eq!(said(&["--rate", "unlimited"]), Some(json!({"rate": "unlimited"})));
        for wrong in [["--rate", "0"], ["--rate", "many"], ["--burst", "5"]] {
            assert_eq!(said(&wrong), None, "{wrong:?}");
        }
    }
}
