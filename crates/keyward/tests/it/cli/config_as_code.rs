//! A door that is written down in a file.

use serde_json::{Value, json};

use super::desk::Desk;

/// What `apply` would do, or did, with a file of this text.
fn applied(desk: &Desk, text: &str, how: &[&str]) -> Value {
    let file = desk.keyward.file("keyward.toml", text).display().to_string();
    desk.unlocked(&[&["apply", "-f", &file][..], how].concat())
}

fn exported(desk: &Desk) -> String {
    desk.json(&["export"])["toml"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_exported_is_what_there_is() {
    let desk = Desk::new();
    desk.key(
        "grid",
        &["--ip", "203.0.113.7", "--symbol", "BTC/USDT", "--rate", "60", "--deny-ip", "10.0.0.0/8"],
    );
    desk.key("wide", &["--expires", "never", "--rate", "unlimited"]);
    let text = exported(&desk);
    assert!(!text.contains("kws") && !text.contains("kwk") && !text.contains("REALKEY"), "{text}");
    assert_eq!(applied(&desk, &text, &["--plan", "--prune"])["changes"], json!([]), "{text}");
}

#[test]
fn a_file_makes_changes_and_removes_and_each_is_on_record() {
    let desk = Desk::new();
    let old = desk.key("grid", &["--ip", "203.0.113.0/24"]);
    desk.key("gone", &[]);
    let text = exported(&desk).replace("203.0.113.0/24", "203.0.113.7");
    let (before, after) = text.split_once("[key.gone]").unwrap();
    let after = after.find("\n[key.grid]").map_or("", |at| &after[at..]);
    let text = format!(
        "{before}{after}\n[project.new]\n\n[key.scout]\nproject = 'new'\ncredentials = ['main']\nallow = ['read']\n"
    );
    assert_eq!(applied(&desk, &text, &["--plan"])["changes"].as_array().unwrap().len(), 3);
    let done = applied(&desk, &text, &["--yes", "--prune"]);
    assert!(done["keys"][0]["secret"].as_str().unwrap().starts_with("kws"), "{done}");
    let grid = desk.json(&["key", "show", "grid"]);
    assert_eq!((&grid["id"], &grid["ip"]), (&old["id"], &json!(["203.0.113.7/32"])));
    assert_eq!(desk.keyward.run(&["key", "show", "gone"]).code, 1);
    let log = desk.json(&["audit", "tail"]);
    let done: Vec<_> =
        log.as_array().unwrap().iter().filter_map(|entry| entry["operation"].as_str()).collect();
    for operation in ["key update", "key delete", "project add"] {
        assert!(done.contains(&operation), "{operation} is not in {done:?}");
    }
    assert_eq!(applied(&desk, &text, &["--yes", "--prune"])["changes"], json!([]));
}

#[test]
fn nothing_is_done_unless_somebody_confirms_it() {
    let desk = Desk::new();
    let file = desk.keyward.file("keyward.toml", "[project.new]\n").display().to_string();
    let ran = desk.keyward.run_with(&["apply", "-f", &file], "yes\n");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("+ project new"), "{}", ran.stderr);
    assert_eq!(desk.json(&["project", "list"]).as_array().unwrap().len(), 1);
    let misspelt =
        desk.keyward.file("keyward.toml", "[key.a]\nproject = 'bots'\nallow = ['read']\nips = []\n");
    let ran = desk.keyward.run(&["apply", "-f", misspelt.to_str().unwrap(), "--yes"]);
    assert!(ran.code == 1 && ran.stderr.contains("ips"), "{}", ran.stderr);
}
