//! How commands end when they are called in a wrong way, and what they say to do.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use super::desk::Desk;
use super::run::{Keyward, keyward};

#[test]
fn a_command_without_its_arguments_ends_with_2() {
    let ran = Keyward::new().run(&["key", "create", "bot"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--project"), "{}", ran.stderr);
}

#[test]
fn what_is_no_permission_address_or_symbol_ends_with_2() {
    let create = ["key", "create", "bot", "--project", "p", "--credential", "c"];
    for wrong in [["--allow", "fly"], ["--ip", "10.0.0"], ["--symbol", "btcusdt"]] {
        let arguments =
            [&create[..], &["--allow", "read"][usize::from(wrong[0] == "--allow") * 2..], &wrong].concat();
        let ran = Keyward::new().run(&arguments);
        assert_eq!(ran.code, 2, "{wrong:?}: {}", ran.stderr);
    }
}

#[test]
fn a_password_in_an_argument_ends_with_2_and_is_not_repeated() {
    let ran =
        Keyward::new().run(&["--database", "postgres://keyward:hunter2@127.0.0.1/keyward", "key", "list"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--database-file") && !ran.stderr.contains("hunter2"), "{}", ran.stderr);
}

#[test]
fn sealing_needs_a_server_and_says_so() {
    let ran = Keyward::new().run(&["--json", "vault", "seal"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("keyward serve"), "{}", ran.stderr);
    let problem: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(problem["code"], "server_missing");
}

#[test]
fn an_open_data_directory_is_refused_with_the_cure() {
    let keyward = Keyward::new();
    std::fs::create_dir(keyward.data()).unwrap();
    std::fs::write(keyward.data().join("keyward.toml"), "").unwrap();
    let ran = keyward.run(&["venue", "list"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("chmod 700"), "{}", ran.stderr);
}

#[test]
fn the_doctor_fails_on_what_others_can_read_and_names_the_cure() {
    let desk = Desk::new();
    std::fs::set_permissions(desk.keyward.data(), Permissions::from_mode(0o755)).unwrap();
    let ran = desk.keyward.run(&["doctor"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("FAIL  data") && ran.stdout.contains("chmod 700"), "{}", ran.stdout);
}

#[test]
fn the_doctor_says_what_to_do_about_everything_that_is_not_well() {
    let desk = Desk::new();
    let said = desk.json(&["doctor"]);
    let findings = said["findings"].as_array().unwrap();
    let shape = findings.iter().map(|finding| {
        let fields = finding.as_object().unwrap();
        assert_eq!(fields.contains_key("hint"), finding["verdict"] != "ok", "{finding}");
        let known = ["check", "found", "hint", "verdict"];
        assert!(fields.keys().all(|field| known.contains(&field.as_str())), "{finding}");
        finding["check"].as_str().unwrap().to_owned()
    });
    insta::assert_snapshot!(shape.collect::<Vec<_>>().join(", "), @"data, database, vault, memory, audit log, confined, exposure, clock, swap, kernel, limits, disk, disk kind, disk sync");
}

#[test]
fn a_word_that_means_nothing_in_the_configuration_is_named() {
    let keyward = Keyward::new();
    let config = keyward.file("keyward.toml", "[gateway]\nlissen = []\n").display().to_string();
    let ran = keyward.run(&["--config", &config, "venue", "list"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("lissen"), "{}", ran.stderr);
}

#[test]
fn completions_are_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = keyward().args(["completions", shell]).output().unwrap();
        assert!(output.status.success() && output.stdout.len() > 1000, "{shell}");
    }
}
