//! `/kill`: ends keys at once and for good. One click away from every page.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use keyward_control::operation::credential;
use keyward_control::operation::key::KeyView;
use keyward_control::operation::key::list::{Which, list};
use keyward_control::operation::kill::{Kill, kill as operation};
use keyward_control::{Code, Control, Error, Part};
use keyward_policy::{Operation, Standing};
use serde::Deserialize;

use crate::Shared;
use crate::finish::finish;
use crate::form::Posted;
use crate::frame::{Frame, Section, html};
use crate::key::{projects, tell};
use crate::parts::Choice;
use crate::problem::Failure;
use crate::visitor::Visitor;

/// The most keys that are looked at to say what would end.
const KEYS_MAX: u32 = 1000;
/// The most keys that are named.
const NAMED_MAX: usize = 20;
/// The most credentials that can be chosen among.
const CREDENTIALS_MAX: u32 = 200;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new().route("/kill", get(ask).post(kill))
}

/// What somebody means to end.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Meant {
    what: String,
    key: String,
    project: String,
    credential: String,
}

/// The choice of what to end.
#[derive(Template)]
#[template(path = "kill.html")]
struct Page {
    frame: Frame,
    projects: Vec<Choice>,
    credentials: Vec<Choice>,
    may_seal: bool,
}

/// What it would end, and the button that does.
#[derive(Template)]
#[template(path = "kill_confirm.html")]
struct Asking {
    frame: Frame,
    target: &'static str,
    name: String,
    words: String,
    named: Vec<String>,
    more: usize,
    count: String,
}

async fn ask(control: Shared, visitor: Visitor, Query(meant): Query<Meant>) -> Result<Response, Failure> {
    if !visitor.may(Operation::Kill) {
        let error = Error::new(Code::RoleLacksRight, "your role may not stop keys");
        return Err(error.hint("ask somebody who may: an owner, an administrator or a trader").into());
    }
    finish(async move {
        match meant.target() {
            None => Ok(html(&Page::of(&control, visitor).await?)),
            Some(target) => Ok(html(&Asking::of(&control, visitor, target).await?)),
        }
    })
    .await
    .map_err(Failure::from)
}

async fn kill(control: Shared, Posted(visitor, form): Posted) -> Result<Response, Failure> {
    let one = |name: &str| form.text(name);
    let all = form.has("all");
    if all && !form.has("sure") {
        let error = Error::new(Code::KillUnclear, "it is not clear that you mean every key");
        return Err(error.hint("tick the box that says so").into());
    }
    let input = Kill { key: one("key"), project: one("project"), credential: one("credential"), all };
    let (within, actor) = (control.clone(), visitor.actor.clone());
    let stopped = finish(async move { operation(&within, &actor, input).await }).await?;
    Ok(tell(&control, visitor, &stopped.on_wire, stopped.on_wire_count, "/keys", "killed"))
}

impl Meant {
    /// The field, and the name of what is meant.
    fn target(self) -> Option<(&'static str, String)> {
        let target = match self.what.as_str() {
            "all" => ("all", "yes".to_owned()),
            "key" => ("key", self.key),
            "project" => ("project", self.project),
            "credential" => ("credential", self.credential),
            _ => return None,
        };
        Some(target).filter(|(_, name)| !name.is_empty())
    }
}

impl Page {
    async fn of(control: &Control, visitor: Visitor) -> Result<Self, Error> {
        let part = Part { limit: Some(CREDENTIALS_MAX), after: None };
        let credentials = credential::list::list(control, &visitor.actor, part).await?.items;
        Ok(Self {
            projects: projects(control, &visitor, "").await?,
            credentials: credentials.into_iter().map(|one| Choice::new(one.name, "")).collect(),
            may_seal: visitor.may(Operation::VaultSeal),
            frame: Frame::perhaps(Some(visitor), "Kill switch"),
        })
    }
}

impl Asking {
    async fn of(
        control: &Control,
        visitor: Visitor,
        (target, name): (&'static str, String),
    ) -> Result<Self, Error> {
        let (keys, is_all) = affected(control, &visitor, target, &name).await?;
        let live = |key: &&KeyView| !matches!(key.state, Standing::Revoked);
        let mut named: Vec<_> =
            keys.iter().filter(live).map(|key| format!("{} ({})", key.name, key.project)).collect();
        let count = if is_all { named.len().to_string() } else { format!("more than {}", named.len()) };
        let more = named.len().saturating_sub(NAMED_MAX);
        named.truncate(NAMED_MAX);
        let words = match target {
            "all" => "every key there is".to_owned(),
            "key" => format!("the key {name}, and those that it replaced by rotation"),
            "project" => format!("every key of the project {name}"),
            _ => format!("every key that holds a grant on the credential {name}"),
        };
        let frame = Frame::new(visitor, Section::Keys, "End these keys for good?");
        Ok(Self { frame, target, name, words, named, more, count })
    }
}

/// The keys that it would end, and whether these are all.
async fn affected(
    control: &Control,
    visitor: &Visitor,
    target: &str,
    name: &str,
) -> Result<(Vec<KeyView>, bool), Error> {
    let which = Which { limit: Some(KEYS_MAX), ..Which::default() };
    let name = name.to_owned();
    let which = match target {
        "project" => Which { project: Some(name), ..which },
        "credential" => Which { credential: Some(name), ..which },
        "key" => {
            let key = keyward_control::operation::key::show::show(control, &visitor.actor, &name).await?;
            return Ok((vec![key], true));
        }
        _ => which,
    };
    let listed = list(control, &visitor.actor, which).await?;
    Ok((listed.items, listed.next.is_none()))
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use crate::fixture::Fixture;

    #[tokio::test]
    async fn it_says_what_it_ends_before_it_does() {
        let fixture = Fixture::new().await;
        fixture.key("grid", &["read"], &[], "90d").await;
        fixture.get("/kill").await.is_sound();
        for what in
            ["what=all", "what=project&project=bots", "what=credential&credential=main", "what=key&key=grid"]
        {
            let page = fixture.get(&format!("/kill?{what}")).await;
            page.is_sound();
            assert!(page.body.contains("grid (bots)"), "{what}: {}", page.body);
        }
        let page = fixture.post("/kill", &[("project", "bots")]).await;
        assert_eq!(page.location(), "/keys?done=killed");
        assert!(fixture.get("/keys/grid").await.body.contains("Revoked"));
    }

    #[tokio::test]
    async fn every_key_is_ended_only_by_who_says_that_he_means_it() {
        let fixture = Fixture::new().await;
        fixture.key("grid", &["read"], &[], "90d").await;
        assert_eq!(fixture.post("/kill", &[("all", "yes")]).await.status, 422);
        assert_eq!(fixture.post("/kill", &[("all", "yes"), ("sure", "yes")]).await.status, 303);
        assert_eq!(fixture.post("/kill", &[]).await.status, 422);
    }

    #[tokio::test]
    async fn who_may_not_stop_anything_is_told_whom_to_ask() {
        let fixture = Fixture::new().await.with(Role::Auditor, false);
        let page = fixture.get("/kill").await;
        assert_eq!(page.status, 403);
        page.is_sound();
    }
}
