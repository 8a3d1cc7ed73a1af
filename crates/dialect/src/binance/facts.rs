//! The facts of a request: which markets it touches, and what its orders, cancellations and movements say.
//!
//! Each kind of endpoint is a list of [`Leg`]s, and a leg is only the names of the parameters that hold its facts.

use std::borrow::Cow;

use super::{batch, market};
use crate::{Fact, Markets, Params, Refusal, Request};

/// How the facts of an endpoint are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// There are none.
    Nothing,
    /// It is about markets, but no parameter that the exchange reads says about which.
    Account,
    /// It is about the market of `symbol`.
    Market(&'static [&'static Leg]),
    /// It is about the markets of a list of orders inside one parameter.
    Batch,
    /// It moves money, and is not about markets.
    Movement(&'static [&'static Leg]),
}

impl Shape {
    /// The shape with this name in the endpoint table.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "-" => Self::Nothing,
            "account" => Self::Account,
            "batch" => Self::Batch,
            "order" => Self::Market(&[&ORDER]),
            "cancel" => Self::Market(&[&CANCEL]),
            "replace" => Self::Market(&[&REPLACED, &ORDER]),
            "conditional" => Self::Market(&[&CONDITIONAL]),
            "amend" => Self::Market(&[&AMEND]),
            "change" => Self::Market(&[&CHANGE]),
            "oco-pair" => Self::Market(&[&OCO_LIMIT, &OCO_STOP]),
            "oco" => Self::Market(&[&ABOVE, &BELOW]),
            "oto" => Self::Market(&[&WORKING, &PENDING]),
            "otoco" => Self::Market(&[&WORKING, &PENDING_ABOVE, &PENDING_BELOW]),
            "setting" => Self::Market(&[&SETTING]),
            "borrow" => Self::Market(&[&TRANSFER]),
            "transfer" => Self::Movement(&[&TRANSFER]),
            "withdraw" => Self::Movement(&[&WITHDRAW]),
            "gift" => Self::Movement(&[&GIFT]),
            "gift-bought" => Self::Movement(&[&GIFT_BOUGHT]),
            _ => return None,
        })
    }

    /// Reads the markets and the facts of a request.
    ///
    /// # Errors
    /// A list of orders that can be read in two ways, or not at all.
    pub(super) fn read<'r>(
        self,
        request: &Request<'r>,
        params: &Params<'r>,
    ) -> Result<(Markets<'r>, Vec<Fact<'r>>), Refusal> {
        let value = |name: &str| params.get(name).map(|param| param.value.clone());
        let facts = |legs: &[&Leg]| legs.iter().map(|leg| leg.fact(&value)).collect();
        Ok(match self {
            Self::Nothing => (Markets::NotApplicable, vec![]),
            Self::Account => (Markets::Unreadable, vec![]),
            Self::Movement(legs) => (Markets::NotApplicable, facts(legs)),
            Self::Batch => batch::read(request.path, params)?,
            Self::Market(legs) => {
                let name =
                    value("symbol").and_then(|symbol| market::name(market::prefix(request.path), symbol));
                (name.map_or(Markets::Unreadable, |name| Markets::Named(vec![name])), facts(legs))
            }
        })
    }
}

/// The names of the parameters that hold the facts of one order, cancellation or movement; the first that is there
/// counts. What money hangs on has one name only: the one that the exchange reads at that endpoint.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Leg {
    side: &'static [&'static str],
    kind: &'static [&'static str],
    quantity: &'static [&'static str],
    quote_quantity: &'static [&'static str],
    price: &'static [&'static str],
    client_id: &'static [&'static str],
    asset: &'static [&'static str],
    to: &'static [&'static str],
    /// What tells apart the owners of one address.
    tag: &'static [&'static str],
}

impl Leg {
    /// The facts of this leg, out of whatever holds named values.
    pub(super) fn fact<'r>(&self, value: &dyn Fn(&str) -> Option<Cow<'r, str>>) -> Fact<'r> {
        let first = |names: &[&str]| names.iter().find_map(|name| value(name));
        Fact {
            symbol: value("symbol"),
            side: first(self.side),
            kind: first(self.kind),
            quantity: first(self.quantity),
            quote_quantity: first(self.quote_quantity),
            price: first(self.price),
            client_id: first(self.client_id),
            asset: first(self.asset),
            to: with_tag(first(self.to), first(self.tag)),
        }
    }
}

fn with_tag<'r>(to: Option<Cow<'r, str>>, tag: Option<Cow<'r, str>>) -> Option<Cow<'r, str>> {
    match (to, tag) {
        (Some(to), Some(tag)) => Some(Cow::Owned(format!("{to}:{tag}"))),
        (to, _) => to,
    }
}

