//! An older state, put back on purpose or by hand: it starts locked, and no key rises again.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::field::{Field, until};
use crate::wire::Wire;
use crate::world::{Issued, Setup};

/// What happens after the state that is put back later was current.
struct Then {
    field: Field,
    kept: Issued,
}

impl Then {
    fn new(setup: Setup) -> Self {
        let field = Field::with(setup);
        let kept = field.world.key_on("counted", "kept", &["--allow", "trade"]);
        Self { field, kept }
    }

    fn backup(&self) -> String {
        let file = self.field.world.path("backup.tar");
        self.field.world.operate(&["backup", &file]);
        file
    }

    /// The bot's key is revoked, and another is made.
    fn move_on(&self) {
        self.field.world.operate(&["key", "revoke", "bot"]);
        self.field.world.key_on("counted", "later", &["--allow", "trade"]);
        self.field.world.operate(&["audit", "verify"]); // signs what there is
    }

    fn reason(&self, key: &Issued) -> String {
        let query = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1";
        let order = Wire::signed(key, "POST", "/api/v3/order", query);
        order.send_under(&self.field.world.server.gateway, "/counted").reason().to_owned()
    }

    /// Everything is refused, whoever unseals the vault; the operator is told what was done, and opens.
    fn assert_locked_until_reopened(&mut self) {
        self.field.world.serve(); // unseals by the way
        let passphrase = self.field.world.path("passphrase");
        self.field.world.operate(&["vault", "unseal", "--passphrase-file", &passphrase]);
        assert_eq!(self.reason(&self.kept), "restore_locked");
        assert_eq!(self.reason(&self.field.key), "restore_locked");
        let told = self.field.world.operate(&["reopen"]);
        assert!(holds(&told["made_again"], &self.field.key.id), "{told}");
        assert!(holds(&told["lost"], "later"), "{told}");
        self.field.world.server.kill();
        self.field.world.serve();
        assert_eq!(self.reason(&self.kept), "restore_locked", "a restart does not open");
        self.field.world.operate(&["reopen", "--confirm"]);
        assert_eq!(self.reason(&self.kept), "none: the exchange answered");
        assert_eq!(self.reason(&self.field.key), "key_revoked");
        self.field.world.operate(&["audit", "verify"]);
        assert_eq!(self.field.world.run(&["reopen"]).status.code(), Some(1));
    }
}

fn holds(list: &Value, text: &str) -> bool {
    list.as_array().unwrap().iter().any(|line| line.as_str().unwrap().contains(text))
}

fn mode(path: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_backup_put_back_over_its_newer_self_brings_no_revoked_key_back() {
    let mut then = Then::new(Setup::default());
    let backup = then.backup();
    assert_eq!(mode(&backup), 0o600);
    then.move_on();
    assert_eq!(then.field.world.run(&["restore", &backup]).status.code(), Some(1), "a server runs");
    then.field.world.server.kill();
    assert_eq!(then.field.world.run(&["restore", &backup]).status.code(), Some(1), "a database is there");
    then.field.world.operate(&["restore", &backup, "--replace"]);
    then.assert_locked_until_reopened();
}

#[test]
fn a_backup_put_back_on_a_new_host_takes_the_revocations_from_the_old_log() {
    let mut then = Then::new(Setup::default());
    let backup = then.backup();
    then.move_on();
    then.field.world.server.kill();
    let (old, data) = (tempfile::tempdir().unwrap(), then.field.world.data.path());
    for name in ["audit", "keyward.db", "keyward.db-wal", "keyward.db-shm", "keyward.sock"] {
        let _ = fs::rename(data.join(name), old.path().join(name)); // not all of them are there
    }
    let audit = old.path().join("audit").display().to_string();
    then.field.world.operate(&["restore", &backup, "--audit", &audit]);
    then.assert_locked_until_reopened();
}

#[test]
fn a_backup_without_a_newer_log_is_locked_and_says_what_it_cannot_know() {
    let mut then = Then::new(Setup::default());
    let backup = then.backup();
    then.move_on();
    then.field.world.server.kill();
    let data = then.field.world.data.path();
    fs::remove_dir_all(data.join("audit")).unwrap();
    let told = then.field.world.operate(&["restore", &backup, "--replace"]);
    assert!(holds(&told["unknown"], "a newer log"), "{told}");
    then.field.world.serve();
    assert_eq!(then.reason(&then.field.key), "restore_locked");
}

#[test]
fn an_old_database_put_in_place_by_hand_is_noticed() {
    let mut then = Then::new(Setup::default());
    then.field.world.server.kill();
    let (old, data) = (tempfile::tempdir().unwrap(), then.field.world.data.path().to_owned());
    copy_database(&data, old.path());
    then.field.world.serve();
    then.move_on();
    then.field.world.server.kill();
    copy_database(old.path(), &data);
    then.assert_locked_until_reopened();
}

/// The database with its write-ahead log, or without when there is none.
fn copy_database(from: &Path, to: &Path) {
    for name in ["keyward.db", "keyward.db-wal", "keyward.db-shm"] {
        let _ = fs::remove_file(to.join(name));
        if from.join(name).exists() {
            fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

#[test]
fn an_old_postgres_database_put_back_is_noticed_and_restore_locks_it_too() {
    let mut then = Then::new(Setup { postgres: true, ..Setup::default() });
    let backup = then.backup();
    let url = fs::read_to_string(then.field.world.path("database")).unwrap();
    then.field.world.server.kill();
    let (server, now) = url.rsplit_once('/').unwrap();
    let old = format!("{now}_old");
    until("nobody is connected any more", || {
        let copy = format!("CREATE DATABASE {old} TEMPLATE {now}");
        Command::new("psql").args([&format!("{server}/postgres"), "-qc", &copy]).status().unwrap().success()
    });
    then.field.world.serve();
    then.move_on();
    then.field.world.server.kill();
    fs::write(then.field.world.path("database"), format!("{server}/{old}")).unwrap();
    let told = then.field.world.operate(&["restore", &backup]);
    assert!(told["why"].as_str().unwrap().contains("restored from the backup"), "{told}");
    then.assert_locked_until_reopened();
}
