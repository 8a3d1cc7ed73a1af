//! The API against its own description: schemathesis asks everything that the document allows, and much that it does not,
//! and looks whether each answer is one that the document promises.

use std::io::{Read, Write, copy};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::clients::python;
use crate::world::World;

/// What it looks for: no crash, and nothing that the document does not say.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";
/// What is not asked: it would seal the vault, after which all else is refused, write files where chance says, or ask an
/// exchange with a secret that chance made, which is rightly answered with 502.
const LEFT_OUT: [&str; 4] = [
    "/api/v1/vault/seal",
    "/api/v1/backup",
    "/api/v1/audit/export",
    "/api/v1/credentials/{credential}/check",
];
/// Requests of each kind and operation that chance makes.
const EXAMPLES: &str = "20";

#[test]
fn every_answer_is_one_that_the_description_promises() {
    let world = World::start();
    world.key("described", &["--allow", "market,read"]);
    let host = as_the_host(world.data.path().join("keyward.sock"));
    let mut schemathesis = Command::new(Path::new(&python()).with_file_name("schemathesis"));
    schemathesis.args(["run", &format!("{host}/api/openapi.json"), "--checks", CHECKS, "--seed", "7"]);
    schemathesis.args(["--max-examples", EXAMPLES, "--phases", "examples,coverage,fuzzing", "--no-color"]);
    for path in LEFT_OUT {
        schemathesis.args(["--exclude-path", path]);
    }
    let status = schemathesis.current_dir(world.data.path()).status().unwrap();
    assert!(status.success(), "see what schemathesis says");
}

/// The server's socket at an address: whoever asks there has every right, so that every operation is reached.
fn as_the_host(socket: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = UnixStream::connect(&socket) else { return };
            let (back, from) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || pass(client, server, |server| drop(server.shutdown(Shutdown::Both))));
            thread::spawn(move || pass(from, back, |back: TcpStream| drop(back.shutdown(Shutdown::Both))));
        }
    });
    format!("http://{address}")
}

fn pass<W: Write>(mut from: impl Read, mut to: W, close: impl FnOnce(W)) {
    let _ = copy(&mut from, &mut to);
    close(to);
}
