//! Orders over the wire.

use crate::venue::{Reply, Venue, account, desk, text};

const ORDER: &str = "/api/v3/order";
/// Far below the market: it waits.
const WAITING: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=30000";

async fn place(venue: &Venue, params: &str) -> Reply {
    venue.call(desk(), "POST", ORDER, params).await
}

#[tokio::test]
async fn a_limit_order_waits_and_is_taken_back() {
    let venue = Venue::open().await;
    let placed = place(&venue, &format!("{WAITING}&newClientOrderId=mine")).await.ok();
    assert_eq!((text(&placed["status"]), placed["fills"].as_array().unwrap().len()), ("NEW".to_owned(), 0));
    assert_eq!(
        venue.money(desk(), "USDT").await,
        ("985000.00000000".to_owned(), "15000.00000000".to_owned())
    );
    let open = venue.call(desk(), "GET", "/api/v3/openOrders", "symbol=BTCUSDT").await.ok();
    assert_eq!(open[0]["orderId"], placed["orderId"]);
    let taken_back = venue.call(desk(), "DELETE", ORDER, "symbol=BTCUSDT&origClientOrderId=mine").await.ok();
    assert_eq!(
        (text(&taken_back["status"]), text(&taken_back["origClientOrderId"])),
        ("CANCELED".to_owned(), "mine".to_owned())
    );
    assert_eq!(venue.money(desk(), "USDT").await, ("1000000.00000000".to_owned(), "0.00000000".to_owned()));
    let query = format!("symbol=BTCUSDT&orderId={}", placed["orderId"]);
    assert_eq!(venue.call(desk(), "GET", ORDER, &query).await.ok()["status"], "CANCELED");
    let all = venue.call(desk(), "GET", "/api/v3/allOrders", "symbol=BTCUSDT").await.ok();
    assert_eq!(all.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_market_order_trades_and_shows_in_the_caller_s_trades_only() {
    let venue = Venue::open().await;
    let placed = place(&venue, "symbol=ETHUSDT&side=SELL&type=MARKET&quantity=2").await.ok();
    assert_eq!(
        (text(&placed["status"]), text(&placed["executedQty"])),
        ("FILLED".to_owned(), "2.00000000".to_owned())
    );
    let trades = "symbol=ETHUSDT";
    let mine = venue.call(desk(), "GET", "/api/v3/myTrades", trades).await.ok();
    assert_eq!((mine[0]["isBuyer"].clone(), mine[0]["isMaker"].clone()), (false.into(), false.into()));
    assert_eq!(mine[0]["orderId"], placed["orderId"]);
    let others = venue.call(account("rsa"), "GET", "/api/v3/myTrades", trades).await.ok();
    assert!(others.as_array().unwrap().is_empty());
    let paid = place(&venue, "symbol=ETHUSDT&side=BUY&type=MARKET&quoteOrderQty=1000").await.ok();
    assert_eq!(
        (text(&paid["status"]), text(&paid["origQuoteOrderQty"])),
        ("FILLED".to_owned(), "1000.00000000".to_owned())
    );
}

#[tokio::test]
async fn two_customers_trade_with_each_other() {
    let venue = Venue::open().await;
    let best = venue.get("/api/v3/ticker/bookTicker?symbol=BTCUSDT").await.ok();
    let cents = |price: &str| price.replace('.', "").trim_end_matches("000000").parse::<u64>().unwrap();
    let inside = cents(best["bidPrice"].as_str().unwrap()) + 1;
    assert!(inside < cents(best["askPrice"].as_str().unwrap()), "{best}");
    let price = format!("{}.{:02}", inside / 100, inside % 100);
    let order =
        |side| format!("symbol=BTCUSDT&side={side}&type=LIMIT&timeInForce=GTC&quantity=1&price={price}");
    assert_eq!(place(&venue, &order("BUY")).await.ok()["status"], "NEW");
    let sold = venue.call(account("rsa"), "POST", ORDER, &order("SELL")).await.ok();
    assert_eq!(
        (text(&sold["status"]), text(&sold["price"])),
        ("FILLED".to_owned(), format!("{price}000000"))
    );
    assert_eq!(venue.money(desk(), "BTC").await.0, "1001.00000000");
    let mine = venue.call(desk(), "GET", "/api/v3/myTrades", "symbol=BTCUSDT").await.ok();
    assert_eq!((mine[0]["isBuyer"].clone(), mine[0]["isMaker"].clone()), (true.into(), true.into()));
}

#[tokio::test]
async fn the_answer_tells_as_much_as_is_asked_for() {
    let venue = Venue::open().await;
    for (detail, status, fills) in [("ACK", false, false), ("RESULT", true, false), ("FULL", true, true)] {
        let reply = place(&venue, &format!("{WAITING}&newOrderRespType={detail}")).await.ok();
        assert_eq!(
            (reply.get("status").is_some(), reply.get("fills").is_some()),
            (status, fills),
            "{detail}"
        );
    }
}

#[tokio::test]
async fn a_bad_order_is_refused_in_binances_words() {
    let venue = Venue::open().await;
    place(&venue, &format!("{WAITING}&newClientOrderId=twice")).await.ok();
    let limit = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC";
    let insufficient = "Account has insufficient balance for requested action.";
    let both = "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!";
    let quantity = "Illegal characters found in parameter 'quantity'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.";
    for (params, code, message) in [
        (format!("{limit}&quantity=1&price=30000.001"), -1013, "Filter failure: PRICE_FILTER"),
        (format!("{limit}&quantity=0.000001&price=30000"), -1013, "Filter failure: LOT_SIZE"),
        (format!("{limit}&quantity=0.0001&price=30000"), -1013, "Filter failure: NOTIONAL"),
        (format!("{limit}&quantity=100&price=30000"), -2010, insufficient),
        (format!("{WAITING}&newClientOrderId=twice"), -2010, "Duplicate order sent."),
        (
            "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=0.1&price=90000".to_owned(),
            -2010,
            "Order would immediately match and take.",
        ),
        (format!("{limit}&quantity=-1&price=30000"), -1100, quantity),
        (
            format!("{limit}&quantity=0.0000000001&price=30000"),
            -1111,
            "Parameter 'quantity' has too much precision.",
        ),
        ("symbol=BTCUSDT&side=BUY&type=MARKET".to_owned(), -1102, both),
        ("symbol=BTCUSDT&side=HOLD&type=MARKET&quantity=1".to_owned(), -1117, "Invalid side."),
        ("symbol=BTCUSDT&side=BUY&type=STOP_LOSS&quantity=1".to_owned(), -1116, "Invalid orderType."),
        (format!("{}&quantity=1&price=30000", limit.replace("GTC", "DAY")), -1115, "Invalid timeInForce."),
        (
            "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&price=1".to_owned(),
            -1106,
            "Parameter 'price' sent when not required.",
        ),
    ] {
        assert_eq!(place(&venue, &params).await.refusal(), (400, code, message.to_owned()), "{params}");
    }
}

#[tokio::test]
async fn what_is_not_there_can_be_neither_seen_nor_cancelled() {
    let venue = Venue::open().await;
    let placed = place(&venue, WAITING).await.ok();
    let theirs = format!("symbol=BTCUSDT&orderId={}", placed["orderId"]);
    let stranger = account("rsa");
    let unknown = (400, -2011, "Unknown order sent.".to_owned());
    assert_eq!(venue.call(stranger, "DELETE", ORDER, &theirs).await.refusal(), unknown);
    assert_eq!(
        venue.call(stranger, "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT").await.refusal(),
        unknown
    );
    let missing = (400, -2013, "Order does not exist.".to_owned());
    assert_eq!(venue.call(stranger, "GET", ORDER, &theirs).await.refusal(), missing);
}

#[tokio::test]
async fn all_orders_of_a_market_are_cancelled_at_once() {
    let venue = Venue::open().await;
    place(&venue, WAITING).await.ok();
    place(&venue, WAITING).await.ok();
    let canceled = venue.call(desk(), "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT").await.ok();
    assert_eq!(canceled.as_array().unwrap().len(), 2);
    let open = venue.call(desk(), "GET", "/api/v3/openOrders", "").await.ok();
    assert!(open.as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_tested_order_is_not_placed() {
    let venue = Venue::open().await;
    assert_eq!(venue.call(desk(), "POST", "/api/v3/order/test", WAITING).await.ok(), serde_json::json!({}));
    let bad = WAITING.replace("30000", "0");
    let refusal = venue.call(desk(), "POST", "/api/v3/order/test", &bad).await.refusal();
    assert_eq!(refusal, (400, -1013, "Filter failure: PRICE_FILTER".to_owned()));
    assert_eq!(venue.money(desk(), "USDT").await.1, "0.00000000");
}

#[tokio::test]
async fn an_order_is_replaced_and_failures_say_which_half_failed() {
    let venue = Venue::open().await;
    let path = "/api/v3/order/cancelReplace";
    let replace =
        |mode: &str, id: &str, order: &str| format!("{order}&cancelReplaceMode={mode}&cancelOrderId={id}");
    let first = place(&venue, WAITING).await.ok()["orderId"].to_string();
    let done = venue.call(desk(), "POST", path, &replace("STOP_ON_FAILURE", &first, WAITING)).await.ok();
    assert_eq!(
        (text(&done["cancelResult"]), text(&done["newOrderResult"])),
        ("SUCCESS".to_owned(), "SUCCESS".to_owned())
    );

    let stopped = venue.call(desk(), "POST", path, &replace("STOP_ON_FAILURE", &first, WAITING)).await;
    assert_eq!(stopped.refusal(), (400, -2022, "Order cancel-replace failed.".to_owned()));
    assert_eq!(stopped.body["data"]["newOrderResult"], "NOT_ATTEMPTED");

    let partial = venue.call(desk(), "POST", path, &replace("ALLOW_FAILURE", &first, WAITING)).await;
    assert_eq!(partial.refusal(), (409, -2021, "Order cancel-replace partially failed.".to_owned()));
    assert_eq!(partial.body["data"]["cancelResponse"]["code"], -2011);

    let last = done["newOrderResponse"]["orderId"].to_string();
    let too_dear = WAITING.replace("quantity=0.5", "quantity=500");
    let halved = venue.call(desk(), "POST", path, &replace("STOP_ON_FAILURE", &last, &too_dear)).await;
    assert_eq!(halved.refusal().1, -2021);
    assert_eq!(halved.body["data"]["newOrderResponse"]["code"], -2010);
}
