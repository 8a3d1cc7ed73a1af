//! Load by a real client: ccxt on several threads, which never tries again by itself.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;

use crate::clients::python;
use crate::world::Issued;

/// Traders that run until they are asked how it went.
pub(crate) struct Load {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

/// How it went.
#[derive(Debug, Deserialize)]
pub(crate) struct Traded {
    pub(crate) requests: usize,
    pub(crate) failures: Vec<String>,
}

impl Load {
    /// Starts so many traders, and waits until each has had an answer.
    pub(crate) fn start(door: &str, key: &Issued, threads: usize) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/clients/load.py");
        let mut command = Command::new(python());
        command.args([script, door, &key.api_key, &threads.to_string()]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        writeln!(stdin, "{}", key.secret).unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), "trading");
        Self { child, stdin: Some(stdin), stdout }
    }

    /// Ends the trading.
    pub(crate) fn end(mut self) -> Traded {
        drop(self.stdin.take());
        let mut said = String::new();
        self.stdout.read_to_string(&mut said).unwrap();
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("the traders died: {said}"))
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
