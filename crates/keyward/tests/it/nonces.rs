//! Many bots on one real key of an exchange that takes only rising nonces: whatever they count in, whatever happens to
//! Keyward, none of them is refused.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

use keyward_dialect::SigningKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::clients::Clients;
use crate::wire::{Wire, now_us};
use crate::world::{Issued, Setup, World};

const ALLOW: [&str; 4] = ["--allow", "market,read,trade,stream", "--rate", "unlimited"];

/// A bot of our own that asks for its balance again and again, as fast as it is answered.
struct Bot {
    key: Issued,
    /// Digits of its nonces: as ccxt counts, or as python-kraken-sdk does.
    digits: u32,
    last: u64,
}

/// What all bots share.
struct Shared {
    /// Where the gateway listens now.
    gateway: Mutex<String>,
    answered: AtomicUsize,
    done: AtomicBool,
    /// Answers that are not balances.
    odd: Mutex<Vec<String>>,
}

impl Bot {
    fn run(mut self, shared: &Shared) {
        while !shared.is_done() {
            let gateway = shared.gateway.lock().unwrap().clone();
            match TcpStream::connect(gateway) {
                Ok(stream) => self.converse(stream, shared),
                Err(_) => sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Asks on one connection until that is cut: a request that was cut off is not asked again.
    fn converse(&mut self, stream: TcpStream, shared: &Shared) {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let (mut writer, mut reader) = (stream.try_clone().unwrap(), BufReader::new(stream));
        while !shared.is_done() {
            if writer.write_all(self.request().as_bytes()).is_err() {
                return;
            }
            let Some((answer, closes)) = answer(&mut reader) else { return };
            shared.note(answer);
            if closes {
                return;
            }
        }
    }

    fn request(&mut self) -> String {
        let nonce = self.nonce();
        let (path, body) = ("/0/private/Balance", format!("nonce={nonce}"));
        let digest = Sha256::digest(format!("{nonce}{body}"));
        let message = [path.as_bytes(), &digest[..]].concat();
        let signature = SigningKey::HmacSha512(self.key.secret.as_bytes()).sign(&message).unwrap();
        format!(
            "POST /kraken{path} HTTP/1.1\r\nHost: keyward\r\nAPI-Key: {}\r\nAPI-Sign: {signature}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.key.api_key,
            body.len(),
        )
    }

    /// The time in its own unit, or one more than the last.
    fn nonce(&mut self) -> u64 {
        let now_us = now_us();
        let now = if self.digits == 13 { now_us / 1_000 } else { now_us * 100 };
        self.last = now.max(self.last + 1);
        self.last
    }
}

impl Shared {
    fn is_done(&self) -> bool {
        self.done.load(Ordering::Relaxed)
    }

    /// For a second after a crash Keyward cannot tell a new signature from one that it took before, and says so.
    fn note(&self, answer: String) {
        if answer.contains(r#""error":[]"#) {
            self.answered.fetch_add(1, Ordering::Relaxed);
        } else if answer.contains("sign it again") {
            sleep(Duration::from_millis(50));
        } else {
            self.odd.lock().unwrap().push(answer);
        }
    }

    /// Waits until this many were answered.
    fn wait_for(&self, answered: usize) {
        while self.answered.load(Ordering::Relaxed) < answered {
            assert!(self.odd.lock().unwrap().len() < 20, "{:?}", self.odd.lock().unwrap());
            sleep(Duration::from_millis(5));
        }
    }
}

/// One answer, and whether it is the last of its connection; none when it was cut off.
fn answer(reader: &mut impl BufRead) -> Option<(String, bool)> {
    let (mut length, mut closes, mut line) = (0, false, String::new());
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let head = line.to_ascii_lowercase();
        if let Some(told) = head.strip_prefix("content-length:") {
            length = told.trim().parse().ok()?;
        }
        closes |= head.starts_with("connection: close");
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((String::from_utf8(body).ok()?, closes))
}

/// What the exchange counted of the real key.
fn nonces(world: &World) -> Value {
    let exchange = world.sandbox.url.trim_start_matches("http://").to_owned();
    let counted = Wire::bare("GET", "/sandbox/nonces").send_under(&exchange, "").json();
    counted[&world.sandbox.account("desk").api_key].clone()
}

/// Both clients trade: an order far from the market, seen and taken back; and one that is filled.
fn trade(world: &World, clients: &mut Clients, keys: &[Issued; 2]) {
    let mut ccxt = clients.bot("ccxt-kraken", &world.door(), &keys[0]);
    let placed = ccxt.call("create_order", json!(["BTC/USD", "limit", "buy", 0.01, 20_000]));
    ccxt.call("fetch_open_orders", json!([]));
    ccxt.call("cancel_order", json!([placed["id"]]));
    ccxt.call("create_order", json!(["BTC/USD", "market", "buy", 0.001]));
    assert!(!ccxt.call("fetch_my_trades", json!([])).as_array().unwrap().is_empty());
    ccxt.call("fetch_balance", json!([]));
    let port = world.server.gateway.rsplit(':').next().unwrap();
    let mut sdk = clients.bot("kraken-sdk", &format!("http://kraken.localhost:{port}"), &keys[1]);
    let order =
        json!({ "ordertype": "limit", "side": "sell", "pair": "XBTUSD", "volume": 0.01, "price": 90_000 });
    let placed = sdk.call("Trade.create_order", order);
    let open = sdk.call("User.get_open_orders", json!({}));
    let id = placed["txid"][0].as_str().unwrap();
    assert_eq!(open["open"][id]["status"], "open", "{open}");
    sdk.call("Trade.cancel_order", json!({ "txid": id }));
    sdk.call("User.get_account_balance", json!({}));
    sdk.call("User.get_trades_history", json!({}));
    sdk.call("User.request", json!({ "method": "POST", "uri": "/0/private/GetWebSocketsToken" }));
}

fn start_bots(world: &World, shared: &Arc<Shared>) -> Vec<JoinHandle<()>> {
    let bots = [13, 18, 13, 18].into_iter().enumerate().map(|(number, digits)| {
        let bot = Bot { key: world.key(&format!("bot{number}"), &ALLOW), digits, last: 0 };
        let shared = Arc::clone(shared);
        spawn(move || bot.run(&shared))
    });
    bots.collect()
}

/// Stops the server in the middle of everything, politely or not, and starts it again.
fn restart(world: &mut World, shared: &Shared, politely: bool) {
    if politely {
        world.server.signal("TERM");
        assert_eq!(world.server.ended(), Some(0));
    } else {
        world.server.kill();
    }
    world.serve();
    world.server.gateway.clone_into(&mut shared.gateway.lock().unwrap());
    // The real clients do not try again by themselves: they wait for what the bots try.
    shared.wait_for(shared.answered.load(Ordering::Relaxed) + 20);
}

#[test]
fn clients_of_13_and_18_digits_share_one_real_key_through_restarts_and_no_nonce_is_refused_soak() {
    let (wanted, restarts) =
        if std::env::var_os("KEYWARD_SOAK").is_some() { (100_000, 20) } else { (400, 4) };
    let mut world = World::with(Setup { dialect: "kraken", quiet: true, ..Setup::default() });
    let mut clients = Clients::start();
    let keys = [world.key("ccxt", &ALLOW), world.key("sdk", &ALLOW)];
    let shared = Arc::new(Shared {
        gateway: Mutex::new(world.server.gateway.clone()),
        answered: AtomicUsize::new(0),
        done: AtomicBool::new(false),
        odd: Mutex::default(),
    });
    let bots = start_bots(&world, &shared);
    for round in 1..=restarts {
        trade(&world, &mut clients, &keys);
        shared.wait_for(wanted * round / (restarts + 1));
        restart(&mut world, &shared, round % 2 == 0);
    }
    trade(&world, &mut clients, &keys);
    shared.wait_for(wanted);
    shared.done.store(true, Ordering::Relaxed);
    bots.into_iter().for_each(|bot| bot.join().unwrap());
    let (counted, answered) = (nonces(&world), shared.answered.load(Ordering::Relaxed));
    println!("{answered} bulk answers, {restarts} restarts; at the exchange: {counted}");
    assert_eq!(*shared.odd.lock().unwrap(), Vec::<String>::new());
    assert_eq!(counted["refused"], 0, "{counted}");
    assert!(counted["taken"].as_u64().unwrap() as usize >= wanted, "{counted}");
}

/// A request for the balance, signed with this key and nonce.
fn balance(key: &Issued, nonce: u64) -> Wire {
    let (path, body) = ("/0/private/Balance", format!("nonce={nonce}"));
    let digest = Sha256::digest(format!("{nonce}{body}"));
    let message = [path.as_bytes(), &digest[..]].concat();
    let signature = SigningKey::HmacSha512(key.secret.as_bytes()).sign(&message).unwrap();
    let wire = Wire::bare("POST", path).header("API-Key", &key.api_key).header("API-Sign", &signature);
    Wire { body, ..wire.header("Content-Type", "application/x-www-form-urlencoded") }
}

#[test]
fn a_real_key_that_is_used_beside_keyward_is_noticed() {
    let world = World::with(Setup { dialect: "kraken", ..Setup::default() });
    let key = world.key("bot", &ALLOW);
    let ours = || balance(&key, now_us()).send_under(&world.server.gateway, "/kraken");
    assert_eq!(ours().json()["error"], json!([]));
    let account = world.sandbox.account("desk");
    let (api_key, secret) = (account.api_key.clone(), account.secret.clone());
    let elsewhere = Issued { id: String::new(), api_key, secret };
    let exchange = world.sandbox.url.trim_start_matches("http://").to_owned();
    // Further than Keyward counts for hundreds of years.
    let far = balance(&elsewhere, 9_000_000_000_000_000_000).send_under(&exchange, "");
    assert_eq!(far.json()["error"], json!([]), "{far:?}");
    let refused = ours();
    assert_eq!(refused.json()["error"], json!(["EAPI:Invalid nonce"]), "{refused:?}");
    let metrics = Wire::bare("GET", "/metrics").send_under(&world.server.control, "");
    assert!(metrics.body.contains("keyward_nonces_refused_total 1"), "{}", metrics.body);
    let told = world.operate(&["audit", "tail", "--limit", "3"]).to_string();
    assert!(told.contains("nonce_refused"), "{told}");
    assert!(world.server.log().contains("is the real key used elsewhere too?"));
}
