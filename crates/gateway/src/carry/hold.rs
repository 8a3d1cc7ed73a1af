//! Held: what the grant lets pass only with a person's approval has it.
//!
//! A request that a hold covers waits for a while on its connection, so that a client that has patience notices nothing.
//! After that it is refused, and its approval, once given, is good for the same request sent again. An approval is taken
//! as the last thing, when all else still holds, and it is never given back.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use keyward_dialect::Spends;
use keyward_policy::{
    Approval, ApprovalEnd, ApprovalId, ApprovalState, Event, Held, OrderFact, Reason, Spending, What,
};
use tokio::time::timeout;

use super::decide::Allowed;
use super::record::note;
use crate::denied::Denied;
use crate::directory::KeyEntry;
use crate::gateway::Gateway;
use crate::holds::{Answer, Same, Waiter, Word};

/// What waited was approved for the key as it was.
const CHANGED: &str = "the key was changed while this request waited";

impl Allowed<'_> {
    /// Lets pass what no hold covers, and waits for a person otherwise. A key without holds pays for one look.
    pub(crate) async fn hold(mut self: Box<Self>, gateway: &Gateway) -> Result<Box<Self>, Denied> {
        if let Some(entry) = self.entry().filter(|entry| entry.rules.has_holds) {
            let approved = Box::pin(self.approved(gateway, entry)).await;
            self.approval = approved.map_err(|denied| denied.knowing(self.known))?;
        }
        Ok(self)
    }

    /// The approval that is used up with this, where one is needed.
    async fn approved(&self, gateway: &Gateway, entry: &KeyEntry) -> Result<Option<ApprovalId>, Denied> {
        let venue = &self.read.received.resolved.venue;
        let spends = venue.dialect.spends(&self.read.request, &self.read.purpose);
        let door = entry.rules.door(venue.venue.id);
        if !door.is_some_and(|door| door.holds.cover(self.read.needs.verb(), spending(&spends))) {
            return Ok(None);
        }
        let id = self.passed(gateway, entry, &spends).await?;
        gateway.record_end(id, entry.id, ApprovalEnd::Used);
        Ok(Some(id))
    }

    async fn passed(
        &self,
        gateway: &Gateway,
        entry: &KeyEntry,
        spends: &Spends,
    ) -> Result<ApprovalId, Denied> {
        let now = Instant::now();
        gateway.expire_approvals(now);
        let until = now + gateway.settings.limits.approval;
        match gateway.holds.ask(self.same(entry), until, |id| self.describe(gateway, entry, id, spends)) {
            Answer::Pass(id) => Ok(id),
            Answer::New(waiter) => {
                self.record_held(gateway, &waiter.approval);
                self.wait(gateway, entry, waiter).await
            }
            Answer::Known(waiter) => self.wait(gateway, entry, waiter).await,
            Answer::Crowded(approval) => Err(held(&approval)),
            Answer::Full => Err(refused("too much waits for an operator's approval already")),
        }
    }

    /// Waits on the connection. A client that hangs up ends this, and takes nothing with it.
    async fn wait(
        &self,
        gateway: &Gateway,
        entry: &KeyEntry,
        mut waiter: Waiter,
    ) -> Result<ApprovalId, Denied> {
        let word = timeout(gateway.settings.limits.hold, waiter.decided()).await;
        match word.unwrap_or(Word::Wait) {
            Word::Wait => Err(held(&waiter.approval)),
            Word::Approved => {
                self.still_in_force(gateway, entry)?;
                waiter.take().ok_or_else(|| refused("another copy of this request was let through"))
            }
            Word::Denied => Err(refused("an operator denied this request")),
            Word::Expired => Err(refused("no operator approved this request in time")),
            Word::Used => Err(refused("another copy of this request was let through")),
            Word::Void => Err(refused(CHANGED)),
            Word::Stopped => Err(refused("Keyward stops, which denies all that waits")),
        }
    }

    /// A key that was changed, narrowed or ended meanwhile does not pass, nor does anything while nothing may.
    fn still_in_force(&self, gateway: &Gateway, entry: &KeyEntry) -> Result<(), Denied> {
        gateway.lease.check(Instant::now())?;
        if gateway.is_locked() {
            return Err(Denied::policy(Reason::RestoreLocked));
        }
        let api_key = self.read.key().unwrap_or_default();
        gateway.directory.still_usable(entry, api_key, gateway.clock.now()).map_err(Denied::policy)?;
        if entry.was_replaced() {
            return Err(refused(CHANGED));
        }
        self.not_killed(gateway)
    }

    fn same(&self, entry: &KeyEntry) -> Same {
        let venue = &self.read.received.resolved.venue;
        let digest = venue.dialect.digest(&self.read.request, &self.read.params);
        Same { key: entry.id, revision: entry.revision, venue: venue.venue.id, digest }
    }

    /// What an operator sees.
    fn describe(&self, gateway: &Gateway, entry: &KeyEntry, id: ApprovalId, spends: &Spends) -> Approval {
        let (request, since) = (self.described(), gateway.clock.now());
        let life = SignedDuration::try_from(gateway.settings.limits.approval).unwrap_or_default();
        Approval {
            id,
            state: ApprovalState::Waiting,
            key: entry.id,
            project: entry.rules.project,
            request: request.request,
            address: request.address,
            venue: request.venue.into_owned(),
            method: request.method.into_owned(),
            path: request.path.into_owned(),
            needs: request.needs.unwrap_or_default(),
            facts: request.facts.into_iter().map(OrderFact::into_owned).collect(),
            spends: match spends {
                Spends::AtMost(amount, asset) => Some(format!("{amount} {asset}")),
                Spends::Nothing | Spends::Unknown => None,
            },
            since,
            until: since.checked_add(life).unwrap_or(Timestamp::MAX),
            connected: true,
        }
    }

    fn record_held(&self, gateway: &Gateway, approval: &Approval) {
        let held = Held { approval: approval.id, until: approval.until, request: self.described() };
        note(gateway, &Event { at: approval.since, what: What::Held(held) });
    }
}

