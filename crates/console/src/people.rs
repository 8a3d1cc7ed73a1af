//! `/people`: who runs Keyward, and as what.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use keyward_control::Control;
use keyward_control::operation::operator::invite::{Invite, Invited, invite};
use keyward_control::operation::operator::{OperatorView, change, list, show};
use keyward_policy::{Operation, Role};

use crate::Shared;
use crate::confirm::Confirm;
use crate::done;
use crate::finish::finish;
use crate::form::Posted;
use crate::frame::{Frame, Section, html};
use crate::key::projects;
use crate::moment::Moment;
use crate::parts::Choice;
use crate::problem::Failure;
use crate::project::Seen;
use crate::visitor::Visitor;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/people", get(show_all))
        .route("/people/invite", get(ask).post(make))
        .route("/people/{operator}/role", get(ask_role).post(set_role))
        .route("/people/{operator}/suspend", get(ask_suspension).post(suspend))
        .route("/people/{operator}/resume", get(ask_resumption).post(resume))
        .route("/people/{operator}/remove", get(ask_removal).post(remove))
}

/// What a role may do, in a sentence.
pub(crate) const fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => "everything that can be done from afar",
        Role::Administrator => "sets up venues, real keys, projects and people, and issues keys",
        Role::Trader => "issues keys to bots, stops and ends them",
        Role::Auditor => "reads everything, the audit log too, and changes nothing",
        Role::Viewer => "sees keys and their state",
    }
}

/// The roles to choose among.
pub(crate) fn roles(chosen: Role) -> Vec<Choice> {
    let choice =
        |one: Role| Choice::new(one.name(), chosen.name()).called(format!("{}: {}", one.name(), role(one)));
    Role::ALL.into_iter().rev().map(choice).collect()
}

#[derive(Template)]
#[template(path = "people.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
    may_invite: bool,
}

struct Row {
    operator: OperatorView,
    since: Moment,
}

impl Row {
    fn is_active(&self) -> bool {
        self.operator.state == "active"
    }
}

#[derive(Template)]
#[template(path = "invite.html")]
struct Asking {
    frame: Frame,
    roles: Vec<Choice>,
    projects: Vec<Choice>,
}

/// The one page that shows an invitation.
#[derive(Template)]
#[template(path = "invited.html")]
struct Made {
    frame: Frame,
    invited: Invited,
    until: Moment,
}

#[derive(Template)]
#[template(path = "role.html")]
struct Roles {
    frame: Frame,
    roles: Vec<Choice>,
    projects: Vec<Choice>,
}

async fn show_all(control: Shared, visitor: Visitor, Query(seen): Query<Seen>) -> Result<Response, Failure> {
    let page = finish(async move {
        let now = control.now();
        let listed = list::list(&control, &visitor.actor, seen.part()).await?;
        let row = |operator: OperatorView| Row { since: Moment::new(operator.created_at, now), operator };
        Ok(Page {
            rows: listed.items.into_iter().map(row).collect(),
            next: Seen::following("/people", listed.next),
            may_invite: visitor.may(Operation::OperatorInvite),
            frame: Frame::new(visitor, Section::People, "People").after(Some(&seen.done)),
        })
    });
    Ok(html(&page.await?))
}

async fn ask(control: Shared, visitor: Visitor) -> Result<Response, Failure> {
    let page = finish(async move {
        let projects = projects(&control, &visitor, "").await?;
        let frame = Frame::new(visitor, Section::People, "Invite somebody");
        Ok(Asking { frame, roles: roles(Role::Viewer), projects })
    });
    Ok(html(&page.await?))
}

async fn make(control: Shared, Posted(visitor, form): Posted) -> Result<Response, Failure> {
    let input = Invite {
        name: form.text_or_empty("name"),
        role: form.text_or_empty("role"),
        projects: form.texts("project"),
    };
    let (within, actor) = (control.clone(), visitor.actor.clone());
    let invited = finish(async move { invite(&within, &actor, input).await }).await?;
    let frame = Frame::new(visitor, Section::People, format!("{} is invited", invited.name));
    let until = Moment::new(invited.expires_at, control.now());
    Ok(html(&Made { frame: frame.with_script("secret.js"), invited, until }))
}

/// What he is comes ticked, so that whoever sends the form as it is changes nothing.
async fn ask_role(control: Shared, visitor: Visitor, Path(name): Path<String>) -> Result<Response, Failure> {
    let page = finish(async move {
        let him = show::show(&control, &visitor.actor, &name).await?;
        let mut projects = projects(&control, &visitor, "").await?;
        for project in &mut projects {
            project.is_chosen = him.projects.contains(&project.value);
        }
        let frame = Frame::new(visitor, Section::People, format!("What is {name} to be?"));
        Ok(Roles { frame, roles: roles(him.role), projects })
    });
    Ok(html(&page.await?))
}

