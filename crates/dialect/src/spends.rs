//! What a request would give away at the most: what rules about amounts ask for.
//!
//! A buy gives away quote money, and its limit price is the worst that it takes. A sell gives away what it sells: its price
//! is only the least that it asks for, so that a low one would hide any amount of quote money. What else is sent is not
//! known to be harmless, so whatever these two do not say for sure is unknown.

use rust_decimal::Decimal;

use crate::{Dialect, Fact, Markets, Needs, Purpose, Request};

/// The longest number that is read; money has fewer digits.
const NUMBER_MAX: usize = 40;

/// What a request would give away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spends {
    /// Nothing: it takes an order back.
    Nothing,
    /// So much of an asset, by ccxt's code for it.
    AtMost(Decimal, String),
    /// It cannot be read for sure.
    Unknown,
}

/// Reads what a request would give away.
pub(crate) fn read<D: Dialect + ?Sized>(dialect: &D, request: &Request<'_>, purpose: &Purpose<'_>) -> Spends {
    let spent = match (purpose.needs, &*purpose.facts) {
        (Needs::Trade(_), _) if dialect.cancels(request) => return Spends::Nothing,
        (Needs::Trade(_), [order]) => ordered(dialect, &purpose.markets, order),
        (Needs::Transfer(_) | Needs::Withdraw, [movement]) => moved(dialect, movement),
        // Several at once, or nothing that is known: an amount of all of it would be a guess.
        _ => None,
    };
    spent.map_or(Spends::Unknown, |(amount, asset)| Spends::AtMost(amount, asset))
}

fn moved<D: Dialect + ?Sized>(dialect: &D, movement: &Fact<'_>) -> Option<(Decimal, String)> {
    Some((number(movement.quantity.as_deref()?)?, dialect.asset(movement.asset.as_deref()?)))
}

fn ordered<D: Dialect + ?Sized>(
    dialect: &D,
    markets: &Markets<'_>,
    order: &Fact<'_>,
) -> Option<(Decimal, String)> {
    let Markets::Named(names) = markets else { return None };
    let [name] = &**names else { return None };
    let symbol = dialect.symbol(name)?;
    let (base, quote) = pair(&symbol)?;
    let side = order.side.as_deref()?;
    let (is_buy, is_sell) = (side.eq_ignore_ascii_case("buy"), side.eq_ignore_ascii_case("sell"));
    let (amount, asset) = match (order.quantity.as_deref(), order.quote_quantity.as_deref()) {
        (Some(quantity), None) if is_sell => (number(quantity)?, base),
        (Some(quantity), None) if is_buy => (product(number(quantity)?, limit(dialect, order)?)?, quote),
        (None, Some(quantity)) if is_buy => (number(quantity)?, quote),
        _ => return None,
    };
    Some((amount, asset.to_owned()))
}

/// The base and the quote of a market, in ccxt's notation, whose orders are counted in its base: spot, and perpetuals that
/// are settled in their quote money. Other contracts are not.
fn pair(symbol: &str) -> Option<(&str, &str)> {
    let (pair, settle) = symbol.split_once(':').map_or((symbol, None), |(pair, rest)| (pair, Some(rest)));
    let (base, quote) = pair.split_once('/')?;
    settle.is_none_or(|settle| settle == quote).then_some((base, quote))
}

/// The worst price that an order takes.
fn limit<D: Dialect + ?Sized>(dialect: &D, order: &Fact<'_>) -> Option<Decimal> {
    dialect.limit_kinds().contains(&order.kind.as_deref()?).then(|| number(order.price.as_deref()?))?
}

/// An amount that can be read in one way only: digits, and a point among them at the most. More than nothing, which some
/// exchanges take for "all"; with a sign or a percent, some take a price for a distance from another one.
fn number(text: &str) -> Option<Decimal> {
    let plain = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    let sound = text.len() <= NUMBER_MAX && text.bytes().all(plain);
    let number = sound.then(|| Decimal::from_str_exact(text).ok())??;
    (number > Decimal::ZERO).then_some(number)
}

