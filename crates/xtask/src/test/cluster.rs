//! A throw-away Postgres: made for one run of the tests, gone with it, however it ends.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::debian;
use crate::process::{capture, path_folders, program};

/// Where Debian puts each version's programs.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Keeps the server until its standard input closes: when the tests are over, and also when this program is killed.
const KEEPER: &str = r#"
if "$1/pg_ctl" start --silent --wait --timeout=60 -D "$2/data" -l "$2/log" -o "$3"; then echo ready; else echo failed; fi
cat > /dev/null
"$1/pg_ctl" stop --silent --mode=immediate -D "$2/data"
rm -rf "$2"
"#;

/// A running server; dropping it stops it and removes its data.
pub(super) struct Cluster {
    url: String,
    keeper: Child,
    _folder: TempDir,
}

/// Whom the server runs as when we are root, as whom Postgres refuses to.
struct User {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// Makes a cluster with a password of its own, on a free port of the loopback address.
    pub(super) fn start() -> Result<Self> {
        let programs = programs()?;
        let user = if debian::is_root() { Some(User::without_rights()?) } else { None };
        let folder = folder()?;
        let password = password()?;
        fs::write(folder.path().join("password"), &password)?;
        if let Some(User { uid, gid }) = user {
            chown(folder.path().join("password"), Some(uid), Some(gid))?;
            chown(folder.path(), Some(uid), Some(gid))?;
        }
        capture(as_user(&mut initdb(&programs, folder.path()), user.as_ref()))?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let keeper = keep(&programs, folder.path(), port, user.as_ref())?;
        let url = format!("postgres://keyward:{password}@127.0.0.1:{port}/postgres");
        println!("Postgres from {} listens on port {port}", programs.display());
        Ok(Self { url, keeper, _folder: folder })
    }

    /// The URL of its superuser: tests make their own databases.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if let Err(error) = self.keeper.wait() {
            println!("cannot wait for Postgres to stop: {error}");
        }
    }
}

impl User {
    /// The package's own user, or nobody.
    fn without_rights() -> Result<Self> {
        let id = |name: &str, what: &str| -> Result<u32> {
            Ok(capture(program("id").args([what, name]))?.trim().parse()?)
        };
        let user = |name: &str| Ok(Self { uid: id(name, "-u")?, gid: id(name, "-g")? });
        user("postgres").or_else(|_: anyhow::Error| user("nobody"))
    }
}

/// The folder with `initdb` and `pg_ctl`: Debian's newest, or one on the path.
fn programs() -> Result<PathBuf> {
    if let Some(found) = installed() {
        return Ok(found);
    }
    debian::install("postgresql", "PostgreSQL")?;
    installed().with_context(|| format!("initdb is neither on the path nor under {DEBIAN}"))
}

fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut versions: Vec<u32> =
        versions.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    versions.sort_unstable();
    let debian = versions.iter().rev().map(|version| Path::new(DEBIAN).join(version.to_string()).join("bin"));
    debian
        .chain(path_folders())
        .find(|folder| ["initdb", "pg_ctl"].iter().all(|name| folder.join(name).is_file()))
}

/// Not under target/: the server's user may not be allowed to enter the folder that the repository is in.
fn folder() -> Result<TempDir> {
    let only_ours = Permissions::from_mode(0o700);
    Ok(tempfile::Builder::new().prefix("keyward-postgres-").permissions(only_ours).tempdir()?)
}

/// Nothing here outlives the run, so nothing waits for a disk.
fn initdb(programs: &Path, folder: &Path) -> Command {
    let mut command = Command::new(programs.join("initdb"));
    command.args(["--username=keyward", "--auth=scram-sha-256", "--pwfile=password", "--encoding=UTF8"]);
    command.args(["--locale=C", "--no-sync", "--pgdata=data"]).current_dir(folder);
    command
}

fn keep(programs: &Path, folder: &Path, port: u16, user: Option<&User>) -> Result<Child> {
    let options = format!(
        "-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 \
         -c fsync=off -c full_page_writes=off"
    );
    let mut command = Command::new("sh");
    command.args(["-c", KEEPER, "keeper"]).args([programs, folder]).arg(options).current_dir(folder);
    // A group of its own: Ctrl-C must not reach it before the tests are gone.
    command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut keeper = as_user(&mut command, user).spawn()?;
    let mut said = String::new();
    BufReader::new(keeper.stdout.take().context("the keeper has no output")?).read_line(&mut said)?;
    if said.trim() != "ready" {
        bail!("Postgres does not start:\n{}", fs::read_to_string(folder.join("log")).unwrap_or_default());
    }
    Ok(keeper)
}

fn as_user<'c>(command: &'c mut Command, user: Option<&User>) -> &'c mut Command {
    match user {
        Some(user) => command.uid(user.uid).gid(user.gid),
        None => command,
    }
}

/// Other users of this machine can reach the port, and a superuser of Postgres runs programs.
fn password() -> Result<String> {
    let mut bytes = [0; 16];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_and_differ() {
        assert_eq!(password().unwrap().len(), 32);
        assert_ne!(password().unwrap(), password().unwrap());
    }
}
