//! What the service manager is told (`sd_notify(3)`): ready, reloading, stopping, and that the server is still alive.
//! Without a service manager nothing is said.

use sd_notify::{NotifyState, notify, watchdog_enabled};
use tokio::sync::watch;
use tokio::time::interval;

/// The server serves.
pub(super) fn ready() {
    say(&[NotifyState::Ready]);
}

/// The server reads its certificate again; [`ready`] says that it has.
pub(super) fn reloading() {
    say(&NotifyState::monotonic_usec_now().map_or(vec![], |now| vec![NotifyState::Reloading, now]));
}

/// The server finishes what is under way.
pub(super) fn stopping() {
    say(&[NotifyState::Stopping]);
}

/// Says that the server is alive for as long as its tasks take turns: twice as often as the manager asks for.
pub(super) async fn alive(mut stopped: watch::Receiver<bool>) {
    let Some(patience) = watchdog_enabled() else { return };
    let mut ticks = interval(patience / 2);
    loop {
        tokio::select! {
            _ = ticks.tick() => say(&[NotifyState::Watchdog]),
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}

fn say(state: &[NotifyState<'_>]) {
    if let Err(error) = notify(state) {
        tracing::warn!(%error, "the service manager does not listen");
    }
}
