//! The exchange's rules: limits, markets and their filters.

use serde_json::{Value, json};

use super::{Asked, Endpoint, Run, read, view};
use crate::engine::{Filters, Market};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint::get("/api/v3/exchangeInfo", 20, Run::Public(run));

fn run(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let limits = asked.exchange.rates.limits;
    let floor = asked.exchange.floor.lock();
    let (markets, _) = read::markets(asked.params, floor.engine.markets())?;
    Ok(json!({
        "timezone": "UTC",
        "serverTime": asked.now_ms,
        "rateLimits": [
            { "rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": limits.weight_per_minute },
            { "rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": limits.orders_per_10s },
        ],
        "exchangeFilters": [],
        "symbols": markets.into_iter().map(row).collect::<Vec<_>>(),
    }))
}

fn row(market: &Market) -> Value {
    json!({
        "symbol": market.symbol,
        "status": "TRADING",
        "baseAsset": market.base,
        "baseAssetPrecision": 8,
        "quoteAsset": market.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET"],
        "icebergAllowed": false,
        "ocoAllowed": false,
        "otoAllowed": false,
        "quoteOrderQtyMarketAllowed": true,
        "allowTrailingStop": false,
        "cancelReplaceAllowed": true,
        "isSpotTradingAllowed": true,
        "isMarginTradingAllowed": false,
        "filters": filters(&market.filters),
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
        "allowedSelfTradePreventionModes": ["EXPIRE_MAKER"],
    })
}

fn filters(filters: &Filters) -> Value {
    let [tick, max_price, step, max_quantity, min_notional, max_notional] = [
        filters.tick,
        filters.max_price,
        filters.step,
        filters.max_quantity,
        filters.min_notional,
        filters.max_notional,
    ]
    .map(view::amount);
    json!([
        { "filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": max_price, "tickSize": tick },
        { "filterType": "LOT_SIZE", "minQty": step, "maxQty": max_quantity, "stepSize": step },
        {
            "filterType": "NOTIONAL",
            "minNotional": min_notional, "applyMinToMarket": true,
            "maxNotional": max_notional, "applyMaxToMarket": true,
            "avgPriceMins": 0,
        },
        { "filterType": "MAX_NUM_ORDERS", "maxNumOrders": filters.max_orders },
    ])
}
