//! What a process gives up for good, so that whoever takes it over gains as little as can be.
//!
//! Every command leaves no core dump. A server shuts itself in as well, once it has read what it needs from outside of
//! its data directory and before it starts a thread: what a thread may do, its own threads inherit.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod files;
mod reach;

use anyhow::Result;

#[cfg(target_os = "linux")]
pub(crate) use self::files::landlock_version;
pub(crate) use self::reach::{Reach, folder};

/// Leaves no core dump, and lets no other process of this user look into this one.
#[cfg(target_os = "linux")]
pub(crate) fn leave_no_dump() -> std::io::Result<()> {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}

/// Leaves no core dump.
#[cfg(not(target_os = "linux"))]
pub(crate) fn leave_no_dump() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    Ok(setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?)
}

/// Shuts this thread in, and every thread that it starts from now on; the log says with what.
///
/// # Errors
/// The kernel has the means and refuses them. One that lacks them is told of in the log, and by `keyward doctor`.
#[cfg(target_os = "linux")]
pub(crate) fn confine(reach: &Reach) -> Result<()> {
    let files = files::confine(reach)?;
    let calls = calls::confine()?;
    tracing::info!(files, calls, "confined");
    Ok(())
}

/// Other systems have no such means.
#[cfg(not(target_os = "linux"))]
pub(crate) fn confine(_: &Reach) -> Result<()> {
    tracing::warn!("this system cannot confine a server");
    Ok(())
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::fs;
    use std::io::ErrorKind;
    use std::net::{TcpListener, TcpStream};
    use std::process::Command;
    use std::thread;

    use super::*;

    /// What a thread can do that is confined to a directory.
    fn confined<T: Send + 'static>(what: impl FnOnce(&std::path::Path) -> T + Send + 'static) -> T {
        let thread = thread::spawn(move || {
            let data = tempfile::tempdir().unwrap();
            confine(&Reach::new(data.path())).unwrap();
            what(data.path())
        });
        thread.join().unwrap()
    }

    #[test]
    fn a_confined_server_starts_no_program() {
        assert!(Command::new("/bin/true").status().unwrap().success());
        let refused = confined(|_| Command::new("/bin/true").status().unwrap_err());
        assert_eq!(refused.kind(), ErrorKind::PermissionDenied);
    }

    #[test]
    fn a_confined_server_opens_nothing_outside() {
        let outside = tempfile::NamedTempFile::new().unwrap();
        let path = outside.path().to_owned();
        let refused = confined(move |data| {
            fs::write(data.join("inside"), "x").unwrap();
            [
                fs::read(&path).unwrap_err(),
                fs::write(&path, "x").unwrap_err(),
                fs::write("/etc/x", "x").unwrap_err(),
            ]
        });
        assert!(refused.iter().all(|error| error.kind() == ErrorKind::PermissionDenied), "{refused:?}");
    }

    #[test]
    fn a_confined_server_connects_but_opens_no_port() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (connected, bound) =
            confined(move |_| (TcpStream::connect(address), TcpListener::bind("127.0.0.1:0")));
        assert!(connected.is_ok());
        assert_eq!(bound.unwrap_err().kind(), ErrorKind::PermissionDenied);
    }

    #[test]
    fn what_one_thread_gave_up_its_threads_never_had() {
        let refused =
            confined(|_| thread::spawn(|| Command::new("/bin/true").status()).join().unwrap().unwrap_err());
        assert_eq!(refused.kind(), ErrorKind::PermissionDenied);
    }
}
