//! `/vault` and `/reopen`: sealing, unsealing, and taking off the lock of a restored state.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use keyward_control::operation::reopen::{self, reopen};
use keyward_control::operation::vault::{Unlocking, init, seal, unseal};
use keyward_control::{Code, Control, Error};
use keyward_policy::Operation;

use crate::Shared;
use crate::confirm::Confirm;
use crate::done;
use crate::finish::finish;
use crate::form::{Form, Posted};
use crate::frame::{Frame, Section, html};
use crate::key::tell;
use crate::problem::Failure;
use crate::visitor::Visitor;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/vault/init", get(ask_init).post(make))
        .route("/vault/unseal", get(ask_unseal).post(open))
        .route("/vault/seal", get(ask_seal).post(close))
        .route("/reopen", get(ask_reopen).post(take_lock_off))
}

/// Asks for what unlocks the vault.
#[derive(Template)]
#[template(path = "unlock.html")]
struct Asking {
    frame: Frame,
    /// Whether the vault is made; it is unsealed otherwise.
    is_new: bool,
}

/// What somebody should look at before everything goes on.
#[derive(Template)]
#[template(path = "reopen.html")]
struct Locked {
    frame: Frame,
    why: String,
    lists: Vec<(&'static str, Vec<String>)>,
}

async fn ask_init(visitor: Visitor) -> Result<Response, Failure> {
    ask(visitor, Operation::VaultInit, "Make the vault", true)
}

async fn ask_unseal(visitor: Visitor) -> Result<Response, Failure> {
    ask(visitor, Operation::VaultUnseal, "Unseal the vault", false)
}

fn ask(
    visitor: Visitor,
    operation: Operation,
    title: &'static str,
    is_new: bool,
) -> Result<Response, Failure> {
    if !visitor.may(operation) {
        return Err(Error::new(Code::RoleLacksRight, "your role may not do this")
            .hint("ask an owner")
            .into());
    }
    Ok(html(&Asking { frame: Frame::new(visitor, Section::Overview, title), is_new }))
}

fn unlocking(form: &Form) -> Result<Unlocking, Error> {
    Ok(Unlocking { passphrase: form.secret("passphrase")?, key_file: form.secret("key_file")? })
}

async fn make(control: Shared, Posted(visitor, form): Posted) -> Result<Response, Failure> {
    if !form.agrees("passphrase", "again") {
        let error = Error::new(Code::UnlockInvalid, "the two passphrases differ");
        return Err(error.hint("type the same twice").into());
    }
    let input = unlocking(&form)?;
    finish(async move { init::init(&control, &visitor.actor, input).await }).await?;
    Ok(done::lead_to("/", "made"))
}

async fn open(control: Shared, Posted(visitor, form): Posted) -> Result<Response, Failure> {
    let input = unlocking(&form)?;
    finish(async move { unseal::unseal(&control, &visitor.actor, input).await }).await?;
    Ok(done::lead_to("/", "unsealed"))
}

async fn ask_seal(visitor: Visitor) -> Response {
    let effects = [
        "Nothing is signed any more: every bot is refused, in its exchange's own words, until somebody unseals the vault.",
        "Orders at the exchange stay open.",
        "To unseal it, somebody needs the passphrase or the key file, and his second factor.",
    ];
    let frame = Frame::new(visitor, Section::Overview, "Seal the vault?");
    let effects = effects.map(str::to_owned).into();
    let (button, back) = ("Seal the vault".to_owned(), "/".to_owned());
    Confirm { frame, effects, button, is_danger: true, ticked: None, fields: Vec::new(), back }.page()
}

async fn close(control: Shared, Posted(visitor, _): Posted) -> Result<Response, Failure> {
    let (within, actor) = (control.clone(), visitor.actor.clone());
    let stopped = finish(async move { seal::seal(&within, &actor).await }).await?;
    Ok(tell(&control, visitor, &stopped.on_wire, stopped.on_wire_count, "/", "sealed"))
}

async fn ask_reopen(control: Shared, visitor: Visitor) -> Result<Response, Failure> {
    let actor = visitor.actor.clone();
    let lock = finish(async move { reopen::show(&control, &actor).await }).await?.lock;
    let lock = lock.ok_or_else(|| Error::new(Code::NotLocked, "Keyward is not locked"))?;
    let lists = vec![
        ("Ended again, as the audit log says", lock.made_again),
        ("Gone since: add it again where it is needed", lock.lost),
        ("Look at this first", lock.unknown),
    ];
    let frame = Frame::new(visitor, Section::Overview, "Reopen Keyward?");
    Ok(html(&Locked { frame, why: lock.why, lists }))
}

async fn take_lock_off(control: Shared, Posted(visitor, _): Posted) -> Result<Response, Failure> {
    finish(async move { reopen(&control, &visitor.actor).await }).await?;
    Ok(done::lead_to("/", "reopened"))
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use crate::fixture::{Fixture, PASSPHRASE};

    #[tokio::test]
    async fn the_vault_is_sealed_and_unsealed() {
        let fixture = Fixture::new().await;
        fixture.get("/vault/seal").await.is_sound();
        assert_eq!(fixture.post("/vault/seal", &[]).await.location(), "/?done=sealed");
        let page = fixture.get("/").await;
        page.is_sound();
        assert!(page.body.contains("/vault/unseal"));
        fixture.get("/vault/unseal").await.is_sound();
        let wrong = fixture.post("/vault/unseal", &[("passphrase", "wrong")]).await;
        assert_eq!(wrong.status, 403);
        wrong.is_sound();
        let right = fixture.post("/vault/unseal", &[("passphrase", PASSPHRASE)]).await;
        assert_eq!(right.location(), "/?done=unsealed");
    }

    #[tokio::test]
    async fn a_vault_is_made_by_who_types_the_same_twice() {
        let fixture = Fixture::without_vault().await;
        fixture.get("/vault/init").await.is_sound();
        let typed = |again| [("passphrase", PASSPHRASE), ("again", again)];
        assert_eq!(fixture.post("/vault/init", &typed("other")).await.status, 422);
        assert_eq!(fixture.post("/vault/init", &typed(PASSPHRASE)).await.location(), "/?done=made");
    }

    #[tokio::test]
    async fn only_who_may_is_asked_for_a_passphrase() {
        let fixture = Fixture::new().await.with(Role::Trader, true);
        assert_eq!(fixture.get("/vault/unseal").await.status, 403);
        assert_eq!(fixture.get("/reopen").await.status, 409);
    }
}
