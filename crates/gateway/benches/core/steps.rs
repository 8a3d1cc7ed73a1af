//! Where the time of a read goes: the parts that can be had on their own, each alone. What the whole takes beyond their
//! sum is the directory, the rules, the replay guard, and the heads of two requests.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use http::Request;
use keyward_dialect::binance::Binance;
use keyward_dialect::{Claim, Dialect, Refusal, SigningKey, Stamp};
use keyward_policy::{KeyType, SecretOwner};

use crate::door::{Door, REAL_KEY, REAL_SECRET, START_MS, real_key};
use crate::keys::Holder;
use crate::requests::Kind;
use crate::row::{Row, median};

const TIMES: u32 = 20_000;
const START_US: u64 = START_MS as u64 * 1_000;

type Failure = Box<dyn Error>;

/// A row for each part.
pub(crate) fn rows(rounds: usize) -> Result<Vec<Row>, Failure> {
    let door = Door::open(KeyType::Hmac, 0)?;
    let (id, sealed) = real_key(&door.vault)?;
    let kept = door.vault.keep(SecretOwner::Credential(id), sealed);
    let mut rows = dialect(rounds)?;
    rows.push(timed("core_step_open_secret_ns", rounds, || {
        black_box(door.vault.open_kept(SecretOwner::Credential(id), &kept)).is_ok()
    })?);
    rows.push(verify("core_step_verify_hmac_ns", KeyType::Hmac, rounds)?);
    rows.push(verify("core_step_verify_ed25519_ns", KeyType::Ed25519, rounds)?);
    Ok(rows)
}

/// Taking a request apart, and signing it again.
fn dialect(rounds: usize) -> Result<Vec<Row>, Failure> {
    let request = Kind::Read.signed(&Holder::new(KeyType::Hmac, 0)?, START_MS, 0)?;
    let (request, key) = (seen(&request), SigningKey::HmacSha256(REAL_SECRET));
    let stamp = Stamp { now_us: START_US, nonce: None };
    let params = Binance.parse(&request)?;
    Ok(vec![
        timed("core_step_read_ns", rounds, || black_box(read(&request)).is_ok())?,
        timed("core_step_resign_ns", rounds, || {
            black_box(Binance.resign(&request, &params, REAL_KEY, &key, stamp)).is_ok()
        })?,
    ])
}

fn read(request: &keyward_dialect::Request<'_>) -> Result<usize, Refusal> {
    let params = Binance.parse(request)?;
    let purpose = Binance.classify(request, &params)?;
    let claim = Binance.claim(request, &params)?;
    Ok(black_box((purpose, claim)).0.facts.len())
}

fn verify(name: &str, key_type: KeyType, rounds: usize) -> Result<Row, Failure> {
    let holder = Holder::new(key_type, 0)?;
    let request = Kind::Read.signed(&holder, START_MS, 0)?;
    let request = seen(&request);
    let params = Binance.parse(&request)?;
    let Claim::Signed(claim) = Binance.claim(&request, &params)? else { return Err("not signed".into()) };
    let key = holder.verifying_key()?;
    timed(name, rounds, || black_box(claim.verify(&key)).is_ok())
}

/// A request as the gateway shows it to the dialect.
fn seen(request: &Request<bytes::Bytes>) -> keyward_dialect::Request<'_> {
    keyward_dialect::Request {
        method: request.method(),
        path: request.uri().path().trim_start_matches("/binance"),
        query: request.uri().query().unwrap_or_default(),
        headers: request.headers(),
        body: request.body(),
    }
}

/// The median over the rounds of what one step takes.
fn timed(name: &str, rounds: usize, step: impl Fn() -> bool) -> Result<Row, Failure> {
    let mut all = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        for _ in 0..TIMES {
            if !step() {
                return Err(format!("{name}: the step failed").into());
            }
        }
        all.push(start.elapsed().as_nanos() as f64 / f64::from(TIMES));
    }
    Ok(Row::new(name, median(all), "ns"))
}
