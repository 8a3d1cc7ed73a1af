//! Which database is used, and that its password is in no argument.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use zeroize::Zeroizing;

use crate::config::Config;
use crate::confine::folder;
use crate::data::DataDir;
use crate::outcome::Problem;

/// The database: a SQLite file in the data directory, or a server.
pub(crate) struct Database(Source);

enum Source {
    Url(String),
    /// The URL may hold a password, so that it is read when it is used and not kept.
    File(PathBuf),
}

impl Database {
    /// What the command line says (a URL, or a file that holds it), else the configuration, else the SQLite file.
    pub(crate) fn choose(
        data: &DataDir,
        given: (Option<String>, Option<PathBuf>),
        config: &Config,
    ) -> Result<Self> {
        let configured = || (config.database.clone(), config.database_file.clone());
        let source = match given {
            (None, None) => configured(),
            given => given,
        };
        match source {
            (_, Some(file)) => Ok(Self(Source::File(file))),
            (Some(url), None) if has_password(&url) => {
                Err(Problem::usage("the database's URL has a password in it")
                    .hint(
                        "write the URL into a file that only you can read, and name it with --database-file",
                    )
                    .into())
            }
            (Some(url), None) => Ok(Self(Source::Url(url))),
            (None, None) => Ok(Self(Source::Url(sqlite(&data.database())))),
        }
    }

    /// The directory of a SQLite file, which lies outside of the data directory when somebody says so.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        let url = self.url().ok()?;
        let path = url.strip_prefix("sqlite:")?;
        folder(Path::new(path.split('?').next().unwrap_or(path)))
    }

    /// The URL to open.
    pub(crate) fn url(&self) -> Result<Zeroizing<String>> {
        match &self.0 {
            Source::Url(url) => Ok(Zeroizing::new(url.clone())),
            Source::File(file) => {
                let url = std::fs::read_to_string(file)
                    .with_context(|| format!("the database's URL in {} cannot be read", file.display()))?;
                Ok(Zeroizing::new(Zeroizing::new(url).trim().to_owned()))
            }
        }
    }
}

fn sqlite(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// Whether there is a password, in front of the host or among the parameters.
fn has_password(url: &str) -> bool {
    let after_scheme = url.split_once("://").map_or("", |(_, rest)| rest);
    let before_host = after_scheme.rsplit_once('@').map_or("", |(user, _)| user);
    before_host.contains(':') || after_scheme.contains("password=")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(url: &str) -> Result<String> {
        let data = DataDir::locate(Some("d".into())).unwrap();
        let given = (Some(url.to_owned()), None);
        Ok(Database::choose(&data, given, &Config::default())?.url()?.to_string())
    }

    #[test]
    fn a_password_belongs_into_a_file() {
        assert!(chosen("postgres://keyward:hunter2@db/keyward").is_err());
        assert!(chosen("postgres://db/keyward?user=keyward&password=hunter2").is_err());
        for url in
            ["postgres://keyward@db:5432/keyward", "postgres:///keyward?host=/run/postgresql", "sqlite:a.db"]
        {
            assert_eq!(chosen(url).unwrap(), url);
        }
    }

    #[test]
    fn without_a_word_it_is_a_file_in_the_data_directory() {
        let data = DataDir::locate(Some("d".into())).unwrap();
        let database = Database::choose(&data, (None, None), &Config::default()).unwrap();
        assert_eq!(*database.url().unwrap(), "sqlite:d/keyward.db");
    }

    #[test]
    fn the_command_line_wins_over_the_configuration() {
        let data = DataDir::locate(Some("d".into())).unwrap();
        let config = Config { database_file: Some("unread".into()), ..Config::default() };
        let given = (Some("postgres://db/keyward".to_owned()), None);
        assert_eq!(*Database::choose(&data, given, &config).unwrap().url().unwrap(), "postgres://db/keyward");
    }
}
