//! What opening a secret costs: every signed request pays it. `cargo run --release -p keyward-vault --example open_cost`
#![expect(clippy::print_stdout, reason = "a measurement, not a part of the product")]

use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use keyward_policy::{Entropy, SecretOwner};
use keyward_vault::{KdfParams, Secret, Unlock, Vault};

const TIMES: u32 = 1_000_000;

struct Fixed;

impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let vault = Vault::new(Arc::new(Fixed));
    let passphrase = Unlock::Passphrase(Secret::from_vec(b"measured".to_vec())?);
    let start = Instant::now();
    let root = vault.init(&passphrase, KdfParams::RECOMMENDED)?;
    println!("init       {:?}", start.elapsed());
    let start = Instant::now();
    vault.unseal(&root, &passphrase)?;
    println!("unseal     {:?}", start.elapsed());
    for len in [64, 1700] {
        let sealed = vault.seal_secret(SecretOwner::Identity, &vec![1; len])?;
        let start = Instant::now();
        for _ in 0..TIMES {
            black_box(vault.open(SecretOwner::Identity, black_box(&sealed))?);
        }
        println!("open {len:5} {:?}, locked: {}", start.elapsed() / TIMES, vault.memory_locked());
    }
    Ok(())
}
