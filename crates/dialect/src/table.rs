//! Endpoint tables: what each endpoint of an exchange needs, as text that people read and review.

use std::collections::HashMap;

use http::Method;

use crate::{MarketType, Movement, Needs, Refusal, RefusalKind, Request, Security};

/// Longest path that is shown in a refusal.
const SHOWN_MAX: usize = 120;

/// The methods of endpoints; no exchange has one with another.
pub(crate) const METHODS: [Method; 4] = [Method::GET, Method::POST, Method::PUT, Method::DELETE];

/// What an endpoint needs, and what its parameters say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint<S> {
    /// The permission.
    pub(crate) needs: Needs,
    /// The proof.
    pub(crate) security: Security,
    /// How the facts are read.
    pub(crate) shape: S,
}

/// One row of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row<S> {
    Served(Endpoint<S>),
    /// Known, and denied to everybody: what it is about.
    Denied(&'static str),
}

/// The endpoints by path, then by method.
pub(crate) struct Table<S>(HashMap<&'static str, [Option<Row<S>>; METHODS.len()]>);

impl<S> Table<S> {
    /// Reads a table's text; the head of each text says what its columns mean. A row that cannot be read is left out,
    /// which denies it; a test of each dialect says that there is none.
    pub(crate) fn read(text: &'static str, shape: fn(&str) -> Option<S>) -> Self {
        let mut table: HashMap<_, [Option<Row<S>>; METHODS.len()]> = HashMap::new();
        for (method, path, row) in rows(text, shape) {
            table.entry(path).or_default()[method] = Some(row);
        }
        Self(table)
    }

    /// The endpoint of a request: one look-up, no allocation.
    ///
    /// # Errors
    /// [`RefusalKind::EndpointUnknown`], naming method and path, for what the table does not list or denies.
    pub(crate) fn find(&self, request: &Request<'_>) -> Result<&Endpoint<S>, Refusal> {
        let method = METHODS.iter().position(|method| method == request.method);
        let methods = self.0.get(request.path);
        match method.zip(methods).and_then(|(at, methods)| methods[at].as_ref()) {
            Some(Row::Served(endpoint)) => Ok(endpoint),
            Some(Row::Denied(about)) => Err(refusal(request, &format!("is not served here: {about}"))),
            None => Err(refusal(request, "is not an endpoint that is known here")),
        }
    }

    /// How many rows can be found.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.values().flatten().flatten().count()
    }
}

fn refusal(request: &Request<'_>, why: &str) -> Refusal {
    let path = request.path.get(..SHOWN_MAX).unwrap_or(request.path);
    Refusal::new(RefusalKind::EndpointUnknown, format!("{} {path} {why}", request.method))
}

/// The lines that hold a row.
pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

/// The rows that can be read, each with its method, as a place in [`METHODS`], and its path.
pub(crate) fn rows<S>(
    text: &'static str,
    shape: fn(&str) -> Option<S>,
) -> impl Iterator<Item = (usize, &'static str, Row<S>)> {
    lines(text).filter_map(move |line| row(line, shape))
}

fn row<S>(line: &'static str, shape: fn(&str) -> Option<S>) -> Option<(usize, &'static str, Row<S>)> {
    let mut columns = line.split('\t');
    let (method, path) = (columns.next()?, columns.next()?);
    let (permission, security, facts) = (columns.next()?, columns.next()?, columns.next()?);
    let method = METHODS.iter().position(|known| known.as_str() == method)?;
    let row = if permission == "deny" {
        Row::Denied(facts)
    } else {
        Row::Served(Endpoint { needs: needs(permission)?, security: proof(security)?, shape: shape(facts)? })
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
