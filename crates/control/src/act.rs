//! An operator's action: its record first, then its effect.
//!
//! Each step takes the last one's proof: what changes something needs a [`Recorded`], and only the durable record gives
//! one. If the log cannot be written, nothing is changed.

use std::fmt::Display;
use std::future::Future;

use keyward_ledger::{DEADLINE, EntryIndex};
use keyward_policy::{Actor, Changed, Event, Lack, Operation, What};
use serde_json::{Value, json};
use tokio::sync::MutexGuard;

use crate::name::shortened;
use crate::{Control, Error};

/// An action that is being prepared.
pub(crate) struct Act<'a> {
    control: &'a Control,
    actor: &'a Actor,
    operation: Operation,
    /// Held while something is changed; whoever only looks needs no turn.
    _turn: Option<MutexGuard<'a, ()>>,
}

/// An action that is on record, durably. The turn lasts as long as this does, so keep it until the gateway knows.
#[must_use = "a record without its effect is a lie"]
pub(crate) struct Recorded<'a> {
    act: Act<'a>,
    subject: Option<String>,
}

impl Control {
    /// Begins an action that changes something: sees that the actor may, then waits for its turn.
    pub(crate) async fn act<'a>(&'a self, actor: &'a Actor, operation: Operation) -> Result<Act<'a>, Error> {
        self.view(actor, operation)?;
        let turn = self.turn.lock().await;
        Ok(Act { control: self, actor, operation, _turn: Some(turn) })
    }

    /// Begins what somebody does to his own sign-in before he may do anything else: the caller has seen that he may.
    pub(crate) async fn act_first<'a>(&'a self, actor: &'a Actor, operation: Operation) -> Act<'a> {
        let turn = self.turn.lock().await;
        Act { control: self, actor, operation, _turn: Some(turn) }
    }

    /// Puts on record what is no operation of an operator's: that somebody tried to sign in, or did.
    pub(crate) fn note_of(&self, actor: &Actor, what: &'static str, details: Value) {
        let changed = Changed { actor, operation: what, subject: None, details };
        let event = Event { at: self.now(), what: What::Changed(changed) };
        if let Err(error) = self.ledger.record(&event) {
            tracing::error!(%error, operation = what, "it is not on record");
        }
    }

    /// Begins an action that is worth a record and changes nothing.
    pub(crate) fn look<'a>(&'a self, actor: &'a Actor, operation: Operation) -> Result<Act<'a>, Error> {
        self.view(actor, operation)?;
        Ok(Act { control: self, actor, operation, _turn: None })
    }

    /// Sees that the actor may do it. Every operation begins with this, and a refusal is on record.
    pub(crate) fn view(&self, actor: &Actor, operation: Operation) -> Result<(), Error> {
        actor.check(operation).map_err(|lack| self.refuse(actor, operation, lack))
    }

    /// Sees that the actor himself is there, for what turned out to be dangerous. A refusal is on record.
    pub(crate) fn fresh(&self, actor: &Actor, operation: Operation) -> Result<(), Error> {
        actor.check_fresh().map_err(|lack| self.refuse(actor, operation, lack))
    }

    /// Sees that the actor's role holds for what concerns every project. A refusal is on record.
    pub(crate) fn everywhere(&self, actor: &Actor, operation: Operation) -> Result<(), Error> {
        actor.check_everywhere().map_err(|lack| self.refuse(actor, operation, lack))
    }

    fn refuse(&self, actor: &Actor, operation: Operation, lack: Lack) -> Error {
        let error = Error::from(lack);
        self.note_of(actor, operation.name(), json!({ "refused": error.code().as_str() }));
        error
    }
}

impl<'a> Act<'a> {
    /// Sees that the actor himself is there, for what turned out to be dangerous.
    pub(crate) fn check_fresh(&self) -> Result<(), Error> {
        self.control.fresh(self.actor, self.operation)
    }

    /// Puts on record that it was refused, for what only showed when it was looked at. Not for what ends or narrows a key: a
    /// start makes that again by its records ([`crate::recover()`]), where what was asked for counts.
    pub(crate) fn refused(&self, subject: &str, error: Error) -> Error {
        let details = json!({ "refused": error.code().as_str() });
        let event = self.event(Some(shortened(subject)), details);
        if let Err(error) = self.control.ledger.record(&event) {
            tracing::error!(%error, operation = self.operation.name(), "it is not on record");
        }
        error
    }

    /// Records the action on one subject, durably.
    pub(crate) async fn record(self, subject: impl Display, details: Value) -> Result<Recorded<'a>, Error> {
        self.write(Some(subject.to_string()), details).await
    }

    /// Records an action on Keyward as a whole, durably.
    pub(crate) async fn record_whole(self, details: Value) -> Result<Recorded<'a>, Error> {
        self.write(None, details).await
    }

    async fn write(self, subject: Option<String>, details: Value) -> Result<Recorded<'a>, Error> {
        let event = self.event(subject.clone(), details);
        let EntryIndex(_) = self.control.ledger.record_durably(&event, DEADLINE).await?;
        Ok(Recorded { act: self, subject })
    }

    fn event(&self, subject: Option<String>, details: Value) -> Event<'a> {
        let (actor, operation) = (self.actor, self.operation.name());
        Event { at: self.control.now(), what: What::Changed(Changed { actor, operation, subject, details }) }
    }
}

impl Recorded<'_> {
    /// Carries the action out. A failure is put on record too, so that the log does not tell of what never happened.
    pub(crate) async fn carry_out<T, E: Into<Error>>(
        &self,
        effect: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Error> {
        let done = effect.await.map_err(Into::into);
        if let Err(error) = &done {
            self.note(json!({ "failed": error.code().as_str() }));
        }
        done
    }

    /// Records what came of the action. The action itself is on record already, so this one need not be waited for.
    pub(crate) fn note(&self, details: Value) {
        let event = self.act.event(self.subject.clone(), details);
        if let Err(error) = self.act.control.ledger.record(&event) {
            tracing::error!(%error, operation = self.act.operation.name(), "the outcome of an action is not on record");
        }
    }
}

#[cfg(test)]
mod tests {
    use keyward_store::Error as Store;

    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn nothing_is_carried_out_without_a_durable_record() {
        let fixture = Fixture::new().await;
        fixture.break_the_log();
        let act = fixture.control.act(&fixture.actor, Operation::ProjectAdd).await.unwrap();
        let refused = act.record("subject", Value::Null).await;
        assert_eq!(refused.map(|_| ()).unwrap_err().code(), Code::AuditUnavailable);
    }

    #[tokio::test]
    async fn a_record_stands_before_its_effect_begins() {
        let fixture = Fixture::new().await;
        let act = fixture.control.act(&fixture.actor, Operation::ProjectAdd).await.unwrap();
        let recorded = act.record("subject", Value::Null).await.unwrap();
        let effect = async { Ok::<_, Store>(fixture.last_change()["operation"].clone()) };
        assert_eq!(recorded.carry_out(effect).await.unwrap(), "project add");
    }

    #[tokio::test]
    async fn what_failed_is_on_record_as_failed() {
        let fixture = Fixture::new().await;
        let recorded = fixture
            .control
            .look(&fixture.actor, Operation::Status)
            .unwrap()
            .record_whole(Value::Null)
            .await
            .unwrap();
        let effect = async { Err::<(), _>(Store::Unreachable("away".to_owned())) };
        assert_eq!(recorded.carry_out(effect).await.unwrap_err().code(), Code::StoreUnavailable);
        assert_eq!(fixture.last_change()["details"]["failed"], "store_unavailable");
    }
}
