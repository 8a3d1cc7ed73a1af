//! That the log has grown: what waits for it looks again.

use tokio::sync::watch;

/// What there is to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Nothing,
    /// So many entries have been read.
    Read(u64),
    /// The server stops: nobody is to wait any more.
    Over,
}

/// Tells it.
#[derive(Default)]
pub(super) struct Teller(watch::Sender<State>);

/// Hears it.
pub struct News(watch::Receiver<State>);

impl Teller {
    pub(super) fn tell(&self, read: u64) {
        self.0.send_if_modified(|state| {
            *state != State::Over && std::mem::replace(state, State::Read(read)) != *state
        });
    }

    pub(super) fn end(&self) {
        self.0.send_replace(State::Over);
    }

    pub(super) fn hear(&self) -> News {
        News(self.0.subscribe())
    }
}

impl News {
    /// Waits until there is something new since the last time; says no when there will be nothing more.
    pub async fn next(&mut self) -> bool {
        self.0.changed().await.is_ok() && *self.0.borrow_and_update() != State::Over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_hears_of_what_is_new_and_of_the_end() {
        let teller = Teller::default();
        let mut news = teller.hear();
        teller.tell(3);
        assert!(news.next().await);
        teller.tell(3);
        teller.tell(4);
        assert!(news.next().await);
        teller.end();
        teller.tell(5);
        assert!(!news.next().await);
    }
}