const NONE: Leg = Leg {
    side: &[],
    kind: &[],
    quantity: &[],
    quote_quantity: &[],
    price: &[],
    client_id: &[],
    asset: &[],
    to: &[],
    tag: &[],
};

/// An order. Options and algorithmic orders have their own names for the client's id; a list of changed orders names
/// each by the id that it had.
pub(super) const ORDER: Leg = Leg {
    side: &["side"],
    kind: &["type"],
    quantity: &["quantity"],
    quote_quantity: &["quoteOrderQty"],
    price: &["price"],
    client_id: &["newClientOrderId", "clientOrderId", "clientAlgoId", "origClientOrderId"],
    ..NONE
};

/// A conditional order of portfolio margin.
const CONDITIONAL: Leg = Leg { kind: &["strategyType"], client_id: &["newClientStrategyId"], ..ORDER };

/// A cancellation. Its own new id (`newClientOrderId`) does not say what is cancelled.
const CANCEL: Leg = Leg {
    client_id: &["origClientOrderId", "clientOrderId", "listClientOrderId", "newClientStrategyId"],
    ..NONE
};

/// What an order is put in the place of.
const REPLACED: Leg = Leg { client_id: &["cancelOrigClientOrderId"], ..NONE };

/// A smaller quantity for a spot order that keeps its place in the queue.
const AMEND: Leg = Leg { quantity: &["newQty"], client_id: &["origClientOrderId"], ..NONE };

/// Another quantity or price for a futures order.
const CHANGE: Leg = Leg {
    side: &["side"],
    quantity: &["quantity"],
    price: &["price"],
    client_id: &["origClientOrderId"],
    ..NONE
};

/// The two orders of the old order list: a limit order and a stop.
const OCO_LIMIT: Leg = Leg {
    side: &["side"],
    quantity: &["quantity"],
    price: &["price"],
    client_id: &["limitClientOrderId"],
    ..NONE
};
const OCO_STOP: Leg = Leg { price: &["stopLimitPrice"], client_id: &["stopClientOrderId"], ..OCO_LIMIT };

/// The two orders of the new order list, above and below the price.
const ABOVE: Leg = Leg {
    side: &["side"],
    kind: &["aboveType"],
    quantity: &["quantity"],
    price: &["abovePrice"],
    client_id: &["aboveClientOrderId"],
    ..NONE
};
const BELOW: Leg =
    Leg { kind: &["belowType"], price: &["belowPrice"], client_id: &["belowClientOrderId"], ..ABOVE };

/// The order that is placed at once, and those that wait for it.
const WORKING: Leg = Leg {
    side: &["workingSide"],
    kind: &["workingType"],
    quantity: &["workingQuantity"],
    price: &["workingPrice"],
    client_id: &["workingClientOrderId"],
    ..NONE
};
const PENDING: Leg = Leg {
    side: &["pendingSide"],
    kind: &["pendingType"],
    quantity: &["pendingQuantity"],
    price: &["pendingPrice"],
    client_id: &["pendingClientOrderId"],
    ..NONE
};
const PENDING_ABOVE: Leg = Leg {
    kind: &["pendingAboveType"],
    price: &["pendingAbovePrice"],
    client_id: &["pendingAboveClientOrderId"],
    ..PENDING
};
const PENDING_BELOW: Leg = Leg {
    kind: &["pendingBelowType"],
    price: &["pendingBelowPrice"],
    client_id: &["pendingBelowClientOrderId"],
    ..PENDING
};

/// A setting of one market; moving margin to a position has an amount.
const SETTING: Leg = Leg { quantity: &["amount"], ..NONE };

/// Money that moves between wallets or accounts, or is borrowed and paid back.
const TRANSFER: Leg = Leg {
    kind: &["type", "transferSide", "futureType"],
    quantity: &["amount"],
    asset: &["asset"],
    to: &["toEmail", "email", "toAccountType", "transTo"],
    ..NONE
};

/// Money that leaves; its kind is the network.
const WITHDRAW: Leg = Leg {
    kind: &["network"],
    quantity: &["amount"],
    client_id: &["withdrawOrderId"],
    asset: &["coin"],
    to: &["address"],
    tag: &["addressTag"],
    ..NONE
};

