//! Every captured call gets the permission that its name says.

use http::HeaderMap;
use keyward_dialect::binance::Binance;
use keyward_dialect::{Claim, Dialect, MarketType, Movement, Needs, Request, Security};

use crate::captured::{Captured, file, requests};

const MARKET: &[&str] = &[
    "fetch_time",
    "fetch_ticker",
    "fetch_order_book",
    "fetch_trades",
    "fetch_ohlcv",
    "fetch_status",
    "ticker",
];
const READ: &[&str] = &[
    "balance",
    "email",
    "fetch_balance",
    "fetch_closed_orders",
    "fetch_currencies",
    "fetch_deposit_address",
    "fetch_deposits",
    "fetch_funding_history",
    "fetch_ledger",
    "fetch_my_trades",
    "fetch_open_orders",
    "fetch_order",
    "fetch_orders",
    "fetch_positions",
    "fetch_trading_fee",
    "fetch_transfers",
    "fetch_withdrawals",
    "key_perms",
    "my_trades",
    "open_orders",
];
/// On spot or on futures, as the market in the call says.
const TRADE: &[&str] = &[
    "add_margin",
    "cancel",
    "cancel_all",
    "cancel_all_orders",
    "cancel_order",
    "cancel_orders",
    "cancel_replace",
    "create_market_buy_order_with_cost",
    "create_order",
    "create_orders",
    "edit_order",
    "futures_order",
    "order",
    "set_leverage",
    "set_margin_mode",
    "set_position_mode",
];

/// What a call needs, from its name and its arguments alone.
fn expected(captured: &Captured) -> Needs {
    let is = |names: &[&str]| names.contains(&captured.unified.as_str());
    // One call of ccxt that asks two things: the account's coins, and the list of margin pairs.
    if captured.unified == "fetch_currencies" && captured.target.starts_with("/sapi/v1/margin/allPairs") {
        return Needs::Market;
    }
    match captured.unified.as_str() {
        "withdraw" => Needs::Withdraw,
        "transfer" => Needs::Transfer(Movement::Wallets),
        "borrow_cross_margin" | "repay_cross_margin" => Needs::Trade(MarketType::Margin),
        "listenkey" => Needs::Stream,
        _ if is(MARKET) => Needs::Market,
        _ if is(READ) => Needs::Read,
        _ if is(TRADE) => Needs::Trade(market_type(captured)),
        other => panic!("no expectation for {other}"),
    }
}

fn market_type(captured: &Captured) -> MarketType {
    let args = serde_json::to_string(&captured.args).unwrap();
    let futures = args.contains("/USDT:USDT") || captured.unified == "futures_order";
    if futures { MarketType::Futures } else { MarketType::Spot }
}

/// What a gateway asks of a claim: at least the proof that the endpoint wants.
fn is_proven(request: &Request<'_>, security: Security) -> bool {
    let params = Binance.parse(request).unwrap();
    match Binance.claim(request, &params).unwrap() {
        Claim::Signed(_) => true,
        Claim::KeyOnly { .. } => security != Security::Signed,
        Claim::Anonymous => security == Security::Public,
    }
}

#[test]
fn every_captured_call_gets_the_permission_that_its_name_says() {
    let files = ["ccxt-captured.jsonl", "ccxt-variants.jsonl", "connectors-captured.jsonl"];
    let all: Vec<_> = files.into_iter().flat_map(requests).collect();
    for captured in &all {
        let purpose = captured.parsed(|request, params| {
            let purpose = Binance.classify(request, params).unwrap_or_else(|error| panic!("{error}"));
            assert!(is_proven(request, purpose.security), "{captured:?}");
            (purpose.needs, purpose.security)
        });
        assert_eq!(purpose.0, expected(captured), "{captured:?}");
    }
    assert!(all.len() >= 93 + 142 + 28, "{}", all.len());
}

/// Every endpoint of Binance that ccxt knows is either served or denied with what it is about; none was overlooked.
#[test]
fn every_endpoint_that_ccxt_knows_was_judged() {
    let all = file("endpoints.jsonl");
    let mut judged = 0;
    for line in all.lines() {
        let endpoint: serde_json::Value = serde_json::from_str(line).unwrap();
        if !matches!(endpoint["exchange"].as_str(), Some("binance" | "binanceusdm")) {
            continue;
        }
        let method = endpoint["method"].as_str().unwrap().parse().unwrap();
        let (path, headers) = (endpoint["path"].as_str().unwrap(), HeaderMap::new());
        let request = Request { method: &method, path, query: "", headers: &headers, body: b"" };
        let purpose = Binance.classify(&request, &Binance.parse(&request).unwrap());
        assert!(
            purpose.is_ok() || purpose.is_err_and(|refusal| refusal.detail.contains("is not served")),
            "{line}"
        );
        judged += 1;
    }
    assert!(judged >= 825, "{judged}");
}
