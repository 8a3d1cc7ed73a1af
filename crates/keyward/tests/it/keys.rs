//! Every type of key, on both sides of the door, and real keys that are born in the vault.

use std::fs;

use serde_json::json;

use crate::clients::Clients;
use crate::wire::Wire;
use crate::world::{Issued, World};

const READ: [&str; 2] = ["--allow", "market,read"];

fn reads_its_balance(world: &World, clients: &mut Clients, key: &Issued) {
    clients.bot("ccxt", &world.door(), key).call("fetch_balance", json!([]));
    clients.bot("binance-connector", &world.door(), key).call("account", json!([]));
}

#[test]
fn issued_keys_of_every_type_work_with_real_clients() {
    let (world, mut clients) = (World::start(), Clients::start());
    for key_type in ["hmac", "ed25519", "rsa"] {
        let key = world.key(key_type, &[&READ[..], &["--type", key_type]].concat());
        reads_its_balance(&world, &mut clients, &key);
    }
}

#[test]
fn a_client_brings_its_own_public_key_and_keeps_the_private_one() {
    let (world, mut clients) = (World::start(), Clients::start());
    for owner in ["ed25519", "rsa"] {
        let own = world.sandbox.account(owner);
        fs::write(world.path("public.pem"), own.public_key.as_ref().unwrap()).unwrap();
        let public = world.path("public.pem");
        let key = world.key(owner, &[&READ[..], &["--type", owner, "--public-key-file", &public]].concat());
        assert_eq!(key.secret, "", "Keyward has no secret to show");
        reads_its_balance(&world, &mut clients, &Issued { secret: own.secret.clone(), ..key });
    }
}

#[test]
fn real_keys_of_every_type_sign_again() {
    let (world, mut clients) = (World::start(), Clients::start());
    for owner in ["ed25519", "rsa"] {
        let real = world.sandbox.account(owner);
        fs::write(world.path("secret"), &real.secret).unwrap();
        let add =
            ["credential", "add", owner, "--venue", "binance", "--api-key", &real.api_key, "--secret-file"];
        world.operate(&[&add[..], &[&world.path("secret")]].concat());
        let key = world.key_on(owner, owner, &READ);
        reads_its_balance(&world, &mut clients, &key);
    }
}

#[test]
fn a_real_key_is_born_in_the_vault_and_trades() {
    let (world, mut clients) = (World::start(), Clients::start());
    let generated = world.operate(&["credential", "generate", "born", "--venue", "binance"]);
    let public = generated["public_key"].as_str().unwrap();
    assert!(public.starts_with("-----BEGIN PUBLIC KEY-----"), "{generated}");
    let permissions = json!({ "enableReading": true, "enableSpotAndMarginTrading": true });
    let pasted = json!({ "account": "desk", "public_key": public, "permissions": permissions }).to_string();
    let exchange = world.sandbox.url.trim_start_matches("http://").to_owned();
    let paste = Wire {
        body: pasted,
        ..Wire::bare("POST", "/sandbox/keys").header("Content-Type", "application/json")
    };
    let reply = paste.send_under(&exchange, "");
    let api_key = reply.json()["api_key"].as_str().unwrap_or_else(|| panic!("{reply:?}")).to_owned();
    world.operate(&["credential", "api-key", "born", &api_key]);
    let key = world.key_on("born", "bot", &["--allow", "market,read,trade"]);
    clients
        .bot("ccxt", &world.door(), &key)
        .call("create_order", json!(["BTC/USDT", "market", "buy", 0.001]));
}

#[test]
fn an_over_privileged_real_key_is_called_that() {
    let world = World::start();
    let checked = world.operate(&["credential", "check", "desk"]);
    assert_eq!(checked["can_withdraw"], true, "{checked}");
    let warnings = checked["warnings"].to_string();
    assert!(warnings.contains("withdraw") && warnings.contains("address"), "{checked}");
}

#[test]
fn what_a_key_did_is_told_from_the_log() {
    let world = World::start();
    let key = world.key("bot", &["--allow", "market,read,trade", "--symbol", "BTC/USDT"]);
    let order = |symbol: &str| {
        let order = format!("symbol={symbol}&side=BUY&type=MARKET&quantity=0.001");
        Wire::signed(&key, "POST", "/api/v3/order", &order).send(&world.server.gateway)
    };
    assert_eq!((order("BTCUSDT").status, order("ETHUSDT").reason()), (200, "symbol_not_allowed"));
    let used = || world.operate(&["key", "usage", "bot"]);
    while used()["refused"] != 1 {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let used = used();
    assert_eq!((&used["allowed"], &used["last_address"]), (&json!(1), &json!("127.0.0.1")));
    assert_eq!(
        (&used["markets"][0]["what"], &used["permissions"][0]["what"]),
        (&json!("BTCUSDT"), &json!("trade:spot"))
    );
    assert_eq!(used["refusals"][0]["reason"], "symbol_not_allowed");
    let said = world.run(&["key", "usage", "bot"]);
    assert!(String::from_utf8_lossy(&said.stdout).contains("symbol_not_allowed"), "{said:?}");
}

#[test]
fn a_key_is_tightened_to_what_it_did_and_its_bot_goes_on() {
    let world = World::start();
    let key = world.key("bot", &["--allow", "market,read,trade,transfer"]);
    let order = |symbol: &str| {
        let order = format!("symbol={symbol}&side=BUY&type=MARKET&quantity=0.001");
        Wire::signed(&key, "POST", "/api/v3/order", &order).send(&world.server.gateway)
    };
    let account = || Wire::signed(&key, "GET", "/api/v3/account", "").send(&world.server.gateway);
    assert_eq!((order("BTCUSDT").status, account().status), (200, 200));
    let proposed = || world.operate(&["key", "propose", "bot"]);
    while proposed()["rests_on"]["requests"] != 2 {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let update = json!({ "allow": ["read", "trade:spot"], "symbols": ["BTC/USDT"], "ip": ["127.0.0.1/32"] });
    assert_eq!(proposed()["update"], update);
    let hasty = world.run(&["key", "propose", "bot", "--apply"]);
    assert!(
        !hasty.status.success() && String::from_utf8_lossy(&hasty.stderr).contains("too little"),
        "{hasty:?}"
    );
    let tight = world.operate(&["key", "propose", "bot", "--apply", "--anyway"]);
    assert_eq!((&tight["permissions"], &tight["symbols"]), (&update["allow"], &update["symbols"]));
    assert_eq!((order("BTCUSDT").status, account().status), (200, 200));
    assert_eq!(order("ETHUSDT").reason(), "symbol_not_allowed");
}
