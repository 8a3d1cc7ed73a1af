//! The two databases, and the macro that runs one body on either.

use sqlx::{PgPool, SqlitePool};

/// Something of SQLite's, or the same of Postgres'.
#[derive(Clone)]
pub(crate) enum Backend<S, P> {
    Sqlite(S),
    Postgres(P),
}

/// The connections of a store.
pub(crate) type Pool = Backend<SqlitePool, PgPool>;

/// Expands a body once for each database, over its own concrete type: no trait, no generics, one SQL text.
macro_rules! on {
    ($backend:expr, |$db:ident| $body:expr) => {
        match $backend {
            $crate::backend::Backend::Sqlite($db) => $body,
            $crate::backend::Backend::Postgres($db) => $body,
        }
    };
}
