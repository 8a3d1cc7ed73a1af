//! Every captured call gets the permission that its name says.

use http::HeaderMap;
use keyward_dialect::kraken::Kraken;
use keyward_dialect::{Claim, Dialect, MarketType, Movement, Needs, Request, Security};

use crate::captured::{Captured, all, file};

/// What a call needs, from its name alone.
fn expected(captured: &Captured) -> Needs {
    match captured.unified.as_str() {
        "withdraw" => Needs::Withdraw,
        "transfer" => Needs::Transfer(Movement::Wallets),
        "fetch_time" | "fetch_ticker" | "fetch_order_book" | "fetch_trades" | "fetch_ohlcv"
        | "fetch_status" | "fetch_currencies" | "ticker" => Needs::Market,
        "fetch_balance"
        | "fetch_open_orders"
        | "fetch_closed_orders"
        | "fetch_order"
        | "fetch_my_trades"
        | "fetch_trading_fee"
        | "fetch_ledger"
        | "fetch_deposit_address"
        | "create_deposit_address"
        | "fetch_deposits"
        | "fetch_withdrawals"
        | "balance"
        | "open_orders" => Needs::Read,
        "create_order"
        | "create_market_buy_order_with_cost"
        | "create_orders"
        | "edit_order"
        | "cancel_order"
        | "cancel_orders"
        | "cancel_all_orders"
        | "cancel_all_orders_after"
        | "order"
        | "batch"
        | "cancel" => Needs::Trade(MarketType::Spot),
        other => panic!("no expectation for {other}"),
    }
}

/// What a gateway asks of a claim: at least the proof that the endpoint wants.
fn is_proven(captured: &Captured, security: Security) -> bool {
    captured.parsed(|request, params| match Kraken.claim(request, params).unwrap() {
        Claim::Signed(_) => true,
        Claim::KeyOnly { .. } => security != Security::Signed,
        Claim::Anonymous => security == Security::Public,
    })
}

#[test]
fn every_captured_call_gets_the_permission_that_its_name_says() {
    let all = all();
    for captured in &all {
        let (needs, security) = captured.purpose(|purpose| (purpose.needs, purpose.security));
        assert_eq!(needs, expected(captured), "{captured:?}");
        assert!(is_proven(captured, security), "{captured:?}");
    }
    assert_eq!(all.len(), 35 + 8);
}

#[test]
fn an_order_that_borrows_needs_more_than_one_that_does_not() {
    let mut order = all().into_iter().find(|one| one.unified == "create_order").unwrap();
    order.body.push_str("&leverage=2");
    assert_eq!(order.purpose(|purpose| purpose.needs), Needs::Trade(MarketType::Margin));
}

/// Every endpoint of Kraken that ccxt knows is either served or denied with what it is about; none was overlooked. Two
/// are pages of the help centre, which are no part of the API.
#[test]
fn every_endpoint_that_ccxt_knows_was_judged() {
    let mut judged = 0;
    for line in file("endpoints.jsonl").lines() {
        let endpoint: serde_json::Value = serde_json::from_str(line).unwrap();
        let method = endpoint["method"].as_str().unwrap().parse().unwrap();
        let (path, headers) = (endpoint["path"].as_str().unwrap(), HeaderMap::new());
        let request = Request { method: &method, path, query: "", headers: &headers, body: b"" };
        let purpose = Kraken.classify(&request, &Kraken.parse(&request).unwrap());
        if path.starts_with("/api/v2/help_center/") {
            assert!(purpose.is_err(), "{line}");
            continue;
        }
        assert!(
            purpose.is_ok() || purpose.is_err_and(|refusal| refusal.detail.contains("is not served")),
            "{line}"
        );
        judged += 1;
    }
    assert_eq!(judged, 61);
}
