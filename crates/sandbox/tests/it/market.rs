//! Public market data.

use crate::venue::{Venue, text};

#[tokio::test]
async fn every_public_endpoint_answers_in_binances_shape() {
    let venue = Venue::open().await;
    for (target, pointer) in [
        ("/api/v3/ping", ""),
        ("/api/v3/time", "/serverTime"),
        ("/api/v3/exchangeInfo", "/symbols/0/filters/0/tickSize"),
        ("/api/v3/exchangeInfo?symbols=%5B%22BTCUSDT%22%5D", "/symbols/0/baseAsset"),
        ("/api/v3/depth?symbol=BTCUSDT&limit=5", "/bids/4/1"),
        ("/api/v3/trades?symbol=BTCUSDT&limit=3", "/2/isBuyerMaker"),
        ("/api/v3/aggTrades?symbol=BTCUSDT&limit=3", "/2/a"),
        ("/api/v3/klines?symbol=BTCUSDT&interval=5m&limit=300", "/299/11"),
        ("/api/v3/klines?symbol=BTCUSDT&interval=1w", "/0/4"),
        ("/api/v3/avgPrice?symbol=BTCUSDT", "/price"),
        ("/api/v3/ticker/24hr?symbol=BTCUSDT", "/weightedAvgPrice"),
        ("/api/v3/ticker/24hr", "/7/lastPrice"),
        ("/api/v3/ticker/price?symbol=BTCUSDT", "/price"),
        ("/api/v3/ticker/price", "/7/symbol"),
        ("/api/v3/ticker/bookTicker?symbol=BTCUSDT", "/askQty"),
        ("/api/v3/ticker/bookTicker?symbols=%5B%22BTCUSDT%22,%22ETHBTC%22%5D", "/1/symbol"),
    ] {
        let body = venue.get(target).await.ok();
        assert!(body.pointer(pointer).is_some(), "{target}: {body}");
    }
}

#[tokio::test]
async fn what_is_asked_for_wrongly_is_refused_by_name() {
    let venue = Venue::open().await;
    let symbol = "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.";
    let illegal = "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'.";
    for (target, code, message) in [
        ("/api/v3/depth", -1102, symbol),
        ("/api/v3/depth?symbol=NOPE", -1121, "Invalid symbol."),
        ("/api/v3/ticker/price?symbols=%5B%22NOPE%22%5D", -1121, "Invalid symbol."),
        ("/api/v3/depth?symbol=btcusdt", -1100, illegal),
        ("/api/v3/depth?symbol=BTCUSDT&symbol=ETHUSDT", -1101, "Duplicate values for a parameter detected."),
        ("/api/v3/klines?symbol=BTCUSDT&interval=1M", -1120, "Invalid interval."),
    ] {
        assert_eq!(venue.get(target).await.refusal(), (400, code, message.to_owned()), "{target}");
    }
    assert_eq!(venue.get("/api/v3/nothing").await.status, 404);
}

#[tokio::test]
async fn candles_can_be_asked_for_from_a_time_on() {
    let venue = Venue::open().await;
    let last = venue.get("/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=10").await.ok();
    let from = last[3][0].as_u64().unwrap();
    let target = format!("/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime={from}&limit=2");
    let some = venue.get(&target).await.ok();
    assert_eq!(some.as_array().unwrap().len(), 2);
    assert_eq!(some[0], last[3]);
}

#[tokio::test]
async fn a_trade_shows_in_the_market_data() {
    let venue = Venue::open().await;
    let desk = crate::venue::desk();
    let order = "symbol=ADAUSDT&side=BUY&type=MARKET&quantity=12345.6";
    let fill = venue.call(desk, "POST", "/api/v3/order", order).await.ok()["fills"][0].clone();
    let trades = venue.get("/api/v3/trades?symbol=ADAUSDT&limit=1000").await.ok();
    let own = trades.as_array().unwrap().iter().find(|trade| trade["id"] == fill["tradeId"]).unwrap().clone();
    assert_eq!((text(&own["price"]), text(&own["qty"])), (text(&fill["price"]), text(&fill["qty"])));
    assert_eq!(own["isBuyerMaker"], false);
}
