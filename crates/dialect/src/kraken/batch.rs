//! Lists: orders on one market, and the names of orders to be cancelled.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::json::flat;
use super::order::{self, Order};
use crate::json::{Object, text};
use crate::{Fact, Param, Params, Place, Refusal, RefusalKind};

/// Most entries of one list: Kraken takes 15 orders and 50 cancellations.
const LIST_MAX: usize = 50;

/// Reads every order of the list on its own; the market is said once for all of them.
///
/// # Errors
/// A list that is not one, or an order that says something twice, in two ways, or names a market of its own.
pub(super) fn orders<'r>(params: &Params<'r>) -> Result<Order<'r>, Refusal> {
    let mut all = Order { facts: vec![], on_margin: false };
    for order in list::<Object<'_>>(params.get("orders"))? {
        let order = one(params, &order)?;
        all.facts.extend(order.facts);
        all.on_margin |= order.on_margin;
    }
    Ok(all)
}

fn one<'r>(params: &Params<'r>, order: &Object<'_>) -> Result<Order<'r>, Refusal> {
    let members = flat(order).ok_or_else(ambiguous)?;
    let mut values = Vec::with_capacity(members.len());
    for (name, raw) in members {
        if matches!(&*name, "pair" | "asset_class") {
            return Err(ambiguous());
        }
        let value: Cow<'r, str> = Cow::Owned(text(raw).ok_or_else(ambiguous)?.into_owned());
        values.push((name, value));
    }
    order::read(&|name| {
        let own = values.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        if name == "pair" { params.get(name).map(|pair| pair.value.clone()) } else { own }
    })
}

/// Reads the names of orders to be cancelled: Kraken's own or the client's.
///
/// # Errors
/// A list that is not one, or holds something else than names.
pub(super) fn names<'r>(params: &Params<'r>) -> Result<Vec<Fact<'r>>, Refusal> {
    let mut facts = vec![];
    for list_name in ["orders", "cl_ord_ids"] {
        for raw in list::<&RawValue>(params.get(list_name))? {
            let name = Cow::Owned(text(raw.get()).ok_or_else(ambiguous)?.into_owned());
            facts.push(Fact { client_id: Some(name), ..Fact::default() });
        }
    }
    Ok(facts)
}

/// The entries of a list; none where there is no list, which Kraken refuses.
fn list<'p, T: serde::Deserialize<'p>>(list: Option<&'p Param<'_>>) -> Result<Vec<T>, Refusal> {
    let Some(list) = list else { return Ok(vec![]) };
    let entries: Option<Vec<T>> =
        if list.place == Place::Json { serde_json::from_str(&list.value).ok() } else { None };
    let entries = entries.ok_or_else(|| {
        Refusal::new(RefusalKind::Malformed, "a list of orders is sent as JSON, and this is not one")
    })?;
    if entries.len() > LIST_MAX {
        let detail = format!("the list has more than {LIST_MAX} entries");
        return Err(Refusal::new(RefusalKind::TooLarge, detail));
    }
    Ok(entries)
}

fn ambiguous() -> Refusal {
    let detail = "an entry of the list says something twice, in two ways, or names a market of its own";
    Refusal::new(RefusalKind::Ambiguous, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(body: &str) -> Params<'_> {
        let mut params = Params::default();
        super::super::json::read(body, &mut params).unwrap();
        params
    }

    fn kind<T>(result: Result<T, Refusal>) -> Option<RefusalKind> {
        result.err().map(|refusal| refusal.kind)
    }

    #[test]
    fn every_order_is_read_on_its_own() {
        let params = parsed(
            r#"{"orders":[{"type":"buy","ordertype":"limit","volume":"0.010","price":30000.50},
                {"type":"sell","ordertype":"market","volume":2,"leverage":"2"}],"pair":"XBTUSD"}"#,
        );
        let Order { facts, on_margin } = orders(&params).unwrap();
        assert_eq!((facts.len(), on_margin), (2, true));
        assert_eq!(
            (facts[0].quantity.as_deref(), facts[0].price.as_deref()),
            (Some("0.010"), Some("30000.50"))
        );
        assert_eq!((facts[1].side.as_deref(), facts[1].symbol.as_deref()), (Some("sell"), Some("XBTUSD")));
    }

    #[test]
    fn an_order_that_can_be_read_in_two_ways_is_refused() {
        for order in [
            r#"{"volume":1,"volume":2}"#,
            r#"{"volume":1,"Volume":2}"#,
            r#"{"volume":[1]}"#,
            r#"{"pair":"ETHUSD"}"#,
            r#"{"close":{"price":1,"price":2}}"#,
        ] {
            let body = format!(r#"{{"pair":"XBTUSD","orders":[{order}]}}"#);
            assert_eq!(kind(orders(&parsed(&body))), Some(RefusalKind::Ambiguous), "{order}");
        }
    }

    #[test]
    fn what_is_not_a_list_of_orders_is_refused() {
        for list in ["[1]", "[[]]", "[\"a\"]"] {
            let body = format!(r#"{{"orders":{list}}}"#);
            assert_eq!(kind(orders(&parsed(&body))), Some(RefusalKind::Malformed), "{list}");
        }
        let long = format!(r#"{{"orders":[{}]}}"#, vec!["{}"; LIST_MAX + 1].join(","));
        assert_eq!(kind(orders(&parsed(&long))), Some(RefusalKind::TooLarge));
    }

    #[test]
    fn a_list_in_a_form_is_none() {
        let list = Param { name: "orders".into(), value: "[{}]".into(), place: Place::Body, range: 0..0 };
        assert_eq!(kind(orders(&Params(vec![list]))), Some(RefusalKind::Malformed));
    }

    #[test]
    fn cancelled_orders_are_named_one_by_one() {
        let params = parsed(r#"{"orders":["OABC-1",12],"cl_ord_ids":["mine"]}"#);
        let named: Vec<_> = names(&params).unwrap().into_iter().map(|fact| fact.client_id.unwrap()).collect();
        assert_eq!(named, ["OABC-1", "12", "mine"]);
        assert_eq!(kind(names(&parsed(r#"{"orders":[["a"]]}"#))), Some(RefusalKind::Ambiguous));
    }
}
