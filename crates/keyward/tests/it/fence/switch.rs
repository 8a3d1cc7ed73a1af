//! The kill switch: a file, a signal, and a restart.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use crate::wire::{Reply, Wire};
use crate::world::{Issued, World};

fn read(world: &World, key: &Issued) -> Reply {
    Wire::signed(key, "GET", "/api/v3/account", "").send(&world.server.gateway)
}

/// Reads until the answer is the one that is waited for; the test's own time limit is the deadline.
fn until(world: &World, key: &Issued, stopped: bool) {
    while (read(world, key).reason() == "killed") != stopped {
        thread::sleep(Duration::from_millis(20));
    }
}

/// What a server says first after its start, as soon as it is sure of the time.
fn first_said(world: &World, key: &Issued) -> String {
    loop {
        let reply = read(world, key);
        if reply.reason() != "clock_uncertain" {
            return reply.reason().to_owned();
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn ready(world: &World) -> Reply {
    Wire::bare("GET", "/readyz").send_under(&world.server.control, "")
}

fn file(world: &World) -> PathBuf {
    world.data.path().join("kill")
}

/// Puts the file in place in one step, so that nobody finds it half written.
fn put(world: &World, text: &str) {
    fs::write(world.path("kill.new"), text).unwrap();
    fs::rename(world.path("kill.new"), file(world)).unwrap();
}

/// By which ways the kill switch was changed, as the audit log tells.
fn on_record(world: &World) -> Vec<String> {
    let events = world.operate(&["audit", "tail", "--limit", "1000"]);
    let changes = events.as_array().unwrap().iter().filter(|event| event["operation"] == "kill switch");
    changes.map(|event| event["actor"]["via"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_file_stops_one_key_while_it_is_there_and_no_other() {
    let world = World::start();
    let (stopped, other) = (world.key("one", &["--allow", "read"]), world.key("two", &["--allow", "read"]));
    put(&world, &format!("key {}\n", stopped.id));
    until(&world, &stopped, true);
    let refused = read(&world, &stopped);
    assert!(refused.body.contains("has no operation privilege"), "{refused:?}");
    assert_eq!(read(&world, &other).status, 200);
    let looked = ready(&world);
    assert!(looked.status == 200 && looked.body.contains(&stopped.id), "{looked:?}");
    fs::remove_file(file(&world)).unwrap();
    until(&world, &stopped, false);
    assert_eq!(on_record(&world), ["file", "file"]);
}

#[test]
fn a_server_that_finds_the_file_starts_killed() {
    let mut world = World::start();
    let key = world.key("bot", &["--allow", "read"]);
    world.server.kill();
    put(&world, "");
    world.serve();
    // An empty file stops everything, from the first request on.
    assert_eq!(first_said(&world, &key), "killed");
    assert_eq!(ready(&world).status, 503);
    let doctor = world.operate(&["doctor"]).to_string();
    assert!(doctor.contains("kill switch"), "{doctor}");
    fs::remove_file(file(&world)).unwrap();
    until(&world, &key, false);
    assert_eq!(ready(&world).status, 200);
}

#[test]
fn a_signal_stops_everything_and_leaves_the_file_by_which_it_is_lifted() {
    let mut world = World::start();
    let key = world.key("bot", &["--allow", "read"]);
    world.server.signal("USR1");
    until(&world, &key, true);
    assert_eq!(on_record(&world), ["signal"]);
    while !file(&world).exists() {
        thread::sleep(Duration::from_millis(20));
    }
    world.server.kill();
    world.serve();
    assert_eq!(first_said(&world, &key), "killed", "it outlives the server");
    fs::remove_file(file(&world)).unwrap();
    until(&world, &key, false);
    assert_eq!(on_record(&world), ["signal", "file", "file"]);
}
