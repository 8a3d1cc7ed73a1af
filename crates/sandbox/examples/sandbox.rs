//! Runs a sandbox exchange on the address in the first argument and prints how to trade on it, as JSON.

use std::sync::Arc;
use std::time::SystemTime;

use keyward_sandbox::{Announcement, demo, serve};
use tokio::net::TcpListener;

#[tokio::main]
#[expect(clippy::print_stdout, clippy::disallowed_methods, reason = "this is a composition root")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = TcpListener::bind(address).await?;
    let demo = demo(1)?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("{}", serde_json::to_string(&Announcement { url, accounts: demo.accounts })?);
    let since_epoch = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let clock = Arc::new(move || u64::try_from(since_epoch().as_millis()).unwrap_or(u64::MAX));
    serve(listener, demo.config, clock, std::future::pending()).await?;
    Ok(())
}
