//! Any text as `keyward.toml`: it is read, or there is an error that says what is wrong; nothing else.

#![no_main]

// The binary is no library, and its configuration needs nothing else of it.
#[expect(dead_code, reason = "only the reading is tried here")]
#[path = "../../crates/keyward/src/config.rs"]
mod config;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Err(error) = toml::from_str::<config::Config>(text) else { return };
    assert!(!error.to_string().is_empty());
});
