//! Real, unmodified clients: one Python process that runs single calls of ccxt and binance-connector.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::world::Issued;

/// The Python process.
pub(crate) struct Clients {
    child: Child,
    tasks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// One client with a key, aimed at a door.
pub(crate) struct Bot<'c> {
    clients: &'c mut Clients,
    base: Value,
}

impl Clients {
    pub(crate) fn start() -> Self {
        let worker = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/clients/worker.py");
        let mut child =
            Command::new(python()).arg(worker).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (tasks, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, tasks, answers }
    }

    /// A client (`ccxt`, `ccxt-async`, `binance-connector`) that uses a key at a door.
    pub(crate) fn bot(&mut self, client: &str, door: &str, key: &Issued) -> Bot<'_> {
        let base = json!({ "client": client, "url": door, "api_key": key.api_key, "secret": key.secret });
        Bot { clients: self, base }
    }

    fn run(&mut self, task: &Value) -> Value {
        writeln!(self.tasks, "{task}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("the clients' process died at {task}"))
    }
}

/// The Python that `cargo xtask test` prepared, with the real clients in it.
pub(crate) fn python() -> String {
    #[expect(clippy::disallowed_methods, reason = "the test command hands it over in the environment")]
    let python = std::env::var("KEYWARD_TEST_PYTHON");
    python.expect("KEYWARD_TEST_PYTHON is not set: run the tests with `cargo xtask test`")
}

impl Drop for Clients {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Bot<'_> {
    /// The client's clock is off by this much.
    pub(crate) fn skewed(mut self, skew_ms: i64) -> Self {
        self.base["skew_ms"] = json!(skew_ms);
        self
    }

    /// A call that must succeed.
    pub(crate) fn call(&mut self, method: &str, args: Value) -> Value {
        let answer = self.attempt(method, args);
        assert_eq!(answer["ok"], true, "{method} of {}: {answer}", self.base["client"]);
        answer["result"].clone()
    }

    /// A call that must raise this exception of the client's own.
    pub(crate) fn raises(&mut self, exception: &str, method: &str, args: Value) {
        let answer = self.attempt(method, args);
        assert_eq!(answer["error"], exception, "{method}: {answer}");
    }

    pub(crate) fn attempt(&mut self, method: &str, args: Value) -> Value {
        let mut task = self.base.clone();
        task["call"] = json!(method);
        let arguments = if args.is_object() { "kwargs" } else { "args" };
        task[arguments] = args;
        self.clients.run(&task)
    }
}
