//! Names of markets: one name for one market, whichever of Kraken's own names for it is sent.
//!
//! Kraken knows a market by an id (`XXBTZUSD`, what ccxt sends), an alternative name (`XBTUSD`) and a name for streams
//! (`XBT/USD`). The alternative name stands for all of them here. Whatever is none of the three forms keeps the name that
//! was sent, which no list holds.

use std::borrow::Cow;

/// The assets whose old names have an `X` or a `Z` in front, in the ids of markets between two of them. `XREP` is left
/// out: see [`code`].
const OLD: [&str; 16] = [
    "XETC", "XETH", "XLTC", "XMLN", "XXBT", "XXDG", "XXLM", "XXMR", "XXRP", "XZEC", "ZAUD", "ZCAD", "ZEUR",
    "ZGBP", "ZJPY", "ZUSD",
];
/// The money that Kraken has markets in. No name here is the end of another, so that base and quote written together
/// stand for one market only: without that, a grant on USD/TUSD would cover USDT/USD.
const QUOTES: [&str; 13] =
    ["AUD", "CAD", "CHF", "DAI", "DOT", "ETH", "EUR", "GBP", "JPY", "USD", "USDC", "USDT", "XBT"];
/// ccxt's codes of the assets that Kraken calls otherwise, and what it calls them.
const CODES: [(&str, &str); 6] =
    [("BTC", "XBT"), ("DOGE", "XDG"), ("LUNC", "LUNA"), ("LUNA", "LUNA2"), ("USTC", "UST"), ("KFEE", "FEE")];
/// The one market whose id has an old name beside a new one.
const TETHER: (&str, &str) = ("USDTZUSD", "USDTUSD");

/// The name of the market that a request names, in its class of assets if it names one: the pair of another class is
/// another market.
pub(super) fn name<'r>(pair: Cow<'r, str>, class: Option<&str>) -> Cow<'r, str> {
    match class {
        Some(class) => Cow::Owned(format!("{class}:{pair}")),
        None => of_stream(&pair).or_else(|| of_id(&pair)).map_or(pair, Cow::Owned),
    }
}

/// `XBT/USD`, and `BTC/USD` as the newer streams have it.
fn of_stream(pair: &str) -> Option<String> {
    let (base, quote) = pair.split_once('/')?;
    joined(stream_asset(base), stream_asset(quote))
}

fn stream_asset(asset: &str) -> &str {
    match asset {
        "BTC" => "XBT",
        "DOGE" => "XDG",
        other => other,
    }
}

/// `XXBTZUSD`.
fn of_id(pair: &str) -> Option<String> {
    if pair == TETHER.0 {
        return Some(TETHER.1.to_owned());
    }
    let (base, quote) = pair.split_at_checked(4)?;
    let old = |asset: &str| OLD.contains(&asset).then(|| asset.get(1..).map(str::to_owned))?;
    Some(old(base)? + &old(quote)?)
}

/// The name of a market in ccxt's notation. Kraken's spot API has no contracts.
pub(super) fn of_ccxt(symbol: &str) -> Option<String> {
    let (base, quote) = symbol.split_once('/')?;
    joined(code(base)?, code(quote)?)
}

/// A symbol in ccxt's notation of the market with this name: one that has the name again.
pub(super) fn to_ccxt(name: &str) -> Option<String> {
    let quote = QUOTES.iter().find(|quote| name.len() > quote.len() && name.ends_with(*quote))?;
    let base = name.strip_suffix(quote)?;
    let symbol = format!("{}/{}", ccxt(base), ccxt(quote));
    (of_ccxt(&symbol).as_deref() == Some(name)).then_some(symbol)
}

/// The alternative name of the market between two assets.
fn joined(base: &str, quote: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let sound = !base.is_empty() && base.bytes().all(plain) && QUOTES.contains(&quote);
    sound.then(|| format!("{base}{quote}"))
}

/// Kraken's name for ccxt's code of an asset (`commonCurrencies` of ccxt 4.5.90, read backwards). Where ccxt has one code
/// for two assets of Kraken's (`REP`), there is none: nobody could say which one is meant.
fn code(code: &str) -> Option<&str> {
    if matches!(code, "REP" | "REPV1" | "REPV2") {
        return None;
    }
    Some(CODES.iter().find(|(ccxt, _)| *ccxt == code).map_or(code, |(_, kraken)| kraken))
}

