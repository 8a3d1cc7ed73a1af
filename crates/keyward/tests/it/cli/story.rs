//! An operator's day without a server: every command opens the data directory by itself.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::desk::{Desk, REAL_SECRET};
use super::run::{Keyward, mode};

#[test]
fn a_key_lives_from_create_to_delete() {
    let desk = Desk::new();
    let key = desk.key("bot", &["--symbol", "BTC/USDT", "--ip", "203.0.113.7", "--expires", "30d"]);
    assert_eq!(key["name"], "bot");
    assert!(key["api_key"].as_str().unwrap().starts_with("kwk"));
    assert!(key["secret"].as_str().unwrap().starts_with("kws"));
    assert!(key["base_urls"]["binance"].as_str().unwrap().ends_with("/binance"));

    let shown = desk.json(&["key", "show", "bot"]);
    assert_eq!(
        (&shown["id"], &shown["state"], &shown["secret"]),
        (&key["id"], &"active".into(), &Value::Null)
    );

    let rotated = desk.unlocked(&["key", "rotate", "bot", "--overlap", "1h"]);
    assert_ne!(rotated["api_key"], key["api_key"]);
    let id = key["id"].as_str().unwrap();
    assert_eq!(desk.json(&["key", "show", id])["state"], "retiring");

    assert_eq!(desk.json(&["key", "revoke", id])["state"], "revoked");
    desk.json(&["key", "delete", id]);
    assert_eq!(desk.json(&["key", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_key_is_suspended_resumed_and_killed() {
    let desk = Desk::new();
    let key = desk.key("bot", &[]);
    assert_eq!(desk.json(&["key", "suspend", "bot"])["state"], "suspended");
    assert_eq!(desk.json(&["key", "resume", "bot"])["state"], "active");
    assert_eq!(desk.json(&["kill", "--all"])["revoked"], serde_json::json!([key["id"]]));
    let again = desk.keyward.run(&["key", "resume", key["id"].as_str().unwrap()]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains("never comes back"), "{}", again.stderr);
}

#[test]
fn a_key_is_narrowed_and_widened_and_stays_itself() {
    let desk = Desk::new();
    let key = desk.key("bot", &["--ip", "203.0.113.0/24"]);
    let narrowed = desk.json(&["key", "update", "bot", "--ip", "203.0.113.7", "--allow", "market,read"]);
    assert_eq!(
        (&narrowed["ip"], &narrowed["permissions"]),
        (&json!(["203.0.113.7/32"]), &json!(["market", "read"]))
    );
    let widened = desk.json(&["key", "update", "bot", "--ip", "any"]);
    assert_eq!((&widened["ip"], &widened["revision"]), (&json!([]), &json!(3)));
    for same in ["id", "api_key", "expires_at", "rate", "symbols", "grants/0/credential"] {
        let same = format!("/{same}");
        assert_eq!(widened.pointer(&same), key.pointer(&same), "{same}");
    }
}

#[test]
fn the_log_holds_what_was_done_and_verifies() {
    let desk = Desk::new();
    desk.key("bot", &[]);
    let log = desk.json(&["audit", "tail"]);
    let done: Vec<_> =
        log.as_array().unwrap().iter().filter_map(|entry| entry["operation"].as_str()).collect();
    for operation in ["vault init", "venue add", "credential add", "project add", "key create"] {
        assert!(done.contains(&operation), "{operation} is not in {done:?}");
    }
    let report = desk.json(&["audit", "verify"]);
    assert!(report["signed"].as_u64().unwrap() > 4, "{report}");

    let entries = desk.keyward.data().join("audit/entries.log");
    let changed = fs::read(&entries)
        .unwrap()
        .iter()
        .map(|byte| if *byte == b'b' { b'd' } else { *byte })
        .collect::<Vec<_>>();
    fs::write(&entries, changed).unwrap();
    assert_eq!(desk.keyward.run(&["audit", "verify"]).code, 1);
}

#[test]
fn an_export_is_written_where_it_was_asked_for() {
    let desk = Desk::new();
    let to = desk.keyward.data().with_file_name("evidence");
    let exported = desk.json(&["audit", "export", to.to_str().unwrap()]);
    assert!(exported["entries"].as_u64().unwrap() > 0);
    assert!(to.join("checkpoint").exists());
}

#[test]
fn every_client_has_its_snippet() {
    let desk = Desk::new();
    let key = desk.key("bot", &[]);
    for client in ["ccxt", "ccxt-js", "freqtrade", "curl"] {
        let ran = desk.keyward.run(&["key", "show", "bot", "--client", client]);
        assert!(ran.stdout.contains(key["api_key"].as_str().unwrap()), "{client}: {}", ran.stderr);
        assert!(!ran.stdout.contains(key["secret"].as_str().unwrap()));
    }
}

#[test]
fn a_generated_credential_shows_its_public_key_only() {
    let desk = Desk::new();
    let generated = desk.unlocked(&["credential", "generate", "own", "--venue", "binance"]);
    assert!(generated["public_key"].as_str().unwrap().starts_with("-----BEGIN PUBLIC KEY-----"));
    assert_eq!(generated["api_key"], Value::Null);
    assert_eq!(desk.json(&["credential", "api-key", "own", "EXCHANGEKEY"])["api_key"], "EXCHANGEKEY");
}

#[test]
fn a_key_brings_its_own_public_key() {
    let desk = Desk::new();
    let own = desk.unlocked(&["credential", "generate", "own", "--venue", "binance"]);
    let public = desk.keyward.file("public.pem", own["public_key"].as_str().unwrap());
    let key = desk.key("bot", &["--type", "ed25519", "--public-key-file", public.to_str().unwrap()]);
    assert_eq!((&key["type"], &key["secret"]), (&"ed25519".into(), &Value::Null));
}

#[test]
fn what_is_in_use_stays() {
    let desk = Desk::new();
    for arguments in [["venue", "remove", "binance"], ["venue", "show", "nowhere"]] {
        let ran = desk.keyward.run(&arguments);
        assert_eq!(ran.code, 1);
        assert!(ran.stderr.contains("next: "), "{}", ran.stderr);
    }
}

#[test]
fn the_passphrase_changes_and_the_old_one_is_refused() {
    let desk = Desk::new();
    let new = desk.keyward.file("new", "another passphrase of some length").display().to_string();
    desk.unlocked(&["vault", "rekey", "--new-passphrase-file", &new]);
    let create = ["key", "create", "bot", "--project", "bots", "--credential", "main", "--allow", "read"];
    let with = |file: &str| desk.keyward.run(&[&create[..], &["--passphrase-file", file]].concat()).code;
    assert_eq!((with(&desk.passphrase), with(&new)), (1, 0));
}

#[test]
fn a_key_file_unlocks_as_well() {
    let keyward = Keyward::new();
    let file = keyward.file("key", "0123456789abcdef0123456789abcdef").display().to_string();
    assert_eq!(keyward.json(&["vault", "init", "--key-file", &file])["state"], "unsealed");
}

#[test]
fn a_secret_may_come_from_standard_input() {
    let desk = Desk::new();
    let add =
        ["credential", "add", "piped", "--venue", "binance", "--api-key", "PIPED", "--secret-file", "-"];
    let ran = desk
        .keyward
        .run_with(&[&add[..], &["--vault-passphrase-file", &desk.passphrase]].concat(), REAL_SECRET);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[test]
fn without_a_terminal_a_missing_passphrase_is_a_matter_of_usage() {
    let desk = Desk::new();
    let ran = desk.keyward.run(&["credential", "generate", "own", "--venue", "binance"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--passphrase-file"), "{}", ran.stderr);
}

#[test]
fn every_step_says_what_comes_next() {
    let desk = Desk::new();
    let added = desk.keyward.run(&["project", "add", "others"]);
    assert!(added.stderr.contains("next: keyward key create"), "{}", added.stderr);
    let checked = desk.json(&["doctor"]);
    assert_eq!(checked["healthy"], true, "{checked}");
}

#[test]
fn only_the_owner_can_read_what_is_kept_and_no_real_secret_is_in_it() {
    let desk = Desk::new();
    desk.key("bot", &[]);
    assert_eq!(mode(&desk.keyward.data()), 0o700);
    for file in files(&desk.keyward.data()) {
        assert_eq!(mode(&file) & 0o077, 0, "{}", file.display());
        let bytes = fs::read(&file).unwrap();
        for fragment in REAL_SECRET.as_bytes().chunks(16) {
            assert!(!bytes.windows(16).any(|window| window == fragment), "{}", file.display());
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
