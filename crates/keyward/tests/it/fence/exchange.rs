//! An exchange that notes when each order reached it, and takes a moment to answer.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// The longest time until it answers.
const ANSWER_AFTER_MAX: Duration = Duration::from_millis(8);

/// An order that reached the exchange.
#[derive(Clone)]
pub(super) struct Delivery {
    /// Its client order id.
    pub(super) order: String,
    /// The number of its key.
    pub(super) round: usize,
    pub(super) at: Instant,
}

pub(super) struct Exchange {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Delivery>>>,
}

impl Exchange {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = seen.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let seen = noted.clone();
                thread::spawn(move || serve(stream.unwrap(), &seen));
            }
        });
        Self { url, seen }
    }

    pub(super) fn deliveries(&self) -> Vec<Delivery> {
        self.seen.lock().unwrap().clone()
    }
}

/// The order is noted before it is answered: what is noted late is still on the wire.
fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Delivery>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    while let Some(Ok(first)) = lines.next() {
        let order = order(&first);
        seen.lock().unwrap().push(order.clone());
        while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
        thread::sleep(ANSWER_AFTER_MAX.mul_f64(spread(&order.order)));
        if write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{{}}").is_err() {
            return;
        }
    }
}

/// The order of a request line; its id is `<number of the key>-<bot>-<count>`.
fn order(line: &str) -> Delivery {
    let at = Instant::now();
    let (_, after) = line.split_once("newClientOrderId=").unwrap();
    let order = after.split(['&', ' ']).next().unwrap().to_owned();
    let round = order.split('-').next().unwrap().parse().unwrap();
    Delivery { order, round, at }
}

/// A number between 0 and 1 that differs from order to order.
fn spread(order: &str) -> f64 {
    let sum = order.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    f64::from(sum % 100) / 100.0
}
