//! Tickets: the provider has vouched for somebody, and something is still to be shown or agreed to.
//!
//! A ticket is no session: with it one shows a passkey or a recovery code, takes an invitation, or agrees to be linked, and
//! then it is spent.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use keyward_policy::{Entropy, OperatorId};
use parking_lot::Mutex;

use super::id_token::Vouched;
use crate::ShownOnce;
use crate::people::{Bearer, digest};

/// For how long one is good: people look for their key.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(5);
/// The most there are; beyond it the oldest is forgotten. Each took an answer of the provider that was signed.
const TICKETS_MAX: usize = 1_000;

/// What its holder may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    /// Sign in as this operator.
    SignIn(OperatorId),
    /// Link himself, in the session with this digest.
    Link(String),
    /// Take the invitation with this digest.
    Invitation(String),
}

/// Somebody who is half in.
#[derive(Clone)]
pub(crate) struct Half {
    pub(crate) vouched: Vouched,
    pub(crate) errand: Errand,
    /// Where he wanted to go.
    pub(crate) then: String,
    pub(super) until: Timestamp,
}

/// The tickets of this process.
#[derive(Default)]
pub(super) struct Tickets(Mutex<HashMap<String, Half>>);

impl Tickets {
    /// Gives one out.
    pub(super) fn give(
        &self,
        vouched: Vouched,
        errand: Errand,
        then: String,
        entropy: &dyn Entropy,
        now: Timestamp,
    ) -> ShownOnce {
        let bearer = Bearer::new("", entropy);
        let mut all = self.0.lock();
        all.retain(|_, half| half.until > now);
        if all.len() >= TICKETS_MAX {
            let oldest = all.iter().min_by_key(|(_, half)| half.until).map(|(digest, _)| digest.clone());
            oldest.and_then(|oldest| all.remove(&oldest));
        }
        all.insert(bearer.digest, Half { vouched, errand, then, until: now + GOOD_FOR });
        bearer.shown
    }

    /// Whose this one is, if it is still good.
    pub(super) fn look(&self, shown: &str, now: Timestamp) -> Option<Half> {
        self.0.lock().get(&digest(shown)).filter(|half| half.until > now).cloned()
    }

    /// Spends it: of many who try at once, one has it.
    pub(super) fn take(&self, shown: &str, now: Timestamp) -> Option<Half> {
        self.0.lock().remove(&digest(shown)).filter(|half| half.until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Counted;

    fn vouched() -> Vouched {
        Vouched { subject: "0001".to_owned(), email: None }
    }

    #[test]
    fn a_ticket_is_good_once_and_not_for_long() {
        let (tickets, entropy, now) = (Tickets::default(), Counted::default(), Timestamp::UNIX_EPOCH);
        let give = || tickets.give(vouched(), Errand::Link("s".to_owned()), String::new(), &entropy, now);
        let (one, late) = (give(), give());
        assert!(tickets.look(one.text(), now).is_some() && tickets.look("", now).is_none());
        assert_eq!(tickets.take(one.text(), now).unwrap().errand, Errand::Link("s".to_owned()));
        assert!(tickets.take(one.text(), now).is_none() && tickets.look(one.text(), now).is_none());
        assert!(tickets.look(late.text(), now + GOOD_FOR).is_none());
        assert!(tickets.take(late.text(), now + GOOD_FOR).is_none());
    }

    #[test]
    fn there_are_no_more_than_there_is_room_for() {
        let (tickets, entropy) = (Tickets::default(), Counted::default());
        let give = |second| {
            let now = Timestamp::from_second(second).unwrap();
            tickets.give(vouched(), Errand::Link(String::new()), String::new(), &entropy, now)
        };
        let first = give(0);
        let last: Vec<_> = (0..TICKETS_MAX).map(|_| give(1)).collect();
        let now = Timestamp::from_second(1).unwrap();
        assert!(tickets.look(first.text(), now).is_none(), "the oldest had to go");
        assert!(tickets.look(last[0].text(), now).is_some());
        assert_eq!(tickets.0.lock().len(), TICKETS_MAX);
    }
}
