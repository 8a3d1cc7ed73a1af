//! Hindering the system calls of a running server with strace: a disk that fails or hangs, at a moment of our choice.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

/// Ends when it goes out of scope: the server then runs on unhindered.
pub(super) struct Hindrance(Child);

impl Hindrance {
    /// Lets the calls on one file fail or wait from now on: `inject` is strace's, such as `fdatasync:error=EIO`.
    pub(super) fn start(server: u32, file: &Path, inject: &str) -> Self {
        let mut strace = Command::new("strace");
        strace
            .arg("-f")
            .arg("-p")
            .arg(server.to_string())
            .arg("-P")
            .arg(file)
            .args(["-e", &format!("inject={inject}")]);
        strace.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = strace.spawn().expect("strace is needed: `cargo xtask test` installs it");
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("attached") {
            line.clear();
            assert_ne!(said.read_line(&mut line).unwrap(), 0, "strace ended; it needs the right to trace");
        }
        // What is not read would stop it in the end.
        thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self(child)
    }
}

impl Drop for Hindrance {
    fn drop(&mut self) {
        // Strace lets go of what it traces when it is asked to end, not when it is killed in the middle of a call.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}
