//! The endpoint table: what each endpoint of Kraken needs, and what its parameters say.

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
    use crate::kraken::is_private;
    use crate::table::{METHODS, Row, lines, rows};
    use crate::{Movement, Needs, Security};

    fn found(method: &Method, path: &str) -> Result<&'static Endpoint<Shape>, String> {
        let request = Request { method, path, query: "", headers: &HeaderMap::new(), body: b"" };
        find(&request).map_err(|refusal| refusal.detail)
    }

    fn served() -> impl Iterator<Item = (&'static Method, &'static str, Endpoint<Shape>)> {
        rows(TEXT, Shape::named).filter_map(|(method, path, row)| match row {
            Row::Served(endpoint) => Some((&METHODS[method], path, endpoint)),
            Row::Denied(_) => None,
        })
    }

    #[test]
    fn every_row_is_read_and_none_comes_twice() {
        let rows: HashSet<_> = rows(TEXT, Shape::named).map(|(method, path, _)| (method, path)).collect();
        assert_eq!(rows.len(), lines(TEXT).count());
        assert!(rows.len() >= 61, "{}", rows.len());
        assert_eq!(TABLE.len(), rows.len());
    }

    #[test]
    fn private_calls_are_posted_and_signed_and_public_data_is_got() {
        for (method, path, endpoint) in served() {
            let private = is_private(path);
            assert_eq!(
                (method == Method::POST, endpoint.security == Security::Signed),
                (private, private),
                "{path}"
            );
            assert!(private || endpoint.needs == Needs::Market, "{path}");
        }
    }

    #[test]
    fn every_trade_and_every_movement_of_money_has_its_facts() {
        for (_, path, endpoint) in served() {
            let about_markets = matches!(endpoint.shape, Shape::Order | Shape::Orders | Shape::Account(_));
            assert_eq!(matches!(endpoint.needs, Needs::Trade(_)), about_markets, "{path}");
            let moves = matches!(endpoint.needs, Needs::Transfer(_) | Needs::Withdraw);
            assert_eq!(moves, matches!(endpoint.shape, Shape::Movement(_)), "{path}");
        }
    }

    #[test]
    fn what_is_more_than_reading_says_so() {
        let needs = |name: &str| found(&Method::POST, &format!("/0/private/{name}")).unwrap().needs;
        assert_eq!(needs("GetWebSocketsToken"), Needs::Stream);
        assert_eq!(needs("Withdraw"), Needs::Withdraw);
        assert_eq!(needs("WalletTransfer"), Needs::Transfer(Movement::Wallets));
        assert_eq!(needs("AccountTransfer"), Needs::Transfer(Movement::Accounts));
        assert_eq!((needs("CreateSubaccount"), needs("GetApiKeyInfo")), (Needs::Manage, Needs::Manage));
    }

    #[test]
    fn the_method_counts_and_so_does_every_letter() {
        let denied = found(&Method::POST, "/0/private/Earn/Allocate").unwrap_err();
        assert_eq!(denied, "POST /0/private/Earn/Allocate is not served here: earn products");
        for (method, path) in [
            (Method::GET, "/0/private/Balance"),
            (Method::POST, "/0/private/balance"),
            (Method::POST, "/0/private/Balance/"),
            (Method::POST, "/1/private/Balance"),
            (Method::POST, "/0/public/Time"),
        ] {
            assert!(found(&method, path).is_err(), "{method} {path}");
        }
    }
}
