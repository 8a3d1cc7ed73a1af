//! What to paste into a client, for each that is known.

use keyward_control::operation::key::KeyView;
use keyward_control::snippet::{Access, Client, render};

/// A snippet for one client on one venue.
pub(crate) struct Snippet {
    pub(crate) client: &'static str,
    pub(crate) venue: String,
    pub(crate) text: String,
    pub(crate) is_first: bool,
}

/// Every snippet for a key. They read the secret from a file: none of them holds it.
pub(crate) fn of(key: &KeyView) -> Vec<Snippet> {
    let mut snippets = Vec::new();
    for grant in &key.grants {
        let door = key.base_urls.get(&grant.venue).map(String::as_str).unwrap_or_default();
        for client in Client::ALL {
            let (dialect, api_key) = (grant.dialect.as_str(), key.api_key.as_str());
            let access = Access { dialect, door, api_key, key_type: key.key_type, secret: None };
            let Ok(text) = render(client, &access) else { continue };
            let (client, venue) = (label(client), grant.venue.clone());
            snippets.push(Snippet { client, venue, text, is_first: snippets.is_empty() });
        }
    }
    snippets
}

const fn label(client: Client) -> &'static str {
    match client {
        Client::Ccxt => "ccxt (Python)",
        Client::CcxtJs => "ccxt (JavaScript)",
        Client::Freqtrade => "freqtrade",
        Client::Curl => "curl",
        Client::PythonKrakenSdk => "python-kraken-sdk",
        Client::Fetch => "fetch() in a web page",
    }
}
