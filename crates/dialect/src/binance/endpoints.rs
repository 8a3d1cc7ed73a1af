//! The endpoint table: what each endpoint of Binance needs, and what its parameters say.

use std::collections::HashMap;
use std::sync::LazyLock;

use http::Method;

use super::facts::Shape;
use crate::{MarketType, Movement, Needs, Refusal, RefusalKind, Request, Security};

/// The table as people read and review it; its head says what the columns mean.
const TEXT: &str = include_str!("endpoints.tsv");

/// Longest path that is shown in a refusal.
const SHOWN_MAX: usize = 120;

/// The table by path, then by method. A constant: it is parsed at the first use only because a map cannot be written
/// into the binary. A row that cannot be read is left out, which denies it; a test says that there is none.
static TABLE: LazyLock<HashMap<&'static str, [Option<Row>; METHODS.len()]>> = LazyLock::new(|| {
    let mut table: HashMap<_, [Option<Row>; METHODS.len()]> = HashMap::new();
    for (method, path, row) in lines().filter_map(row) {
        table.entry(path).or_default()[method] = Some(row);
    }
    table
});

/// The methods of the table's columns; no endpoint has another.
const METHODS: [Method; 4] = [Method::GET, Method::POST, Method::PUT, Method::DELETE];

/// What an endpoint needs, and what its parameters say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// The permission.
    pub(super) needs: Needs,
    /// The proof.
    pub(super) security: Security,
    /// How the facts are read.
    pub(super) shape: Shape,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Served(Endpoint),
    /// Known, and denied to everybody: what it is about.
    Denied(&'static str),
}

/// The endpoint of a request: one look-up, no allocation.
///
/// # Errors
/// [`RefusalKind::EndpointUnknown`], naming method and path, for what the table does not list or denies.
pub(super) fn find(request: &Request<'_>) -> Result<&'static Endpoint, Refusal> {
    let method = METHODS.iter().position(|method| method == request.method);
    let methods = TABLE.get(request.path);
    match method.zip(methods).and_then(|(at, methods)| methods[at].as_ref()) {
        Some(Row::Served(endpoint)) => Ok(endpoint),
        Some(Row::Denied(about)) => Err(refusal(request, &format!("is not served here: {about}"))),
        None => Err(refusal(request, "is not an endpoint that is known here")),
    }
}

fn refusal(request: &Request<'_>, why: &str) -> Refusal {
    let path = request.path.get(..SHOWN_MAX).unwrap_or(request.path);
    Refusal::new(RefusalKind::EndpointUnknown, format!("{} {path} {why}", request.method))
}

fn lines() -> impl Iterator<Item = &'static str> {
    TEXT.lines().filter(|line| !line.starts_with('#'))
}

fn row(line: &'static str) -> Option<(usize, &'static str, Row)> {
    let mut columns = line.split('\t');
    let (method, path) = (columns.next()?, columns.next()?);
    let (permission, security, facts) = (columns.next()?, columns.next()?, columns.next()?);
    let method = METHODS.iter().position(|known| known.as_str() == method)?;
    let row = if permission == "deny" {
        Row::Denied(facts)
    } else {
        let (needs, security, shape) = (needs(permission)?, proof(security)?, Shape::named(facts)?);
        Row::Served(Endpoint { needs, security, shape })
    };
    columns.next().is_none().then_some((method, path, row))
}

fn needs(permission: &str) -> Option<Needs> {
    Some(match permission {
        "market" => Needs::Market,
        "read" => Needs::Read,
        "trade:spot" => Needs::Trade(MarketType::Spot),
        "trade:margin" => Needs::Trade(MarketType::Margin),
        "trade:futures" => Needs::Trade(MarketType::Futures),
        "trade:options" => Needs::Trade(MarketType::Options),
        "transfer:wallet" => Needs::Transfer(Movement::Wallets),
        "transfer:account" => Needs::Transfer(Movement::Accounts),
        "withdraw" => Needs::Withdraw,
        "manage" => Needs::Manage,
        "stream" => Needs::Stream,
        _ => return None,
    })
}

