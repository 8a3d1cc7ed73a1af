//! A whole world in one line: the sandbox exchange, a Keyward server as its own process, and an operator at the CLI.

mod cable;
mod clock;
mod operator;
mod sandbox;
mod server;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) use cable::Cable;
pub(crate) use operator::Operator;
pub(crate) use sandbox::Sandbox;
pub(crate) use server::Server;

/// What the operator of a test types when asked.
pub(crate) const PASSPHRASE: &str = "a passphrase for tests only";

/// Moves a process's clock; Debian's package libfaketime.
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

/// How a world differs from the usual one.
#[derive(Clone, Copy)]
pub(crate) struct Setup {
    /// There is a project, a venue and a real key already, not only a vault.
    pub(crate) furnished: bool,
    /// The exchange's dialect, and the venue's name.
    pub(crate) dialect: &'static str,
    /// The server logs only what its operator would see: a trace of many requests is too long to keep.
    pub(crate) quiet: bool,
    /// The venue takes Keyward's word in place of a real key's signature.
    pub(crate) assert: bool,
    /// On Postgres in place of SQLite, over a cable that can be cut.
    pub(crate) postgres: bool,
    /// The gateway speaks TLS, with the certificate of `certificate.pem` in the data folder.
    pub(crate) tls: bool,
    /// The data folder is a file system of its own, of this size. Needs root, who alone mounts.
    pub(crate) disk: Option<&'static str>,
    /// More arguments for `keyward serve`.
    pub(crate) serve: &'static [&'static str],
    /// The text of `keyward.toml`.
    pub(crate) config: &'static str,
    /// The server's clock is off by what the file `clock` in the data folder says.
    pub(crate) faketime: bool,
}

impl Setup {
    /// The usual world.
    pub(crate) const BINANCE: Self = Self {
        furnished: true,
        dialect: "binance",
        quiet: false,
        assert: false,
        postgres: false,
        tls: false,
        disk: None,
        serve: &[],
        config: "",
        faketime: false,
    };
}

impl Default for Setup {
    fn default() -> Self {
        Self::BINANCE
    }
}

/// Everything that runs, and the operator's hands.
pub(crate) struct World {
    pub(crate) data: TempDir,
    pub(crate) sandbox: Sandbox,
    pub(crate) server: Server,
    /// Between Keyward and its Postgres.
    pub(crate) cable: Option<Cable>,
    setup: Setup,
}

/// A key as its bot got it.
#[derive(Clone)]
pub(crate) struct Issued {
    pub(crate) id: String,
    pub(crate) api_key: String,
    pub(crate) secret: String,
}

impl World {
    pub(crate) fn start() -> Self {
        Self::with(Setup::default())
    }

    pub(crate) fn with(setup: Setup) -> Self {
        let private = fs::Permissions::from_mode(0o700);
        let data = tempfile::Builder::new().permissions(private).tempdir().unwrap();
        if let Some(size) = setup.disk {
            mount(data.path(), size);
        }
        fs::write(data.path().join("passphrase"), PASSPHRASE).unwrap();
        if setup.tls {
            let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
            fs::write(data.path().join("certificate.pem"), made.cert.pem()).unwrap();
            fs::write(data.path().join("certificate.key"), made.signing_key.serialize_pem()).unwrap();
        }
        let sandbox = Sandbox::start(setup.dialect, setup.assert);
        let cable = setup.postgres.then(|| postgres::over_a_cable(&data.path().join("database")));
        if !setup.config.is_empty() {
            fs::write(data.path().join("keyward.toml"), setup.config).unwrap();
        }
        fs::write(data.path().join("clock"), "+0s").unwrap();
        let mut world = Self { server: Server::not_started(), data, sandbox, cable, setup };
        world.operate(&["vault", "init", "--passphrase-file", &world.path("passphrase")]);
        world.serve();
        if setup.furnished {
            world.furnish();
        }
        world
    }

    /// Starts the server; again, after it was stopped.
    pub(crate) fn serve(&mut self) {
        self.server = Server::start(self.serving(), if self.setup.quiet { "warn" } else { "trace" });
        self.sandbox.vouched_for_by(&self.server.gateway);
    }

