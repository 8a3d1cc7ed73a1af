//! A server from start to stop: the gateway's threads, the operators' socket, the control port, the checkpoints.

mod bound;
mod certificate;
mod hand_over;
mod passed;
mod systemd;
mod take_over;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use keyward_control::Code;
use keyward_control::operation::audit::verify::{Verify, verify};
use keyward_ledger::Ledger;
use keyward_policy::Actor;
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::signal::unix::Signal;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

pub(crate) use self::bound::Bound;
pub(crate) use self::certificate::Certified;
pub(crate) use self::passed::Passed;
pub(crate) use self::take_over::{Listening, Predecessor, look};
use crate::compose::Keyward;
use crate::data::DataDir;
use crate::{kill_switch, listen, remembered, signals};

/// How often what was recorded is signed: what is not is only as trustworthy as the disk.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(60);
/// How often what keys did is read from the audit log, and how soon there is another bite of a long one.
const USAGE_EVERY: Duration = Duration::from_secs(1);
const USAGE_BITE_EVERY: Duration = Duration::from_millis(100);
/// How often the database is asked for a sign of life.
const DATABASE_CHECK_EVERY: Duration = Duration::from_secs(1);
/// How often what waits for an approval is looked at, whether it is too late.
const APPROVALS_CHECK_EVERY: Duration = Duration::from_secs(1);
/// How often the audit log is asked whether it still works.
const AUDIT_CHECK_EVERY: Duration = Duration::from_secs(1);

/// A server that runs.
pub(crate) struct Server {
    keyward: Arc<Keyward>,
    data: DataDir,
    /// Sockets that are ours to remove.
    sockets: Vec<PathBuf>,
    /// Whoever wants to take this server's place.
    successors: mpsc::Receiver<UnixStream>,
    /// Who takes it: the end of this connection tells him that it is his turn.
    successor: Option<UnixStream>,
    signals: signals::Stop,
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
        let mut sockets = vec![data.hand_over()];
        let operators = match bound.operators {
            Some(passed) => passed,
            None => {
                sockets.push(data.socket());
                listen::socket(&data.socket())?
            }
        };
        let listeners = Passed::of(&bound.gateway, &bound.control, &operators)?;
        let hand_over = UnixListener::from_std(listen::socket(&data.hand_over())?)?;
        let (operators, control) =
            (UnixListener::from_std(operators)?, TcpListener::from_std(bound.control)?);
        let (ready, successors) = mpsc::channel(1);
        let tls = bound.tls.as_ref().map(Certified::server_config).transpose()?;
        let kill_switch = kill_switch::watch(Arc::clone(&keyward), data, stopped.clone())?;
        let mut tasks = JoinSet::new();
        tasks.spawn(listen::on_socket(operators, keyward.api.clone(), stopped.clone()));
        tasks.spawn(listen::on_port(control, keyward.port.clone(), stopped.clone()));
        tasks.spawn(identify(Arc::clone(&keyward), stopped.clone()));
        tasks.spawn(hear_database(Arc::clone(&keyward), stopped.clone()));
        tasks.spawn(expire_approvals(Arc::clone(&keyward), stopped.clone()));
        tasks.spawn(sign_checkpoints(Arc::clone(&keyward), stopped.clone()));
        tasks.spawn(follow_usage(Arc::clone(&keyward), stopped.clone()));
        tasks.spawn(systemd::alive(stopped.clone()));
        tasks.spawn(hand_over::offer(hand_over, listeners, ready, stopped.clone()));
        tasks.spawn(reload(bound.tls, signals::reload()?, stopped.clone()));
        let (tell_broken, broken) = watch::channel(None);
        tasks.spawn(verify_what_was_not_read(Arc::clone(&keyward), tell_broken, stopped.clone()));
        let workers = keyward.gateway.serve(bound.gateway, tls.as_ref(), &stopped);
        let mut workers = workers.context("the gateway's threads cannot be started")?;
        tracing::info!(threads = workers.len(), "serving");
        workers.push(kill_switch);
        systemd::ready();
        let (data, signals) = (data.clone(), signals::Stop::listen()?);
        Ok(Self {
            keyward,
            data,
            sockets,
            successors,
            successor: None,
            signals,
            stop,
            tasks,
            workers,
            broken,
        })
    }

    /// Waits until somebody asks the server to stop, until another takes its place, or until it can record nothing any
    /// more.
    pub(crate) async fn until_stopped(&mut self) -> Result<()> {
        tokio::select! {
            () = self.signals.asked() => {}
            Some(successor) = self.successors.recv() => self.successor = Some(successor),
            error = audit_failed(&self.keyward.ledger) => return Err(error),
            error = audit_broken(self.broken.clone()) => return Err(error),
        }
        Ok(())
    }

    /// Finishes what is under way and closes everything.
    pub(crate) async fn stop(mut self) -> Result<()> {
        tracing::info!("stopping: what is under way is finished");
        systemd::stopping();
        // Before the connections are finished: a client that waits for an approval is told at once.
        self.keyward.gateway.end_approvals();
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
        let workers = std::mem::take(&mut self.workers);
        let ended =
            tokio::task::spawn_blocking(move || workers.into_iter().all(|one| one.join().is_ok())).await?;
        if self.successor.is_none() {
            // A socket that stays behind is found dead by the next who looks.
            self.sockets.iter().for_each(|socket| drop(std::fs::remove_file(socket)));
        }
        self.keyward.close().await?;
        self.leave();
        drop(self.successor);
        if !ended {
            bail!("a thread of the gateway broke down");
        }
        Ok(())
    }

    /// Tells the next server which signatures were used. The audit log is closed: its end is known.
    fn leave(&self) {
        let (entries, remembered) = (self.keyward.ledger.entries(), self.keyward.gateway.remembered());
        if let Err(error) = remembered::leave(&self.data, entries, remembered) {
            tracing::warn!(
                error = format!("{error:#}"),
                "the next server will refuse what is signed before it starts"
            );
        }
    }
}

