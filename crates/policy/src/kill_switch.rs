//! The kill switch: what a file in the data directory stops, without the database and without the control plane.

use std::collections::BTreeSet;
use std::fmt;

use crate::{CredentialId, KeyId, ProjectId, Reason};

/// What the kill switch stops while it is on. It changes no key: what it stops goes on when it is off again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KillSwitch {
    /// Nothing.
    #[default]
    Off,
    /// What is sent for these.
    Only(Stopped),
    /// Everything.
    All,
}

/// What a kill switch names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    keys: BTreeSet<KeyId>,
    projects: BTreeSet<ProjectId>,
    credentials: BTreeSet<CredentialId>,
}

impl KillSwitch {
    /// Reads what stands in the file: `all`, or lines such as `key key_…`, `project prj_…`, `credential cred_…`. Whoever
    /// reaches for it is in a hurry, so an empty file, and one with a line that cannot be read, stops everything.
    pub fn parse(text: &str) -> Self {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let stopped = lines.try_fold(Stopped::default(), Stopped::with);
        stopped.filter(|stopped| *stopped != Stopped::default()).map_or(Self::All, Self::Only)
    }

    /// Lets a send pass that it does not stop: one of this key of this project, signed by this credential.
    ///
    /// # Errors
    /// [`Reason::Killed`].
    pub fn check(
        &self,
        key: Option<KeyId>,
        project: Option<ProjectId>,
        credential: Option<CredentialId>,
    ) -> Result<(), Reason> {
        let stops = match self {
            Self::Off => false,
            Self::Only(stopped) => {
                key.is_some_and(|id| stopped.keys.contains(&id))
                    || project.is_some_and(|id| stopped.projects.contains(&id))
                    || credential.is_some_and(|id| stopped.credentials.contains(&id))
            }
            Self::All => true,
        };
        if stops { Err(Reason::Killed) } else { Ok(()) }
    }
}

impl Stopped {
    fn with(mut self, line: &str) -> Option<Self> {
        let (kind, id) = line.split_once(' ')?;
        let id = id.trim_start();
        match kind {
            "key" => self.keys.insert(id.parse().ok()?),
            "project" => self.projects.insert(id.parse().ok()?),
            "credential" => self.credentials.insert(id.parse().ok()?),
            _ => return None,
        };
        Some(self)
    }
}

impl fmt::Display for KillSwitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("nothing"),
            Self::All => f.write_str("everything"),
            Self::Only(Stopped { keys, projects, credentials }) => {
                let ids = keys.iter().map(ToString::to_string);
                let ids = ids.chain(projects.iter().map(ToString::to_string));
                let ids = ids.chain(credentials.iter().map(ToString::to_string));
                f.write_str(&ids.collect::<Vec<_>>().join(" "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> KeyId {
        KeyId::from_entropy([number; 16])
    }

    #[test]
    fn what_is_named_is_stopped_and_nothing_else() {
        let (project, credential) = (ProjectId::from_entropy([2; 16]), CredentialId::from_entropy([3; 16]));
        let text = format!("key {}\n\n  project {project}\r\ncredential {credential}\n", key(1));
        let switch = KillSwitch::parse(&text);
        let other = (ProjectId::from_entropy([9; 16]), CredentialId::from_entropy([9; 16]));
        assert_eq!(switch.check(Some(key(1)), Some(other.0), Some(other.1)), Err(Reason::Killed));
        assert_eq!(switch.check(Some(key(9)), Some(project), None), Err(Reason::Killed));
        assert_eq!(switch.check(Some(key(9)), Some(other.0), Some(credential)), Err(Reason::Killed));
        assert_eq!(switch.check(Some(key(9)), Some(other.0), Some(other.1)), Ok(()));
        assert_eq!(switch.check(None, None, None), Ok(()));
    }

    #[test]
    fn whatever_cannot_be_read_stops_everything() {
        let half = format!("key {}\nkey key_0", key(1));
        let mixed = format!("key {}\nall\n", key(1));
        for text in ["", "\n", "all", "ALL", "stop!", "key", "key bot", "project key_1", &half, &mixed] {
            assert_eq!(KillSwitch::parse(text), KillSwitch::All, "{text:?}");
        }
        assert_eq!(KillSwitch::All.check(None, None, None), Err(Reason::Killed));
    }

    #[test]
    fn it_is_off_until_somebody_switches_it_on() {
        assert_eq!(KillSwitch::default().check(Some(key(1)), None, None), Ok(()));
    }

    #[test]
    fn it_says_what_it_stops() {
        let text = format!("key {}", key(1));
        assert_eq!(KillSwitch::parse(&text).to_string(), key(1).to_string());
        assert_eq!(KillSwitch::All.to_string(), "everything");
    }
}
