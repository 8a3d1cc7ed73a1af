//! The demo: what a first-time reader sees.

use super::run::{Ran, keyward};

#[test]
fn the_demo_trades_and_shows_a_refusal() {
    let ran = Ran::of(keyward().args(["demo", "--once"]).output().unwrap());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    for words in ["FILLED", "Keyward-Reason: permission_missing", "proven unchanged"] {
        assert!(ran.stdout.contains(words), "{words} is not in\n{}", ran.stdout);
    }
}
