//! Request weights and order counts.

use crate::venue::{Venue, desk};

const ORDER: &str = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001";

#[tokio::test]
async fn every_answer_tells_the_weight_used() {
    let venue = Venue::open().await;
    assert_eq!(venue.get("/api/v3/ping").await.header("x-mbx-used-weight-1m"), Some("1"));
    assert_eq!(venue.get("/api/v3/exchangeInfo").await.header("x-mbx-used-weight-1m"), Some("21"));
    assert_eq!(venue.get("/api/v3/depth?symbol=NOPE").await.header("x-mbx-used-weight-1m"), Some("26"));
    let sapi = venue.call(desk(), "GET", "/sapi/v1/account/apiRestrictions", "").await;
    assert_eq!(sapi.header("x-sapi-used-ip-weight-1m"), Some("1"));
}

#[tokio::test]
async fn too_much_weight_is_refused_until_the_next_minute() {
    let venue = Venue::open_with(|config| config.limits.weight_per_minute = 2).await;
    venue.advance(15_000);
    let ping = async || venue.get("/api/v3/ping").await;
    assert_eq!([ping().await.status, ping().await.status], [200, 200]);
    let refused = ping().await;
    assert_eq!((refused.refusal().0, refused.refusal().1), (429, -1003));
    assert_eq!(refused.header("retry-after"), Some("45"));
    venue.advance(45_000);
    assert_eq!(ping().await.status, 200);
}

#[tokio::test]
async fn orders_are_counted_and_limited() {
    let venue = Venue::open_with(|config| config.limits.orders_per_10s = 1).await;
    let order = async || venue.call(desk(), "POST", "/api/v3/order", ORDER).await;
    assert_eq!(order().await.header("x-mbx-order-count-10s"), Some("1"));
    let message = "Too many new orders; current limit is 1 orders per 10 SECOND.".to_owned();
    assert_eq!(order().await.refusal(), (429, -1015, message));
    venue.advance(10_000);
    assert_eq!(order().await.status, 200);
}
