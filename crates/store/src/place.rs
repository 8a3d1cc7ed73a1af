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

#[cfg(test)]
mod tests {
    use super::*;

    fn place(url: &str) -> Result<String, String> {
        url.parse::<Place>().map(|place| place.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_is_named_with_and_without_its_scheme() {
        for url in ["sqlite:/data/keyward.db", "sqlite:///data/keyward.db", "/data/keyward.db"] {
            assert_eq!(place(url).as_deref(), Ok("/data/keyward.db"));
        }
        assert!(place("keyward.db").unwrap().ends_with("/keyward.db"));
        // SQLite alone would read this one as a URI, and open another file.
        assert!(place("sqlite:file:keyward.db").unwrap().ends_with("/file:keyward.db"));
    }

    #[test]
    fn what_names_no_database_is_refused() {
        for url in
            ["", "sqlite:", "sqlite::memory:", ":memory:", "keyward.db?mode=ro", "mysql://localhost/keyward"]
        {
            assert!(place(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_server_is_shown_without_user_and_password() {
        let shown = |url| place(url).unwrap();
        assert_eq!(
            shown("postgres://kw:hunter2@db.internal:6432/keyward"),
            "postgres://db.internal:6432/keyward"
        );
        assert_eq!(
            shown("postgresql://kw@db.internal/keyward?password=hunter2"),
            "postgres://db.internal:5432/keyward"
        );
        assert_eq!(shown("postgres://kw:p@ss@db.internal/keyward"), "postgres://db.internal:5432/keyward");
        assert_eq!(
            shown("postgres://kw:hunter2@%2Frun%2Fpostgresql/keyward"),
            "postgres:/run/postgresql/keyward"
        );
    }

    #[test]
    fn a_password_that_splits_the_url_is_refused_and_not_repeated() {
        for url in [
            "postgres://kw:12/hunter2@db.internal/keyward",
            "postgres://kw:12?hunter2@db.internal/keyward",
            "postgres://kw:12#hunter2@db.internal/keyward",
            "postgres://kw:hunter2/@db.internal:port/keyward",
            "postgres://kw:hunter2@db.internal:port/keyward",
            "postgres://kw:hunter2@db.internal/keyward?sslmode=hunter2",
        ] {
            let refusal = place(url).unwrap_err();
            assert!(!refusal.contains("hunter2"), "{refusal}");
        }
    }
}
