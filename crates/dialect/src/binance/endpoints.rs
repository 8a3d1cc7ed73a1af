//! The endpoint table: what each endpoint of Binance needs, and what its parameters say.

use std::sync::LazyLock;

use super::facts::Shape;
use crate::table::{Endpoint, Table};
use crate::{Refusal, Request};

/// The table as people read and review it; its head says what the columns mean.
const TEXT: &str = include_str!("endpoints.tsv");

/// A constant: it is parsed at the first use only because a map cannot be written into the binary.
static TABLE: LazyLock<Table<Shape>> = LazyLock::new(|| Table::read(TEXT, Shape::named));

/// The endpoint of a request.
///
/// # Errors
/// [`crate::RefusalKind::EndpointUnknown`] for what the table does not list or denies.
pub(super) fn find(request: &Request<'_>) -> Result<&'static Endpoint<Shape>, Refusal> {
    TABLE.find(request)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use http::{HeaderMap, Method};

    use super::*;
    use crate::table::{METHODS, Row, lines, rows};
    use crate::{MarketType, Needs, Security};

    fn found(method: &Method, path: &str) -> Result<&'static Endpoint<Shape>, String> {
        let request = Request { method, path, query: "", headers: &HeaderMap::new(), body: b"" };
        find(&request).map_err(|refusal| refusal.detail)
    }

    fn served() -> impl Iterator<Item = (usize, &'static str, Endpoint<Shape>)> {
        rows(TEXT, Shape::named).filter_map(|(method, path, row)| match row {
            Row::Served(endpoint) => Some((method, path, endpoint)),
            Row::Denied(_) => None,
        })
    }

    #[test]
    fn every_row_is_read_and_none_comes_twice() {
        let rows: HashSet<_> = rows(TEXT, Shape::named).map(|(method, path, _)| (method, path)).collect();
        assert_eq!(rows.len(), lines(TEXT).count());
        assert!(rows.len() >= 890, "{}", rows.len());
        assert_eq!(TABLE.len(), rows.len());
    }

    #[test]
    fn every_path_of_the_table_is_one_that_can_be_parsed() {
        assert!(rows(TEXT, Shape::named).all(|(_, path, _)| crate::path::check(path).is_ok()));
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