async fn set_role(
    control: Shared,
    Path(name): Path<String>,
    Posted(visitor, form): Posted,
) -> Result<Response, Failure> {
    let projects = Some(form.texts("project"));
    let input = change::SetRole { role: form.text_or_empty("role"), projects };
    finish(async move { change::set_role(&control, &visitor.actor, &name, input).await }).await?;
    Ok(done::lead_to("/people", "role-set"))
}

async fn ask_suspension(visitor: Visitor, Path(name): Path<String>) -> Response {
    let effects = ["This person cannot sign in any more, and every session ends.", "It can be taken back."];
    question(visitor, format!("Suspend {name}?"), &effects, false)
}

async fn ask_resumption(visitor: Visitor, Path(name): Path<String>) -> Response {
    question(visitor, format!("Let {name} sign in again?"), &["With the same role as before."], false)
}

async fn ask_removal(visitor: Visitor, Path(name): Path<String>) -> Response {
    let effects = [
        "The password, the device and every session of this person are forgotten.",
        "The audit log keeps what was done. Keys that were issued stay.",
    ];
    question(visitor, format!("Remove {name}?"), &effects, true)
}

fn question(visitor: Visitor, title: String, effects: &[&str], is_danger: bool) -> Response {
    let effects = effects.iter().map(|effect| (*effect).to_owned()).collect();
    let button = title.trim_end_matches('?').to_owned();
    let frame = Frame::new(visitor, Section::People, title);
    Confirm {
        frame,
        effects,
        button,
        is_danger,
        ticked: None,
        fields: Vec::new(),
        back: "/people".to_owned(),
    }
    .page()
}

async fn suspend(
    control: Shared,
    Path(name): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    finish(async move { change::suspend(&control, &visitor.actor, &name).await }).await?;
    Ok(done::lead_to("/people", "operator-suspended"))
}

async fn resume(
    control: Shared,
    Path(name): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    finish(async move { change::resume(&control, &visitor.actor, &name).await }).await?;
    Ok(done::lead_to("/people", "operator-resumed"))
}

async fn remove(
    control: Shared,
    Path(name): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    finish(async move { change::remove(&control, &visitor.actor, &name).await }).await?;
    Ok(done::lead_to("/people", "operator-removed"))
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use crate::fixture::{Fixture, OWN};

    #[tokio::test]
    async fn somebody_is_invited_by_a_link_that_is_shown_once_and_then_changed() {
        let fixture = Fixture::new().await;
        fixture.get("/people").await.is_sound();
        fixture.get("/people/invite").await.is_sound();
        let page = fixture.post("/people/invite", &[("name", "grace"), ("role", "trader")]).await;
        page.is_sound();
        assert!(page.body.contains("/invitation/kwi_"), "{}", page.body);
        let link = fixture.invite("grace", "trader").await;
        let good = "password=otter+violin+granite+seven&again=otter+violin+granite+seven";
        assert_eq!(fixture.post_as_nobody(&link, good, &OWN).await.status, 303);
        let page = fixture.get("/people").await;
        page.is_sound();
        assert!(page.body.contains("grace") && page.body.contains("/people/grace/suspend"), "{}", page.body);
        for (what, form) in
            [("role", &[("role", "viewer")][..]), ("suspend", &[]), ("resume", &[]), ("remove", &[])]
        {
            let path = format!("/people/grace/{what}");
            fixture.get(&path).await.is_sound();
            let made = fixture.post(&path, form).await;
            assert_eq!(made.status, 303, "{what}: {}", made.body);
            fixture.get(made.location()).await.is_sound();
        }
    }

    #[tokio::test]
    async fn a_role_is_bound_to_projects_and_stays_so_until_somebody_says_otherwise() {
        let fixture = Fixture::new().await;
        fixture.project("bots").await;
        fixture.project("desk").await;
        fixture.get("/people/invite").await.is_sound();
        let form = [("name", "grace"), ("role", "trader"), ("project", "desk")];
        let page = fixture.post("/people/invite", &form).await;
        page.is_sound();
        assert!(page.body.contains("only in desk"), "{}", page.body);
        let link = page.body.split("/invitation/").nth(1).unwrap().split('<').next().unwrap();
        let good = "password=otter+violin+granite+seven&again=otter+violin+granite+seven";
        let accepted = fixture.post_as_nobody(&format!("/invitation/{link}"), good, &OWN).await;
        assert_eq!(accepted.status, 303, "{}", accepted.body);
        let page = fixture.get("/people/grace/role").await;
        page.is_sound();
        assert!(
            page.body.contains("value=\"desk\" checked") && !page.body.contains("value=\"bots\" checked")
        );
        assert!(page.body.contains("value=\"trader\" selected"));
        fixture.post("/people/grace/role", &[("role", "viewer")]).await;
        let page = fixture.get("/people").await;
        page.is_sound();
        assert!(!page.body.contains("only in"), "nothing was ticked: {}", page.body);
    }

    #[tokio::test]
    async fn people_are_none_of_a_traders_business() {
        let fixture = Fixture::new().await.with(Role::Trader, true);
        assert_eq!(fixture.get("/people").await.status, 403);
        assert!(!fixture.get("/keys").await.body.contains("href=\"/people\""));
    }
}
