//! Where a database is, read from what the operator wrote.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use crate::Error;

/// Where a database is. Its words leave out the user and the password.
pub(crate) enum Place {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(Box<PgConnectOptions>),
}

impl FromStr for Place {
    type Err = Error;

    /// Reads `sqlite:PATH`, `postgres://…`, or a path.
    fn from_str(url: &str) -> Result<Self, Error> {
        match url.split_once(':') {
            Some(("sqlite", path)) => file(path.strip_prefix("//").unwrap_or(path)),
            Some(("postgres" | "postgresql", _)) => server(url),
            Some((_, rest)) if rest.starts_with("//") => {
                Err(Error::Url("it must begin with sqlite: or postgres://".to_owned()))
            }
            _ => file(url),
        }
    }
}

fn file(path: &str) -> Result<Place, Error> {
    let refuse = |why: &str| Err(Error::Url(why.to_owned()));
    match path {
        "" => refuse("it names no file"),
        ":memory:" => refuse("a database in memory would forget revocations; name a file"),
        path if path.contains(['?', '\0']) => refuse("a file takes no parameters, and no `?` in its name"),
        // Absolute, because SQLite reads some relative names (`file:…`) as something else.
        path => match std::path::absolute(path) {
            Ok(path) => Ok(Place::Sqlite(path)),
            Err(error) => refuse(&error.to_string()),
        },
    }
}

fn server(url: &str) -> Result<Place, Error> {
    let after_scheme = url.split_once("://").map_or("", |(_, rest)| rest);
    let beyond_host = after_scheme.find(['/', '?', '#']).map_or("", |end| &after_scheme[end..]);
    // A password with a raw `/`, `?` or `#` splits in the wrong place, and its end would be shown as a database's name.
    if beyond_host.contains('@') {
        return Err(Error::Url(
            "percent-encode `/`, `?`, `#` and `@` in the password and the parameters".to_owned(),
        ));
    }
    match url.parse() {
        Ok(options) => Ok(Place::Postgres(Box::new(options))),
        Err(_) => {
            Err(Error::Url("it is not of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE".to_owned()))
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(options) => {
                let database = options.get_database().unwrap_or_else(|| options.get_username());
                match options.get_socket() {
                    Some(socket) => write!(f, "postgres:{}/{database}", socket.display()),
                    None => write!(f, "postgres://{}:{}/{database}", options.get_host(), options.get_port()),
                }
            }
        }
    }
}