/// ccxt's code for an asset, whichever of Kraken's names for it is sent.
pub(super) fn code_of(sent: &str) -> &str {
    ccxt(if OLD.contains(&sent) { sent.get(1..).unwrap_or(sent) } else { sent })
}

/// The same as [`code`] the other way.
fn ccxt(asset: &str) -> &str {
    CODES.iter().find(|(_, kraken)| *kraken == asset).map_or(asset, |(ccxt, _)| ccxt)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(pair: &'static str) -> String {
        name(Cow::Borrowed(pair), None).into_owned()
    }

    #[track_caller]
    fn same(ccxt: &str, pairs: &[&'static str]) {
        for pair in pairs {
            assert_eq!(of_ccxt(ccxt).as_deref(), Some(named(pair).as_str()), "{pair}");
        }
    }

    #[test]
    fn a_market_has_one_name_whichever_is_sent() {
        same("BTC/USD", &["XXBTZUSD", "XBTUSD", "XBT/USD", "BTC/USD"]);
        same("ETH/BTC", &["XETHXXBT", "ETHXBT", "ETH/XBT", "ETH/BTC"]);
        same("DOGE/BTC", &["XXDGXXBT", "XDGXBT", "XDG/XBT", "DOGE/BTC"]);
        same("DOGE/USD", &["XDGUSD", "XDG/USD"]);
        same("EUR/USD", &["ZEURZUSD", "EURUSD", "EUR/USD"]);
        same("USDT/USD", &["USDTZUSD", "USDTUSD", "USDT/USD"]);
        same("BTC/USDT", &["XBTUSDT", "XBT/USDT"]);
        same("ADA/ETH", &["ADAETH", "ADA/ETH"]);
    }

    #[test]
    fn a_code_of_ccxt_means_the_asset_that_ccxt_means() {
        same("LUNC/USD", &["LUNAUSD", "LUNA/USD"]);
        same("LUNA/USD", &["LUNA2USD", "LUNA2/USD"]);
        same("USTC/USD", &["USTUSD"]);
        for ambiguous in ["REP/USD", "REPV2/USD"] {
            assert_eq!(of_ccxt(ambiguous), None, "{ambiguous}");
        }
    }

    #[test]
    fn a_symbol_is_found_from_the_name_of_its_market() {
        for symbol in ["BTC/USD", "ETH/BTC", "DOGE/USD", "LUNA/USD", "USDT/USD", "BTC/USDT", "ADA/ETH"] {
            assert_eq!(of_ccxt(symbol).as_deref().and_then(to_ccxt).as_deref(), Some(symbol));
        }
        for name in ["", "USD", "xbtusd", "XBT/USD", "REPUSD", "tokenized_asset:AAPLxUSD"] {
            assert_eq!(to_ccxt(name), None, "{name}");
        }
    }

    #[test]
    fn base_and_quote_written_together_are_one_market() {
        for quote in QUOTES {
            assert!(QUOTES.iter().all(|other| *other == quote || !other.ends_with(quote)), "{quote}");
        }
        assert_eq!((of_ccxt("USD/TUSD"), named("USD/TUSD")), (None, "USD/TUSD".to_owned()));
    }

    #[test]
    fn a_name_is_never_made_better() {
        for pair in [
            "xbtusd",
            " XBTUSD",
            "XBTUSD ",
            "xbt/usd",
            "XBT/USD/",
            "/USD",
            "XBT/",
            "XBTUSD.d",
            "ХВТUSD",
            "XREPZUSD",
            "XXBTZUSDT",
            "XXBTUSD",
            "XXBT",
            "XBTUSD,ETHUSD",
            "XBT/USD,ETH/USD",
            "",
        ] {
            assert_eq!(named(pair), pair);
        }
    }

    #[test]
    fn another_class_of_assets_is_another_market() {
        let token = name(Cow::Borrowed("XBT/USD"), Some("tokenized_asset"));
        assert_eq!(token, "tokenized_asset:XBT/USD");
        assert_ne!(Some(token.into_owned()), of_ccxt("BTC/USD"));
    }

    #[test]
    fn what_kraken_has_no_market_for_has_no_name() {
        for symbol in ["BTCUSD", "BTC/", "/USD", "btc/usd", "BTC/USD:USD", "BTC/USD/X", "BTC USD"] {
            assert_eq!(of_ccxt(symbol), None, "{symbol}");
        }
    }
}
