//! Snippets for Binance's clients.

use std::fmt::Write;

use keyward_policy::KeyType;
use serde_json::json;

use super::{Access, Call, Client, JAVASCRIPT, PYTHON, fill, page, shell};

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

/// One price.
const CALL: Call = Call { header: "X-MBX-APIKEY", target: "/api/v3/ticker/price?symbol=BTCUSDT" };

/// How a language writes a map of the sections.
struct Map {
    indent: &'static str,
    quote: &'static str,
}

/// Makes the snippet of a client; none for one that does not speak to Binance.
pub(super) fn render(client: Client, access: &Access<'_>) -> Option<String> {
    Some(match client {
        Client::Ccxt => {
            let sections = sections(&Map { indent: "        ", quote: "\"" });
            PYTHON.render(&fill(include_str!("binance/ccxt.py"), &[("sections", &sections)]), access)
        }
        Client::CcxtJs => {
            let sections = sections(&Map { indent: "    ", quote: "" });
            JAVASCRIPT.render(&fill(include_str!("binance/ccxt.mjs"), &[("sections", &sections)]), access)
        }
        Client::Freqtrade => freqtrade(access),
        Client::Curl => return curl(access),
        Client::Fetch => page(&CALL, access),
        Client::PythonKrakenSdk => return None,
    })
}

fn freqtrade(access: &Access<'_>) -> String {
    let urls: serde_json::Map<_, _> = SECTIONS
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

fn curl(access: &Access<'_>) -> Option<String> {
    let template = match access.key_type {
        KeyType::Hmac => include_str!("binance/hmac.sh"),
        KeyType::Ed25519 => include_str!("binance/ed25519.sh"),
        KeyType::Rsa => include_str!("binance/rsa.sh"),
        KeyType::Publishable => return None,
    };
    Some(shell(template, access))
}

/// The sections as the lines of a map, each `name: door + "path",`.
fn sections(map: &Map) -> String {
    let Map { indent, quote } = map;
    let mut lines = String::new();
    for (name, path) in SECTIONS {
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{indent}{quote}{name}{quote}: door + \"{path}\",");
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const DOOR: &str = "http://127.0.0.1:8443/binance";

    fn snippet(client: Client, key_type: KeyType, secret: Option<&str>) -> String {
        render(client, &Access { dialect: "binance", door: DOOR, api_key: "kwkKey", key_type, secret })
            .unwrap()
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
