//! An operator's program: it calls the operations over the socket, without a process for each.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use serde_json::Value;

/// Calls the control API over the data directory's socket.
pub(crate) struct Operator(PathBuf);

impl Operator {
    pub(super) fn at(socket: PathBuf) -> Self {
        Self(socket)
    }

    /// Calls an operation that must succeed, and returns its document.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        self.call("POST", path, body)
    }

    /// Looks at something.
    pub(crate) fn get(&self, path: &str) -> Value {
        self.call("GET", path, &Value::Null)
    }

    pub(crate) fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let mut stream = UnixStream::connect(&self.0).unwrap();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        write!(
            stream,
            "{method} /api/v1{path} HTTP/1.1\r\nHost: keyward\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 2"), "{path}: {answer}");
        serde_json::from_str(body).unwrap()
    }
}
