//! Unmodified clients trade through the door.

use serde_json::{Value, json};

use crate::clients::{Bot, Clients};
use crate::world::World;

pub(super) fn tell(world: &World, clients: &mut Clients) {
    let key = world.key("trader", &["--allow", "market,read,trade"]);
    let door = world.door();
    for client in ["ccxt", "ccxt-async"] {
        trades_with_ccxt(&mut clients.bot(client, &door, &key));
    }
    trades_with_the_official_sdk(&mut clients.bot("binance-connector", &door, &key));
}

fn trades_with_ccxt(bot: &mut Bot<'_>) {
    assert!(bot.call("load_markets", json!([]))["BTC/USDT"].is_object());
    let ask = number(&bot.call("fetch_ticker", json!(["BTC/USDT"]))["ask"]);
    assert!(number(&bot.call("fetch_balance", json!([]))["free"]["USDT"]) > 1000.0);
    let resting = bot.call("create_order", json!(["BTC/USDT", "limit", "buy", 0.001, (ask / 2.0).round()]));
    let open = bot.call("fetch_open_orders", json!(["BTC/USDT"]));
    assert!(open.as_array().unwrap().iter().any(|order| order["id"] == resting["id"]), "{open}");
    bot.call("cancel_order", json!([resting["id"], "BTC/USDT"]));
    let bought = bot.call("create_order", json!(["BTC/USDT", "market", "buy", 0.001]));
    assert_eq!(bought["status"], "closed", "{bought}");
    let trades = bot.call("fetch_my_trades", json!(["BTC/USDT"]));
    assert!(trades.as_array().unwrap().iter().any(|trade| trade["order"] == bought["id"]), "{trades}");
}

fn trades_with_the_official_sdk(bot: &mut Bot<'_>) {
    assert!(!bot.call("exchange_info", json!([]))["symbols"].as_array().unwrap().is_empty());
    let ask = number(&bot.call("book_ticker", json!({ "symbol": "ETHUSDT" }))["askPrice"]);
    assert!(!bot.call("account", json!([]))["balances"].as_array().unwrap().is_empty());
    let limit = json!({ "symbol": "ETHUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01",
        "price": (ask / 2.0).round().to_string() });
    let resting = bot.call("new_order", limit);
    assert_eq!(bot.call("get_open_orders", json!({ "symbol": "ETHUSDT" }))[0]["orderId"], resting["orderId"]);
    bot.call("cancel_order", json!({ "symbol": "ETHUSDT", "orderId": resting["orderId"] }));
    let market = json!({ "symbol": "ETHUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01" });
    assert_eq!(bot.call("new_order", market)["status"], "FILLED");
    assert!(!bot.call("my_trades", json!({ "symbol": "ETHUSDT" })).as_array().unwrap().is_empty());
}

fn number(value: &Value) -> f64 {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("not a number: {value}"))
}
