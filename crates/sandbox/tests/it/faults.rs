//! Misbehaviour on demand.

use std::time::Duration;

use crate::venue::{Broken, Reply, Venue, desk};

const ORDER: &str = "/api/v3/order";
const WAITING: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=30000";

/// An exchange that misbehaves once, at the next order.
async fn venue_with(kind: &str) -> Venue {
    let venue = Venue::open().await;
    let fault = format!(r#"{{"path":"{ORDER}","method":"POST","count":1,{kind}}}"#);
    assert_eq!(venue.control("POST", "/sandbox/misbehave", &fault).await.status, 204);
    venue
}

async fn order(venue: &Venue) -> Result<Reply, Broken> {
    venue.try_call(desk(), "POST", ORDER, WAITING).await
}

async fn open_orders(venue: &Venue) -> usize {
    venue.call(desk(), "GET", "/api/v3/openOrders", "").await.ok().as_array().unwrap().len()
}

#[tokio::test]
async fn an_order_can_be_accepted_without_an_answer() {
    let venue = venue_with(r#""kind":"drop_after_accept""#).await;
    assert!(order(&venue).await.is_err());
    assert_eq!(open_orders(&venue).await, 1);
    assert!(order(&venue).await.is_ok(), "the fault was told to strike once");
}

#[tokio::test]
async fn a_connection_can_be_dropped_before_anything_is_done() {
    let venue = venue_with(r#""kind":"drop""#).await;
    assert!(order(&venue).await.is_err());
    assert_eq!(open_orders(&venue).await, 0);
}

#[tokio::test]
async fn a_server_error_does_nothing() {
    let venue = venue_with(r#""kind":"status","status":503"#).await;
    let refusal = order(&venue).await.unwrap().refusal();
    let message = "Internal error; unable to process your request. Please try again.".to_owned();
    assert_eq!(refusal, (503, -1001, message));
    assert_eq!(open_orders(&venue).await, 0);
}

#[tokio::test]
async fn a_ban_says_how_long() {
    let venue = venue_with(r#""kind":"ban","ms":120000"#).await;
    let reply = order(&venue).await.unwrap();
    assert_eq!(
        (reply.refusal().0, reply.refusal().1, reply.header("retry-after")),
        (418, -1003, Some("120"))
    );
    assert!(reply.refusal().2.contains("IP banned until 1800000120000"));
}

#[tokio::test]
async fn a_delayed_order_is_done_before_its_answer_comes() {
    let venue = venue_with(r#""kind":"delay","ms":600000"#).await;
    tokio::select! {
        _ = order(&venue) => panic!("the answer must not come"),
        () = async { while open_orders(&venue).await == 0 { tokio::time::sleep(Duration::from_millis(5)).await } } => {}
    }
}

#[tokio::test]
async fn a_slow_answer_comes_whole() {
    let venue = venue_with(r#""kind":"slow","ms":50"#).await;
    assert_eq!(order(&venue).await.unwrap().ok()["status"], "NEW");
}

#[tokio::test]
async fn a_cut_answer_breaks_off_after_the_deed() {
    let venue = venue_with(r#""kind":"cut""#).await;
    assert!(order(&venue).await.is_err());
    assert_eq!(open_orders(&venue).await, 1);
}

#[tokio::test]
async fn faults_are_listed_and_taken_back() {
    let venue = venue_with(r#""kind":"drop""#).await;
    let listed = venue.control("GET", "/sandbox/misbehave", "").await.ok();
    assert_eq!((listed[0]["kind"].as_str(), listed[0]["count"].as_u64()), (Some("drop"), Some(1)));
    assert_eq!(venue.control("DELETE", "/sandbox/misbehave", "").await.status, 204);
    assert!(order(&venue).await.is_ok());
}

#[tokio::test]
async fn a_nonsense_fault_is_refused() {
    let venue = Venue::open().await;
    let reply = venue.control("POST", "/sandbox/misbehave", r#"{"kind":"explode"}"#).await;
    assert_eq!(reply.status, 422);
}

#[tokio::test]
async fn every_delivery_is_counted_even_one_that_is_dropped() {
    let venue = venue_with(r#""kind":"drop""#).await;
    assert!(order(&venue).await.is_err());
    venue.get("/api/v3/ping").await;
    venue.get("/api/v3/ping").await;
    let report = venue.control("GET", "/sandbox/deliveries", "").await.ok();
    let counts: Vec<_> =
        report["requests"].as_array().unwrap().iter().map(|row| (&row["path"], &row["count"])).collect();
    assert_eq!(
        format!("{counts:?} {}", report["total"]),
        r#"[(String("/api/v3/ping"), Number(2)), (String("/api/v3/order"), Number(1))] 3"#
    );
    venue.control("DELETE", "/sandbox/deliveries", "").await;
    assert_eq!(venue.control("GET", "/sandbox/deliveries", "").await.ok()["total"], 0);
}
