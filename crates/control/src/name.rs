//! Names that operators choose.

use crate::{Code, Error};

/// Longest name of a project, credential or key; an issued key string is longer, so that the two are never mixed up.
const NAME_LENGTH_MAX: usize = 48;
/// Longest name of a venue: it stands in every path of the gateway.
const VENUE_LENGTH_MAX: usize = 32;
/// Names that the gateway keeps for itself, beside every name with a dot.
const VENUE_RESERVED: [&str; 6] = ["api", "healthz", "jwks", "keyward", "metrics", "readyz"];
/// How ids begin: a name like that could be taken for one.
const ID_PREFIXES: [&str; 5] = ["key_", "prj_", "cred_", "ven_", "req_"];

/// Checks the name of a project, credential or key.
pub(crate) fn check(name: &str) -> Result<(), Error> {
    let sound = name.len() <= NAME_LENGTH_MAX
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        && !ID_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    let wanted = "a name is 1 to 48 letters, digits, dots, dashes and underscores, begins with a letter or digit, \
                  and does not look like an id";
    if sound { Ok(()) } else { Err(refused(name, wanted)) }
}

/// Checks the name of a venue.
pub(crate) fn check_venue(name: &str) -> Result<(), Error> {
    let sound = name.len() <= VENUE_LENGTH_MAX
        && name.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !sound {
        let wanted =
            "a venue's name is 1 to 32 lower-case letters, digits and dashes, and begins with no dash";
        return Err(refused(name, wanted));
    }
    if VENUE_RESERVED.contains(&name) {
        return Err(refused(
            name,
            "the gateway keeps this name for itself; choose another, such as the exchange's",
        ));
    }
    Ok(())
}

fn refused(name: &str, wanted: &'static str) -> Error {
    Error::new(Code::NameInvalid, format!("`{}` cannot be a name", shortened(name))).hint(wanted)
}

/// As much of a caller's text as an answer repeats.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_people_use_pass() {
        for name in ["bot", "Grid-Bot_2", "7", "market.maker"] {
            assert!(check(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn names_that_could_be_something_else_are_refused() {
        for name in ["", "-x", ".", "a b", "key_1", "ven_x", "é", "a/b", &"x".repeat(49)] {
            assert!(check(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_venue_name_is_a_plain_path_segment() {
        for name in ["binance", "binance-2", "0x"] {
            assert!(check_venue(name).is_ok(), "{name}");
        }
        for name in ["", "Binance", "-b", "b_c", "a.b", "healthz", "metrics", &"x".repeat(33)] {
            assert!(check_venue(name).is_err(), "{name}");
        }
    }
}
