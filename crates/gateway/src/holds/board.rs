//! The list of what waits, as one value that its owner locks.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use keyward_policy::{Approval, ApprovalId, ApprovalState, KeyId, Verdict};
use tokio::sync::watch;

use super::{Same, Word};

/// The most that waits for one key: a person decides each, and a bot that asks for more has gone wild.
const OF_KEY_MAX: usize = 16;
/// The most that waits in all, some 1 KiB each.
const ALL_MAX: usize = 1024;
/// The most clients that wait on their connections for one approval: repeats of an impatient client.
const CONNECTED_MAX: usize = 4;

/// All that waits.
#[derive(Default)]
pub(super) struct Board {
    entries: HashMap<ApprovalId, Entry>,
    by_request: HashMap<Same, ApprovalId>,
    closed: bool,
}

struct Entry {
    same: Same,
    approval: Approval,
    until: Instant,
    connected: usize,
    bell: watch::Sender<Word>,
}

/// As [`super::Answer`].
pub(super) enum Asked {
    Pass(ApprovalId),
    New(Box<Approval>, watch::Receiver<Word>),
    Known(Box<Approval>, watch::Receiver<Word>),
    Crowded(Box<Approval>),
    Full,
}

impl Board {
    pub(super) fn ask(&mut self, same: Same, until: Instant, describe: impl FnOnce() -> Approval) -> Asked {
        let Some(id) = self.by_request.get(&same).copied() else { return self.add(same, until, describe) };
        if self.take(id) {
            return Asked::Pass(id);
        }
        let Some(entry) = self.entries.get_mut(&id) else { return Asked::Full };
        let approval = Box::new(entry.approval.clone());
        if entry.connected == CONNECTED_MAX {
            return Asked::Crowded(approval);
        }
        entry.connected += 1;
        Asked::Known(approval, entry.bell.subscribe())
    }

    fn add(&mut self, same: Same, until: Instant, describe: impl FnOnce() -> Approval) -> Asked {
        let of_key = self.entries.values().filter(|entry| entry.same.key == same.key).count();
        if self.closed || self.entries.len() >= ALL_MAX || of_key >= OF_KEY_MAX {
            return Asked::Full;
        }
        let (bell, word) = watch::channel(Word::Wait);
        let approval = describe();
        let shown = Box::new(approval.clone());
        self.by_request.insert(same, approval.id);
        self.entries.insert(approval.id, Entry { same, approval, until, connected: 1, bell });
        Asked::New(shown, word)
    }

    /// Uses an approval up, if it was given and not used yet.
    pub(super) fn take(&mut self, id: ApprovalId) -> bool {
        let approved =
            self.entries.get(&id).is_some_and(|entry| entry.approval.state == ApprovalState::Approved);
        approved && self.end(id, Word::Used).is_some()
    }

    /// A client no longer waits on its connection.
    pub(super) fn left(&mut self, id: ApprovalId) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.connected -= 1;
        }
    }

    /// An approval is good for as long as one may wait for it, counted anew.
    pub(super) fn decide(
        &mut self,
        id: ApprovalId,
        verdict: Verdict,
        (until, now): (Instant, Timestamp),
        good_for: Duration,
    ) -> Option<Approval> {
        let entry = self.entries.get_mut(&id)?;
        if entry.approval.state != ApprovalState::Waiting {
            return match verdict {
                Verdict::Approve => None,
                // What was approved and not used yet may still be taken back.
                Verdict::Deny => self.end(id, Word::Denied),
            };
        }
        if verdict == Verdict::Deny {
            return self.end(id, Word::Denied);
        }
        entry.until = until;
        entry.approval.until = SignedDuration::try_from(good_for)
            .ok()
            .and_then(|good_for| now.checked_add(good_for).ok())
            .unwrap_or(entry.approval.until);
        entry.approval.state = ApprovalState::Approved;
        entry.bell.send_replace(Word::Approved);
        Some(entry.shown())
    }

    /// Takes off what is too late.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<Approval> {
        self.end_all(|entry| entry.until <= now, Word::Expired)
    }

    /// Takes off what a key asked for before this revision.
    pub(super) fn void(&mut self, key: KeyId, revision: u64) -> Vec<Approval> {
        self.end_all(|entry| entry.same.key == key && entry.same.revision < revision, Word::Void)
    }

    /// Takes everything off, and lets nothing wait any more.
    pub(super) fn close(&mut self) -> Vec<Approval> {
        self.closed = true;
        self.end_all(|_| true, Word::Stopped)
    }

    /// Everything, the oldest first.
    pub(super) fn all(&self) -> Vec<Approval> {
        let mut all: Vec<_> = self.entries.values().map(Entry::shown).collect();
        all.sort_by_key(|approval| (approval.since, approval.id));
        all
    }

    #[cfg(test)]
    pub(super) fn connected(&self) -> usize {
        self.entries.values().map(|entry| entry.connected).sum()
    }

    fn end_all(&mut self, which: impl Fn(&Entry) -> bool, word: Word) -> Vec<Approval> {
        let ids: Vec<_> = self.entries.iter().filter(|(_, entry)| which(entry)).map(|(id, _)| *id).collect();
        ids.into_iter().filter_map(|id| self.end(id, word)).collect()
    }

    fn end(&mut self, id: ApprovalId, word: Word) -> Option<Approval> {
        let entry = self.entries.remove(&id)?;
        self.by_request.remove(&entry.same);
        entry.bell.send_replace(word);
        Some(entry.shown())
    }
}

