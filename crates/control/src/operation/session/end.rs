//! `session end`: one of one's own sessions, or all others.

use keyward_policy::Operation;
use serde_json::json;

use super::Session;
use super::list::ID_CHARACTERS;
use crate::{Code, Control, Error};

/// Ends one of the operator's sessions.
///
/// # Errors
/// `session_unknown`; and those of every change.
pub async fn end(control: &Control, session: &Session, id: &str) -> Result<(), Error> {
    let actor = session.himself();
    let act = control.act(&actor, Operation::SessionEnd).await?;
    let kept = control.store.sessions(session.operator.id).await?;
    let named = kept.iter().find(|kept| id.len() == ID_CHARACTERS && kept.digest.starts_with(id));
    let unknown = || Error::new(Code::SessionUnknown, "there is no such session");
    let digest = &named.ok_or_else(unknown).map_err(|error| act.refused(id, error))?.digest;
    let recorded = act.record(session.operator.id, json!({ "session": id })).await?;
    recorded.carry_out(control.store.end_session(session.operator.id, digest)).await?;
    Ok(())
}

/// Ends all of the operator's sessions but this one, and says how many.
///
/// # Errors
/// Those of every change.
pub async fn end_others(control: &Control, session: &Session) -> Result<u64, Error> {
    let actor = session.himself();
    let act = control.act(&actor, Operation::SessionEnd).await?;
    let recorded = act.record(session.operator.id, json!({ "session": "all others" })).await?;
    recorded.carry_out(control.store.end_other_sessions(session.operator.id, &session.digest)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;
    use crate::fixture::people::Person;
    use crate::operation::session::list::list;
    use crate::operation::session::of;

    #[tokio::test]
    async fn an_operator_ends_his_own_sessions_and_nobody_elses() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        let bob = Person::enrolled(&fixture, "bob", "viewer").await;
        let mut sessions = Vec::new();
        for person in [&ada, &ada, &bob] {
            fixture.pass_s(30);
            let shown = person.sign_in(&fixture).await.unwrap().session;
            sessions.push(of(&fixture.control, shown.text(), "console").await.unwrap());
        }
        let (here, elsewhere, bobs) = (&sessions[0], &sessions[1], &sessions[2]);
        let seen = list(&fixture.control, here).await.unwrap();
        assert!(seen.iter().filter(|one| one.is_this).count() == 1);
        let id = |session: &Session| session.digest[..16].to_owned();
        assert_eq!(end(&fixture.control, here, &id(bobs)).await.unwrap_err().code(), Code::SessionUnknown);
        end(&fixture.control, here, &id(elsewhere)).await.unwrap();
        end_others(&fixture.control, here).await.unwrap();
        assert_eq!(list(&fixture.control, here).await.unwrap().len(), 1);
        assert_eq!(list(&fixture.control, bobs).await.unwrap().iter().filter(|one| one.is_this).count(), 1);
    }
}
