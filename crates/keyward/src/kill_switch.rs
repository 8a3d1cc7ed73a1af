//! The kill switch by file and by signal: it needs neither the database nor the control plane.
//!
//! While `DIR/kill` is there, the gateway sends nothing of what it names. SIGUSR1 stops everything at once and writes the
//! file, so that both are lifted in one way: by removing the file. It has a thread and a runtime of its own, so that
//! nothing that holds up an operation holds up this; a disk that hangs holds up the file, but not the signal.

use std::cell::Cell;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result};
use keyward_ledger::DEADLINE;
use keyward_policy::{Actor, Changed, Clock, Event, KillSwitch, OnWire, What};
use serde_json::json;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::compose::Keyward;
use crate::data::{DataDir, FILE_MODE};
use crate::host::SystemClock;

/// How often the file is looked for: what it stops is stopped within a quarter of a second.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A longer file stops everything, as any that cannot be read. This one has room for four hundred ids, and is named
/// in one entry of the audit log.
const FILE_BYTES_MAX: u64 = 16 * 1024;
/// How many requests that were on the wire the audit log names.
const NAMED_MAX: usize = 1000;

/// What is on the switch, and who looks after it.
struct Watch {
    keyward: Arc<Keyward>,
    file: PathBuf,
    /// A signal stopped everything, and the file does not say so yet: until it does, its absence lifts nothing.
    unwritten: Cell<bool>,
    /// How many signals were written into the file: a look that began before one of them saw an older file.
    written: Cell<u64>,
}

/// Puts what the file says now in force, before anybody is served, and then looks after file and signal on a thread.
pub(crate) fn watch(
    keyward: Arc<Keyward>,
    data: &DataDir,
    stopped: watch::Receiver<bool>,
) -> Result<JoinHandle<()>> {
    let watch =
        Watch { keyward, file: data.kill_switch(), unwritten: Cell::new(false), written: Cell::new(0) };
    watch.put(&read(&watch.file), "file");
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let signals = {
        let _within = runtime.enter();
        signal(SignalKind::user_defined1())?
    };
    let run = move || {
        runtime.block_on(watch.until(signals, stopped));
        // A read that a hanging disk holds must not hold the stop.
        runtime.shutdown_background();
    };
    let thread = std::thread::Builder::new().name("kill-switch".to_owned()).spawn(run);
    thread.context("the thread of the kill switch cannot be started")
}

impl Watch {
    async fn until(&self, signals: Signal, mut stopped: watch::Receiver<bool>) {
        tokio::select! {
            () = self.look() => {}
            () = self.listen(signals) => {}
            _ = stopped.wait_for(|stop| *stop) => {}
        }
    }

    /// Looks for the file, again and again.
    async fn look(&self) {
        loop {
            sleep(LOOK_EVERY).await;
            let (file, written) = (self.file.clone(), self.written.get());
            let found = tokio::task::spawn_blocking(move || read(&file)).await.unwrap_or(KillSwitch::All);
            if found == KillSwitch::All {
                self.unwritten.set(false);
            }
            if !self.unwritten.get() && self.written.get() == written {
                self.put(&found, "file");
            }
        }
    }

    /// Stops everything at each signal, and leaves that in the file, beside what stands there.
    async fn listen(&self, mut signals: Signal) {
        while signals.recv().await.is_some() {
            self.unwritten.set(true);
            self.put(&KillSwitch::All, "signal");
            let file = self.file.clone();
            let written = tokio::task::spawn_blocking(move || write(&file)).await;
            match written.unwrap_or_else(|error| Err(io::Error::other(error))) {
                Ok(()) => {
                    self.written.set(self.written.get() + 1);
                    self.unwritten.set(false);
                }
                Err(error) => {
                    tracing::error!(%error, "the kill switch is on until Keyward stops: its file cannot be written");
                }
            }
            // Whoever sends the signal may end the process next; the record should be there then.
            let _ = self.keyward.ledger.flush(DEADLINE).await;
        }
        std::future::pending::<()>().await;
    }

    /// Puts it in force, and tells when that changes anything.
    fn put(&self, switch: &KillSwitch, via: &'static str) {
        let gateway = &self.keyward.gateway;
        if *gateway.kill_switch() == *switch {
            return;
        }
        let on_wire = gateway.switch(switch.clone());
        tracing::warn!(stops = %switch, via, on_wire = on_wire.len(), "the kill switch has changed");
        self.record(switch, via, &on_wire);
    }

    /// Nothing waits for the record: the switch works without a log too.
    fn record(&self, switch: &KillSwitch, via: &'static str, on_wire: &[OnWire]) {
        let requests: Vec<_> = on_wire.iter().take(NAMED_MAX).map(|sent| sent.request).collect();
        let details =
            json!({ "stops": switch.to_string(), "on_wire_count": on_wire.len(), "on_wire": requests });
        let actor = Actor::on_host("kill switch", via);
        let changed = Changed { actor: &actor, operation: "kill switch", subject: None, details };
        let event = Event { at: SystemClock.now(), what: What::Changed(changed) };
        if let Err(error) = self.keyward.ledger.record(&event) {
            tracing::error!(%error, "a change of the kill switch is not on record");
        }
    }
}

/// What the file says; what is there and cannot be read stops everything.
pub(crate) fn read(file: &Path) -> KillSwitch {
    let mut text = String::new();
    let opened = match OpenOptions::new().read(true).open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return KillSwitch::Off,
        Err(_) => return KillSwitch::All,
    };
    match opened.take(FILE_BYTES_MAX + 1).read_to_string(&mut text) {
        Ok(length) if length as u64 <= FILE_BYTES_MAX => KillSwitch::parse(&text),
        _ => KillSwitch::All,
    }
}

/// Adds the line that stops everything.
fn write(file: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).mode(FILE_MODE).open(file)?;
    file.write_all(b"all\n")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What a file with this in it says.
    fn says(bytes: &[u8]) -> KillSwitch {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("kill"), bytes).unwrap();
        read(&dir.path().join("kill"))
    }

    #[test]
    fn without_a_file_nothing_is_stopped() {
        assert_eq!(read(&tempfile::tempdir().unwrap().path().join("kill")), KillSwitch::Off);
    }

    #[test]
    fn whatever_is_there_and_cannot_be_read_stops_everything() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()), KillSwitch::All, "a directory");
        let line = b"key key_00000000000000000000000001\n";
        let long = line.repeat(1000);
        for bytes in [&b""[..], b"\xff\xfe", &long] {
            assert_eq!(says(bytes), KillSwitch::All);
        }
        assert!(matches!(says(line), KillSwitch::Only(_)));
    }

    #[test]
    fn a_signal_stops_everything_whatever_the_file_says_already() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("kill");
        fs::write(&file, "key key_00000000000000000000000001\n").unwrap();
        write(&file).unwrap();
        assert_eq!(read(&file), KillSwitch::All);
    }
}
