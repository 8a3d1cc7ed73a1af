//! Money that leaves, and the wallet's other endpoints.

use crate::venue::{Venue, desk, text};

const APPLY: &str = "/sapi/v1/capital/withdraw/apply";

#[tokio::test]
async fn a_withdrawal_takes_the_money_and_is_listed() {
    let venue = Venue::open().await;
    let sent = "coin=BTC&address=bc1qsomewhere&amount=1.5&withdrawOrderId=rent";
    let id = text(&venue.call(desk(), "POST", APPLY, sent).await.ok()["id"]);
    assert_eq!(venue.money(desk(), "BTC").await.0, "998.50000000");
    let history = venue.call(desk(), "GET", "/sapi/v1/capital/withdraw/history", "coin=BTC").await.ok();
    let row = &history[0];
    let facts = ["id", "amount", "address", "withdrawOrderId", "applyTime"].map(|field| text(&row[field]));
    assert_eq!(facts, [id.as_str(), "1.5", "bc1qsomewhere", "rent", "2027-01-15 08:00:00"]);
    let others = venue.call(desk(), "GET", "/sapi/v1/capital/withdraw/history", "coin=ETH").await.ok();
    assert!(others.as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_withdrawal_that_cannot_be_is_refused() {
    let venue = Venue::open().await;
    for (params, code) in [
        ("coin=BTC&address=x&amount=1000.00000001", -4026),
        ("coin=DOGE&address=x&amount=1", -4018),
        ("coin=BTC&address=%20&amount=1", -4033),
        ("coin=BTC&address=x&amount=0", -1130),
        ("coin=BTC&amount=1", -1102),
    ] {
        assert_eq!(venue.call(desk(), "POST", APPLY, params).await.refusal().1, code, "{params}");
    }
    assert_eq!(venue.money(desk(), "BTC").await.0, "1000.00000000");
}

#[tokio::test]
async fn an_account_has_an_address_of_its_own_for_every_coin() {
    let venue = Venue::open().await;
    let path = "/sapi/v1/capital/deposit/address";
    let mut addresses = Vec::new();
    for (name, coin) in [("desk", "BTC"), ("desk", "ETH"), ("rsa", "BTC")] {
        let account = crate::venue::account(name);
        addresses
            .push(text(&venue.call(account, "GET", path, &format!("coin={coin}")).await.ok()["address"]));
    }
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), 3);
}

#[tokio::test]
async fn every_coin_is_listed_with_its_network() {
    let venue = Venue::open().await;
    let coins = venue.call(desk(), "GET", "/sapi/v1/capital/config/getall", "").await.ok();
    let usdt = coins.as_array().unwrap().iter().find(|coin| coin["coin"] == "USDT").unwrap();
    let facts = (text(&usdt["free"]), text(&usdt["networkList"][0]["network"]));
    assert_eq!(facts, ("1000000.00000000".to_owned(), "TRX".to_owned()));
}
