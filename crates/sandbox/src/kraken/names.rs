//! Kraken's names: assets with an `X` or a `Z` in front, three names for each market, ids of orders and trades in groups.

use crate::engine::{Market, OrderId, Rejection, Trade};

/// Our name of an asset, Kraken's id, Kraken's other name.
const OLD: [(&str, &str, &str); 5] = [
    ("BTC", "XXBT", "XBT"),
    ("ETH", "XETH", "ETH"),
    ("LTC", "XLTC", "LTC"),
    ("XRP", "XXRP", "XRP"),
    ("USD", "ZUSD", "USD"),
];

/// The names of one market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) id: String,
    pub(super) altname: String,
    pub(super) wsname: String,
}

/// Kraken's id of an asset.
pub(super) fn asset_id(asset: &str) -> &str {
    OLD.iter().find(|(ours, ..)| *ours == asset).map_or(asset, |(_, id, _)| id)
}

/// Kraken's other name of an asset.
pub(super) fn asset_name(asset: &str) -> &str {
    OLD.iter().find(|(ours, ..)| *ours == asset).map_or(asset, |(.., name)| name)
}

/// Our name of an asset, whichever of Kraken's is given.
pub(super) fn asset(given: &str) -> &str {
    OLD.iter().find(|(_, id, name)| [*id, *name].contains(&given)).map_or(given, |(ours, ..)| ours)
}

/// The names of a market. Only between two assets with old names has it an id of its own.
pub(super) fn pair(market: &Market) -> Pair {
    let (base, quote) = (asset_name(&market.base), asset_name(&market.quote));
    let altname = format!("{base}{quote}");
    let is_old = |asset: &str| OLD.iter().any(|(ours, ..)| *ours == asset);
    let id = if is_old(&market.base) && is_old(&market.quote) {
        format!("{}{}", asset_id(&market.base), asset_id(&market.quote))
    } else {
        altname.clone()
    };
    Pair { id, altname, wsname: format!("{base}/{quote}") }
}

/// The market of this name, whichever of the three it is.
pub(super) fn market<'m>(
    mut markets: impl Iterator<Item = &'m Market>,
    name: &str,
) -> Result<&'m Market, Rejection> {
    let is_meant = |market: &&Market| {
        let pair = pair(market);
        [&*pair.id, &*pair.altname, &*pair.wsname].contains(&name)
    };
    markets.find(is_meant).ok_or(Rejection::UnknownSymbol)
}

/// An order's id as Kraken writes one: `OAAAAA-BBBBB-CCCCCC`.
pub(super) fn order_id(id: OrderId) -> String {
    grouped('O', id.0)
}

/// The order of such an id.
pub(super) fn order_of(id: &str) -> Option<OrderId> {
    let digits: String = id.strip_prefix('O')?.chars().filter(|one| *one != '-').collect();
    digits.parse().ok().map(OrderId)
}

/// A trade's id: a market counts its own trades, so the order that came last tells the markets apart.
pub(super) fn trade_id(trade: &Trade) -> String {
    grouped('T', trade.taker.order.0 * 1_000_000 + trade.id % 1_000_000)
}

fn grouped(kind: char, number: u64) -> String {
    let digits = format!("{number:016}");
    let (first, rest) = digits.split_at(5);
    let (second, third) = rest.split_at(5);
    format!("{kind}{first}-{second}-{third}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;

    #[test]
    fn a_market_is_found_by_each_of_its_names() {
        let engine = Engine::new(&crate::demo::markets());
        for (names, symbol) in
            [(["XBTUSDT", "XBTUSDT", "XBT/USDT"], "BTCUSDT"), (["XETHXXBT", "ETHXBT", "ETH/XBT"], "ETHBTC")]
        {
            for name in names {
                assert_eq!(market(engine.markets(), name).map(|found| &*found.symbol), Ok(symbol));
            }
            let pair = pair(engine.market(symbol).unwrap());
            assert_eq!([&*pair.id, &*pair.altname, &*pair.wsname], names);
        }
        assert!(market(engine.markets(), "BTCUSDT").is_err());
    }

    #[test]
    fn an_orders_id_reads_back() {
        assert_eq!(order_id(OrderId(42)), "O00000-00000-000042");
        assert_eq!(order_of("O00000-00000-000042"), Some(OrderId(42)));
        assert_eq!(order_of("42"), None);
    }
}
