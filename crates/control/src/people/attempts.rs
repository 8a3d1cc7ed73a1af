//! Attempts to sign in: who guesses is slowed down, and nobody else is.
//!
//! Failures are counted for one network and one name, and for the network alone: so somebody who guesses at Ada's
//! password keeps nobody but himself from signing in as Ada. Guesses from many networks at once meet the second factor,
//! which takes every code once, and the few checks of passwords that run at a time.

use std::collections::HashMap;
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use keyward_policy::OperatorId;
use parking_lot::Mutex;

use super::Caller;
use crate::{Code, Error};

/// Failures that cost nothing.
const FREE: u32 = 5;
/// The same for a network, whatever the name.
const FREE_OF_NETWORK: u32 = 20;
/// The longest wait, and how long failures are remembered.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);
/// Wrong codes of one operator, each after his right password, that are taken from networks he is not known in.
const FREE_CODES: u32 = 10;
/// How long those are remembered.
const CODES_REMEMBERED: SignedDuration = SignedDuration::from_hours(1);
/// The most that is remembered.
const REMEMBERED_MAX: usize = 10_000;

/// What was tried lately.
#[derive(Default)]
pub(crate) struct Attempts {
    tried: Mutex<HashMap<Tried, Failures>>,
    /// Wrong codes of operators; there are no more entries than operators whose password somebody knows.
    codes: Mutex<HashMap<OperatorId, Failures>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Tried {
    network: IpAddr,
    name: Option<String>,
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

impl Attempts {
    /// Counts an attempt before it is made, so that many at once are many. Taken back by [`Self::succeeded`].
    pub(crate) fn begin(&self, caller: &Caller, name: &str, now: Timestamp) -> Result<(), Error> {
        let mut tried = self.tried.lock();
        for one in Tried::both(caller, name) {
            let wait = tried.get(&one).map_or(SignedDuration::ZERO, |failures| failures.wait(&one, now));
            if wait > SignedDuration::ZERO {
                let seconds = wait.as_secs() + 1;
                return Err(Error::new(
                    Code::TooManyAttempts,
                    format!("too many attempts: wait {seconds} s"),
                ));
            }
        }
        make_room(&mut tried, now);
        for one in Tried::both(caller, name) {
            let failures = tried.entry(one).or_insert(Failures { count: 0, last: now });
            let is_old = now.duration_since(failures.last) > LONGEST;
            *failures = Failures { count: if is_old { 1 } else { failures.count + 1 }, last: now };
        }
        Ok(())
    }

    /// Counts a code before it is looked at, by whoever has shown this operator's password from a network that he is not
    /// known in. A thief of the password has many networks; the operator has his own, where nobody keeps him out.
    pub(crate) fn begin_code(&self, operator: OperatorId, now: Timestamp) -> Result<(), Error> {
        let mut codes = self.codes.lock();
        codes.retain(|_, failures| now.duration_since(failures.last) <= CODES_REMEMBERED);
        let failures = codes.entry(operator).or_insert(Failures { count: 0, last: now });
        if failures.count >= FREE_CODES {
            return Err(Error::new(Code::TooManyAttempts, "too many wrong codes came with this password")
                .hint("sign in from where you did before, or with a passkey, and change the password"));
        }
        *failures = Failures { count: failures.count + 1, last: now };
        Ok(())
    }

    /// Takes one back that was right.
    pub(crate) fn code_was_right(&self, operator: OperatorId) {
        if let Some(failures) = self.codes.lock().get_mut(&operator) {
            failures.count = failures.count.saturating_sub(1);
        }
    }

    /// Takes one attempt back: it was no failure, and proves nothing about those before it.
    pub(crate) fn take_back(&self, caller: &Caller, name: &str) {
        let mut tried = self.tried.lock();
        for one in Tried::both(caller, name) {
            if let Some(failures) = tried.get_mut(&one) {
                failures.count = failures.count.saturating_sub(1);
            }
        }
    }

    /// Forgets what was tried under this name: it was the operator himself.
    pub(crate) fn succeeded(&self, caller: &Caller, name: &str) {
        let mut tried = self.tried.lock();
        let [named, network] = Tried::both(caller, name);
        let failures = tried.remove(&named).map_or(0, |failures| failures.count);
        if let Some(all) = tried.get_mut(&network) {
            all.count = all.count.saturating_sub(failures);
        }
    }
}

impl Tried {
    fn both(caller: &Caller, name: &str) -> [Self; 2] {
        let network = caller.network();
        [Self { network, name: Some(name.chars().take(200).collect()) }, Self { network, name: None }]
    }
}

impl Failures {
    /// How long until the next attempt: nothing at first, then twice as long each time.
    fn wait(self, tried: &Tried, now: Timestamp) -> SignedDuration {
        let free = if tried.name.is_some() { FREE } else { FREE_OF_NETWORK };
        let Some(over) = self.count.checked_sub(free) else { return SignedDuration::ZERO };
        let wait = SignedDuration::from_secs(1 << over.min(20)).min(LONGEST);
        wait - now.duration_since(self.last)
    }
}

/// Forgets what is old; and when that is not enough, what is oldest: a flood of names must not fill the memory.
fn make_room(tried: &mut HashMap<Tried, Failures>, now: Timestamp) {
    if tried.len() + 2 <= REMEMBERED_MAX {
        return;
    }
    tried.retain(|_, failures| now.duration_since(failures.last) <= LONGEST);
    if tried.len() + 2 > REMEMBERED_MAX {
        let mut times: Vec<_> = tried.values().map(|failures| failures.last).collect();
        times.sort_unstable();
        let middle = times[times.len() / 2];
        tried.retain(|_, failures| failures.last > middle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(last: u8) -> Caller {
        Caller::new([203, 0, 113, last].into(), "browser")
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    #[test]
    fn who_guesses_waits_longer_each_time_and_keeps_nobody_else_out() {
        let attempts = Attempts::default();
        for _ in 0..5 {
            attempts.begin(&caller(1), "ada", at(0)).unwrap();
        }
        let refused = attempts.begin(&caller(1), "ada", at(0)).unwrap_err();
        assert_eq!(refused.code(), Code::TooManyAttempts);
        assert!(attempts.begin(&caller(2), "ada", at(0)).is_ok(), "Ada herself, elsewhere");
        assert!(attempts.begin(&caller(1), "bob", at(0)).is_ok(), "somebody else in the same house");
        assert!(attempts.begin(&caller(1), "ada", at(2)).is_ok());
        assert!(attempts.begin(&caller(1), "ada", at(3)).is_err(), "two seconds now");
        assert!(attempts.begin(&caller(1), "ada", at(5)).is_ok());
    }

    #[test]
    fn a_success_forgets_and_so_does_time() {
        let attempts = Attempts::default();
        for _ in 0..5 {
            attempts.begin(&caller(1), "ada", at(0)).unwrap();
        }
        attempts.succeeded(&caller(1), "ada");
        for _ in 0..5 {
            attempts.begin(&caller(1), "ada", at(1)).unwrap();
        }
        assert!(attempts.begin(&caller(1), "ada", at(1)).is_err());
        for second in [1000, 1001, 1002, 1003, 1004] {
            attempts.begin(&caller(1), "ada", at(second)).unwrap();
        }
    }

    #[test]
    fn one_network_does_not_try_every_name() {
        let attempts = Attempts::default();
        let tried = (0..100).take_while(|n| attempts.begin(&caller(1), &format!("name{n}"), at(0)).is_ok());
        assert_eq!(tried.count(), 20);
    }

    #[test]
    fn a_flood_of_names_is_not_remembered() {
        let attempts = Attempts::default();
        for n in 0..30_000_u32 {
            let address = std::net::Ipv4Addr::from_bits(n).into();
            let _ = attempts.begin(&Caller::new(address, ""), "ada", at(i64::from(n) / 100));
        }
        assert!(attempts.tried.lock().len() <= REMEMBERED_MAX);
    }
}
