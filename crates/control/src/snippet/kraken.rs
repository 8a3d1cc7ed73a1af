//! Snippets for Kraken's clients.

use serde_json::json;

use super::{Access, Call, Client, JAVASCRIPT, PYTHON, fill, page};

/// Every URL section of ccxt's `kraken` class (4.5.90, `describe()["urls"]["api"]`). ccxt adds the exchange's own path
/// itself, and signs it alone. The last is a help centre, whose pages are not served.
const SECTIONS: [&str; 3] = ["public", "private", "zendesk"];

/// One price.
const CALL: Call = Call { header: "API-Key", target: "/0/public/Ticker?pair=XBTUSD" };

/// Makes the snippet of a client.
pub(super) fn render(client: Client, access: &Access<'_>) -> Option<String> {
    Some(match client {
        Client::Ccxt => PYTHON.render(include_str!("kraken/ccxt.py"), access),
        Client::CcxtJs => JAVASCRIPT.render(include_str!("kraken/ccxt.mjs"), access),
        Client::Freqtrade => freqtrade(access),
        Client::Curl => super::shell(include_str!("kraken/hmac.sh"), access),
        Client::PythonKrakenSdk => sdk(access),
        Client::Fetch => page(&CALL, access),
    })
}

fn freqtrade(access: &Access<'_>) -> String {
    let urls: serde_json::Map<_, _> =
        SECTIONS.iter().map(|name| ((*name).to_owned(), access.door.into())).collect();
    let exchange = json!({
        "name": "kraken",
        "key": access.api_key,
        "secret": access.secret.unwrap_or("set FREQTRADE__EXCHANGE__SECRET in its place"),
        "enable_ws": false,
        "ccxt_config": {
            // For market data too, which ccxt asks for without a key.
            "headers": {"API-Key": access.api_key},
            "urls": {"api": urls},
        },
    });
    format!("{:#}\n", json!({ "exchange": exchange }))
}

/// The venue is the last part of the door's URL, and the first label of the host that stands for it.
fn sdk(access: &Access<'_>) -> String {
    let (origin, venue) = access.door.rsplit_once('/').unwrap_or((access.door, ""));
    let host = format!("{venue}.keyward");
    let template = fill(include_str!("kraken/sdk.py"), &[("origin", origin), ("host", &host)]);
    PYTHON.render(&template, access)
}

#[cfg(test)]
mod tests {
    use keyward_policy::KeyType;
    use serde_json::Value;

    use super::*;

    const DOOR: &str = "http://127.0.0.1:8443/kraken";
    const CLIENTS: [Client; 5] =
        [Client::Ccxt, Client::CcxtJs, Client::Freqtrade, Client::Curl, Client::PythonKrakenSdk];

    fn snippet(client: Client, secret: Option<&str>) -> String {
        let key_type = KeyType::Hmac;
        render(client, &Access { dialect: "kraken", door: DOOR, api_key: "kwkKey", key_type, secret })
            .unwrap()
    }

    #[test]
    fn every_client_has_the_door_and_the_key_and_no_place_left_open() {
        for client in CLIENTS {
            let text = snippet(client, None);
            assert!(text.contains("http://127.0.0.1:8443") && text.contains("kwkKey"), "{text}");
            assert!(!text.contains("{{") && !text.contains("kraken.com"), "{text}");
        }
    }

    #[test]
    fn no_section_is_left_on_the_real_host() {
        for client in [Client::Ccxt, Client::CcxtJs] {
            let text = snippet(client, None).replace('"', "");
            assert!(SECTIONS.iter().all(|name| text.contains(&format!("{name}: door"))), "{text}");
        }
        let config: Value = serde_json::from_str(&snippet(Client::Freqtrade, None)).unwrap();
        let urls = &config["exchange"]["ccxt_config"]["urls"]["api"];
        assert!(SECTIONS.iter().all(|name| urls[name] == DOOR), "{urls}");
    }

    #[test]
    fn the_sdk_names_the_venue_by_its_host() {
        let text = snippet(Client::PythonKrakenSdk, None);
        assert!(
            text.contains("\"Host\": \"kraken.keyward\"") && text.contains("url=\"http://127.0.0.1:8443\"")
        );
    }

    #[test]
    fn a_secret_stands_only_where_it_may_be_shown() {
        for client in CLIENTS {
            assert!(snippet(client, Some("kwsShown")).contains("kwsShown"), "{client:?}");
        }
        assert!(snippet(Client::Curl, None).contains("KEYWARD_SECRET_FILE"));
    }
}
