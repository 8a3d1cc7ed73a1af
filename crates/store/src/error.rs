//! Why the store could not do what it was asked.

use std::fmt;

use keyward_policy::KeyId;
use thiserror::Error;

/// The kind of record that an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// A venue.
    Venue,
    /// A credential.
    Credential,
    /// The API key of a credential.
    CredentialApiKey,
    /// A project.
    Project,
    /// An issued key.
    Key,
    /// A grant of an issued key.
    Grant,
    /// The vault's sealed root key.
    Root,
    /// A secret of Keyward itself.
    ServiceSecret,
    /// An audit checkpoint.
    Anchor,
    /// An operator.
    Operator,
    /// An invitation.
    Invitation,
    /// An API token.
    Token,
    /// A passkey.
    Passkey,
    /// Who somebody is at the identity provider.
    Identity,
    /// A change that waits for a second operator.
    Consent,
    /// A link that hands a secret over.
    HandOver,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Venue => "venue",
            Self::Credential => "credential",
            Self::CredentialApiKey => "API key of credential",
            Self::Project => "project",
            Self::Key => "key",
            Self::Grant => "grant of",
            Self::Root => "root key",
            Self::ServiceSecret => "service secret",
            Self::Anchor => "checkpoint",
            Self::Operator => "operator",
            Self::Invitation => "invitation for",
            Self::Token => "API token",
            Self::Passkey => "passkey",
            Self::Identity => "identity",
            Self::Consent => "consent",
            Self::HandOver => "hand-over link of",
        })
    }
}

/// Why the store could not do what it was asked. No variant holds a password or a secret, sealed or not.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The name of the database cannot be read. The text is never repeated: it may hold a password.
    #[error("the database's URL cannot be used: {0}")]
    Url(String),
    /// The database could not be opened.
    #[error("cannot open the database {database}: {why}")]
    Open {
        /// Where it is, without user and password.
        database: String,
        /// Why.
        why: Box<Self>,
    },
    /// The database was written by a newer Keyward.
    #[error(
        "the database has schema {found}, and this Keyward knows {known}: use the newer Keyward that wrote it"
    )]
    Newer {
        /// The schema found.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// The database holds tables that no Keyward made.
    #[error("the database's tables are not those of Keyward ({0}): give Keyward a database of its own")]
    Schema(String),
    /// The database does not answer, or is too busy.
    #[error("the database does not answer: {0}")]
    Unreachable(String),
    /// The database refused a statement: its disk is full, or Keyward is at fault.
    #[error("the database refused: {0}")]
    Refused(String),
    /// No such record.
    #[error("there is no {what} `{name}`")]
    NotFound {
        /// What kind.
        what: What,
        /// The id or name asked for.
        name: String,
    },
    /// The name, or the place, is in use.
    #[error("there is already a {what} `{name}`")]
    Taken {
        /// What kind.
        what: What,
        /// The name.
        name: String,
    },
    /// Other records refer to it.
    #[error("the {what} `{name}` is in use by the {by}: remove that first")]
    InUse {
        /// What kind.
        what: What,
        /// Its id.
        name: String,
        /// One of those that refer to it, in words.
        by: String,
    },
    /// More than one key has this name.
    #[error("more than one key is called `{name}`: say which by its id")]
    Ambiguous {
        /// The name.
        name: String,
        /// Some of the keys that have it.
        ids: Vec<KeyId>,
    },
    /// The record changed since it was read.
    #[error("the {what} `{name}` was changed meanwhile: look at it again, and repeat")]
    Conflict {
        /// What kind.
        what: What,
        /// Its id.
        name: String,
    },
    /// The key is revoked: it can neither be changed nor rotated.
    #[error("the key {0} is revoked, and a revoked key never comes back: create a new one")]
    Revoked(KeyId),
    /// The id or the API key once belonged to a key that is revoked or deleted.
    #[error("the key `{0}` was revoked or deleted, and is never issued again")]
    Tombstoned(String),
    /// A real key has used up every number that its requests can have.
    #[error("the numbers of requests with the real key `{0}` are used up: replace it by a new one")]
    NoncesUsedUp(String),
    /// A list was asked to continue at a place that it never named.
    #[error("the list cannot be continued at `{0}`: start again without it")]
    Cursor(String),
    /// A row cannot be read: somebody else wrote to the database, or it is damaged.
    #[error("the row `{id}` of the table {table} is damaged ({why}): restore the database from a backup")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row.
        id: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Error {
    pub(crate) fn not_found(what: What, name: &impl fmt::Display) -> Self {
        Self::NotFound { what, name: name.to_string() }
    }

    pub(crate) fn taken(what: What, name: &impl fmt::Display) -> Self {
        Self::Taken { what, name: name.to_string() }
    }

    pub(crate) fn conflict(what: What, name: &impl fmt::Display) -> Self {
        Self::Conflict { what, name: name.to_string() }
    }

    /// Says that a name is taken when that is what the database refused.
    pub(crate) fn on_insert(error: sqlx::Error, what: What, name: &str) -> Self {
        match error.as_database_error() {
            Some(refusal) if refusal.is_unique_violation() => Self::taken(what, &name),
            _ => error.into(),
        }
    }
}

impl From<sqlx::Error> for Error {
    /// Keeps the words only: sqlx's errors can hold rows and connection options.
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(refusal) if !is_outage(refusal.code().as_deref()) => {
                Self::Refused(refusal.message().to_owned())
            }
            sqlx::Error::Database(refusal) => Self::Unreachable(refusal.message().to_owned()),
            sqlx::Error::PoolTimedOut => Self::Unreachable("no connection came free in time".to_owned()),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Self::Unreachable(error.to_string()),
            other => Self::Refused(other.to_string()),
        }
    }
}

/// Whether a code says that the database cannot work now, rather than that it does not accept this statement.
///
/// Postgres (Appendix A): connection, authorisation, resources, operator intervention, system error, lock timeout.
/// SQLite (<https://sqlite.org/rescode.html>), extended codes by their last byte: busy, locked, I/O error, cannot open.
fn is_outage(code: Option<&str>) -> bool {
    let code = code.unwrap_or_default();
    if code.len() == 5 {
        return ["08", "28", "53", "57", "58", "55P03"].iter().any(|class| code.starts_with(class));
    }
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 14))
}
