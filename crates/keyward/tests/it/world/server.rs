//! `keyward serve` as a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// A running server.
pub(crate) struct Server {
    child: Option<Child>,
    /// Where its gateway listens.
    pub(crate) gateway: String,
    /// Where its control port listens.
    pub(crate) control: String,
    said: Arc<Mutex<String>>,
}

impl Server {
    pub(crate) fn not_started() -> Self {
        Self { child: None, gateway: String::new(), control: String::new(), said: Arc::default() }
    }

    /// Starts it and waits for the line that says where it listens.
    pub(crate) fn start(mut command: Command, log: &str) -> Self {
        command.env("RUST_LOG", log).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let (stderr, listening) = (child.stderr.take().unwrap(), said.clone());
        thread::spawn(move || listen(stderr, &listening));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("the server did not start: {line}{}", said.lock().unwrap()));
        let address = |name: &str| {
            ready[name]
                .as_str()
                .unwrap()
                .trim_start_matches("http://")
                .trim_start_matches("https://")
                .to_owned()
        };
        Self { child: Some(child), gateway: address("gateway"), control: address("control"), said }
    }

    /// Everything that it has logged, at trace level.
    pub(crate) fn log(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Sends it a signal, by its name.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.process().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Waits until it has ended by itself, and gives its exit code.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        self.child.take().unwrap().wait().unwrap().code()
    }

    /// Waits until it has logged this, so many times.
    pub(crate) fn logs(&self, words: &str, times: usize) {
        let soon = Instant::now() + Duration::from_secs(60);
        while self.log().matches(words).count() < times {
            assert!(Instant::now() < soon, "never logged: {words}\n{}", self.log());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Kills it without any warning.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn listen(mut stderr: impl Read, said: &Mutex<String>) {
    let mut buffer = [0; 8192];
    while let Ok(length @ 1..) = stderr.read(&mut buffer) {
        said.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..length]));
    }
}
