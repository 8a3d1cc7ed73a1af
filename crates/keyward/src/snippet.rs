//! Ready snippets: what to paste so that a client goes through the door with an issued key.
//!
//! A client that knows several base URLs must have every one of them moved: one that is left out would carry requests
//! past Keyward to the exchange itself.

mod binance;

use clap::ValueEnum;
use keyward_policy::KeyType;

use crate::outcome::Problem;

/// A client that a snippet can be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Client {
    /// ccxt in Python.
    Ccxt,
    /// ccxt in JavaScript.
    CcxtJs,
    /// The `exchange` part of a freqtrade configuration.
    Freqtrade,
    /// curl, signing with openssl.
    Curl,
}

/// How a client gets in.
pub(crate) struct Access<'a> {
    /// The exchange's dialect.
    pub(crate) dialect: &'a str,
    /// The gateway's base URL for the venue, without a slash at its end.
    pub(crate) door: &'a str,
    /// The issued key.
    pub(crate) api_key: &'a str,
    /// How it signs.
    pub(crate) key_type: KeyType,
    /// Its secret, where it may be shown; the snippet otherwise reads the file that `KEYWARD_SECRET_FILE` names.
    pub(crate) secret: Option<&'a str>,
}

/// Makes the snippet of a client.
///
/// # Errors
/// A dialect that no snippet is known for.
pub(crate) fn render(client: Client, access: &Access<'_>) -> Result<String, Problem> {
    match access.dialect {
        "binance" => Ok(binance::render(client, access)),
        other => Err(Problem::new("snippet_unknown", format!("no snippet is known for the dialect {other}"))
            .hint("set your client's base URL to the one that `keyward key show` prints")),
    }
}

/// Fills the places `{{name}}` of a template.
fn fill(template: &str, places: &[(&str, &str)]) -> String {
    places
        .iter()
        .fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}
