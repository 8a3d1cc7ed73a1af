//! What ccxt itself says of us: the classes that it raises, and where the printed snippet sends its requests.

use std::process::Command;

use serde_json::Value;

use crate::clients::python;
use crate::world::World;

/// Runs a script beside the tests of the dialects, which finds the page that it checks from where it stands.
#[track_caller]
fn holds(script: &str) {
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/../dialect/tests/");
    let script = std::fs::canonicalize(format!("{scripts}{script}")).unwrap();
    let output = Command::new(python()).arg(script).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn the_clients_raise_the_classes_that_the_documentation_names() {
    holds("ccxt_classes.py");
    holds("kraken_classes.py");
}

#[test]
fn the_printed_snippet_works_and_leaves_no_url_on_the_real_exchange() {
    let world = World::start();
    let key = world.key("pasted", &["--allow", "market,read,trade"]);
    let shown = world.operate(&["key", "show", &key.id, "--client", "ccxt"]);
    let snippet = shown["snippet"].as_str().unwrap_or_else(|| panic!("no snippet: {shown}"));
    let script = format!("{snippet}\nimport json\nprint(json.dumps(exchange.urls['api']))\n");
    let secret = world.path("given-once");
    std::fs::write(&secret, &key.secret).unwrap();
    let output =
        Command::new(python()).arg("-c").arg(script).env("KEYWARD_SECRET_FILE", secret).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let urls: Value = serde_json::from_str(said.lines().last().unwrap_or_default())
        .unwrap_or_else(|_| panic!("{snippet}\n{said}{}", String::from_utf8_lossy(&output.stderr)));
    let sections = urls.as_object().unwrap();
    assert!(sections.len() >= 22, "{urls}");
    assert!(sections.values().all(|url| url.as_str().unwrap().starts_with(&world.door())), "{urls}");
}
