//! Names of markets: one name for one market, whichever endpoint it is traded through.
//!
//! Spot and margin use the exchange's symbol (`BTCUSDT`). Futures and options have their host family in front
//! (`fapi:BTCUSDT`, `dapi:BTCUSD_PERP`, `eapi:BTC-261225-60000-C`), because a perpetual has the symbol of its spot
//! market.

use std::borrow::Cow;

/// What separates the host family from the symbol; no symbol of Binance holds it.
const MARK: char = ':';

/// The money that Binance has markets in, today and in the past. One that is missing, and ends as another does, would have
/// its amounts taken for that other's.
const QUOTES: [&str; 42] = [
    "AEUR", "ARS", "AUD", "BFUSD", "BIDR", "BKRW", "BNB", "BRL", "BTC", "BUSD", "BVND", "COP", "CZK", "DAI",
    "DOGE", "ETH", "EUR", "EURI", "FDUSD", "GBP", "IDR", "IDRT", "JPY", "MXN", "NGN", "PLN", "RLUSD", "RON",
    "RUB", "SOL", "TRX", "TRY", "TUSD", "UAH", "USD", "USD1", "USDC", "USDP", "USDT", "XRP", "XUSD", "ZAR",
];

/// The family in front of a symbol that is traded through this path.
pub(super) fn prefix(path: &str) -> &'static str {
    const PREFIXES: &[(&str, &str)] = &[
        ("/fapi/", "fapi"),
        ("/dapi/", "dapi"),
        ("/eapi/", "eapi"),
        ("/papi/v1/um/", "fapi"),
        ("/papi/v1/cm/", "dapi"),
        ("/sapi/v1/algo/futures/", "fapi"),
    ];
    PREFIXES.iter().find(|(start, _)| path.starts_with(start)).map_or("", |(_, family)| family)
}

/// The name of the market with this symbol, exactly as it was sent: letters of another case, spaces and the like make
/// another name, which no list holds. None for what could pass for the name of another family's market.
pub(super) fn name<'r>(prefix: &str, symbol: Cow<'r, str>) -> Option<Cow<'r, str>> {
    if symbol.is_empty() || symbol.contains(MARK) {
        return None;
    }
    Some(if prefix.is_empty() { symbol } else { Cow::Owned(format!("{prefix}{MARK}{symbol}")) })
}

/// The name of a market in ccxt's notation.
pub(super) fn of_ccxt(symbol: &str) -> Option<String> {
    let (pair, contract) = match symbol.split_once(MARK) {
        Some((pair, contract)) => (pair, Some(contract)),
        None => (symbol, None),
    };
    let (base, quote) = pair.split_once('/')?;
    is_plain(base).then_some(())?;
    is_plain(quote).then_some(())?;
    match contract {
        None => Some(format!("{base}{quote}")),
        Some(contract) => of_contract(base, quote, contract),
    }
}

/// A contract: `USDT` (perpetual), `USDT-261225` (dated) or `USDT-261225-60000-C` (option). It is linear where it is
/// settled in its quote money, inverse where it is settled in its base.
fn of_contract(base: &str, quote: &str, contract: &str) -> Option<String> {
    let parts: Vec<_> = contract.split('-').collect();
    let (settle, terms) = parts.split_first()?;
    match *terms {
        [] if *settle == quote => Some(format!("fapi:{base}{quote}")),
        [] if *settle == base => Some(format!("dapi:{base}{quote}_PERP")),
        [date] if is_date(date) && *settle == quote => Some(format!("fapi:{base}{quote}_{date}")),
        [date] if is_date(date) && *settle == base => Some(format!("dapi:{base}{quote}_{date}")),
        [date, strike, side] if is_date(date) && is_strike(strike) && matches!(side, "C" | "P") => {
            (*settle == quote).then(|| format!("eapi:{base}-{date}-{strike}-{side}"))
        }
        _ => None,
    }
}

/// A symbol in ccxt's notation of the market with this name: one that has the name again.
///
/// Binance writes base and quote together, so where a quote begins is known only from the list of quotes. A wrong cut
/// would be another way to write the same market, never another market.
pub(super) fn to_ccxt(name: &str) -> Option<String> {
    let (family, market) = name.split_once(MARK).unwrap_or(("", name));
    let symbol = match family {
        "" => spot(market),
        "fapi" | "dapi" => future(family, market),
        "eapi" => option(market),
        _ => None,
    }?;
    (of_ccxt(&symbol).as_deref() == Some(name)).then_some(symbol)
}

fn spot(pair: &str) -> Option<String> {
    let (base, quote) = cut(pair)?;
    Some(format!("{base}/{quote}"))
}

