//! `keyward demo`: everything at once, on throwaway data.

mod stage;
mod story;
mod trade;

use anyhow::Result;
use clap::Args;
use keyward_control::snippet::{Access, Client, render};
use keyward_policy::KeyType;
use serde_json::json;

use self::stage::Stage;
use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::outcome::Problem;
use crate::output::Printer;

/// Try Keyward: one process, throwaway data, an exchange to trade on, and a key that works when pasted
#[derive(Args)]
#[command(after_help = "Examples:\n  keyward demo\n  keyward demo --once\n\n\
    It needs nothing and keeps nothing: the exchange is a small one of its own, whose money is worth nothing.")]
pub(crate) struct Demo {
    /// The gateway's port on 127.0.0.1 [default: a free one]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Trade once through the gateway, try to withdraw, verify the audit log; exit 0 only if all went as it must
    #[arg(long)]
    once: bool,
}

impl Demo {
    /// Runs the demo.
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<()> {
        let mut stage = Stage::set(self.port).await?;
        let ended = if self.once {
            once(invocation.printer, &stage).await
        } else {
            host(invocation.printer, &mut stage).await
        };
        stage.strike().await.and(ended)
    }
}

/// Tells the story, and fails if it does not go as it must.
async fn once(printer: Printer, stage: &Stage) -> Result<()> {
    printer.say(&format!(
        "A bot trades on a sandbox exchange through Keyward, at {}.\nIts key may: market, read, trade.\n",
        stage.door
    ))?;
    let steps = vec![
        story::balance(&stage.client).await?,
        story::order(&stage.client).await?,
        story::withdrawal(&stage.client).await?,
        story::audit(stage.inside.call(&Call::act(path(&["audit", "verify"]))).await),
    ];
    let document = json!({"gateway": stage.door, "ok": steps.iter().all(|step| step.ok), "steps": steps});
    printer.result(&document, |_| steps.iter().map(|step| step.line() + "\n").collect())?;
    match steps.iter().find(|step| !step.ok) {
        Some(step) => {
            Err(Problem::new("demo_failed", format!("the demo's {} went wrong", step.name())).into())
        }
        None => printer.say("\nThe bot never had the real key, and what it may not do did not happen."),
    }
}

/// Says how to use the key, and waits until somebody has seen enough.
async fn host(printer: Printer, stage: &mut Stage) -> Result<()> {
    let access = Access {
        dialect: "binance",
        door: &stage.door,
        api_key: &stage.client.api_key,
        key_type: KeyType::Hmac,
        secret: Some(&stage.client.secret),
    };
    let snippet = |client| render(client, &access).map_err(Problem::from);
    let (curl, ccxt) = (snippet(Client::Curl)?, snippet(Client::Ccxt)?);
    let document = json!({
        "gateway": stage.door, "exchange": stage.exchange_url, "data": stage.data_path(),
        "console": stage.console,
        "api_key": access.api_key, "secret": access.secret, "curl": curl, "ccxt": ccxt,
    });
    printer.result(&document, |_| {
        format!(
            "Keyward is running, with a sandbox exchange behind it. Nothing is kept.\n\n\
             It issued a key for a bot, which may read, and trade BTC/USDT and ETH/USDT, and nothing else. The\n\
             exchange's real key never leaves Keyward's vault.\n\n\
             See it in a browser, and issue a key of your own: this link makes you its owner, once:\n\n  {console}\n\n\
             Ask for the balance, in another terminal:\n\n{curl}\n\
             Or in Python, after `pip install ccxt`:\n\n{ccxt}\n\
             See what it did:    {keyward} audit tail\n\
             Take the key away:  {keyward} key revoke bot\n\n\
             Ctrl-C ends it.",
            console = stage.console,
            keyward = format_args!("{} --data {}", program(), stage.data_path()),
        )
    })?;
    stage.until_stopped().await
}

/// What to type for this program: not everybody has it on the path.
fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "keyward".to_owned())
}
