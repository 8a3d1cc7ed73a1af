//! Rule: what ARCHITECTURE.md calls absent is absent.
//!
//! The edges between crates are in `deny.toml`; this holds what a crate could name without any dependency, and names
//! that a library would give it by the way. Tests may do what the product must not.

use super::Finding;
use super::repository::{File, Repository};
use super::words::{paths, shipped};

/// Names that some files must not contain, and why.
struct Absence {
    place: Place,
    names: &'static [&'static str],
    why: &'static str,
}

/// Where names are absent: below some paths, or everywhere else.
enum Place {
    In(&'static [&'static str]),
    Outside(&'static [&'static str]),
}

const CORE: Place = Place::In(&["crates/policy/", "crates/dialect/"]);

const ABSENCES: &[Absence] = &[
    Absence {
        place: CORE,
        names: &[
            "tokio",
            "hyper",
            "hyper_util",
            "axum",
            "sqlx",
            "getrandom",
            "rand",
            "mio",
            "socket2",
            "async",
        ],
        why: "the core is pure: it knows no runtime, no network, no database and no randomness",
    },
    Absence {
        place: CORE,
        names: &[
            "std::fs",
            "std::env",
            "std::process",
            "std::thread",
            "std::sync::Mutex",
            "std::sync::RwLock",
        ],
        why: "the core is pure: bytes come in as arguments, a decision goes out",
    },
    Absence {
        place: CORE,
        names: &[
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "UnixStream",
            "UnixListener",
            "SystemTime",
            "Instant",
        ],
        why: "the core is pure: no socket and no clock, the time is an argument",
    },
    Absence {
        place: Place::Outside(&["crates/gateway/src/metrics", "crates/xtask/"]),
        names: &["f32", "f64"],
        why: "an amount is an exact decimal, never a float",
    },
    Absence {
        place: Place::In(&["crates/policy/", "crates/vault/", "crates/ledger/", "crates/store/"]),
        names: &["http", "hyper", "axum"],
        why: "rules, secrets, records and rows know no HTTP",
    },
    Absence {
        place: Place::In(&["crates/vault/"]),
        names: &["std::fs", "std::net"],
        why: "the vault keeps secrets in memory: others bring and take the bytes",
    },
    Absence {
        place: Place::In(&["crates/ledger/", "crates/store/", "crates/control/", "crates/console/"]),
        names: &["TcpStream", "UdpSocket", "UnixStream"],
        why: "only the gateway, and the command line's small client, open connections",
    },
    Absence {
        place: Place::Outside(&["crates/gateway/src/upstream", "crates/keyward/", "crates/xtask/"]),
        names: &["hyper::client", "hyper_util::client", "TcpStream::connect"],
        why: "the gateway's `upstream` is the only way out, and the command line's small client the only other",
    },
    Absence {
        place: Place::Outside(&["crates/keyward/", "crates/xtask/"]),
        names: &["std::env", "getrandom", "rand"],
        why: "configuration and randomness are arguments; only the composition root has them",
    },
];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    repository.product_files().into_iter().flat_map(broken).collect()
}

fn broken(file: &File) -> Vec<Finding> {
    let absences: Vec<_> = ABSENCES.iter().filter(|absence| absence.place.holds(&file.path)).collect();
    let named = paths(&shipped(&file.text));
    let why = |name: &str| absences.iter().find(|absence| absence.forbids(name)).map(|absence| absence.why);
    let hits = named.iter().filter_map(|path| Some((path, why(&path.text)?)));
    hits.map(|(path, why)| Finding::at(&file.path, path.line, format!("names {}: {why}", path.text)))
        .collect()
}

impl Absence {
    /// A type is told by the end of its path, wherever it is taken from; a module or a crate by its whole path.
    fn forbids(&self, path: &str) -> bool {
        self.names.iter().any(|name| {
            let tail = path.strip_suffix(name);
            tail == Some("")
                || name.starts_with(char::is_uppercase) && tail.is_some_and(|rest| rest.ends_with("::"))
        })
    }
}

impl Place {
    fn holds(&self, path: &str) -> bool {
        match self {
            Self::In(starts) => starts.iter().any(|start| path.starts_with(start)),
            Self::Outside(starts) => !starts.iter().any(|start| path.starts_with(start)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&Repository::of_files(&[(path, text)])).len()
    }

    #[test]
    fn the_core_names_no_io() {
        assert_eq!(found("crates/policy/src/a.rs", "use std::{fs, net::TcpStream};"), 2);
        assert_eq!(found("crates/dialect/src/a.rs", "fn now() -> Instant { std::time::Instant::now() }"), 2);
        assert_eq!(found("crates/dialect/src/a.rs", "use tokio::net; async fn a() {}"), 2);
        assert_eq!(found("crates/policy/src/a.rs", "use std::net::IpAddr; fn fs(file: u8) {}"), 0);
    }

    #[test]
    fn its_tests_may() {
        assert_eq!(found("crates/policy/src/a.rs", "#[cfg(test)] mod tests { use std::fs; }"), 0);
        let story = ("crates/policy/src/story.rs", "use std::fs;");
        let declared =
            |text| check(&Repository::of_files(&[("crates/policy/src/lib.rs", text), story])).len();
        assert_eq!((declared("#[cfg(test)] mod story;"), declared("mod story;")), (0, 1));
    }

    #[test]
    fn only_upstream_opens_connections() {
        let client = "use hyper_util::client::legacy::Client;";
        assert_eq!(found("crates/control/src/a.rs", client), 1);
        assert_eq!(found("crates/gateway/src/carry.rs", client), 1);
        assert_eq!(found("crates/gateway/src/upstream/pool.rs", client), 0);
        assert_eq!(found("crates/gateway/src/carry.rs", "tokio::net::TcpStream::connect(address)"), 1);
    }

    #[test]
    fn an_amount_is_no_float() {
        assert_eq!(found("crates/policy/src/a.rs", "struct Limit(f64);"), 1);
    }
}
