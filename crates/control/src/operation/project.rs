//! Projects: who owns keys.

pub mod add;
pub mod list;
pub mod remove;
pub mod show;
pub mod update;
mod view;

pub use view::ProjectView;

use keyward_policy::Project;

use crate::{Code, Error};

fn check_rotation(days: u16) -> Result<(), Error> {
    if (1..=Project::ROTATE_AFTER_DAYS_MAX).contains(&days) {
        return Ok(());
    }
    Err(Error::new(Code::TimeInvalid, format!("keys cannot be rotated after {days} days"))
        .hint("1 to 90 days; 90 where nobody says otherwise"))
}
