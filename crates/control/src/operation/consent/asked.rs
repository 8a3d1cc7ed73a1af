//! What somebody asked for, whole: so that exactly what another operator agreed to is carried out, and nothing else.

use keyward_policy::Operation;
use serde::{Deserialize, Serialize};

use crate::operation::key::{create, rotate, update};
use crate::operation::project;
use crate::{Code, Error};

/// A change that takes two operators. It holds no secret: those are made when it is carried out.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case")]
pub(crate) enum Asked {
    /// A wide key: one that does more than trade, or trades from anywhere.
    KeyCreate {
        /// The key.
        input: create::Create,
    },
    /// Wider limits.
    KeyUpdate {
        /// The id of the key.
        key: String,
        /// At this revision: what was agreed to is a difference.
        revision: u64,
        /// What shall be different.
        input: update::Update,
    },
    /// A new secret for a wide key, or a later end.
    KeyRotate {
        /// The id of the key.
        key: String,
        /// At this revision.
        revision: u64,
        /// How.
        input: rotate::Rotate,
    },
    /// A wide key wakes up.
    KeyResume {
        /// The id of the key.
        key: String,
        /// At this revision.
        revision: u64,
    },
    /// A project asks for less.
    ProjectUpdate {
        /// The id of the project.
        project: String,
        /// What shall be different.
        input: project::update::Update,
    },
}

/// Every operation that may take two.
pub(crate) const TAKE_TWO: [Operation; 5] = [
    Operation::KeyCreate,
    Operation::KeyUpdate,
    Operation::KeyRotate,
    Operation::KeyResume,
    Operation::ProjectUpdate,
];

impl Asked {
    /// What carries it out: one of [`TAKE_TWO`].
    pub(crate) const fn operation(&self) -> Operation {
        match self {
            Self::KeyCreate { .. } => Operation::KeyCreate,
            Self::KeyUpdate { .. } => Operation::KeyUpdate,
            Self::KeyRotate { .. } => Operation::KeyRotate,
            Self::KeyResume { .. } => Operation::KeyResume,
            Self::ProjectUpdate { .. } => Operation::ProjectUpdate,
        }
    }

    /// As the database keeps it.
    pub(super) fn text(&self) -> Result<String, Error> {
        serde_json::to_string(self)
            .map_err(|error| Error::new(Code::Internal, "what is asked for cannot be kept").caused_by(error))
    }

    /// What the database kept.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text)
            .map_err(|error| Error::new(Code::Internal, "what was asked for cannot be read").caused_by(error))
    }
}
