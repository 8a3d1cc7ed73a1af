//! Holds: the requests that wait for a person, and the approvals that are good for one sending each.
//!
//! It is kept in memory only: whoever restarts Keyward denies all that waits. A request is known by what it asks for, so
//! that a client that did not wait can send the same again once it is approved. Taking an approval is one step under the
//! list's lock, so that of two copies of a request one takes it.

mod board;

use std::sync::Arc;
use std::time::Instant;

use keyward_policy::{
    Approval, ApprovalEnd, ApprovalEnded, ApprovalId, Entropy, Event, KeyId, VenueId, Verdict, What,
};
use parking_lot::Mutex;
use tokio::sync::watch;

use self::board::Board;
use crate::gateway::Gateway;

/// What makes two requests one: the key as it was when it asked, the venue, and what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Same {
    pub(crate) key: KeyId,
    pub(crate) revision: u64,
    pub(crate) venue: VenueId,
    pub(crate) digest: [u8; 32],
}

/// What those who wait hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// Nothing yet.
    Wait,
    /// It is approved, and whoever takes it first may go on.
    Approved,
    /// An operator denied it.
    Denied,
    /// Nobody decided in time.
    Expired,
    /// Another copy took it.
    Used,
    /// Its key is no longer what it was.
    Void,
    /// Keyward stops.
    Stopped,
}

/// What a request is told that asks whether it may pass.
pub(crate) enum Answer {
    /// It is approved, and the approval is used up with this.
    Pass(ApprovalId),
    /// It waits from now on, as this.
    New(Waiter),
    /// It waits already, as this.
    Known(Waiter),
    /// It waits already, and enough of its copies wait on their connections.
    Crowded(Box<Approval>),
    /// There is no room for more that waits.
    Full,
}

/// All that waits.
pub(crate) struct Holds {
    board: Arc<Mutex<Board>>,
    entropy: Arc<dyn Entropy>,
}

/// A client that waits on its connection, until this is dropped.
pub(crate) struct Waiter {
    pub(crate) approval: Box<Approval>,
    board: Arc<Mutex<Board>>,
    word: watch::Receiver<Word>,
}

impl Holds {
    pub(crate) fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self { board: Arc::default(), entropy }
    }

    /// Asks whether a request may pass; one that is not known yet is put on the list as it is described.
    pub(crate) fn ask(
        &self,
        same: Same,
        until: Instant,
        describe: impl FnOnce(ApprovalId) -> Approval,
    ) -> Answer {
        let mut id = [0; 16];
        self.entropy.fill(&mut id);
        let asked = self.board.lock().ask(same, until, || describe(ApprovalId::from_entropy(id)));
        let waiter = |(approval, word)| Waiter { approval, board: Arc::clone(&self.board), word };
        match asked {
            board::Asked::Pass(id) => Answer::Pass(id),
            board::Asked::New(approval, word) => Answer::New(waiter((approval, word))),
            board::Asked::Known(approval, word) => Answer::Known(waiter((approval, word))),
            board::Asked::Crowded(approval) => Answer::Crowded(approval),
            board::Asked::Full => Answer::Full,
        }
    }

    /// How many clients wait on their connections.
    #[cfg(test)]
    pub(crate) fn connected(&self) -> usize {
        self.board.lock().connected()
    }
}

impl Waiter {
    /// Waits for what an operator says.
    pub(crate) async fn decided(&mut self) -> Word {
        let heard = self.word.wait_for(|word| *word != Word::Wait).await.map(|word| *word);
        // The bell goes with its entry, which is never taken off without a word.
        heard.unwrap_or(Word::Denied)
    }

    /// Takes the approval, if nobody else did.
    pub(crate) fn take(&self) -> Option<ApprovalId> {
        let id = self.approval.id;
        self.board.lock().take(id).then_some(id)
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.board.lock().left(self.approval.id);
    }
}

impl Gateway {
    /// Everything that waits for a person, or was approved and waits for its client, the oldest first.
    pub fn approvals(&self) -> Vec<Approval> {
        self.expire_approvals(Instant::now());
        self.holds.board.lock().all()
    }

    /// Approves or denies what waits. An approved request goes on at once where its client still waits; otherwise its
    /// approval is good for the same request until it expires. None where nothing of this id waits for a decision.
    pub fn decide_approval(&self, id: ApprovalId, verdict: Verdict) -> Option<Approval> {
        let now = Instant::now();
        self.expire_approvals(now);
        let until = (now + self.settings.limits.approval, self.clock.now());
        let decided = self.holds.board.lock().decide(id, verdict, until, self.settings.limits.approval)?;
        if verdict == Verdict::Deny {
            self.record_end(id, decided.key, ApprovalEnd::Denied);
        }
        Some(decided)
    }

    /// Ends what has waited for too long, and puts that on record. To be called now and then.
    pub fn expire_approvals(&self, now: Instant) {
        let ended = self.holds.board.lock().expire(now);
        self.record_ends(ended, ApprovalEnd::Expired);
    }

    /// Ends what a key asked for before this revision: it is another key now.
    pub(crate) fn void_approvals(&self, key: KeyId, revision: u64) {
        let ended = self.holds.board.lock().void(key, revision);
        self.record_ends(ended, ApprovalEnd::Void);
    }

    /// Denies all that waits, and whatever would wait from now on: the process is about to end.
    pub fn end_approvals(&self) {
        let ended = self.holds.board.lock().close();
        self.record_ends(ended, ApprovalEnd::Stopped);
    }

    fn record_ends(&self, ended: Vec<Approval>, end: ApprovalEnd) {
        for approval in ended {
            self.record_end(approval.id, approval.key, end);
        }
    }

    pub(crate) fn record_end(&self, approval: ApprovalId, key: KeyId, end: ApprovalEnd) {
        let what = What::ApprovalEnded(ApprovalEnded { approval, key: Some(key), end });
        if let Err(error) = self.ledger.record(&Event { at: self.clock.now(), what }) {
            tracing::error!(%error, %approval, "the end of an approval could not be recorded");
        }
    }
}
