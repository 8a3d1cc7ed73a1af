//! What recording costs, and opening and verifying a long log: `cargo run --release -p keyward-ledger --example log_cost DIR`
#![expect(clippy::print_stdout, reason = "a measurement, not a part of the product")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use keyward_ledger::{CheckpointSigner, Find, Ledger, Places, find, tail, verify};
use keyward_policy::{Event, KeyId, OrderFact, Outcome, ProjectId, Request, RequestId, Sent, What};

const DEADLINE: Duration = Duration::from_secs(60);
const MILLION: u32 = 1_000_000;

fn request(n: u32) -> RequestId {
    RequestId::from_entropy(u128::from(n).to_be_bytes())
}

/// What the gateway records when an order was answered: about 120 bytes.
fn answer(n: u32) -> Event<'static> {
    let outcome = Outcome { request: request(n), status: Some(200), reason: None };
    Event { at: Timestamp::UNIX_EPOCH, what: What::Outcome(outcome) }
}

/// What the gateway records before an order leaves: about 400 bytes.
fn order(n: u32) -> Event<'static> {
    let request = Request {
        request: request(n),
        key: Some(KeyId::from_entropy([3; 16])),
        project: Some(ProjectId::from_entropy([4; 16])),
        address: Some([10, 0, 0, 1].into()),
        venue: "main".into(),
        method: "POST".into(),
        path: "/api/v3/order".into(),
        needs: Some("trade:spot"),
        policy: Some(7),
        markets: Vec::new(),
        facts: vec![OrderFact {
            symbol: Some("BTCUSDT".into()),
            side: Some("BUY".into()),
            kind: Some("LIMIT".into()),
            quantity: Some("0.01000000".into()),
            price: Some("64000.00".into()),
            ..OrderFact::default()
        }],
    };
    Event {
        at: Timestamp::UNIX_EPOCH,
        what: What::Intent(Sent { request, credential: None, approval: None }),
    }
}

fn per_second(count: u32, start: Instant) -> String {
    let taken = start.elapsed();
    format!("{:9.0}/s, {:?} each", f64::from(count) / taken.as_secs_f64(), taken / count)
}

async fn durable(ledger: &Arc<Ledger>, callers: u32, each: u32) {
    let (start, commits) = (Instant::now(), ledger.commits());
    let caller = |_| {
        let ledger = Arc::clone(ledger);
        tokio::spawn(async move {
            for n in 0..each {
                ledger
                    .record_durably(&order(n), DEADLINE)
                    .await
                    .map(drop)
                    .unwrap_or_else(|error| println!("{error}"));
            }
        })
    };
    for task in (0..callers).map(caller).collect::<Vec<_>>() {
        task.await.unwrap_or_else(|error| println!("{error}"));
    }
    let (rate, commits) = (per_second(callers * each, start), ledger.commits() - commits);
    println!(
        "durable, {callers:3} callers: {rate}; {:.1} entries a commit",
        f64::from(callers * each) / commits as f64
    );
}

fn long_log(dir: &Path, signer: &CheckpointSigner) -> Result<(), Box<dyn Error>> {
    let ledger = Ledger::open(dir, None)?;
    let event = order(1);
    let start = Instant::now();
    for _ in 0..10_000 {
        ledger.record(&event)?;
    }
    println!("record, the caller's side: {}", per_second(10_000, start));
    let start = Instant::now();
    for n in 10_000..MILLION {
        let event = if n % 2 == 0 { order(n) } else { answer(n - 1) };
        while ledger.record(&event).is_err() {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    ledger.checkpoint(signer)?;
    println!("a million through the disk: {}", per_second(MILLION, start));
    Ok(())
}

fn timed<T, E: Error + 'static>(
    what: &str,
    run: impl FnOnce() -> Result<T, E>,
) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    run()?;
    println!("{what} of a million: {:?}", start.elapsed());
    Ok(())
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let dir = std::env::args().nth(1).ok_or("name an empty directory on the disk to measure")?;
    let (short, long) = (Path::new(&dir).join("short"), Path::new(&dir).join("long"));
    let signer = CheckpointSigner::from_seed("keyward.local/audit/measured", &[7; 32])?;
    let ledger = Arc::new(Ledger::open(&short, None)?);
    durable(&ledger, 1, 1000).await;
    durable(&ledger, 64, 500).await;
    durable(&ledger, 512, 200).await;
    long_log(&long, &signer)?;
    timed("open", || Ledger::open(&long, Some(signer.verifier_key())))?;
    timed("verify", || verify(&long, signer.verifier_key(), &[]))?;
    timed("tail", || tail(&long, 20))?;
    timed("find by request", || find(&long, &Places::default(), Find::Request(request(MILLION - 2))))?;
    Ok(())
}