fn spending(spends: &Spends) -> Spending<'_> {
    match spends {
        Spends::Nothing => Spending::Nothing,
        Spends::AtMost(amount, asset) => Spending::AtMost(*amount, asset),
        Spends::Unknown => Spending::Unknown,
    }
}

/// The client's answer while nobody has decided.
fn held(approval: &Approval) -> Denied {
    let Approval { id, until, .. } = approval;
    let until = until.strftime("%H:%M:%S UTC");
    Denied::new(
        Reason::Held,
        format!(
            "this request waits for an operator's approval as {id} until {until}; nothing was sent; send the same \
             request again once it is approved, and it passes"
        ),
    )
}

fn refused(why: &str) -> Denied {
    Denied::new(Reason::HoldDenied, format!("{why}; nothing was sent"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use keyward_policy::KeyState::{Active, Revoked, Suspended};
    use keyward_policy::{Change, Grant, Holds, Key, KillSwitch, Verdict};

    use super::*;
    use crate::Settings;
    use crate::fixture::Fixture;
    use crate::settings::Limits;

    const WITHDRAW: &str = "coin=BTC&address=bc1q&amount=0.5&withdrawOrderId=w1";
    const PATH: &str = "/sapi/v1/capital/withdraw/apply";

    fn with_holds(key: Key, holds: &[&str]) -> Key {
        let holds = Holds::new(holds.iter().map(|text| text.parse().unwrap())).unwrap();
        Key { grants: vec![Grant { holds, ..key.grants[0].clone() }], ..key }
    }

    /// A fixture whose key withdraws and trades, with these holds; its clients wait so long.
    fn fixture(holds: &[&str], wait_ms: u64) -> Arc<Fixture> {
        let limits = Limits { hold: Duration::from_millis(wait_ms), ..Limits::default() };
        let settings = Settings { limits, ..Settings::default() };
        let change = |key| with_holds(key, holds);
        Arc::new(Fixture::with("http://exchange", "read,trade,withdraw", settings, change))
    }

    /// What a request comes to at this step.
    async fn asked(fixture: &Fixture, path: &str, query: &str) -> Result<Option<ApprovalId>, Denied> {
        let received = fixture.received(fixture.signed("POST", path, query));
        // The next one is signed at another time, so that it is another signature.
        fixture.clock.pass_ms(1);
        let gateway = &*fixture.gateway;
        let verified =
            received.read().unwrap().identify(&gateway.directory).unwrap().verify(gateway).unwrap();
        Ok(verified.decide(gateway)?.hold(gateway).await?.approval)
    }

    async fn withdrawn(fixture: &Fixture) -> Result<Option<ApprovalId>, Reason> {
        asked(fixture, PATH, WITHDRAW).await.map_err(|denied| denied.reason)
    }

    fn waiting(fixture: &Fixture) -> Approval {
        let mut all = fixture.gateway.approvals();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    fn approve(fixture: &Fixture) -> ApprovalId {
        let id = waiting(fixture).id;
        fixture.gateway.decide_approval(id, Verdict::Approve).unwrap().id
    }

    #[tokio::test]
    async fn what_no_hold_covers_does_not_wait() {
        let fixture = fixture(&["withdraw", "trade>1000 USDT"], 0);
        let order = |price| format!("symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price={price}");
        assert_eq!(asked(&fixture, "/api/v3/order", &order("1000")).await.unwrap(), None);
        let above = asked(&fixture, "/api/v3/order", &order("1000.01")).await;
        assert_eq!(above.unwrap_err().reason, Reason::Held);
        assert_eq!(waiting(&fixture).spends.as_deref(), Some("1000.01 USDT"));
        let unread = asked(&fixture, "/api/v3/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1").await;
        assert_eq!(unread.unwrap_err().reason, Reason::Held, "what cannot be read is held");
    }

    #[tokio::test]
    async fn the_client_is_told_what_waits_and_the_operator_sees_its_facts() {
        let fixture = fixture(&["withdraw"], 0);
        let denied = asked(&fixture, PATH, WITHDRAW).await.unwrap_err();
        let approval = waiting(&fixture);
        assert!(denied.detail.contains(&approval.id.to_string()), "{}", denied.detail);
        assert!(denied.known.signed);
        let fact = &approval.facts[0];
        assert_eq!((fact.to.as_deref(), fact.quantity.as_deref()), (Some("bc1q"), Some("0.5")));
        assert!(!approval.connected);
    }

    #[tokio::test]
    async fn an_approved_request_passes_when_it_is_sent_again_and_only_once() {
        let fixture = fixture(&["withdraw"], 0);
        assert_eq!(withdrawn(&fixture).await, Err(Reason::Held));
        assert_eq!(withdrawn(&fixture).await, Err(Reason::Held));
        let id = approve(&fixture);
        let other = asked(&fixture, PATH, &WITHDRAW.replace("bc1q", "thief")).await;
        assert_eq!(other.unwrap_err().reason, Reason::Held, "another address is another request");
        assert_eq!(withdrawn(&fixture).await, Ok(Some(id)));
        assert_eq!(withdrawn(&fixture).await, Err(Reason::Held), "used up");
    }

    #[tokio::test]
    async fn who_waits_goes_on_at_once_when_it_is_decided() {
        for (verdict, passes) in [(Verdict::Approve, true), (Verdict::Deny, false)] {
            let fixture = fixture(&["withdraw"], 60_000);
            let decides = async {
                tokio::task::yield_now().await;
                let approval = waiting(&fixture);
                assert!(approval.connected);
                fixture.gateway.decide_approval(approval.id, verdict).unwrap();
            };
            let (told, ()) = tokio::join!(withdrawn(&fixture), decides);
            assert_eq!(told.is_ok(), passes, "{told:?}");
            assert!(passes || told == Err(Reason::HoldDenied));
            assert!(fixture.gateway.approvals().is_empty());
        }
    }

    #[tokio::test]
    async fn of_copies_that_wait_one_passes() {
        let fixture = fixture(&["withdraw"], 60_000);
        let decides = async {
            tokio::task::yield_now().await;
            approve(&fixture);
        };
        let (one, two, three, ()) =
            tokio::join!(withdrawn(&fixture), withdrawn(&fixture), withdrawn(&fixture), decides);
        let all = [one, two, three];
        assert_eq!(all.iter().filter(|told| told.is_ok()).count(), 1, "{all:?}");
        assert_eq!(all.iter().filter(|told| **told == Err(Reason::HoldDenied)).count(), 2, "{all:?}");
    }

    #[tokio::test]
    async fn a_client_that_hangs_up_takes_no_approval_with_it() {
        let fixture = fixture(&["withdraw"], 60_000);
        tokio::select! {
            biased;
            _ = withdrawn(&fixture) => panic!("nobody decided"),
            () = tokio::task::yield_now() => {}
        }
        assert!(!waiting(&fixture).connected);
        let id = approve(&fixture);
        assert_eq!(withdrawn(&fixture).await, Ok(Some(id)));
    }

    /// What a client that waits is told when something changes, and then its request is approved.
    async fn approved_after(change: impl FnOnce(&Fixture)) -> Result<Option<ApprovalId>, Reason> {
        let fixture = fixture(&["withdraw"], 60_000);
        let decides = async {
            tokio::task::yield_now().await;
            change(&fixture);
            for approval in fixture.gateway.approvals() {
                fixture.gateway.decide_approval(approval.id, Verdict::Approve);
            }
        };
        tokio::join!(withdrawn(&fixture), decides).0
    }

    #[tokio::test]
    async fn what_changed_while_it_waited_is_looked_at_after_the_approval() {
        assert!(approved_after(|_| {}).await.is_ok());
        // Behind the list's back, as between a change and the end of what waits for it.
        let put = |fixture: &Fixture, state| {
            let key = with_holds(fixture.key("read,trade,withdraw"), &["withdraw"]);
            fixture.gateway.directory.apply(Change::Key(Box::new(Key { revision: 2, state, ..key })));
        };
        assert_eq!(approved_after(|fixture| put(fixture, Active)).await, Err(Reason::HoldDenied));
        assert_eq!(approved_after(|fixture| put(fixture, Suspended)).await, Err(Reason::KeySuspended));
        assert_eq!(approved_after(|fixture| put(fixture, Revoked)).await, Err(Reason::KeyRevoked));
        let killed = |fixture: &Fixture| drop(fixture.gateway.switch(KillSwitch::All));
        assert_eq!(approved_after(killed).await, Err(Reason::Killed));
        let locked = |fixture: &Fixture| drop(fixture.gateway.apply(Change::Locked(true)));
        assert_eq!(approved_after(locked).await, Err(Reason::RestoreLocked));
    }

    #[tokio::test]
    async fn what_waits_for_a_key_that_is_changed_ends_at_once() {
        let gone = |fixture: &Fixture| {
            let key = fixture.key("withdraw");
            fixture.gateway.apply(Change::KeyGone { id: key.id, api_key: key.api_key });
            assert!(fixture.gateway.approvals().is_empty());
        };
        assert_eq!(approved_after(gone).await, Err(Reason::HoldDenied));
        let same = |fixture: &Fixture| {
            let key = with_holds(fixture.key("read,trade,withdraw"), &["withdraw"]);
            fixture.gateway.apply(Change::Key(Box::new(key)));
        };
        assert!(approved_after(same).await.is_ok(), "the same key told again is no change");
    }

    #[tokio::test]
    async fn a_stop_denies_all_that_waits_and_all_that_was_approved() {
        let fixture = fixture(&["withdraw"], 0);
        assert_eq!(withdrawn(&fixture).await, Err(Reason::Held));
        approve(&fixture);
        fixture.gateway.end_approvals();
        assert_eq!(withdrawn(&fixture).await, Err(Reason::HoldDenied));
        let log = fixture.events().await;
        let ends: Vec<_> = log.iter().filter(|event| event["event"] == "approval_ended").collect();
        assert_eq!((ends.len(), &ends[0]["end"]), (1, &"stopped".into()), "{log:?}");
    }

    #[tokio::test]
    async fn the_log_tells_of_what_was_held_and_how_it_ended() {
        let fixture = fixture(&["withdraw"], 0);
        withdrawn(&fixture).await.unwrap_err();
        let id = approve(&fixture);
        withdrawn(&fixture).await.unwrap();
        let log = fixture.events().await;
        let named: Vec<_> = log.iter().map(|event| event["event"].as_str().unwrap()).collect();
        assert_eq!(named, ["held", "approval_ended"]);
        assert_eq!(
            (&log[0]["approval"], &log[1]["approval"]),
            (&id.to_string().into(), &id.to_string().into())
        );
        assert_eq!((&log[0]["facts"][0]["to"], &log[1]["end"]), (&"bc1q".into(), &"used".into()));
    }
}