/// The product, where it can be told exactly.
fn product(one: Decimal, other: Decimal) -> Option<Decimal> {
    let product = one.checked_mul(other)?;
    (product.scale() == one.scale() + other.scale()).then_some(product)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};
    use proptest::prelude::*;

    use super::*;
    use crate::{binance::Binance, kraken::Kraken};

    fn spends(dialect: &dyn Dialect, method: &Method, path: &str, body: &str) -> Spends {
        let headers = HeaderMap::new();
        let request = Request { method, path, query: "", headers: &headers, body: body.as_bytes() };
        let params = dialect.parse(&request).unwrap();
        dialect.spends(&request, &dialect.classify(&request, &params).unwrap())
    }

    fn at_most(amount: &str, asset: &str) -> Spends {
        Spends::AtMost(amount.parse().unwrap(), asset.to_owned())
    }

    fn binance(body: &str) -> Spends {
        spends(&Binance, &Method::POST, "/api/v3/order", body)
    }

    fn kraken(body: &str) -> Spends {
        spends(&Kraken, &Method::POST, "/0/private/AddOrder", body)
    }

    #[test]
    fn a_buy_gives_away_its_limit_in_quote_money() {
        let limit = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.10&price=30000.5";
        assert_eq!(binance(limit), at_most("3000.050", "USDT"));
        assert_eq!(
            binance("symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=25.5"),
            at_most("25.5", "USDT")
        );
        assert_eq!(kraken("pair=XXBTZUSD&type=buy&ordertype=limit&volume=2&price=9"), at_most("18", "USD"));
        assert_eq!(kraken("pair=ETHXBT&type=buy&ordertype=market&volume=2&oflags=viqc"), at_most("2", "BTC"));
        let futures = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=5";
        assert_eq!(spends(&Binance, &Method::POST, "/fapi/v1/order", futures), at_most("5", "USDT"));
    }

    #[test]
    fn a_sell_gives_away_what_it_sells_however_low_its_price_is() {
        assert_eq!(binance("symbol=BTCUSDT&side=SELL&type=LIMIT&quantity=10&price=1"), at_most("10", "BTC"));
        assert_eq!(binance("symbol=BTCFDUSD&side=SELL&type=MARKET&quantity=3"), at_most("3", "BTC"));
        assert_eq!(kraken("pair=XDGUSD&type=sell&ordertype=market&volume=7"), at_most("7", "DOGE"));
    }

    #[test]
    fn money_that_moves_is_told_in_its_own_asset() {
        let (post, apply) = (&Method::POST, "/sapi/v1/capital/withdraw/apply");
        let binance = spends(&Binance, post, apply, "coin=XRP&address=r&amount=5");
        assert_eq!(binance, at_most("5", "XRP"));
        for (asset, code) in
            [("XBT", "BTC"), ("XXBT", "BTC"), ("ZUSD", "USD"), ("XETH", "ETH"), ("USDT", "USDT")]
        {
            let body = format!("asset={asset}&key=cold&amount=0.5");
            let kraken = spends(&Kraken, post, "/0/private/Withdraw", &body);
            assert_eq!(kraken, at_most("0.5", code), "{asset}");
        }
    }

    #[test]
    fn what_takes_an_order_back_gives_nothing_away() {
        let (delete, post) = (&Method::DELETE, &Method::POST);
        let cancel = spends(&Binance, delete, "/api/v3/order", "symbol=BTCUSDT&orderId=1");
        assert_eq!(cancel, Spends::Nothing);
        for path in ["CancelOrder", "CancelAll", "CancelOrderBatch"] {
            let cancel = spends(&Kraken, post, &format!("/0/private/{path}"), "nonce=1");
            assert_eq!(cancel, Spends::Nothing, "{path}");
        }
    }

    #[test]
    fn what_cannot_be_read_for_sure_is_unknown() {
        for body in [
            "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1",
            "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&price=1",
            "symbol=BTCUSDT&side=BUY&type=STOP_LOSS&quantity=1&price=1",
            "symbol=BTCUSDT&side=BUY&quantity=1&price=1",
            "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=1&quoteOrderQty=1",
            "symbol=BTCUSDT&side=SELL&type=MARKET&quoteOrderQty=1",
            "symbol=BTCUSDT&side=BOTH&type=LIMIT&quantity=1&price=1",
            "symbol=BTCUSDT&type=LIMIT&quantity=1&price=1",
            "side=BUY&type=LIMIT&quantity=1&price=1",
            "symbol=BTCNOTHING&side=BUY&type=LIMIT&quantity=1&price=1",
            "symbol=btcusdt&side=BUY&type=LIMIT&quantity=1&price=1",
            "symbol=USDT&side=BUY&type=LIMIT&quantity=1&price=1",
            "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1e1&price=1",
            "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=%2B1&price=1",
            "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0&price=1",
            "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=79228162514264337593543950335",
            "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.12345678901234567&price=0.12345678901234567",
        ] {
            let expected = if body.ends_with("950335") {
                at_most("79228162514264337593543950335", "USDT")
            } else {
                Spends::Unknown
            };
            assert_eq!(binance(body), expected, "{body}");
        }
        for body in [
            "pair=XBTUSD&type=buy&ordertype=limit&volume=2&price=%2B5%25",
            "pair=XBTUSD&type=buy&ordertype=limit&volume=2&price=%2B5",
            "pair=XBTUSD&type=buy&ordertype=limit&volume=0&price=5",
            "pair=XBTUSD&type=buy&ordertype=other&volume=2&price=5",
            "pair=XBTUSD&type=buy&ordertype=limit&volume=2&price=5&close[ordertype]=limit&close[price]=11",
            "pair=AAPLxUSD&asset_class=tokenized_asset&type=buy&ordertype=limit&volume=2&price=5",
        ] {
            assert_eq!(kraken(body), Spends::Unknown, "{body}");
        }
    }

    #[test]
    fn several_orders_at_once_and_changed_ones_are_unknown() {
        let of = |method, path, body| spends(&Binance, method, path, body);
        let replace = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=1&cancelOrderId=1&cancelReplaceMode=STOP_ON_FAILURE";
        assert_eq!(of(&Method::POST, "/api/v3/order/cancelReplace", replace), Spends::Unknown);
        let batch = "batchOrders=[{\"symbol\":\"BTCUSDT\",\"side\":\"BUY\",\"type\":\"LIMIT\",\"quantity\":\"1\",\"price\":\"1\"},\
            {\"symbol\":\"BTCUSDT\",\"side\":\"BUY\",\"type\":\"LIMIT\",\"quantity\":\"1\",\"price\":\"1\"}]";
        let batch: String = batch.replace(' ', "");
        assert_eq!(of(&Method::POST, "/fapi/v1/batchOrders", &batch), Spends::Unknown);
        let changed = "symbol=BTCUSDT&orderId=1&side=BUY&quantity=1&price=1";
        assert_eq!(of(&Method::PUT, "/fapi/v1/order", changed), Spends::Unknown);
        assert_eq!(
            of(&Method::POST, "/dapi/v1/order", "symbol=BTCUSD_PERP&side=SELL&type=MARKET&quantity=1"),
            Spends::Unknown
        );
    }

    proptest! {
        #[test]
        fn no_text_is_read_as_another_number(text in "[0-9.+eE_ -]{0,12}") {
            if let Some(number) = number(&text) {
                let parts = |text: &str| {
                    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
                    (whole.trim_start_matches('0').to_owned(), fraction.to_owned())
                };
                prop_assert_eq!(parts(&number.to_string()), parts(&text));
            }
        }

        #[test]
        fn a_product_is_exact_or_none(a in "[0-9]{1,15}(\\.[0-9]{1,15})?", b in "[0-9]{1,15}(\\.[0-9]{1,15})?") {
            let (Some(one), Some(other)) = (number(&a), number(&b)) else { return Ok(()) };
            if let Some(product) = product(one, other) {
                prop_assert_eq!(product.checked_div(one).map(|back| back.round_dp(10)), Some(other.round_dp(10)));
                prop_assert_eq!(product.scale(), one.scale() + other.scale());
            }
        }
    }
}