/// What the disk holds is unknown after a failed write: only a start finds out.
async fn audit_failed(ledger: &Ledger) -> anyhow::Error {
    let mut ticks = interval(AUDIT_CHECK_EVERY);
    loop {
        ticks.tick().await;
        if let Some(error) = ledger.failure() {
            return anyhow::Error::new(error)
                .context("the audit log failed, so Keyward stops; start it again");
        }
    }
}

/// A log that somebody changed is evidence: nothing more is added to it.
async fn audit_broken(mut broken: watch::Receiver<Option<String>>) -> anyhow::Error {
    if let Ok(found) = broken.wait_for(Option::is_some).await {
        return anyhow!("{}", found.as_deref().unwrap_or_default());
    }
    std::future::pending().await // it was looked at, and all is well
}

/// Reads the certificate again whenever somebody asks.
async fn reload(tls: Option<Certified>, mut asked: Signal, mut stopped: watch::Receiver<bool>) {
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

/// Reads on in the audit log, so that operators see what keys did; a long log is read in small bites.
async fn follow_usage(keyward: Arc<Keyward>, mut stopped: watch::Receiver<bool>) {
    loop {
        let wait = match keyward.control.read_usage().await {
            Ok(true) => USAGE_BITE_EVERY,
            Ok(false) => USAGE_EVERY,
            Err(error) => {
                tracing::warn!(%error, "what keys did cannot be read from the audit log");
                USAGE_EVERY
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stopped.wait_for(|stop| *stop) => break,
        }
    }
    keyward.control.end_news();
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
    let keyward_itself = Actor::on_host("keyward", "start");
    let verified = tokio::select! {
        verified = verify(&keyward.control, &keyward_itself, Verify::default()) => verified,
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

/// Puts it on record when nobody has approved something in time.
async fn expire_approvals(keyward: Arc<Keyward>, mut stopped: watch::Receiver<bool>) {
    let mut ticks = interval(APPROVALS_CHECK_EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => keyward.gateway.expire_approvals(Instant::now()),
            _ = stopped.wait_for(|stop| *stop) => return,
        }
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
                let left_s = keyward.gateway.served_for().unwrap_or_default().as_secs();
                tracing::error!(
                    error = format!("{error:#}"),
                    left_s,
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
