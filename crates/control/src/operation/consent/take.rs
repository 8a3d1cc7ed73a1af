//! `consent use`: who asked carries out what another operator agreed to: exactly that, once.

use keyward_policy::{Actor, Operation, Operator, OperatorState};
use keyward_store::Consent;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Asked, find, unknown};
use crate::operation::key::{self, Created, KeyView, check_revision, create, resume, rotate, update};
use crate::operation::project::{self, ProjectView};
use crate::{Code, Control, Error};

/// What was done.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Agreed)]
pub enum Done {
    /// A key was issued, and its secret is shown.
    Issued(Box<Created>),
    /// A key was changed.
    Changed(Box<KeyView>),
    /// A project was.
    Project(ProjectView),
}

/// Carries it out. The consent is used up by that, also where the change then fails.
///
/// # Errors
/// `consent_unknown`, `consent_own` for everybody else than who asked, `consent_waits` while nobody agreed or when who did
/// may no longer agree, `not_current` when the key was changed meanwhile; and those of the change itself.
pub async fn take(control: &Control, actor: &Actor, id: &str) -> Result<Done, Error> {
    let (asked, given_by) = taken(control, actor, id).await?;
    let actor = Actor { consented_by: Some(given_by), ..actor.clone() };
    match asked {
        Asked::KeyCreate { input } => issued(create::create(control, &actor, input).await),
        Asked::KeyRotate { key, revision, input } => {
            is_current(control, &actor, &key, revision).await?;
            issued(rotate::rotate(control, &actor, &key, input).await)
        }
        Asked::KeyUpdate { key, revision, input } => {
            changed(update::update(control, &actor, &key, Some(revision), input).await)
        }
        Asked::KeyResume { key, revision } => {
            is_current(control, &actor, &key, revision).await?;
            changed(resume::resume(control, &actor, &key).await)
        }
        Asked::ProjectUpdate { project, input } => {
            project::update::update(control, &actor, &project, input).await.map(Done::Project)
        }
    }
}

fn issued(created: Result<Created, Error>) -> Result<Done, Error> {
    created.map(|created| Done::Issued(Box::new(created)))
}

fn changed(key: Result<KeyView, Error>) -> Result<Done, Error> {
    key.map(|key| Done::Changed(Box::new(key)))
}

/// What was agreed to, and by whom; from now on nobody else gets it.
async fn taken(control: &Control, actor: &Actor, id: &str) -> Result<(Asked, String), Error> {
    let act = control.act(actor, Operation::ConsentUse).await?;
    let consent = find(control, actor, id).await?;
    let asked = Asked::read(&consent.asked)?;
    let given_by = match agreed(control, actor, &consent, asked.operation()).await {
        Ok(given_by) => given_by,
        Err(refused) => {
            let details = json!({ "refused": refused.code().as_str(), "consent": consent.id });
            control.note_of(actor, Operation::ConsentUse.name(), details);
            return Err(refused);
        }
    };
    let recorded = act.record(consent.id, json!({ "given_by": given_by })).await?;
    if !recorded.carry_out(control.store.take_consent(consent.id)).await? {
        return Err(unknown(id));
    }
    Ok((asked, given_by))
}

/// Who agreed, if it was agreed to by somebody who may still do so, and it is asked for by who asked before.
async fn agreed(
    control: &Control,
    actor: &Actor,
    consent: &Consent,
    operation: Operation,
) -> Result<String, Error> {
    if actor.name != consent.asked_by {
        return Err(Error::new(Code::ConsentOwn, format!("only {} can carry this out", consent.asked_by)));
    }
    let waits = |why: String| {
        Error::new(Code::ConsentWaits, why).hint("ask another operator to look at it: keyward consent give")
    };
    let by = consent.given_by.as_ref().ok_or_else(|| waits("nobody has agreed to it yet".to_owned()))?;
    let may = |one: &Operator| {
        let has = |operation: Operation| one.role.has(operation.right());
        one.state == OperatorState::Active
            && has(Operation::ConsentGive)
            && has(operation)
            && one.reach.covers(consent.project)
    };
    match control.store.operator(by).await {
        Ok(operator) if may(&operator) => Ok(by.clone()),
        Ok(_) | Err(keyward_store::Error::NotFound { .. }) => {
            Err(waits(format!("{by}, who agreed to it, may no longer do so")))
        }
        Err(error) => Err(error.into()),
    }
}

/// Sees that the key is as it was when it was looked at.
async fn is_current(control: &Control, actor: &Actor, key: &str, revision: u64) -> Result<(), Error> {
    check_revision(key::find(control, actor, key).await?.revision, revision)
}
