//! A server from start to stop: the gateway's threads, the operators' socket, the control port, the checkpoints.

mod bound;
mod certificate;
mod passed;
mod systemd;

use std::os::unix::net::UnixListener as StdUnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use keyward_control::Code;
use keyward_control::operation::audit::verify::{Verify, verify};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

pub(crate) use self::bound::Bound;
pub(crate) use self::certificate::Certified;
pub(crate) use self::passed::Passed;
use crate::compose::Keyward;
use crate::data::DataDir;
use crate::{kill_switch, listen, signals};

/// How often what was recorded is signed: what is not is only as trustworthy as the disk.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(60);
/// How often the database is asked for a sign of life.
const DATABASE_CHECK_EVERY: Duration = Duration::from_secs(1);
/// How often the audit log is asked whether it still works.
const AUDIT_CHECK_EVERY: Duration = Duration::from_secs(1);

/// A server that runs.
pub(crate) struct Server {
    keyward: Arc<Keyward>,
    /// The operators' socket, when it is ours to remove.
    socket: Option<PathBuf>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    /// The gateway's threads, and the one of the kill switch.
    workers: Vec<JoinHandle<()>>,
    /// What is wrong with the part of the audit log that was not read at start.
    broken: watch::Receiver<Option<String>>,
}

impl Server {
    /// Starts to serve on what is bound.
    pub(crate) fn start(keyward: Arc<Keyward>, bound: Bound, data: &DataDir) -> Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let path = data.socket();
        let (operators, passed) = operators(&path, bound.operators)?;
        let control = TcpListener::from_std(bound.control)?;
        let tls = bound.tls.as_ref().map(Certified::server_config).transpose()?;
        let kill_switch = kill_switch::watch(Arc::clone(&keyward), data, stopped.clone())?;
        let mut tasks = JoinSet::new();
        tasks.spawn(listen::on_socket(operators, keyward.api.clone(), stopped.clone()));
        tasks.spawn(listen::on_port(control, keyward.public.clone(), stopped.clone()));
        tasks.spawn(identify(Arc::clone(&keyward), stopped.clone()));
        tasks.spawn(hear_database(Arc::clone(&keyward), stopped.clone()));
        tasks.spawn(sign_checkpoints(Arc::clone(&keyward), stopped.clone()));
        tasks.spawn(systemd::alive(stopped.clone()));
        tasks.spawn(reload(bound.tls, stopped.clone()));
        let (tell_broken, broken) = watch::channel(None);
        tasks.spawn(verify_what_was_not_read(Arc::clone(&keyward), tell_broken, stopped.clone()));
        let workers = keyward.gateway.serve(bound.gateway, tls.as_ref(), &stopped);
        let mut workers = workers.context("the gateway's threads cannot be started")?;
        tracing::info!(threads = workers.len(), "serving");
        workers.push(kill_switch);
        systemd::ready();
        let socket = (!passed).then_some(path);
        Ok(Self { keyward, socket, stop, tasks, workers, broken })
    }

    /// Waits until somebody asks the server to stop, or until it can record nothing any more.
    pub(crate) async fn until_stopped(&self) -> Result<()> {
        tokio::select! {
            () = signals::stop() => Ok(()),
            error = self.audit_failed() => Err(error),
            error = self.audit_broken() => Err(error),
        }
    }

    /// What the disk holds is unknown after a failed write: only a start finds out.
    async fn audit_failed(&self) -> anyhow::Error {
        let mut ticks = interval(AUDIT_CHECK_EVERY);
        loop {
            ticks.tick().await;
            if let Some(error) = self.keyward.ledger.failure() {
                return anyhow::Error::new(error)
                    .context("the audit log failed, so Keyward stops; start it again");
            }
        }
    }

    /// A log that somebody changed is evidence: nothing more is added to it.
    async fn audit_broken(&self) -> anyhow::Error {
        let mut broken = self.broken.clone();
        if let Ok(found) = broken.wait_for(Option::is_some).await {
            return anyhow!("{}", found.as_deref().unwrap_or_default());
        }
        std::future::pending().await // it was looked at, and all is well
    }

    /// Finishes what is under way and closes everything.
    pub(crate) async fn stop(mut self) -> Result<()> {
        tracing::info!("stopping: what is under way is finished");
        systemd::stopping();
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
        let workers = std::mem::take(&mut self.workers);
        let ended =
            tokio::task::spawn_blocking(move || workers.into_iter().all(|one| one.join().is_ok())).await?;
        // A socket that stays behind is found dead by the next who looks.
        let _ = self.socket.map(std::fs::remove_file);
        self.keyward.close().await?;
        if !ended {
            bail!("a thread of the gateway broke down");
        }
        Ok(())
    }
}

