//! Asking for a consent: what an operation does instead, where its project takes two operators.

use jiff::SignedDuration;
use keyward_ledger::DEADLINE;
use keyward_policy::{Actor, Changed, ConsentId, Event, Project, What};
use keyward_store::Consent;
use serde_json::json;

use super::Asked;
use crate::{Code, Control, Error};

/// Until when another operator may agree, and the change be carried out: a day has everybody's working hours in it, and
/// what was meant yesterday is still meant.
const LASTS: SignedDuration = SignedDuration::from_hours(24);
/// How much may wait at once; nobody looks through more.
const WAITING_MAX: usize = 100;

impl Control {
    /// Sees that a second operator agreed, where the project asks for one. Otherwise he is asked, nothing is changed, and
    /// the error says under which id it waits.
    ///
    /// # Errors
    /// `consent_needed`, `second_factor_needed`, `too_many`; and those of every change.
    pub(crate) async fn check_consent(
        &self,
        actor: &Actor,
        project: &Project,
        words: Vec<String>,
        asked: Asked,
    ) -> Result<(), Error> {
        if !project.four_eyes || actor.consented_by.is_some() {
            return Ok(());
        }
        // Who cannot carry it out later need not ask: a program, and who was not asked who he is for a while.
        self.fresh(actor, asked.operation())?;
        let asked_text = asked.text()?;
        let waiting = self.store.consents(self.now()).await?;
        let same = |one: &&Consent| one.asked_by == actor.name && one.asked == asked_text;
        if let Some(same) = waiting.iter().find(same) {
            return Err(needed(same.id));
        }
        if waiting.len() >= WAITING_MAX {
            return Err(Error::new(
                Code::TooMany,
                format!("{WAITING_MAX} changes wait for a second operator"),
            )
            .hint("look through them first: keyward consent list"));
        }
        let asked_at = self.now();
        let consent = Consent {
            id: ConsentId::from_entropy(self.random()),
            project: project.id,
            asked: asked_text,
            words: words.join("\n"),
            asked_by: actor.name.clone(),
            asked_at,
            expires_at: asked_at + LASTS,
            given_by: None,
        };
        self.keep(actor, &consent, asked.operation().name()).await
    }

    /// Keeps what is asked for, on record first.
    async fn keep(&self, actor: &Actor, consent: &Consent, operation: &str) -> Result<(), Error> {
        let words: Vec<_> = consent.words.lines().collect();
        let details = json!({ "asks_for": operation, "project": consent.project, "words": words });
        let subject = Some(consent.id.to_string());
        let changed = Changed { actor, operation: "consent ask", subject, details };
        let event = Event { at: self.now(), what: What::Changed(changed) };
        self.ledger.record_durably(&event, DEADLINE).await?;
        self.store.ask_consent(consent).await?;
        Err(needed(consent.id))
    }
}

fn needed(id: ConsentId) -> Error {
    Error::new(Code::ConsentNeeded, format!("this takes a second operator, and now waits for one as `{id}`"))
        .hint("when another operator has agreed, carry it out: keyward consent use")
}