/// Money that is put into a code that anybody can redeem: in its own asset, or bought with another.
const GIFT: Leg = Leg { quantity: &["amount"], asset: &["token"], ..NONE };
const GIFT_BOUGHT: Leg = Leg { quantity: &["baseTokenAmount"], asset: &["baseToken"], ..NONE };

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::*;
    use crate::{Place, form};

    fn read(shape: &str, path: &str, body: &str) -> (Vec<String>, Vec<String>) {
        let mut params = Params::default();
        form::read(body, Place::Body, &mut params).unwrap();
        let (method, headers) = (&Method::POST, &HeaderMap::new());
        let request = Request { method, path, query: "", headers, body: body.as_bytes() };
        let (markets, facts) = Shape::named(shape).unwrap().read(&request, &params).unwrap();
        let markets = match markets {
            Markets::Named(names) => names.into_iter().map(Cow::into_owned).collect(),
            other => vec![format!("{other:?}")],
        };
        (markets, facts.iter().map(told).collect())
    }

    fn told(fact: &Fact<'_>) -> String {
        let fields = [
            &fact.side,
            &fact.kind,
            &fact.quantity,
            &fact.quote_quantity,
            &fact.price,
            &fact.client_id,
            &fact.asset,
            &fact.to,
        ];
        fields.map(|field| field.as_deref().unwrap_or("-")).join(" ")
    }

    #[track_caller]
    fn check(shape: &str, body: &str, markets: &str, facts: &[&str]) {
        let (seen, told) = read(shape, "/api/v3/x", body);
        assert_eq!(
            (seen.join(" ").as_str(), told),
            (markets, facts.iter().map(|&fact| fact.into()).collect())
        );
    }

    #[test]
    fn an_order_tells_all() {
        let body = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.1&price=30000.5&newClientOrderId=me";
        check("order", body, "BTCUSDT", &["BUY LIMIT 0.1 - 30000.5 me - -"]);
        let market = "symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=25.5";
        check("order", market, "BTCUSDT", &["BUY MARKET - 25.5 - - - -"]);
    }

    #[test]
    fn a_replaced_order_tells_the_old_and_the_new_one() {
        let body = "symbol=BTCUSDT&side=SELL&type=LIMIT&quantity=1&price=2&cancelOrigClientOrderId=old";
        check("replace", body, "BTCUSDT", &["- - - - - old - -", "SELL LIMIT 1 - 2 - - -"]);
    }

    #[test]
    fn every_order_of_a_list_tells_its_own() {
        let body = "symbol=BTCUSDT&workingSide=BUY&workingType=LIMIT&workingQuantity=1&workingPrice=2\
            &pendingSide=SELL&pendingQuantity=3&pendingAboveType=LIMIT_MAKER&pendingAbovePrice=4\
            &pendingBelowType=STOP_LOSS_LIMIT&pendingBelowPrice=1";
        let legs =
            ["BUY LIMIT 1 - 2 - - -", "SELL LIMIT_MAKER 3 - 4 - - -", "SELL STOP_LOSS_LIMIT 3 - 1 - - -"];
        check("otoco", body, "BTCUSDT", &legs);
        let oco =
            "symbol=BTCUSDT&side=SELL&quantity=1&aboveType=LIMIT_MAKER&abovePrice=4&belowType=STOP_LOSS";
        check("oco", oco, "BTCUSDT", &["SELL LIMIT_MAKER 1 - 4 - - -", "SELL STOP_LOSS 1 - - - - -"]);
        let old = "symbol=BTCUSDT&side=SELL&quantity=1&price=4&stopPrice=2&stopLimitPrice=1.9";
        check("oco-pair", old, "BTCUSDT", &["SELL - 1 - 4 - - -", "SELL - 1 - 1.9 - - -"]);
    }

    #[test]
    fn money_that_moves_tells_what_how_much_and_where_to() {
        let body = "coin=XRP&address=rEb8&addressTag=77&amount=5&network=XRP&withdrawOrderId=w1";
        check("withdraw", body, "NotApplicable", &["- XRP 5 - - w1 XRP rEb8:77"]);
        check(
            "transfer",
            "asset=USDT&amount=12.5&type=MAIN_UMFUTURE",
            "NotApplicable",
            &["- MAIN_UMFUTURE 12.5 - - - USDT -"],
        );
        check("gift", "token=BTC&amount=1", "NotApplicable", &["- - 1 - - - BTC -"]);
    }

    #[test]
    fn a_trade_without_a_symbol_is_unreadable() {
        check("order", "side=BUY", "Unreadable", &["BUY - - - - - - -"]);
        check("borrow", "asset=USDT&amount=5&type=BORROW", "Unreadable", &["- BORROW 5 - - - USDT -"]);
        check("account", "symbol=BTCUSDT&algoId=1", "Unreadable", &[]);
    }

    #[test]
    fn the_path_says_which_familys_market_it_is() {
        let (markets, _) = read("setting", "/papi/v1/um/leverage", "symbol=BTCUSDT&leverage=5");
        assert_eq!(markets, ["fapi:BTCUSDT"]);
    }
}
