//! Reach: where an operator's role holds, everywhere or in certain projects only.

use serde::{Deserialize, Serialize};

use crate::{ProjectId, Right, Role};

/// Where a role holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// In every project, and in what belongs to none.
    Everywhere,
    /// In these projects and what belongs to them; a list of none is nowhere.
    Projects(Vec<ProjectId>),
}

impl Reach {
    /// Whether the role holds in a project.
    pub fn covers(&self, project: ProjectId) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Projects(projects) => projects.contains(&project),
        }
    }

    /// The projects that it is bound to, if it is bound to some.
    pub fn projects(&self) -> Option<&[ProjectId]> {
        match self {
            Self::Everywhere => None,
            Self::Projects(projects) => Some(projects),
        }
    }

    /// Where both hold.
    #[must_use]
    pub fn within(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Everywhere, one) | (one, Self::Everywhere) => one.clone(),
            (Self::Projects(some), others) => {
                Self::Projects(some.iter().copied().filter(|project| others.covers(*project)).collect())
            }
        }
    }
}

/// As a list of projects, or null for everywhere.
impl Serialize for Reach {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.projects().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Reach {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let projects = Option::<Vec<ProjectId>>::deserialize(deserializer)?;
        Ok(projects.map_or(Self::Everywhere, Self::Projects))
    }
}

impl Role {
    /// Whether the role makes sense in some projects only: what it is about lies in projects. The others set up or read what
    /// belongs to none.
    pub const fn can_be_bound(self) -> bool {
        !self.has(Right::Audit) && !self.has(Right::Configure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn projects(numbers: &[u8]) -> Reach {
        Reach::Projects(numbers.iter().map(|&number| ProjectId::from_entropy([number; 16])).collect())
    }

    #[test]
    fn both_hold_where_each_does() {
        assert_eq!(Reach::Everywhere.within(&projects(&[1, 2])), projects(&[1, 2]));
        assert_eq!(projects(&[1, 2]).within(&Reach::Everywhere), projects(&[1, 2]));
        assert_eq!(projects(&[1, 2]).within(&projects(&[2, 3])), projects(&[2]));
        assert_eq!(projects(&[1]).within(&projects(&[2])), projects(&[]), "nowhere, and not everywhere");
        assert!(!projects(&[]).covers(ProjectId::from_entropy([1; 16])));
    }

    #[test]
    fn it_reads_as_it_is_written_and_nothing_is_everywhere() {
        for (reach, text) in [(Reach::Everywhere, "null"), (projects(&[]), "[]")] {
            assert_eq!(serde_json::to_string(&reach).unwrap(), text);
            assert_eq!(serde_json::from_str::<Reach>(text).unwrap(), reach);
        }
    }

    #[test]
    fn who_sets_up_or_audits_does_so_everywhere() {
        let bound: Vec<_> = Role::ALL.into_iter().filter(|role| role.can_be_bound()).collect();
        assert_eq!(bound, [Role::Trader, Role::Viewer]);
    }
}
