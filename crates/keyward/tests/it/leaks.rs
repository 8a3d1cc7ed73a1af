//! Secrets are nowhere: the real one and the issued one are planted, everything is run, and everything is searched.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

use crate::clients::Clients;
use crate::wire::Wire;
use crate::world::{PASSPHRASE, World};

/// Long enough to be no accident, short enough to find what is left when a freed block lost its head.
const FRAGMENT: usize = 16;

/// A secret in every form that it might take.
fn forms(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let fragments = bytes.chunks(FRAGMENT).filter(|chunk| chunk.len() == FRAGMENT);
    let plain = fragments.map(|chunk| String::from_utf8_lossy(chunk).into_owned());
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let debug = format!("{bytes:?}");
    plain.chain([STANDARD.encode(bytes), URL_SAFE_NO_PAD.encode(bytes), hex, debug]).collect()
}

/// Where a secret stands, in whatever form.
fn found<'t>(secret: &str, texts: impl IntoIterator<Item = &'t (String, Vec<u8>)>) -> Vec<String> {
    let forms = forms(secret);
    let holds = |text: &[u8]| {
        forms.iter().any(|form| text.windows(form.len()).any(|window| window == form.as_bytes()))
    };
    texts.into_iter().filter(|(_, text)| holds(text)).map(|(name, _)| name.clone()).collect()
}

/// Every file below a folder, but those that the test put there for the operator.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
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
    let real = world.sandbox.account("desk").secret.clone();
    let key = world.key("bot", &["--allow", "market,read,trade"]);
    let mut said = vec![];
    use_everything(&world, &key, &mut said);
    let mut texts = files(world.data.path());
    texts.push(("the log at trace level".to_owned(), world.server.log().into_bytes()));
    texts.extend(said);
    assert!(texts.iter().any(|(name, _)| name.contains("keyward.db")), "the database was searched");
    assert!(world.server.log().contains("DEBUG"), "the log tells the most that it can");
    for secret in [real.as_str(), &key.secret, PASSPHRASE] {
        assert_eq!(found(secret, &texts), Vec::<String>::new());
    }
    assert!(!found(&key.api_key, &texts).is_empty(), "the search finds what is there");
}

fn use_everything(world: &World, key: &crate::world::Issued, said: &mut Vec<(String, Vec<u8>)>) {
    let mut clients = Clients::start();
    clients.bot("ccxt", &world.door(), key).call("create_order", json!(["BTC/USDT", "market", "buy", 0.001]));
    let gateway = &world.server.gateway;
    for wire in [
        Wire::signed(key, "GET", "/api/v3/account", ""),
        Wire::signed(key, "POST", "/sapi/v1/capital/withdraw/apply", "coin=BTC&amount=1&address=x"),
        Wire::signed(key, "GET", "/api/v3/account", "a=%zz"),
        Wire::bare("GET", "/api/v3/nothing"),
    ] {
        let reply = wire.send(gateway);
        said.push((
            format!("the answer to {}", wire.target),
            format!("{}{}", reply.head, reply.body).into_bytes(),
        ));
    }
    for command in [
        &["credential", "list"][..],
        &["credential", "show", "desk"],
        &["credential", "check", "desk"],
        &["key", "list"],
        &["key", "show", &key.id],
        &["audit", "tail", "--limit", "1000"],
        &["venue", "list"],
        &["project", "list"],
        &["vault", "status"],
        &["key", "show", "no such key"],
    ] {
        let output = world.run(command);
        said.push((format!("{command:?}"), [output.stdout, output.stderr].concat()));
    }
}
