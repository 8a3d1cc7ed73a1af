//! Disks that are full, fail, or hang: what moves money is refused, nothing is sent unrecorded, a restart finds out.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use serde_json::Value;

use super::field::{Field, until};
use super::hindrance::Hindrance;
use crate::world::Setup;

/// Hinders the log's file.
fn hinder(field: &Field, inject: &str) -> Hindrance {
    Hindrance::start(field.world.server.process(), &field.audit().join("entries.log"), inject)
}

#[track_caller]
fn assert_refused(field: &Field, id: &str) {
    let reply = field.send(id);
    assert_eq!(reply.reason(), "audit_unavailable", "{reply:?}");
    assert_eq!(field.exchange.arrivals(id), 0);
}

/// The server stops by itself, says why, and the next one finds a log that verifies and trades on.
fn assert_fatal(field: &mut Field) {
    assert_eq!(field.world.server.ended(), Some(1));
    assert!(field.world.server.log().contains("the audit log failed"), "{}", field.world.server.log());
    let log = field.restart();
    assert!(log.intents.keys().all(|id| field.exchange.arrivals(id) == 1 || log.unknown(id)));
    assert_eq!(field.send("after").status, 200);
}

#[test]
fn while_the_disk_hangs_orders_are_refused_and_reads_are_not() {
    let mut field = Field::new();
    let hindrance = hinder(&field, "fdatasync:delay_enter=2500000");
    assert_refused(&field, "hanging");
    assert_eq!(field.read().status, 200);
    drop(hindrance);
    until("the disk answers again", || field.send("after").status == 200);
    assert_eq!(field.exchange.arrivals("hanging"), 0);
    field.restart();
}

#[test]
fn a_sync_that_fails_ends_the_server_and_nothing_was_sent() {
    let mut field = Field::new();
    let hindrance = hinder(&field, "fdatasync:error=EIO");
    assert_refused(&field, "failing");
    drop(hindrance);
    assert_fatal(&mut field);
}

#[test]
fn a_write_that_fails_ends_the_server_and_nothing_was_sent() {
    let mut field = Field::new();
    let hindrance = hinder(&field, "write:error=EIO");
    assert_refused(&field, "failing");
    drop(hindrance);
    assert_fatal(&mut field);
}

#[test]
fn a_full_disk_ends_the_server_and_nothing_was_sent_unrecorded() {
    let mut field = Field::with(Setup { disk: Some("8m"), ..Setup::default() });
    let filler = field.world.data.path().join("filler");
    fill(&filler);
    let refused = (0..).map(|n| format!("full-{n}")).find(|id| field.send(id).status != 200).unwrap();
    assert_eq!(field.exchange.arrivals(&refused), 0);
    assert_eq!(field.world.server.ended(), Some(1));
    fs::remove_file(filler).unwrap();
    assert_fatal_already_ended(&mut field);
}

fn assert_fatal_already_ended(field: &mut Field) {
    let log = field.restart();
    assert!(log.intents.keys().all(|id| field.exchange.arrivals(id) == 1 || log.unknown(id)));
    assert_eq!(field.send("after").status, 200);
}

/// Takes all the room that there is.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
}

#[test]
fn a_database_that_cannot_sync_acknowledges_nothing_and_loses_nothing() {
    let mut field = Field::new();
    let names = |field: &Field| {
        let list = field.world.operate(&["project", "list"]);
        list.as_array().unwrap().iter().map(|one| one["name"].clone()).collect::<Vec<Value>>()
    };
    let before = names(&field);
    let wal = field.world.data.path().join("keyward.db-wal");
    let hindrance = Hindrance::start(field.world.server.process(), &wal, "fdatasync,fsync:error=EIO");
    let refused = field.world.run(&["project", "add", "lost"]);
    assert_eq!(refused.status.code(), Some(1));
    let problem: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(problem["code"], "store_unavailable");
    assert_eq!(field.send("meanwhile").status, 200, "trading needs the log, not the database");
    drop(hindrance);
    field.world.operate(&["project", "add", "kept"]);
    field.restart();
    let after = names(&field);
    assert!(before.iter().all(|name| after.contains(name)) && after.contains(&"kept".into()), "{after:?}");
}
