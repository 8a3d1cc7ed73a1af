//! Binance's hosts: one for each family of markets, told apart by the first part of the path.

/// The families with their real base URLs; `sapi` lives on the host of `api`.
pub(super) const FAMILIES: &[(&str, &str)] = &[
    ("api", "https://api.binance.com"),
    ("fapi", "https://fapi.binance.com"),
    ("dapi", "https://dapi.binance.com"),
    ("eapi", "https://eapi.binance.com"),
    ("papi", "https://papi.binance.com"),
];

/// The family that serves a path.
///
/// The public statistics under `/futures/data/` live on two hosts under the same paths. They come from `fapi`, except
/// the one that only `dapi` has: nothing in the path says which of the two the client meant.
pub(super) fn of(path: &str) -> &'static str {
    match path.split('/').nth(1) {
        Some("fapi") => "fapi",
        Some("dapi") => "dapi",
        Some("eapi") => "eapi",
        Some("papi") => "papi",
        Some("futures") if path == "/futures/data/takerBuySellVol" => "dapi",
        Some("futures") => "fapi",
        _ => "api",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_has_the_host_that_serves_it() {
        let paths =
            ["/api/v3/order", "/sapi/v1/system/status", "/fapi/v1/order", "/dapi/v1/order", "/eapi/v1/order"];
        assert_eq!(paths.map(of), ["api", "api", "fapi", "dapi", "eapi"]);
        let others = ["/papi/v1/um/order", "/futures/data/basis", "/futures/data/takerBuySellVol", "/", ""];
        assert_eq!(others.map(of), ["papi", "fapi", "dapi", "api", "api"]);
    }

    #[test]
    fn every_family_has_a_host() {
        for path in ["/api", "/fapi", "/dapi", "/eapi", "/papi", "/futures"] {
            assert!(FAMILIES.iter().any(|(name, _)| *name == of(path)), "{path}");
        }
    }
}
