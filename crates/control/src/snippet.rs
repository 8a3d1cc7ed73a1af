//! Ready snippets: what to paste so that a client goes through the door with an issued key.
//!
//! A client that knows several base URLs must have every one of them moved: one that is left out would carry requests
//! past Keyward to the exchange itself.

mod binance;
mod kraken;

use keyward_policy::KeyType;

use crate::{Code, Error};

/// A client that a snippet can be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// ccxt in Python.
    Ccxt,
    /// ccxt in JavaScript.
    CcxtJs,
    /// The `exchange` part of a freqtrade configuration.
    Freqtrade,
    /// curl, signing with openssl.
    Curl,
    /// python-kraken-sdk, for Kraken's venues.
    PythonKrakenSdk,
    /// `fetch()` in a web page, for publishable keys.
    Fetch,
}

impl Client {
    /// Every client.
    pub const ALL: [Self; 6] =
        [Self::Ccxt, Self::CcxtJs, Self::Freqtrade, Self::Curl, Self::PythonKrakenSdk, Self::Fetch];

    /// What it is called in commands and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ccxt => "ccxt",
            Self::CcxtJs => "ccxt-js",
            Self::Freqtrade => "freqtrade",
            Self::Curl => "curl",
            Self::PythonKrakenSdk => "python-kraken-sdk",
            Self::Fetch => "fetch",
        }
    }

    /// What it is.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Ccxt => "ccxt in Python",
            Self::CcxtJs => "ccxt in JavaScript",
            Self::Freqtrade => "The `exchange` part of a freqtrade configuration",
            Self::Curl => "curl, signing with openssl",
            Self::PythonKrakenSdk => "python-kraken-sdk, for Kraken's venues",
            Self::Fetch => "fetch() in a web page, for publishable keys",
        }
    }
}

/// How a client gets in.
pub struct Access<'a> {
    /// The exchange's dialect.
    pub dialect: &'a str,
    /// The gateway's base URL for the venue, without a slash at its end.
    pub door: &'a str,
    /// The issued key.
    pub api_key: &'a str,
    /// How it signs.
    pub key_type: KeyType,
    /// Its secret, where it may be shown; the snippet otherwise reads the file that `KEYWARD_SECRET_FILE` names.
    pub secret: Option<&'a str>,
}

/// Makes the snippet of a client.
///
/// # Errors
/// `snippet_unknown` for a dialect that no snippet is known for, or a client that does not speak it.
pub fn render(client: Client, access: &Access<'_>) -> Result<String, Error> {
    fits(client, access.key_type)?;
    let rendered = match access.dialect {
        "binance" => binance::render(client, access),
        "kraken" => kraken::render(client, access),
        _ => None,
    };
    rendered.ok_or_else(|| {
        let said = format!("no snippet of this client is known for the dialect {}", access.dialect);
        Error::new(Code::SnippetUnknown, said)
            .hint("set your client's base URL to the one that `keyward key show` prints")
    })
}

/// A page gets no secret, and a client that signs needs one.
fn fits(client: Client, key_type: KeyType) -> Result<(), Error> {
    match (client, key_type) {
        (Client::Fetch, KeyType::Publishable) => Ok(()),
        (Client::Fetch, _) => {
            Err(Error::new(Code::SnippetUnknown, "a key with a secret must not be used in a web page").hint(
                "issue a publishable one: keyward key create … --publishable --origin https://app.example",
            ))
        }
        (_, KeyType::Publishable) => {
            Err(Error::new(Code::SnippetUnknown, "a publishable key works in web pages only")
                .hint("keyward key show KEY --client fetch"))
        }
        _ => Ok(()),
    }
}

/// What a page asks for first, and the header that carries its key.
struct Call {
    header: &'static str,
    target: &'static str,
}

/// Fills the template for a web page.
fn page(call: &Call, access: &Access<'_>) -> String {
    let template = filled(include_str!("snippet/fetch.mjs"), access);
    fill(&template, &[("header", call.header), ("target", call.target)])
}

/// How a language reads the secret.
struct Language {
    /// What the secret's file needs to be imported.
    imports: &'static str,
    /// The secret, out of the file that `KEYWARD_SECRET_FILE` names.
    secret: &'static str,
}

const PYTHON: Language =
    Language { imports: "import os\n", secret: "open(os.environ[\"KEYWARD_SECRET_FILE\"]).read().strip()" };
const JAVASCRIPT: Language = Language {
    imports: "import { readFileSync } from \"node:fs\";\n",
    secret: "readFileSync(process.env.KEYWARD_SECRET_FILE, \"utf8\").trim()",
};

impl Language {
    /// Fills a template with the door, the key and the secret.
    fn render(&self, template: &str, access: &Access<'_>) -> String {
        let (imports, secret) = match access.secret {
            Some(secret) => ("", quoted(secret)),
            None => (self.imports, self.secret.to_owned()),
        };
        fill(&filled(template, access), &[("imports", imports), ("secret", &secret)])
    }
}

/// Fills a template for a shell.
fn shell(template: &str, access: &Access<'_>) -> String {
    let file = || "\"$(cat \"$KEYWARD_SECRET_FILE\")\"".to_owned();
    let secret = access.secret.map_or_else(file, |secret| format!("'{secret}'"));
    fill(&filled(template, access), &[("secret", &secret)])
}

fn filled(template: &str, access: &Access<'_>) -> String {
    fill(template, &[("door", access.door), ("key", access.api_key)])
}

/// A text as a string literal of Python, JavaScript and JSON alike.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Fills the places `{{name}}` of a template.
fn fill(template: &str, places: &[(&str, &str)]) -> String {
    places
        .iter()
        .fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(client: Client, dialect: &str, key_type: KeyType) -> Result<String, Code> {
        let door = "https://door.example/venue";
        let access = Access { dialect, door, api_key: "kwpKey", key_type, secret: None };
        render(client, &access).map_err(|error| error.code())
    }

    #[test]
    fn a_page_gets_a_publishable_key_and_nothing_else_does() {
        for (dialect, header) in [("binance", "X-MBX-APIKEY"), ("kraken", "API-Key")] {
            let text = rendered(Client::Fetch, dialect, KeyType::Publishable).unwrap();
            assert!(text.contains(&format!("\"{header}\": \"kwpKey\"")) && !text.contains("{{"), "{text}");
            assert!(text.contains("https://door.example/venue/") && !text.contains("SECRET"), "{text}");
            for client in Client::ALL {
                let is_for_pages = client == Client::Fetch;
                assert_eq!(
                    rendered(client, dialect, KeyType::Publishable).is_ok(),
                    is_for_pages,
                    "{client:?}"
                );
                assert!(!is_for_pages || rendered(client, dialect, KeyType::Hmac).is_err());
            }
        }
    }
}
