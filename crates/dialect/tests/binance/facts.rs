//! The facts of a request are the arguments of the call that made it.

use keyward_dialect::binance::Binance;
use keyward_dialect::{Dialect, Markets};
use serde_json::Value;

use crate::captured::{Captured, requests};

/// One fact as text, with numbers in one form: `side type quantity price`, `-` for what is not said.
#[derive(Debug, PartialEq)]
struct Told {
    markets: Vec<String>,
    facts: Vec<[Option<String>; 5]>,
}

fn told(captured: &Captured) -> Told {
    captured.parsed(|request, params| {
        let purpose = Binance.classify(request, params).unwrap();
        let Markets::Named(markets) = purpose.markets else { panic!("{captured:?}") };
        let facts = purpose.facts.iter().map(|fact| {
            [&fact.side, &fact.kind, &fact.quantity, &fact.quote_quantity, &fact.price]
                .map(|field| field.as_deref().map(str::to_owned))
        });
        Told { markets: markets.into_iter().map(|name| name.into_owned()).collect(), facts: facts.collect() }
    })
}

fn number(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_f64).map(|number| number.to_string())
}

fn upper(value: &Value) -> Option<String> {
    value.as_str().map(str::to_uppercase)
}

/// What Binance calls the order type that ccxt's arguments ask for.
fn kind(captured: &Captured, kind: &Value, params: Option<&Value>) -> Option<String> {
    let has = |name: &str| params.is_some_and(|params| params.get(name).is_some());
    let limit = kind == "limit";
    let futures = captured.target.starts_with("/fapi/");
    let name = match (limit, futures) {
        (true, false) if has("postOnly") => "LIMIT_MAKER",
        (true, false) if has("triggerPrice") => "STOP_LOSS_LIMIT",
        (false, false) if has("stopLossPrice") => "STOP_LOSS",
        (true, true) if has("triggerPrice") => "STOP",
        (false, true) if has("stopLossPrice") => "STOP_MARKET",
        (true, _) => "LIMIT",
        (false, _) => "MARKET",
    };
    Some(name.to_owned())
}

/// The facts that `create_order(symbol, type, side, amount, price, params)` asks for. A spot market order to buy with a
/// price is sent as its cost, which ccxt rounds down to the money's precision.
fn order(captured: &Captured, args: &[Value]) -> Told {
    let [symbol, order_type, side, rest @ ..] = args else { panic!("{captured:?}") };
    let (amount, price) = (number(rest.first()), number(rest.get(1)));
    let by_cost =
        order_type == "market" && side == "buy" && captured.target.starts_with("/api/") && price.is_some();
    let is_limit = order_type == "limit";
    let fact = [
        upper(side),
        kind(captured, order_type, rest.get(2)),
        amount.filter(|_| !by_cost),
        by_cost.then(|| "300".to_owned()),
        price.filter(|_| is_limit),
    ];
    Told { markets: vec![Binance.market(symbol.as_str().unwrap()).unwrap()], facts: vec![fact] }
}

fn calls(name: &str) -> Vec<Captured> {
    let all = ["ccxt-captured.jsonl", "ccxt-variants.jsonl"].into_iter().flat_map(requests);
    all.filter(|one| one.unified == name).collect()
}

#[test]
fn an_order_says_what_the_call_said() {
    let calls = calls("create_order");
    for captured in &calls {
        assert_eq!(told(captured), order(captured, &captured.args), "{captured:?}");
    }
    assert!(calls.len() >= 40, "{}", calls.len());
}

#[test]
fn every_order_of_a_list_says_what_the_call_said() {
    let calls = calls("create_orders");
    for captured in &calls {
        let asked = captured.args[0].as_array().unwrap();
        let single = |one: &Value| {
            let args = ["symbol", "type", "side", "amount", "price"].map(|name| one[name].clone());
            order(captured, &args)
        };
        let all: Vec<_> = asked.iter().map(single).collect();
        let markets = all.iter().flat_map(|one| one.markets.clone()).collect();
        let facts = all.into_iter().flat_map(|one| one.facts).collect();
        assert_eq!(told(captured), Told { markets, facts });
    }
    assert!(calls.len() >= 2, "{}", calls.len());
}

#[test]
fn a_changed_order_says_its_new_terms() {
    let calls = calls("edit_order");
    for captured in &calls {
        let [_, symbol, _, side, amount, price] = captured.args.as_slice() else { panic!("{captured:?}") };
        let told = told(captured);
        let fact = told.facts.iter().find(|fact| fact[0].is_some()).unwrap();
        assert_eq!(told.markets, [Binance.market(symbol.as_str().unwrap()).unwrap()]);
        assert_eq!(fact[0], upper(side));
        assert_eq!((fact[2].clone(), fact[4].clone()), (number(Some(amount)), number(Some(price))));
    }
    assert!(calls.len() >= 4, "{}", calls.len());
}

#[test]
fn a_cancellation_and_a_setting_name_their_market() {
    let named = [
        "cancel_order",
        "cancel_orders",
        "cancel_all_orders",
        "set_leverage",
        "set_margin_mode",
        "add_margin",
    ];
    let calls: Vec<_> = named.into_iter().flat_map(calls).collect();
    for captured in &calls {
        let symbol = captured.args.iter().filter_map(Value::as_str).find(|arg| arg.contains('/')).unwrap();
        assert_eq!(told(captured).markets, [Binance.market(symbol).unwrap()], "{captured:?}");
    }
    assert!(calls.len() >= 25, "{}", calls.len());
}

/// Quantity, asset, where to, and kind of the only fact.
fn movement(captured: &Captured) -> [String; 4] {
    captured.parsed(|request, params| {
        let purpose = Binance.classify(request, params).unwrap();
        let [fact] = purpose.facts.as_slice() else { panic!("{captured:?}") };
        let text = |field: &Option<_>| field.clone().map_or(String::new(), std::borrow::Cow::into_owned);
        [text(&fact.quantity), text(&fact.asset), text(&fact.to), text(&fact.kind)]
    })
}

#[test]
fn a_withdrawal_says_what_the_call_said() {
    let calls = calls("withdraw");
    for captured in &calls {
        let [coin, amount, address, params] = captured.args.as_slice() else { panic!("{captured:?}") };
        let address = address.as_str().unwrap();
        let to = params
            .get("tag")
            .map_or(address.to_owned(), |tag| format!("{address}:{}", tag.as_str().unwrap()));
        let network = params["network"].as_str().unwrap().to_owned();
        let expected = [number(Some(amount)).unwrap(), coin.as_str().unwrap().to_owned(), to, network];
        assert_eq!(movement(captured), expected);
    }
    assert!(calls.len() >= 10, "{}", calls.len());
}

#[test]
fn a_transfer_says_what_the_call_said() {
    let calls = calls("transfer");
    for captured in &calls {
        let [asset, amount, ..] = captured.args.as_slice() else { panic!("{captured:?}") };
        let asset = asset.as_str().unwrap().to_owned();
        let expected = [number(Some(amount)).unwrap(), asset, String::new(), "MAIN_UMFUTURE".to_owned()];
        assert_eq!(movement(captured), expected);
    }
    assert!(calls.len() >= 5, "{}", calls.len());
}
