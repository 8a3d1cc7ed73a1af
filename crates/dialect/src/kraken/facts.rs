//! The facts of a request: which markets it touches, and what its orders, cancellations and movements say.

use std::borrow::Cow;

use super::order::{self, Order};
use super::{batch, market};
use crate::{Fact, Markets, Params, Refusal};

/// How the facts of an endpoint are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// There are none.
    Nothing,
    /// One order.
    Order,
    /// A list of orders on one market.
    Orders,
    /// It is about orders, but nothing in it says for sure on which markets they are.
    Account(Named),
    /// It moves money, and is not about markets.
    Movement(Money),
}

/// What else is said of orders whose markets are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// Nothing: all of them.
    All,
    /// One by its name, to be cancelled.
    Cancelled,
    /// A list of names, to be cancelled.
    AllCancelled,
    /// One by its name, with new terms, kept in place.
    Amended,
    /// One by its name, with new terms, replaced.
    Edited,
}

/// Which way money moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Money {
    /// Out, to a saved address.
    Out,
    /// A way out is given up.
    Back,
    /// Between wallets or accounts.
    Between,
}

/// What was read.
pub(super) struct Reading<'r> {
    /// Whether it borrows, or is about a position that did.
    pub(super) on_margin: bool,
    pub(super) markets: Markets<'r>,
    pub(super) facts: Vec<Fact<'r>>,
}

impl Shape {
    /// The shape with this name in the endpoint table.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "-" => Self::Nothing,
            "order" => Self::Order,
            "orders" => Self::Orders,
            "account" => Self::Account(Named::All),
            "cancel" => Self::Account(Named::Cancelled),
            "cancels" => Self::Account(Named::AllCancelled),
            "amend" => Self::Account(Named::Amended),
            "edit" => Self::Account(Named::Edited),
            "withdraw" => Self::Movement(Money::Out),
            "withdraw-cancel" => Self::Movement(Money::Back),
            "transfer" => Self::Movement(Money::Between),
            _ => return None,
        })
    }

    /// Reads the markets and the facts of a request.
    ///
    /// # Errors
    /// What can be read in two ways, or not at all.
    pub(super) fn read<'r>(self, params: &Params<'r>) -> Result<Reading<'r>, Refusal> {
        let value = |name: &str| params.get(name).map(|param| param.value.clone());
        let about = |markets, facts| Reading { on_margin: false, markets, facts };
        Ok(match self {
            Self::Nothing => about(Markets::NotApplicable, vec![]),
            Self::Order => of(params, order::read(&value)?),
            Self::Orders => {
                let Order { facts, on_margin } = batch::orders(params)?;
                of(params, Order { facts, on_margin: on_margin || order::is_on_margin(&value) })
            }
            Self::Account(Named::All) => about(Markets::Unreadable, vec![]),
            Self::Account(Named::AllCancelled) => about(Markets::Unreadable, batch::names(params)?),
            Self::Account(named) => about(Markets::Unreadable, vec![known(named, &value)]),
            Self::Movement(money) => about(Markets::NotApplicable, vec![moved(money, &value)]),
        })
    }
}

/// Orders on the market that the request names.
fn of<'r>(params: &Params<'r>, order: Order<'r>) -> Reading<'r> {
    let pair = params.get("pair").map(|pair| market::name(pair.value.clone(), params.value("asset_class")));
    let markets = pair.map_or(Markets::Unreadable, |pair| Markets::Named(vec![pair]));
    Reading { on_margin: order.on_margin, markets, facts: order.facts }
}

/// An order that is known by its name: the client's own, or Kraken's where there is no other. `EditOrder` names a market
/// too, but nothing says that Kraken holds it against the order's own.
fn known<'r>(named: Named, value: order::Values<'_, 'r>) -> Fact<'r> {
    let first = |names: &[&str]| names.iter().find_map(|name| value(name));
    let (quantity, price): (Option<Cow<'r, str>>, _) = match named {
        Named::Amended => (value("order_qty"), value("limit_price")),
        Named::Edited => (value("volume"), value("price")),
        _ => (None, None),
    };
    let client_id = first(&["cl_ord_id", "txid", "userref"]);
    Fact { symbol: value("pair"), quantity, price, client_id, ..Fact::default() }
}

/// Money that moves. Where it goes when it leaves is the name of an address that was saved at Kraken: an `address` beside
/// it is only compared.
fn moved<'r>(money: Money, value: order::Values<'_, 'r>) -> Fact<'r> {
    let (to, client_id) = match money {
        Money::Out => (value("key"), None),
        Money::Back => (None, value("refid")),
        Money::Between => (value("to"), None),
    };
    Fact { quantity: value("amount"), client_id, asset: value("asset"), to, ..Fact::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;
    use crate::form;

    fn read(shape: &str, body: &'static str) -> Reading<'static> {
        let mut params = Params::default();
        form::read(body, Place::Body, &mut params).unwrap();
        Shape::named(shape).unwrap().read(&params).unwrap()
    }

    #[test]
    fn an_order_is_on_the_market_that_it_names() {
        let named = |body| read("order", body).markets;
        assert_eq!(named("pair=XXBTZUSD&volume=1"), Markets::Named(vec!["XBTUSD".into()]));
        let other_class = "pair=AAPLxUSD&asset_class=tokenized_asset";
        assert_eq!(named(other_class), Markets::Named(vec!["tokenized_asset:AAPLxUSD".into()]));
        assert_eq!(named("volume=1"), Markets::Unreadable);
    }

    #[test]
    fn an_order_known_by_its_name_has_no_market_that_counts() {
        for (shape, body) in [
            ("cancel", "txid=OABC"),
            ("amend", "txid=OABC&order_qty=2&limit_price=3&pair=XBTUSD"),
            ("edit", "txid=OABC&volume=2&price=3&pair=XBTUSD"),
            ("account", "timeout=60"),
        ] {
            assert_eq!(read(shape, body).markets, Markets::Unreadable, "{shape}");
        }
        let amended = read("amend", "cl_ord_id=mine&order_qty=2&limit_price=3").facts.remove(0);
        assert_eq!((amended.quantity.as_deref(), amended.price.as_deref()), (Some("2"), Some("3")));
        assert_eq!(amended.client_id.as_deref(), Some("mine"));
    }

    #[test]
    fn a_withdrawal_goes_to_the_saved_name() {
        let fact = read("withdraw", "asset=XBT&key=cold&amount=0.5&address=bc1q").facts.remove(0);
        assert_eq!((fact.asset.as_deref(), fact.to.as_deref()), (Some("XBT"), Some("cold")));
        assert_eq!(fact.quantity.as_deref(), Some("0.5"));
    }

    #[test]
    fn borrowing_is_seen_wherever_it_stands() {
        assert!(read("order", "pair=XBTUSD&leverage=2").on_margin);
        assert!(read("orders", "pair=XBTUSD&leverage=2").on_margin);
        assert!(!read("order", "pair=XBTUSD&leverage=none").on_margin);
    }
}
