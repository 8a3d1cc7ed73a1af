//! What the pure core of a request costs: read, find the key, verify, decide, sign again. No socket, no disk.
//!
//! `cargo bench -p keyward-gateway --bench core -- ROUNDS [PART]` prints one JSON document of rows; `cargo xtask bench`
//! runs it and shows them. A round takes each size of the directory in turn, so that a noisy neighbour disturbs all of
//! them. One part alone (`sizes`, `kinds`, `steps`) is for a profiler.
#![expect(clippy::print_stdout, reason = "the rows are the result of a bench")]

mod door;
mod keys;
mod memory;
mod requests;
mod row;
mod seeded;
mod steps;
mod turn;

use std::error::Error;

use keyward_policy::KeyType;

use crate::door::Door;
use crate::requests::Kind;
use crate::row::{Row, median};
use crate::turn::Turn;

/// The one that the `keyward` binary uses.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sizes of the directory, and what a row's name says of them; the second is the headline.
const SIZES: [(u64, &str); 4] = [(10, "_10"), (10_000, ""), (1_000_000, "_1m"), (10_000_000, "_10m")];
const ROUNDS_USUAL: usize = 7;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<_> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let rounds = given.first().map_or(Ok(ROUNDS_USUAL), |rounds| rounds.parse())?;
    let asked = |part| given.get(1).is_none_or(|only| only == part);
    let mut rows = Vec::new();
    if asked("sizes") {
        rows.extend(sizes(KeyType::Hmac, "core_hmac", rounds)?);
        rows.extend(sizes(KeyType::Ed25519, "core_ed25519", rounds)?);
    }
    if asked("kinds") {
        rows.extend(kinds(rounds)?);
    }
    if asked("steps") {
        rows.extend(steps::rows(rounds)?);
    }
    println!("{}", serde_json::json!({ "rows": rows }));
    Ok(())
}

/// Reads and orders in turn, with few keys, many, and very many. The first turn of each gateway is not counted.
fn sizes(key_type: KeyType, name: &str, rounds: usize) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut doors = Vec::new();
    let mut bytes_per_key = 0.0;
    for (keys, _) in SIZES {
        let before = memory::resident_bytes()?;
        doors.push(Door::open(key_type, keys)?);
        bytes_per_key = (memory::resident_bytes()? - before) as f64 / keys as f64;
    }
    let mut costs = vec![Vec::new(); doors.len()];
    for round in 0..=rounds {
        for (door, costs) in doors.iter_mut().zip(&mut costs) {
            costs.push(Turn { round, kinds: &[Kind::Read, Kind::Order] }.run(door)?);
        }
    }
    // At its first use each secret changes its form.
    let ns: Vec<_> = costs.into_iter().map(|costs| median(costs[1..].to_vec())).collect();
    let row = |(at, (_, size)): (usize, &(u64, &str))| {
        Row::new(format!("{name}_ns{size}"), ns[at], "ns").compared_with(ns[1])
    };
    let mut rows: Vec<_> = SIZES.iter().enumerate().map(row).collect();
    if key_type == KeyType::Hmac {
        rows.push(Row::new("memory_bytes_per_key", bytes_per_key, "bytes"));
    }
    Ok(rows)
}

/// A read and an order, each on its own.
fn kinds(rounds: usize) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut door = Door::open(KeyType::Hmac, SIZES[1].0)?;
    let (mut reads, mut orders) = (Vec::new(), Vec::new());
    Turn { round: 0, kinds: &[Kind::Read] }.run(&mut door)?;
    for round in 1..=rounds {
        reads.push(Turn { round: 2 * round, kinds: &[Kind::Read] }.run(&mut door)?);
        orders.push(Turn { round: 2 * round + 1, kinds: &[Kind::Order] }.run(&mut door)?);
    }
    let (read, order) = (median(reads), median(orders));
    Ok(vec![
        Row::new("core_hmac_read_ns", read, "ns"),
        Row::new("core_hmac_order_ns", order, "ns").compared_with(read),
    ])
}
