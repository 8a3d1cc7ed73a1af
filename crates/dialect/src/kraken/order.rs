//! What one order says: its facts, and whether it borrows.

use std::borrow::Cow;

use crate::{Fact, Refusal, RefusalKind};

/// One order, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Order<'r> {
    /// The order, and the one that its execution would place.
    pub(super) facts: Vec<Fact<'r>>,
    /// Whether it borrows, or is about a position that did.
    pub(super) on_margin: bool,
}

/// Where an order's parameters are.
pub(super) type Values<'v, 'r> = &'v dyn Fn(&str) -> Option<Cow<'r, str>>;

/// Reads one order out of whatever holds named values.
///
/// # Errors
/// Flags that do not say for sure in which money the quantity is.
pub(super) fn read<'r>(value: Values<'_, 'r>) -> Result<Order<'r>, Refusal> {
    let kind = value("ordertype");
    let (quantity, quote_quantity) = if is_in_quote(value("oflags").as_deref())? {
        (None, value("volume"))
    } else {
        (value("volume"), None)
    };
    let first = Fact {
        symbol: value("pair"),
        side: value("type"),
        price: limit_price(kind.as_deref(), value("price"), value("price2")),
        kind,
        quantity,
        quote_quantity,
        client_id: value("cl_ord_id").or_else(|| value("userref")),
        ..Fact::default()
    };
    let close = close(value, &first);
    let on_margin = is_on_margin(value);
    Ok(Order { facts: [Some(first), close].into_iter().flatten().collect(), on_margin })
}

/// The order that Kraken places when the first is executed: as much, the other way.
fn close<'r>(value: Values<'_, 'r>, first: &Fact<'r>) -> Option<Fact<'r>> {
    let kind = value("close[ordertype]")?;
    let side = match first.side.as_deref() {
        Some("buy") => Some(Cow::Borrowed("sell")),
        Some("sell") => Some(Cow::Borrowed("buy")),
        _ => None,
    };
    let price = limit_price(Some(&kind), value("close[price]"), value("close[price2]"));
    let (symbol, quantity) = (first.symbol.clone(), first.quantity.clone());
    Some(Fact { symbol, side, kind: Some(kind), quantity, price, ..Fact::default() })
}

/// Whether the quantity is in quote money. A flag that only nearly says so is one that Kraken and we might read in two
/// ways, and money hangs on it.
fn is_in_quote(flags: Option<&str>) -> Result<bool, Refusal> {
    let mut flags =
        flags.unwrap_or_default().split(',').filter(|flag| flag.trim().eq_ignore_ascii_case("viqc"));
    match flags.next() {
        None => Ok(false),
        Some("viqc") => Ok(true),
        Some(_) => {
            let detail = "'oflags' must be names in small letters, with commas and no spaces between them";
            Err(Refusal::new(RefusalKind::Ambiguous, detail))
        }
    }
}

/// The limit among the two prices: the first of a limit order, the second of one that waits for a trigger; what waits for
/// a trigger and then takes any price has none. Of a kind that is not known, the first price is as good as any.
fn limit_price<'r>(
    kind: Option<&str>,
    price: Option<Cow<'r, str>>,
    price2: Option<Cow<'r, str>>,
) -> Option<Cow<'r, str>> {
    match kind {
        Some("market" | "stop-loss" | "take-profit" | "trailing-stop" | "settle-position") => None,
        Some(kind) if kind.ends_with("-limit") => price2,
        _ => price,
    }
}

/// Whether an order needs the permission to borrow. Only what surely does not counts as spot.
pub(super) fn is_on_margin(value: Values<'_, '_>) -> bool {
    let is_no = |text: &str| text.eq_ignore_ascii_case("false");
    value("leverage").is_some_and(|leverage| leverage != "none")
        || ["reduce_only", "margin"].iter().any(|name| value(name).is_some_and(|text| !is_no(&text)))
        || value("ordertype").is_some_and(|kind| kind == "settle-position")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(form: &'static str) -> Result<Order<'static>, RefusalKind> {
        let value = |name: &str| {
            let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
            pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| Cow::Borrowed(value))
        };
        read(&value).map_err(|refusal| refusal.kind)
    }

    fn amounts(form: &'static str) -> (Option<Cow<'static, str>>, Option<Cow<'static, str>>) {
        let fact = order(form).unwrap().facts.remove(0);
        (fact.quantity, fact.quote_quantity)
    }

    fn price(form: &'static str) -> Option<Cow<'static, str>> {
        order(form).unwrap().facts.remove(0).price
    }

    #[test]
    fn a_flag_says_that_the_quantity_is_in_quote_money() {
        assert_eq!(amounts("volume=25&oflags=viqc"), (None, Some("25".into())));
        assert_eq!(amounts("volume=25&oflags=post,viqc"), (None, Some("25".into())));
        assert_eq!(amounts("volume=25&oflags=fciq"), (Some("25".into()), None));
        for flags in ["volume=25&oflags=VIQC", "volume=25&oflags=post, viqc"] {
            assert_eq!(order(flags), Err(RefusalKind::Ambiguous), "{flags}");
        }
    }

    #[test]
    fn the_price_is_the_limit_and_not_the_trigger() {
        assert_eq!(price("ordertype=limit&price=1"), Some("1".into()));
        assert_eq!(price("ordertype=iceberg&price=1"), Some("1".into()));
        assert_eq!(price("ordertype=stop-loss-limit&price=1&price2=2"), Some("2".into()));
        assert_eq!(price("ordertype=stop-loss&price=1"), None);
        assert_eq!(price("ordertype=market"), None);
    }

    #[test]
    fn the_order_that_an_execution_places_is_a_fact_of_its_own() {
        let order = order(
            "pair=XBTUSD&type=buy&ordertype=limit&volume=2&price=9&close[ordertype]=limit&close[price]=11",
        );
        let [_, close] = order.unwrap().facts.try_into().unwrap();
        assert_eq!((close.side.as_deref(), close.price.as_deref()), (Some("sell"), Some("11")));
        assert_eq!((close.symbol.as_deref(), close.quantity.as_deref()), (Some("XBTUSD"), Some("2")));
    }

    #[test]
    fn only_what_surely_does_not_borrow_is_spot() {
        let margin = |form| order(form).unwrap().on_margin;
        for form in ["volume=1", "leverage=none", "reduce_only=False&leverage=none", "reduce_only=false"] {
            assert!(!margin(form), "{form}");
        }
        for form in
            ["leverage=2", "leverage=2:1", "leverage=", "reduce_only=true", "ordertype=settle-position"]
        {
            assert!(margin(form), "{form}");
        }
    }
}