fn proof(security: &str) -> Option<Security> {
    Some(match security {
        "public" => Security::Public,
        "key" => Security::KeyOnly,
        "signed" => Security::Signed,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use http::HeaderMap;

    use super::*;

    fn found(method: &Method, path: &str) -> Result<&'static Endpoint, String> {
        let request = Request { method, path, query: "", headers: &HeaderMap::new(), body: b"" };
        find(&request).map_err(|refusal| refusal.detail)
    }

    fn served() -> impl Iterator<Item = (usize, &'static str, Endpoint)> {
        lines().filter_map(row).filter_map(|(method, path, row)| match row {
            Row::Served(endpoint) => Some((method, path, endpoint)),
            Row::Denied(_) => None,
        })
    }

    #[test]
    fn every_row_is_read_and_none_comes_twice() {
        let rows: HashSet<_> = lines().filter_map(row).map(|(method, path, _)| (method, path)).collect();
        assert_eq!(rows.len(), lines().count());
        assert!(rows.len() >= 890, "{}", rows.len());
        let reached = TABLE.values().flatten().filter(|row| row.is_some()).count();
        assert_eq!(reached, rows.len());
    }

    #[test]
    fn every_path_of_the_table_is_one_that_can_be_parsed() {
        assert!(lines().filter_map(row).all(|(_, path, _)| crate::path::check(path).is_ok()));
    }

    #[test]
    fn only_market_data_and_streams_do_without_a_signature() {
        for (_, path, endpoint) in served() {
            let open = matches!(endpoint.needs, Needs::Market | Needs::Stream);
            assert_eq!(endpoint.security == Security::Signed, !open, "{path}");
            assert!(endpoint.security != Security::Public || endpoint.needs == Needs::Market, "{path}");
        }
    }

    #[test]
    fn every_trade_says_how_its_market_is_read() {
        for (_, path, endpoint) in served() {
            let trades = matches!(endpoint.needs, Needs::Trade(_));
            let about_markets = !matches!(endpoint.shape, Shape::Nothing | Shape::Movement(_));
            assert_eq!(trades, about_markets, "{path}");
        }
    }

    #[test]
    fn every_movement_of_money_has_its_facts() {
        for (_, path, endpoint) in served() {
            let moves = matches!(endpoint.needs, Needs::Transfer(_) | Needs::Withdraw);
            assert_eq!(moves, matches!(endpoint.shape, Shape::Movement(_)), "{path}");
        }
    }

    #[test]
    fn a_get_never_needs_more_than_reading_unless_it_shows_keys() {
        let get = METHODS.iter().position(|method| method == Method::GET).unwrap();
        for (_, path, endpoint) in served().filter(|(method, ..)| *method == get) {
            let harmless = matches!(endpoint.needs, Needs::Market | Needs::Read | Needs::Manage);
            assert!(harmless, "{path} {:?}", endpoint.needs);
        }
    }

    #[test]
    fn what_is_denied_or_unknown_names_itself() {
        let denied = found(&Method::POST, "/sapi/v1/loan/borrow").unwrap_err();
        assert_eq!(denied, "POST /sapi/v1/loan/borrow is not served here: loans");
        let unknown = found(&Method::GET, "/api/v3/nothing").unwrap_err();
        assert_eq!(unknown, "GET /api/v3/nothing is not an endpoint that is known here");
    }

    #[test]
    fn the_method_counts_and_so_does_every_letter() {
        assert_eq!(found(&Method::GET, "/api/v3/openOrders").unwrap().needs, Needs::Read);
        let cancel = found(&Method::DELETE, "/api/v3/openOrders").unwrap();
        assert_eq!(cancel.needs, Needs::Trade(MarketType::Spot));
        for (method, path) in [
            (Method::PATCH, "/api/v3/order"),
            (Method::HEAD, "/api/v3/time"),
            (Method::GET, "/api/v3/Time"),
            (Method::GET, "/api/v3/time/"),
            (Method::GET, "/api/v3"),
        ] {
            assert!(found(&method, path).is_err(), "{method} {path}");
        }
    }
}
