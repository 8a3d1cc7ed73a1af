//! Snippets for Binance's clients.

use std::fmt::Write;

use keyward_policy::KeyType;
use serde_json::{Map, Value, json};

use super::{Access, Client, fill};

/// Every URL section of ccxt's `binance` class (4.5.90, `describe()["urls"]["api"]`), with its path at the exchange.
const SECTIONS: [(&str, &str); 22] = [
    ("public", "/api/v3"),
    ("private", "/api/v3"),
    ("v1", "/api/v1"),
    ("sapi", "/sapi/v1"),
    ("sapiV2", "/sapi/v2"),
    ("sapiV3", "/sapi/v3"),
    ("sapiV4", "/sapi/v4"),
    ("fapiPublic", "/fapi/v1"),
    ("fapiPublicV2", "/fapi/v2"),
    ("fapiPublicV3", "/fapi/v3"),
    ("fapiPrivate", "/fapi/v1"),
    ("fapiPrivateV2", "/fapi/v2"),
    ("fapiPrivateV3", "/fapi/v3"),
    ("fapiData", "/futures/data"),
    ("dapiPublic", "/dapi/v1"),
    ("dapiPrivate", "/dapi/v1"),
    ("dapiPrivateV2", "/dapi/v2"),
    ("dapiData", "/futures/data"),
    ("eapiPublic", "/eapi/v1"),
    ("eapiPrivate", "/eapi/v1"),
    ("papi", "/papi/v1"),
    ("papiV2", "/papi/v2"),
];

/// How a language writes what a snippet needs.
struct Language {
    template: &'static str,
    /// What the secret's file needs to be imported.
    imports: &'static str,
    /// The secret, out of the file that `KEYWARD_SECRET_FILE` names.
    secret: &'static str,
    indent: &'static str,
    quote: &'static str,
}

const PYTHON: Language = Language {
    template: include_str!("binance/ccxt.py"),
    imports: "import os\n",
    secret: "open(os.environ[\"KEYWARD_SECRET_FILE\"]).read().strip()",
    indent: "        ",
    quote: "\"",
};
const JAVASCRIPT: Language = Language {
    template: include_str!("binance/ccxt.mjs"),
    imports: "import { readFileSync } from \"node:fs\";\n",
    secret: "readFileSync(process.env.KEYWARD_SECRET_FILE, \"utf8\").trim()",
    indent: "    ",
    quote: "",
};

/// Makes the snippet of a client.
pub(super) fn render(client: Client, access: &Access<'_>) -> String {
    match client {
        Client::Ccxt => ccxt(&PYTHON, access),
        Client::CcxtJs => ccxt(&JAVASCRIPT, access),
        Client::Freqtrade => freqtrade(access),
        Client::Curl => curl(access),
    }
}

fn ccxt(language: &Language, access: &Access<'_>) -> String {
    let (imports, secret) = match access.secret {
        Some(secret) => ("", quoted(secret)),
        None => (language.imports, language.secret.to_owned()),
    };
    let sections = sections(language);
    let places = [("imports", imports), ("secret", &secret), ("sections", &sections)];
    fill(&filled(language.template, access), &places)
}

fn freqtrade(access: &Access<'_>) -> String {
    let urls: Map<_, _> = SECTIONS
        .iter()
        .map(|(name, path)| ((*name).to_owned(), format!("{}{path}", access.door).into()))
        .collect();
    let exchange = json!({
        "name": "binance",
        "key": access.api_key,
        "secret": access.secret.unwrap_or("set FREQTRADE__EXCHANGE__SECRET in its place"),
        "enable_ws": false,
        // Otherwise freqtrade fetches history from another host of the exchange.
        "only_from_ccxt": true,
        "ccxt_config": {
            // For market data too, which ccxt asks for without a key.
            "headers": {"X-MBX-APIKEY": access.api_key},
            "options": {"fetchMarkets": {"types": ["spot"]}},
            "urls": {"api": urls},
        },
    });
    format!("{:#}\n", json!({ "exchange": exchange }))
}

fn curl(access: &Access<'_>) -> String {
    let template = match access.key_type {
        KeyType::Hmac => include_str!("binance/hmac.sh"),
        KeyType::Ed25519 => include_str!("binance/ed25519.sh"),
        KeyType::Rsa => include_str!("binance/rsa.sh"),
    };
    let file = || "\"$(cat \"$KEYWARD_SECRET_FILE\")\"".to_owned();
    let secret = access.secret.map_or_else(file, |secret| format!("'{secret}'"));
    fill(&filled(template, access), &[("secret", &secret)])
}

fn filled(template: &str, access: &Access<'_>) -> String {
    fill(template, &[("door", access.door), ("key", access.api_key)])
}

/// The sections as the lines of a map, each `name: door + "path",`.
fn sections(language: &Language) -> String {
    let Language { indent, quote, .. } = language;
    let mut lines = String::new();
    for (name, path) in SECTIONS {
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{indent}{quote}{name}{quote}: door + \"{path}\",");
    }
    lines
}

/// A text as a string literal of Python, JavaScript and JSON alike.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOOR: &str = "http://127.0.0.1:8443/binance";

    fn snippet(client: Client, key_type: KeyType, secret: Option<&str>) -> String {
        render(client, &Access { dialect: "binance", door: DOOR, api_key: "kwkKey", key_type, secret })
    }

    #[test]
    fn every_client_has_the_door_and_the_key_and_no_place_left_open() {
        for client in [Client::Ccxt, Client::CcxtJs, Client::Freqtrade, Client::Curl] {
            for key_type in [KeyType::Hmac, KeyType::Ed25519, KeyType::Rsa] {
                let text = snippet(client, key_type, None);
                assert!(text.contains(DOOR) && text.contains("kwkKey") && !text.contains("{{"), "{text}");
            }
        }
    }

    #[test]
    fn no_section_is_left_on_the_real_host() {
        for client in [Client::Ccxt, Client::CcxtJs] {
            let text = snippet(client, KeyType::Hmac, None);
            for (name, path) in SECTIONS {
                let line = format!("{name}: door + \"{path}\",");
                assert!(text.replace('"', "").contains(&line.replace('"', "")), "{name} in {text}");
            }
            assert!(!text.contains("binance.com"));
        }
    }

    #[test]
    fn freqtrade_reads_it_as_json_with_every_section() {
        let config: Value =
            serde_json::from_str(&snippet(Client::Freqtrade, KeyType::Hmac, Some("s"))).unwrap();
        let urls = config["exchange"]["ccxt_config"]["urls"]["api"].as_object().unwrap();
        assert_eq!(urls.len(), SECTIONS.len());
        for (name, path) in SECTIONS {
            assert_eq!(urls[name], format!("{DOOR}{path}"));
        }
    }

    #[test]
    fn a_secret_stands_only_where_it_may_be_shown() {
        for client in [Client::Ccxt, Client::CcxtJs, Client::Freqtrade, Client::Curl] {
            assert!(snippet(client, KeyType::Hmac, Some("kwsShown")).contains("kwsShown"), "{client:?}");
        }
        assert!(snippet(Client::Curl, KeyType::Hmac, None).contains("KEYWARD_SECRET_FILE"));
    }
}
