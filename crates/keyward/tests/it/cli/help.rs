//! What every command says of itself.

use super::run::keyward;

/// The commands below one, as its help lists them.
fn below(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = lines.take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("    "));
    names
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

fn help(path: &[String]) -> String {
    let output = keyward().args(path).arg("--help").env("COLUMNS", "100").output().unwrap();
    assert!(output.status.success(), "{path:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The help of a command and of all that are below it.
fn helps(path: &[String]) -> Vec<(Vec<String>, String)> {
    let text = help(path);
    let deeper = below(&text).into_iter().flat_map(|name| helps(&[path, &[name]].concat()));
    let deeper: Vec<_> = deeper.collect();
    std::iter::once((path.to_vec(), text)).chain(deeper).collect()
}

/// The help without the options that every command has; the first one shows them.
fn own(path: &[String], text: &str) -> String {
    let globals = text.lines().skip_while(|line| *line != "Global options:").skip(1);
    let globals = globals.take_while(|line| line.is_empty() || line.starts_with(' ')).count() + 1;
    let before = text.lines().take_while(|line| path.is_empty() || *line != "Global options:");
    let after = text.lines().skip_while(|line| *line != "Global options:").skip(globals);
    let lines: Vec<_> = before.chain(after.filter(|_| !path.is_empty())).map(str::trim_end).collect();
    lines.join("\n")
}

#[test]
fn every_command_says_what_it_does() {
    let all: Vec<_> = helps(&[])
        .into_iter()
        .map(|(path, text)| format!("$ keyward {} --help\n\n{}\n", path.join(" "), own(&path, &text)))
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn every_command_of_the_contract_is_there() {
    let found: Vec<String> = helps(&[]).into_iter().map(|(path, _)| path.join(" ")).collect();
    for command in [
        "demo",
        "serve",
        "backup",
        "restore",
        "reopen",
        "vault init",
        "vault status",
        "vault seal",
        "vault unseal",
        "vault rekey",
        "venue add",
        "venue list",
        "venue show",
        "venue remove",
        "credential add",
        "credential generate",
        "credential list",
        "credential show",
        "credential check",
        "credential remove",
        "project add",
        "project list",
        "project show",
        "project update",
        "project remove",
        "key create",
        "key list",
        "key show",
        "key update",
        "key propose",
        "key safety",
        "key rotate",
        "key suspend",
        "key resume",
        "key revoke",
        "key delete",
        "kill",
        "apply",
        "export",
        "audit tail",
        "audit show",
        "audit verify",
        "audit export",
        "sandbox",
        "doctor",
    ] {
        assert!(found.iter().any(|one| one == command), "{command} is missing");
    }
}
