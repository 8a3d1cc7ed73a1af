//! Keyward itself: built as it is released, on throw-away data, set up by its own command line as an operator would.

use std::fs::{self, DirBuilder};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::daemon::{Daemon, pinned};
use super::{PROFILE, say};
use crate::process::{capture, cargo, program, target};

/// Where its gateway listens.
const PORT: u16 = 19093;
/// Where its control plane listens.
const CONTROL_PORT: u16 = 19094;
/// Keys issued: so many that the requests of a round differ by key far more than by time.
const KEYS: usize = 256;
/// What each may ask a minute: a limit that is checked, and never reached.
const RATE: &str = "600000";

/// An issued key, from its holder's side.
pub(super) struct Holder {
    /// What it sends.
    pub(super) api_key: String,
    /// What it signs with.
    pub(super) secret: String,
}

/// A Keyward to be measured.
pub(super) struct Keyward {
    binary: PathBuf,
    data: PathBuf,
}

impl Keyward {
    /// Builds it.
    pub(super) fn build(folder: &Path) -> Result<Self> {
        say("gateway: building Keyward");
        capture(cargo().args(["build", "--profile", PROFILE, "--package", "keyward"]))?;
        let data = folder.join("keyward");
        DirBuilder::new().mode(0o700).create(&data)?;
        fs::write(data.join("unlock"), [1; 32])?;
        fs::write(data.join("secret"), "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j")?;
        Ok(Self { binary: target()?.join(PROFILE).join("keyward"), data })
    }

    /// Gives it a vault.
    pub(super) fn init(&self) -> Result<()> {
        self.operate(self.command().args(["vault", "init", "--key-file"]).arg(self.data.join("unlock")))?;
        Ok(())
    }

    /// Starts its server with one worker, as the others have.
    pub(super) fn serve(&self, core: &str) -> Result<Daemon> {
        let mut command = pinned(core, &self.binary);
        command.arg("--data").arg(&self.data).args(["serve", "--workers", "1", "--gateway"]);
        command.arg(format!("127.0.0.1:{PORT}")).arg("--control").arg(format!("127.0.0.1:{CONTROL_PORT}"));
        command.arg("--key-file").arg(self.data.join("unlock")).env_remove("RUST_LOG");
        let mut daemon = Daemon::start("Keyward", PORT, &self.data.join("serve.out"), &mut command)?;
        // It takes connections before it serves them.
        daemon.wait_until(is_ready)?;
        Ok(daemon)
    }

    /// Where operators are served.
    pub(super) fn socket(&self) -> PathBuf {
        self.data.join("keyward.sock")
    }

    /// Tells the running server of the exchange and the real key, and issues keys.
    pub(super) fn issue(&self, exchange: u16) -> Result<Vec<Holder>> {
        self.open_door(exchange)?;
        say(format_args!("gateway: issuing {KEYS} keys"));
        (0..KEYS).map(|number| self.create(number)).collect()
    }

    /// Tells the running server of an exchange, a real key and a project.
    pub(super) fn open_door(&self, exchange: u16) -> Result<()> {
        let url = format!("http://127.0.0.1:{exchange}");
        let venue = ["venue", "add", "binance", "--dialect", "binance", "--url"];
        self.operate(self.command().args(venue).arg(url))?;
        let credential =
            ["credential", "add", "main", "--venue", "binance", "--api-key", "real", "--secret-file"];
        self.operate(self.command().args(credential).arg(self.data.join("secret")))?;
        self.operate(self.command().args(["project", "add", "bots"]))?;
        Ok(())
    }

    fn create(&self, number: usize) -> Result<Holder> {
        let name = format!("bot{number}");
        let create = ["key", "create", &name, "--project", "bots", "--credential", "main"];
        let rights = ["--allow", "market,read,trade", "--rate", RATE];
        let key = self.operate(self.command().args(create).args(rights))?;
        let text = |name: &str| key[name].as_str().map(str::to_owned).context("a key without its two halves");
        Ok(Holder { api_key: text("api_key")?, secret: text("secret")? })
    }

    fn command(&self) -> Command {
        let mut command = program(&self.binary);
        command.arg("--json").arg("--data").arg(&self.data);
        command
    }

    fn operate(&self, command: &mut Command) -> Result<Value> {
        Ok(serde_json::from_str(&capture(command)?)?)
    }
}

/// Whether it says that it serves.
fn is_ready() -> bool {
    let asked = TcpStream::connect(("127.0.0.1", CONTROL_PORT)).and_then(|mut stream| {
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: keyward\r\nConnection: close\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status).map(|()| status)
    });
    asked.is_ok_and(|status| status == *b"HTTP/1.1 200")
}