/// The operators' socket, and whether somebody else opened it.
fn operators(path: &Path, passed: Option<StdUnixListener>) -> Result<(UnixListener, bool)> {
    let Some(listener) = passed else { return Ok((listen::socket(path)?, false)) };
    listener.set_nonblocking(true)?;
    Ok((UnixListener::from_std(listener)?, true))
}

/// Reads the certificate again whenever somebody asks.
async fn reload(tls: Option<Certified>, mut stopped: watch::Receiver<bool>) {
    let Ok(mut asked) = signals::reload() else { return };
    loop {
        tokio::select! {
            Some(()) = asked.recv() => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        systemd::reloading();
        match tls.as_ref().map(Certified::reload) {
            None => tracing::info!("asked to reload, but there is no certificate"),
            Some(Ok(())) => tracing::info!("new connections are shown the certificate that was read now"),
            Some(Err(error)) => {
                tracing::error!(error = format!("{error:#}"), "the certificate stays as it was");
            }
        }
        systemd::ready();
    }
}

/// Lets the gateway vouch for callers as soon as there is a vault.
async fn identify(keyward: Arc<Keyward>, mut stopped: watch::Receiver<bool>) {
    tokio::select! {
        identified = keyward.identify() => if let Err(error) = identified {
            tracing::error!(%error, "the gateway cannot vouch for callers");
        },
        _ = stopped.wait_for(|stop| *stop) => {}
    }
}

/// Opening the log reads what came after its checkpoint, so that a start is quick; this reads the rest.
async fn verify_what_was_not_read(
    keyward: Arc<Keyward>,
    broken: watch::Sender<Option<String>>,
    mut stopped: watch::Receiver<bool>,
) {
    if keyward.ledger.opening().read_from.index() == 0 {
        return;
    }
    let verified = tokio::select! {
        verified = verify(&keyward.control, Verify::default()) => verified,
        _ = stopped.wait_for(|stop| *stop) => return,
    };
    match verified {
        Ok(verified) => {
            tracing::info!(entries = verified.report.entries, "the audit log is as it was signed");
        }
        Err(error) if error.code() == Code::AuditDamaged => drop(broken.send(Some(error.to_string()))),
        Err(error) => tracing::warn!(%error, "the audit log could not be verified"),
    }
}

/// Keeps the keys served for as long as the database answers, and says when it does not.
async fn hear_database(keyward: Arc<Keyward>, mut stopped: watch::Receiver<bool>) {
    let mut ticks = interval(DATABASE_CHECK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut gone = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        let heard = keyward.hear_database(gone).await;
        match &heard {
            Ok(()) if gone => tracing::info!("the database answers again"),
            Err(error) if !gone => {
                let left = keyward.gateway.served_for().unwrap_or_default();
                tracing::error!(
                    error = format!("{error:#}"),
                    ?left,
                    "the database does not answer: keys are served from memory for a while"
                );
            }
            Ok(()) | Err(_) => {}
        }
        gone = heard.is_err();
    }
}

/// Signs the log's size and root, again and again and a last time at the end.
async fn sign_checkpoints(keyward: Arc<Keyward>, mut stopped: watch::Receiver<bool>) {
    let mut ticks = interval(CHECKPOINT_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let last = tokio::select! {
            _ = ticks.tick() => false,
            _ = stopped.wait_for(|stop| *stop) => true,
        };
        if let Err(error) = keyward.control.sign_checkpoint().await {
            tracing::warn!(%error, "the audit log's checkpoint is not signed");
        }
        if last {
            return;
        }
    }
}
