//! Lists: a page at a time, the same way for every kind of record.

use keyward_store::{List, Page};
use serde::{Deserialize, Serialize};

/// Which part of a list to show.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Part {
    /// How many at most: 100 unless said otherwise, and never more than 1000.
    pub limit: Option<u32>,
    /// The `next` of the part before.
    pub after: Option<String>,
}

impl From<Part> for Page {
    fn from(part: Part) -> Self {
        Self { after: part.after, limit: part.limit.unwrap_or(Self::default().limit) }
    }
}

/// A part of a list.
#[derive(Debug, Serialize)]
pub struct Listed<T> {
    /// The records.
    pub items: Vec<T>,
    /// What to give as `after` for the next part; null at the end.
    pub next: Option<String>,
}

impl<T> Listed<T> {
    /// Shows what the store listed.
    pub(crate) fn of<R>(list: List<R>, show: impl FnMut(R) -> T) -> Self {
        Self { items: list.items.into_iter().map(show).collect(), next: list.next }
    }
}

/// What is left of a record that is gone.
#[derive(Debug, Serialize)]
pub struct Removed {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}