fn future(family: &str, market: &str) -> Option<String> {
    let (pair, date) = market.split_once('_').map_or((market, None), |(pair, term)| (pair, Some(term)));
    let (base, quote) = cut(pair)?;
    let settle = if family == "fapi" { quote } else { base };
    match date.filter(|term| *term != "PERP") {
        Some(date) => Some(format!("{base}/{quote}:{settle}-{date}")),
        None => Some(format!("{base}/{quote}:{settle}")),
    }
}

/// Every option is settled in USDT.
fn option(market: &str) -> Option<String> {
    let (base, terms) = market.split_once('-')?;
    Some(format!("{base}/USDT:USDT-{terms}"))
}

/// Base and quote: the longest quote that the pair ends with.
fn cut(pair: &str) -> Option<(&str, &str)> {
    let quotes = QUOTES.iter().filter(|quote| pair.len() > quote.len() && pair.ends_with(*quote));
    let quote = quotes.max_by_key(|quote| quote.len())?;
    pair.split_at_checked(pair.len() - quote.len())
}

fn is_plain(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_date(part: &str) -> bool {
    part.len() == 6 && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_strike(part: &str) -> bool {
    part.bytes().any(|byte| byte.is_ascii_digit())
        && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(path: &str, symbol: &'static str) -> Option<String> {
        name(prefix(path), Cow::Borrowed(symbol)).map(Cow::into_owned)
    }

    #[track_caller]
    fn same(ccxt: &str, path: &str, symbol: &'static str) {
        assert_eq!(of_ccxt(ccxt), named(path, symbol));
        assert!(of_ccxt(ccxt).is_some());
    }

    #[test]
    fn a_market_has_the_name_that_its_requests_give_it() {
        same("BTC/USDT", "/api/v3/order", "BTCUSDT");
        same("BTC/USDT", "/sapi/v1/margin/order", "BTCUSDT");
        same("BTC/USDT", "/papi/v1/margin/order", "BTCUSDT");
        same("BTC/USDT:USDT", "/fapi/v1/order", "BTCUSDT");
        same("BTC/USDT:USDT", "/papi/v1/um/order", "BTCUSDT");
        same("BTC/USDT:USDT", "/sapi/v1/algo/futures/newOrderTwap", "BTCUSDT");
        same("ETH/USDC:USDC", "/fapi/v1/order", "ETHUSDC");
        same("BTC/USDT:USDT-261225", "/fapi/v1/order", "BTCUSDT_261225");
        same("BTC/USD:BTC", "/dapi/v1/order", "BTCUSD_PERP");
        same("BTC/USD:BTC-261225", "/papi/v1/cm/order", "BTCUSD_261225");
        same("BTC/USDT:USDT-261225-60000-C", "/eapi/v1/order", "BTC-261225-60000-C");
        same("DOGE/USDT:USDT-261225-0.14-P", "/eapi/v1/order", "DOGE-261225-0.14-P");
    }

    #[test]
    fn a_symbol_is_found_from_the_name_of_its_market() {
        for symbol in [
            "BTC/USDT",
            "ETH/BTC",
            "1000SATS/FDUSD",
            "BTC/USDT:USDT",
            "ETH/USDC:USDC",
            "BTC/USDT:USDT-261225",
            "BTC/USD:BTC",
            "BTC/USD:BTC-261225",
            "DOGE/USDT:USDT-261225-0.14-P",
        ] {
            assert_eq!(of_ccxt(symbol).as_deref().and_then(to_ccxt).as_deref(), Some(symbol));
        }
        for name in ["", "USDT", "btcusdt", "BTCXYZ", "xapi:BTCUSDT", "eapi:BTC", "BTC/USDT", "fapi:"] {
            assert_eq!(to_ccxt(name), None, "{name}");
        }
    }

    #[test]
    fn spot_and_its_perpetual_are_two_markets() {
        assert_ne!(of_ccxt("BTC/USDT"), of_ccxt("BTC/USDT:USDT"));
    }

    #[test]
    fn what_binance_has_no_market_for_has_no_name() {
        for symbol in [
            "BTCUSDT",
            "BTC/",
            "/USDT",
            "btc/usdt",
            "BTC/USDT:",
            "BTC/USD:ETH",
            "BTC/USDT:USDT-2612",
            "BTC/USDT:USDT-261225-60000",
            "BTC/USDT:USDT-261225-60000-X",
            "BTC/USD:BTC-261225-60000-C",
            "BTC/USDT/X",
        ] {
            assert_eq!(of_ccxt(symbol), None, "{symbol}");
        }
    }

    #[test]
    fn a_symbol_is_never_made_better() {
        for symbol in ["btcusdt", " BTCUSDT", "BTCUSDT ", "ВТСUSDT", "BTC%55SDT"] {
            assert_eq!(named("/api/v3/order", symbol).as_deref(), Some(symbol));
        }
    }

    #[test]
    fn no_symbol_passes_for_another_familys_market() {
        assert_eq!(named("/api/v3/order", "fapi:BTCUSDT"), None);
        assert_eq!(named("/fapi/v1/order", ""), None);
    }
}
