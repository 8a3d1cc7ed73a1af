//! What an operator has set up before a story begins.

use serde_json::Value;

use super::run::Keyward;

/// A real exchange secret; it must show up nowhere.
pub(crate) const REAL_SECRET: &str = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";

/// A vault, the venue `binance`, the credential `main` and the project `bots`.
pub(crate) struct Desk {
    /// The binary and its data.
    pub(crate) keyward: Keyward,
    /// The file with the vault's passphrase.
    pub(crate) passphrase: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let keyward = Keyward::new();
        let passphrase = keyward.file("passphrase", "a passphrase of some length\n").display().to_string();
        let secret = keyward.file("secret", REAL_SECRET).display().to_string();
        let desk = Self { keyward, passphrase };
        desk.unlocked(&["vault", "init"]);
        desk.json(&["venue", "add", "binance", "--dialect", "binance"]);
        desk.json(&[
            "credential",
            "add",
            "main",
            "--venue",
            "binance",
            "--api-key",
            "REALKEY",
            "--secret-file",
            &secret,
            "--vault-passphrase-file",
            &desk.passphrase,
        ]);
        desk.json(&["project", "add", "bots"]);
        desk
    }

    /// The result of a command that has to succeed.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        self.keyward.json(arguments)
    }

    /// The result of a command that needs the vault.
    pub(crate) fn unlocked(&self, arguments: &[&str]) -> Value {
        self.json(&[arguments, &["--passphrase-file", &self.passphrase]].concat())
    }

    /// A key of the project `bots` that may read and trade.
    pub(crate) fn key(&self, name: &str, more: &[&str]) -> Value {
        let create = ["key", "create", name, "--project", "bots", "--credential", "main"];
        self.unlocked(&[&create[..], &["--allow", "market,read,trade"], more].concat())
    }
}
