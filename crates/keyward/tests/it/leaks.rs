//! Secrets are nowhere: real ones, an issued one and the passphrase are planted, everything is run, and everything is
//! searched, the memory of the sealed server too.

mod canary;
mod memory;

use std::fs;
use std::path::Path;

use serde_json::json;

use self::canary::Canary;
use crate::clients::Clients;
use crate::wire::Wire;
use crate::world::{Issued, PASSPHRASE, World};

/// A real secret that every encoding writes in another way.
const ODD: &str = r#"c4n&ry"wi\th/every+kind%of=character<that>an'encoding#might?change;64"#;

/// Something that was kept or said, under a name.
pub(crate) type Text = (String, Vec<u8>);

/// The names of the texts in which a secret stands, in whatever form.
pub(crate) fn found<'t>(secret: &str, texts: impl IntoIterator<Item = &'t Text>) -> Vec<String> {
    let canary = Canary::new(secret);
    texts.into_iter().filter(|(_, text)| canary.is_in(text)).map(|(name, _)| name.clone()).collect()
}

/// Every file below a folder, but those that the test put there for the operator.
pub(crate) fn files(folder: &Path) -> Vec<Text> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| match path {
        path if path.is_dir() => files(&path),
        path if path.ends_with("passphrase") || path.extension().is_some_and(|end| end == "sock") => vec![],
        path => vec![(path.to_string_lossy().into_owned(), fs::read(&path).unwrap())],
    };
    entries.flat_map(read).collect()
}

#[test]
fn no_secret_is_left_anywhere() {
    let world = World::start();
    let key = world.key("bot", &["--allow", "market,read,trade"]);
    let secrets = [&world.sandbox.account("desk").secret, ODD, &key.secret, PASSPHRASE].map(str::to_owned);
    let mut texts = use_everything(&world, &key);
    world.operate(&["backup", &world.path("backup.tar")]);
    texts.extend(files(world.data.path()));
    texts.push(("the log at trace level".to_owned(), world.server.log().into_bytes()));
    for kept in ["keyward.db", "keyward.db-wal", "backup.tar"] {
        assert!(texts.iter().any(|(name, _)| name.ends_with(kept)), "{kept} was searched");
    }
    assert!(world.server.log().contains("DEBUG"), "the log tells the most that it can");
    world.operate(&["vault", "seal"]);
    let memory = memory::of(world.server.process());
    assert!(!found(&key.api_key, &texts).is_empty(), "the search finds what is there");
    assert!(!found(&key.api_key, &memory).is_empty(), "the search finds what is in memory");
    for secret in &secrets {
        assert_eq!(found(secret, texts.iter().chain(&memory)), Vec::<String>::new());
    }
}

/// Uses everything, and returns what was said.
fn use_everything(world: &World, key: &Issued) -> Vec<Text> {
    let mut clients = Clients::start();
    clients.bot("ccxt", &world.door(), key).call("create_order", json!(["BTC/USDT", "market", "buy", 0.001]));
    let odd = odd_key(world);
    let answers = refused(key, &odd).map(|wire| {
        let reply = wire.send(&world.server.gateway);
        (format!("the answer to {}", wire.target), format!("{}{}", reply.head, reply.body).into_bytes())
    });
    let metrics = Wire::bare("GET", "/metrics").send(&world.server.control);
    let metrics = ("the metrics".to_owned(), metrics.body.into_bytes());
    answers.into_iter().chain([metrics]).chain(COMMANDS.iter().map(|command| said(world, command))).collect()
}

/// A key over a real one whose secret is odd, and which the exchange does not know.
fn odd_key(world: &World) -> Issued {
    let secret = world.path("odd");
    fs::write(&secret, ODD).unwrap();
    let add =
        ["credential", "add", "odd", "--venue", "binance", "--api-key", "odd-key", "--secret-file", &secret];
    world.operate(&add);
    fs::remove_file(secret).unwrap();
    world.key_on("odd", "odd", &["--allow", "read"])
}

/// One request for each kind of refusal.
fn refused(key: &Issued, odd: &Issued) -> [Wire; 9] {
    let account = Wire::signed(key, "GET", "/api/v3/account", "");
    let stranger = Issued { api_key: "kwkstranger".to_owned(), ..key.clone() };
    let forger = Issued { secret: "not the secret of this key".to_owned(), ..key.clone() };
    [
        account.clone(),
        account,
        Wire::signed(key, "POST", "/sapi/v1/capital/withdraw/apply", "coin=BTC&amount=1&address=x"),
        Wire::signed(key, "GET", "/api/v3/account", "a=%zz"),
        Wire::signed_at(key, "GET", "/api/v3/account", "", 1),
        Wire::signed(&stranger, "GET", "/api/v3/account", ""),
        Wire::signed(&forger, "GET", "/api/v3/account", ""),
        Wire::signed(odd, "GET", "/api/v3/account", ""),
        Wire::bare("GET", "/api/v3/nothing"),
    ]
}

const COMMANDS: [&[&str]; 12] = [
    &["credential", "list"],
    &["credential", "show", "desk"],
    &["credential", "check", "desk"],
    &["credential", "check", "odd"],
    &["key", "list"],
    &["key", "show", "bot"],
    &["audit", "tail", "--limit", "1000"],
    &["venue", "list"],
    &["project", "list"],
    &["vault", "status"],
    &["doctor"],
    &["key", "show", "no such key"],
];

fn said(world: &World, command: &[&str]) -> Text {
    let output = world.run(command);
    (format!("{command:?}"), [output.stdout, output.stderr].concat())
}
