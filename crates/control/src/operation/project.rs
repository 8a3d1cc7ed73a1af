//! Projects: who owns keys.

pub mod add;
pub mod list;
pub mod remove;
pub mod show;
pub mod update;
mod view;

pub use view::ProjectView;

use keyward_policy::{Operation, Operator, OperatorState, Project, ProjectId, Reach};
use keyward_store::Page;

use crate::{Code, Control, Error};

fn check_rotation(days: u16) -> Result<(), Error> {
    if (1..=Project::ROTATE_AFTER_DAYS_MAX).contains(&days) {
        return Ok(());
    }
    Err(Error::new(Code::TimeInvalid, format!("keys cannot be rotated after {days} days"))
        .hint("1 to 90 days; 90 where nobody says otherwise"))
}

/// Four eyes are two people: with one alone, nothing could be widened any more, and four eyes not be given up.
/// A project that is being added has no id that a role could be bound to.
async fn check_there_are_two(control: &Control, project: Option<ProjectId>) -> Result<(), Error> {
    let operators = control.store.operators(&Page::default()).await?.items;
    let reaches =
        |reach: &Reach| project.map_or(reach == &Reach::Everywhere, |project| reach.covers(project));
    let may_agree = |one: &&Operator| {
        one.state == OperatorState::Active
            && one.role.has(Operation::ConsentGive.right())
            && reaches(&one.reach)
    };
    if operators.iter().filter(may_agree).count() >= 2 {
        return Ok(());
    }
    Err(Error::new(Code::FourEyesAlone, "there are no two operators who could agree to each other's changes")
        .hint("invite another one first: keyward operator invite"))
}