impl Entry {
    fn shown(&self) -> Approval {
        Approval { connected: self.connected > 0, ..self.approval.clone() }
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::{ProjectId, RequestId, VenueId};

    use super::*;

    const LIFE: Duration = Duration::from_secs(900);

    fn same(key: u8, digest: u8) -> Same {
        let (key, venue) = (KeyId::from_entropy([key; 16]), VenueId::from_entropy([1; 16]));
        Same { key, revision: 1, venue, digest: [digest; 32] }
    }

    fn approval(id: u8) -> Approval {
        Approval {
            id: ApprovalId::from_entropy([id; 16]),
            state: ApprovalState::Waiting,
            key: KeyId::from_entropy([1; 16]),
            project: ProjectId::from_entropy([1; 16]),
            request: RequestId::from_entropy([id; 16]),
            address: None,
            venue: "binance".to_owned(),
            method: "POST".to_owned(),
            path: "/sapi/v1/capital/withdraw/apply".to_owned(),
            needs: "withdraw",
            facts: vec![],
            spends: None,
            since: Timestamp::UNIX_EPOCH,
            until: Timestamp::UNIX_EPOCH,
            connected: true,
        }
    }

    fn ask(board: &mut Board, same: Same, id: u8, now: Instant) -> Asked {
        board.ask(same, now + LIFE, || approval(id))
    }

    fn decide(board: &mut Board, id: u8, verdict: Verdict, now: Instant) -> Option<ApprovalState> {
        let id = ApprovalId::from_entropy([id; 16]);
        board.decide(id, verdict, (now + LIFE, Timestamp::UNIX_EPOCH), LIFE).map(|approval| approval.state)
    }

    #[test]
    fn an_approval_lets_one_through_and_the_next_waits_anew() {
        let (mut board, now) = (Board::default(), Instant::now());
        assert!(matches!(ask(&mut board, same(1, 1), 1, now), Asked::New(..)));
        assert!(matches!(ask(&mut board, same(1, 1), 2, now), Asked::Known(..)));
        assert_eq!(decide(&mut board, 1, Verdict::Approve, now), Some(ApprovalState::Approved));
        assert_eq!(decide(&mut board, 1, Verdict::Approve, now), None, "it is approved once");
        assert!(matches!(ask(&mut board, same(1, 2), 3, now), Asked::New(..)), "another request is another");
        assert!(matches!(ask(&mut board, same(1, 1), 2, now), Asked::Pass(id) if id == approval(1).id));
        assert!(matches!(ask(&mut board, same(1, 1), 4, now), Asked::New(..)));
        assert!(!board.take(approval(1).id));
    }

    #[test]
    fn a_key_that_was_changed_has_no_approval_of_before() {
        let (mut board, now) = (Board::default(), Instant::now());
        ask(&mut board, same(1, 1), 1, now);
        decide(&mut board, 1, Verdict::Approve, now);
        let changed = Same { revision: 2, ..same(1, 1) };
        assert!(matches!(ask(&mut board, changed, 2, now), Asked::New(..)));
        let key = same(1, 1).key;
        assert_eq!(board.void(key, 2).iter().map(|one| one.id).collect::<Vec<_>>(), [approval(1).id]);
        assert!(board.void(key, 2).is_empty() && board.void(same(2, 1).key, 9).is_empty());
    }

    #[test]
    fn silence_denies() {
        let (mut board, now) = (Board::default(), Instant::now());
        let Asked::New(_, word) = ask(&mut board, same(1, 1), 1, now) else { panic!() };
        assert!(board.expire(now + LIFE - Duration::from_millis(1)).is_empty());
        assert_eq!(board.expire(now + LIFE).len(), 1);
        assert_eq!(*word.borrow(), Word::Expired);
        assert_eq!(decide(&mut board, 1, Verdict::Approve, now), None, "too late");
        ask(&mut board, same(1, 1), 2, now);
        decide(&mut board, 2, Verdict::Approve, now);
        assert_eq!(board.expire(now + LIFE).len(), 1, "an approval that nobody uses ends too");
        assert!(!board.take(approval(2).id));
    }

    #[test]
    fn what_was_approved_can_be_taken_back_until_it_is_used() {
        let (mut board, now) = (Board::default(), Instant::now());
        ask(&mut board, same(1, 1), 1, now);
        decide(&mut board, 1, Verdict::Approve, now);
        assert!(decide(&mut board, 1, Verdict::Deny, now).is_some());
        assert!(!board.take(approval(1).id));
    }

    #[test]
    fn the_list_has_room_for_so_much_and_no_more() {
        let (mut board, now) = (Board::default(), Instant::now());
        for digest in 0..OF_KEY_MAX as u8 {
            assert!(matches!(ask(&mut board, same(1, digest), digest, now), Asked::New(..)));
        }
        assert!(matches!(ask(&mut board, same(1, 200), 200, now), Asked::Full));
        assert!(matches!(ask(&mut board, same(2, 200), 201, now), Asked::New(..)), "others still may");
        for _ in 1..CONNECTED_MAX {
            assert!(matches!(ask(&mut board, same(1, 0), 202, now), Asked::Known(..)));
        }
        assert!(matches!(ask(&mut board, same(1, 0), 202, now), Asked::Crowded(_)));
        board.left(approval(0).id);
        assert!(matches!(ask(&mut board, same(1, 0), 202, now), Asked::Known(..)));
    }

    #[test]
    fn a_list_that_is_closed_has_denied_everything() {
        let (mut board, now) = (Board::default(), Instant::now());
        let Asked::New(_, word) = ask(&mut board, same(1, 1), 1, now) else { panic!() };
        assert_eq!(board.close().len(), 1);
        assert_eq!(*word.borrow(), Word::Stopped);
        assert!(matches!(ask(&mut board, same(1, 1), 2, now), Asked::Full));
    }
}
