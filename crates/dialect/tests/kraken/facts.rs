//! The facts of a request are the arguments of the call that made it.

use std::borrow::Cow;

use keyward_dialect::kraken::Kraken;
use keyward_dialect::{Dialect, Fact, Markets};
use serde_json::Value;

use crate::captured::{Captured, all, requests};

/// Side, kind, quantity, quote quantity, price and client id of one fact.
type Told = [Option<String>; 6];

fn told(fact: &Fact<'_>) -> Told {
    [&fact.side, &fact.kind, &fact.quantity, &fact.quote_quantity, &fact.price, &fact.client_id]
        .map(|field| field.as_deref().map(str::to_owned))
}

fn facts(captured: &Captured) -> Vec<Told> {
    captured.purpose(|purpose| purpose.facts.iter().map(told).collect())
}

fn markets(captured: &Captured) -> Option<Vec<String>> {
    captured.purpose(|purpose| match purpose.markets {
        Markets::Named(names) => Some(names.into_iter().map(Cow::into_owned).collect()),
        _ => None,
    })
}

fn number(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_f64).map(|number| number.to_string())
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

/// The market that a call named in ccxt's notation.
fn market(symbol: &Value) -> Option<Vec<String>> {
    Some(vec![Kraken.market(symbol.as_str().unwrap()).unwrap()])
}

fn calls(name: &str) -> Vec<Captured> {
    all().into_iter().filter(|one| one.unified == name).collect()
}

/// The facts that `create_order(symbol, type, side, amount, price, params)` asks for.
fn order(args: &[Value]) -> Told {
    let [_, kind, side, rest @ ..] = args else { panic!("{args:?}") };
    let param = |name: &str| rest.get(2).and_then(|params| params.get(name));
    let stop = param("stopLossPrice").is_some();
    let kind = if stop { Some("stop-loss".to_owned()) } else { text(Some(kind)) };
    let price = number(rest.get(1)).filter(|_| kind.as_deref() == Some("limit"));
    let id = text(param("clientOrderId"));
    [text(Some(side)), kind, number(rest.first()), None, price, id]
}

#[test]
fn an_order_says_what_the_call_said() {
    let calls = calls("create_order");
    for captured in &calls {
        assert_eq!(facts(captured), [order(&captured.args)], "{captured:?}");
        assert_eq!(markets(captured), market(&captured.args[0]), "{captured:?}");
    }
    assert_eq!(calls.len(), 7);
}

#[test]
fn an_order_by_its_cost_has_a_quote_quantity() {
    for captured in calls("create_market_buy_order_with_cost") {
        let cost = number(captured.args.get(1));
        let [fact] = <[Told; 1]>::try_from(facts(&captured)).unwrap();
        assert_eq!((fact[2].clone(), fact[3].clone()), (None, cost), "{captured:?}");
        assert_eq!(markets(&captured), market(&captured.args[0]));
    }
}

#[test]
fn every_order_of_a_list_says_what_the_call_said() {
    let calls = calls("create_orders");
    for captured in &calls {
        let asked = captured.args[0].as_array().unwrap();
        let single =
            |one: &Value| order(&["symbol", "type", "side", "amount", "price"].map(|name| one[name].clone()));
        assert_eq!(facts(captured), asked.iter().map(single).collect::<Vec<_>>());
        assert_eq!(markets(captured), market(&asked[0]["symbol"]));
    }
    assert_eq!(calls.len(), 1);
}

#[test]
fn an_order_that_is_changed_or_cancelled_is_known_by_its_name_and_not_by_its_market() {
    for captured in ["edit_order", "cancel_order", "cancel_orders"].into_iter().flat_map(calls) {
        let asked = match &captured.args[0] {
            Value::Array(names) => names.clone(),
            name => vec![name.clone()],
        };
        let names: Vec<_> =
            facts(&captured).into_iter().map(|fact| Value::from(fact[5].clone().unwrap())).collect();
        assert_eq!((names, markets(&captured)), (asked, None), "{captured:?}");
    }
    let [edited] = <[Captured; 1]>::try_from(calls("edit_order")).unwrap();
    let fact = facts(&edited).remove(0);
    assert_eq!((fact[2].clone(), fact[4].clone()), (number(edited.args.get(4)), number(edited.args.get(5))));
}

/// Quantity, asset and where to of the only fact.
fn movement(captured: &Captured) -> [String; 3] {
    captured.purpose(|purpose| {
        let [fact] = purpose.facts.as_slice() else { panic!("{captured:?}") };
        [&fact.quantity, &fact.asset, &fact.to].map(|field| field.clone().unwrap_or_default().into_owned())
    })
}

#[test]
fn a_withdrawal_goes_to_the_name_of_a_saved_address() {
    let calls = calls("withdraw");
    for captured in &calls {
        let [amount, asset, to] = movement(captured);
        assert!(["XXBT", "XBT"].contains(&asset.as_str()), "{captured:?}");
        assert_eq!((amount.as_str(), to.as_str()), ("0.01", "my-saved-address"));
    }
    assert_eq!(calls.len(), 3);
}

#[test]
fn a_transfer_says_what_the_call_said() {
    let told: Vec<_> = calls("transfer").iter().map(movement).collect();
    assert_eq!(told, [["12.5", "XXBT", "futures"], ["0.01", "XBT", "Futures Wallet"]]);
}

#[test]
fn what_the_sdk_sends_is_read_as_well() {
    let all = requests("connectors-captured.jsonl");
    let of = |name: &str| all.iter().find(|one| one.unified == name).unwrap();
    let some = |text: &str| Some(text.to_owned());
    let order = [some("buy"), some("limit"), some("0.01"), None, some("30000.5"), None];
    assert_eq!((facts(of("order")), markets(of("order"))), (vec![order], Some(vec!["XBTUSD".to_owned()])));
    let batch = [some("buy"), some("limit"), some("1"), None, some("1"), None];
    assert_eq!((facts(of("batch")), markets(of("batch"))), (vec![batch], Some(vec!["XBTUSD".to_owned()])));
}