    /// The command that starts the server.
    pub(crate) fn serving(&self) -> Command {
        let passphrase = self.path("passphrase");
        let mut command = self.command(&["serve", "--gateway", "127.0.0.1:0", "--control", "127.0.0.1:0"]);
        command.args(["--passphrase-file", &passphrase]).args(self.setup.serve);
        if self.setup.tls {
            command.args([
                "--tls-cert",
                &self.path("certificate.pem"),
                "--tls-key",
                &self.path("certificate.key"),
            ]);
        }
        if self.setup.faketime {
            command.env("LD_PRELOAD", FAKETIME).env("FAKETIME_TIMESTAMP_FILE", self.path("clock"));
            command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        command
    }

    fn furnish(&self) {
        let url = self.sandbox.url.clone();
        let mode = if self.setup.assert { "assert" } else { "resign" };
        self.operate(&[
            "venue",
            "add",
            self.setup.dialect,
            "--dialect",
            self.setup.dialect,
            "--url",
            &url,
            "--mode",
            mode,
            "--public-market-data",
        ]);
        self.operate(&["project", "add", "bots"]);
        if !self.setup.assert {
            let desk = self.sandbox.account("desk");
            fs::write(self.data.path().join("secret"), &desk.secret).unwrap();
            let secret = self.path("secret");
            let add =
                ["credential", "add", "desk", "--venue", self.setup.dialect, "--api-key", &desk.api_key];
            self.operate(&[&add[..], &["--secret-file", &secret]].concat());
            fs::remove_file(secret).unwrap();
        }
    }

    /// A new key; `more` are arguments of `keyward key create`.
    pub(crate) fn key(&self, name: &str, more: &[&str]) -> Issued {
        self.key_on("desk", name, more)
    }

    /// A new key that uses this credential.
    pub(crate) fn key_on(&self, credential: &str, name: &str, more: &[&str]) -> Issued {
        let to =
            if self.setup.assert { ["--venue", self.setup.dialect] } else { ["--credential", credential] };
        let created = self.operate(&[&["key", "create", name, "--project", "bots"], &to[..], more].concat());
        let text = |field: &str| created[field].as_str().unwrap_or_default().to_owned();
        Issued { id: text("id"), api_key: text("api_key"), secret: text("secret") }
    }

    /// Runs a command that must succeed, and returns its document.
    pub(crate) fn operate(&self, args: &[&str]) -> Value {
        let output = self.run(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "keyward {args:?} failed: {said}");
        let document = serde_json::from_slice(&output.stdout);
        document.unwrap_or_else(|error| panic!("keyward {args:?} printed no document ({error}): {said}"))
    }

    /// An operator's program, at the server's socket.
    pub(crate) fn operator(&self) -> Operator {
        Operator::at(self.data.path().join("keyward.sock"))
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Where a client sends its requests.
    pub(crate) fn door(&self) -> String {
        format!("http://{}/{}", self.server.gateway, self.setup.dialect)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.data.path().join(name).to_string_lossy().into_owned()
    }

    /// The reason of the latest refusal of a key in the audit log.
    pub(crate) fn last_refusal(&self, key: &Issued) -> String {
        let events = self.operate(&["audit", "tail", "--limit", "1000"]);
        let of_key = |event: &&Value| event["event"] == "refused" && event["key"] == *key.id;
        let refused = events.as_array().and_then(|events| events.iter().rev().find(of_key));
        refused.and_then(|event| event["reason"].as_str()).unwrap_or("none").to_owned()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_keyward")));
        command.arg("--data").arg(self.data.path()).arg("--json").args(args).stdin(Stdio::null());
        if self.setup.postgres {
            command.arg("--database-file").arg(self.data.path().join("database"));
        }
        command
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if self.setup.disk.is_some() {
            self.server.kill();
            let _ = Command::new("umount").arg("--lazy").arg(self.data.path()).status();
        }
    }
}

fn mount(folder: &Path, size: &str) {
    let options = format!("size={size},mode=0700");
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "none"]).arg(folder).status();
    assert!(mounted.unwrap().success(), "a file system of its own needs root, as CI is");
}

mod postgres {
    //! A database of one's own on the server that `cargo xtask test` started.

    use std::path::Path;
    use std::process::Command;

    use super::Cable;

    /// Makes an empty database and writes its URL, over a cable, into a file.
    pub(super) fn over_a_cable(file: &Path) -> Cable {
        let url = fresh_database();
        let (login, rest) = url.split_once('@').expect("the URL names a user");
        let (server, rest) = rest.split_once('/').expect("the URL names a database");
        let cable = Cable::to(server);
        std::fs::write(file, format!("{login}@127.0.0.1:{}/{rest}", cable.port)).unwrap();
        cable
    }

    /// Makes an empty database and returns its URL.
    fn fresh_database() -> String {
        #[expect(
            clippy::disallowed_methods,
            reason = "the test command hands the server's URL over in the environment"
        )]
        let server = std::env::var("KEYWARD_TEST_POSTGRES");
        let server = server.expect("KEYWARD_TEST_POSTGRES is not set: run the tests with `cargo xtask test`");
        let name = format!("it_{}", std::process::id());
        let made = Command::new("psql").args([&server, "-qc", &format!("CREATE DATABASE {name}")]).status();
        assert!(made.expect("psql is needed").success(), "the database could not be made");
        let (base, query) =
            server.split_once('?').map_or((&*server, String::new()), |(b, q)| (b, format!("?{q}")));
        let base = base.rsplit_once('/').map_or(base, |(base, _)| base);
        format!("{base}/{name}{query}")
    }
}
