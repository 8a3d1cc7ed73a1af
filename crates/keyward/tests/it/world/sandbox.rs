//! The sandbox exchange on a thread of this process.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use keyward_sandbox::{AnnouncedAccount, Clock, FetchJwks, Identity};
use tokio::sync::oneshot;

/// A running sandbox exchange.
pub(crate) struct Sandbox {
    pub(crate) url: String,
    accounts: Vec<AnnouncedAccount>,
    gateway: Arc<Mutex<String>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts one; with `assert` it takes the gateway's word beside its own keys.
    pub(super) fn start(dialect: &str, assert: bool) -> Self {
        let demo = match dialect {
            "kraken" => keyward_sandbox::kraken_demo(7),
            _ => keyward_sandbox::demo(7).unwrap(),
        };
        let gateway = Arc::new(Mutex::new(String::new()));
        let mut config = demo.config;
        if assert {
            let balances = config.accounts[0].balances.clone();
            config.identity = Some(Identity {
                audience: "binance".to_owned(),
                jwks: key_set_of(gateway.clone()),
                balances,
            });
        }
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || run(listener, config, stopped));
        Self { url, accounts: demo.accounts, gateway, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) fn account(&self, name: &str) -> &AnnouncedAccount {
        self.accounts.iter().find(|account| account.name == name).unwrap()
    }

    pub(super) fn vouched_for_by(&self, gateway: &str) {
        gateway.clone_into(&mut self.gateway.lock().unwrap());
    }

    /// Closes its listener and all its connections.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(listener: std::net::TcpListener, config: keyward_sandbox::Config, stopped: oneshot::Receiver<()>) {
    listener.set_nonblocking(true).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let serve = keyward_sandbox::serve(listener, config, clock(), std::future::pending());
        tokio::select! {
            served = serve => served.unwrap(),
            _ = stopped => {}
        }
    });
}

fn clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "a test is a composition root")]
    Arc::new(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64)
}

fn key_set_of(gateway: Arc<Mutex<String>>) -> FetchJwks {
    Arc::new(move || {
        let gateway = gateway.lock().unwrap().clone();
        Box::pin(async move { tokio::task::spawn_blocking(move || fetch(&gateway)).await.ok().flatten() })
    })
}

fn fetch(gateway: &str) -> Option<String> {
    let mut stream = TcpStream::connect(gateway).ok()?;
    write!(stream, "GET /.well-known/jwks.json HTTP/1.1\r\nHost: {gateway}\r\nConnection: close\r\n\r\n")
        .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
}
