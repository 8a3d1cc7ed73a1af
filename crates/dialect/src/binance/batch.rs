//! Lists of orders: JSON inside one parameter.

use super::facts::ORDER;
use super::market;
use crate::json::Object;
use crate::{Fact, Markets, Params, Refusal, RefusalKind};

/// Most orders in one list: Binance takes 5 on the futures hosts and 10 on the options host.
const ORDERS_MAX: usize = 20;

/// Reads every order of the list on its own.
///
/// Without the list, or with an order that names no market, the markets are unreadable: Binance would refuse such a
/// request, and no key that is limited to markets may try.
///
/// # Errors
/// A list that is not one: broken, too long, or an order that says something twice or in two ways.
pub(super) fn read<'r>(path: &str, params: &Params<'r>) -> Result<(Markets<'r>, Vec<Fact<'r>>), Refusal> {
    let prefix = market::prefix(path);
    let Some(list) = params.value(if prefix == "eapi" { "orders" } else { "batchOrders" }) else {
        return Ok((Markets::Unreadable, vec![]));
    };
    let orders = orders(list)?;
    let name = |fact: &Fact<'r>| market::name(prefix, fact.symbol.clone()?);
    let names: Option<Vec<_>> = orders.iter().map(name).collect();
    let named = names.filter(|names| !names.is_empty());
    Ok((named.map_or(Markets::Unreadable, Markets::Named), orders))
}

fn orders<'r>(list: &str) -> Result<Vec<Fact<'r>>, Refusal> {
    let refuse = |kind| Refusal::new(kind, "the list of orders is not a JSON list of plain orders");
    let items: Vec<Object<'_>> = serde_json::from_str(list).map_err(|_| refuse(RefusalKind::Malformed))?;
    if items.len() > ORDERS_MAX {
        return Err(refuse(RefusalKind::TooLarge));
    }
    items.iter().map(|item| fact(item).ok_or_else(|| refuse(RefusalKind::Ambiguous))).collect()
}

/// The facts of one order; none where a reader of JSON with other habits could see another order.
fn fact<'r>(order: &Object<'_>) -> Option<Fact<'r>> {
    let values = order.values(|byte| byte.is_ascii_alphanumeric())?;
    let value = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    Some(ORDER.fact(&value))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::{Param, Place};

    fn batch(list: &'static str) -> Result<(Markets<'static>, Vec<Fact<'static>>), RefusalKind> {
        let value = Cow::Borrowed(list);
        let list = Param { name: "batchOrders".into(), value, place: Place::Body, range: 0..0 };
        read("/fapi/v1/batchOrders", &Params(vec![list])).map_err(|refusal| refusal.kind)
    }

    #[test]
    fn every_order_is_read_on_its_own() {
        let list = r#"[{"symbol":"BTCUSDT","side":"BUY","type":"LIMIT","quantity":"0.10","price":30000.50},
            {"symbol":"ETHUSDT","side":"SELL","type":"MARKET","quantity":2,"reduceOnly":true}]"#;
        let (markets, facts) = batch(list).unwrap();
        assert_eq!(markets, Markets::Named(vec!["fapi:BTCUSDT".into(), "fapi:ETHUSDT".into()]));
        assert_eq!(
            (facts[0].quantity.as_deref(), facts[0].price.as_deref()),
            (Some("0.10"), Some("30000.50"))
        );
        assert_eq!((facts[1].side.as_deref(), facts[1].quantity.as_deref()), (Some("SELL"), Some("2")));
    }

    #[test]
    fn an_order_without_a_market_leaves_all_unreadable() {
        for list in ["[]", r#"[{"symbol":"BTCUSDT"},{"side":"BUY"}]"#, r#"[{"symbol":"dapi:BTCUSD_PERP"}]"#] {
            assert_eq!(batch(list).unwrap().0, Markets::Unreadable, "{list}");
        }
        assert_eq!(read("/fapi/v1/batchOrders", &Params::default()).unwrap().0, Markets::Unreadable);
    }

    #[test]
    fn only_the_list_that_the_host_reads_counts() {
        let named = |name: &'static str, symbol| {
            let value = format!("[{{\"symbol\":\"{symbol}\"}}]").into();
            Param { name: name.into(), value, place: Place::Body, range: 0..0 }
        };
        let both = Params(vec![named("batchOrders", "A"), named("orders", "B")]);
        let futures = read("/fapi/v1/batchOrders", &both).unwrap().0;
        let options = read("/eapi/v1/batchOrders", &both).unwrap().0;
        assert_eq!(futures, Markets::Named(vec!["fapi:A".into()]));
        assert_eq!(options, Markets::Named(vec!["eapi:B".into()]));
    }

    #[test]
    fn an_order_that_can_be_read_in_two_ways_is_refused() {
        for list in [
            r#"[{"symbol":"BTCUSDT","symbol":"ETHUSDT"}]"#,
            r#"[{"symbol":"BTCUSDT","symb\u006fl":"ETHUSDT"}]"#,
            r#"[{"symbol":"BTCUSDT","Symbol":"ETHUSDT"}]"#,
            r#"[{"symbol":"BTCUSDT","sym_bol":"ETHUSDT"}]"#,
            r#"[{"symbol":["BTCUSDT","ETHUSDT"]}]"#,
            r#"[{"symbol":null}]"#,
        ] {
            assert_eq!(batch(list), Err(RefusalKind::Ambiguous), "{list}");
        }
    }

    #[test]
    fn what_is_not_a_list_of_orders_is_refused() {
        for list in
            ["", "{}", "[1]", "[[]]", "[{\"symbol\":\"BTCUSDT\"}", "[{\"symbol\":'BTCUSDT'}]", "[{}]x"]
        {
            assert_eq!(batch(list), Err(RefusalKind::Malformed), "{list}");
        }
    }
}
