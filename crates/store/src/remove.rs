//! Removing a record that nothing refers to.

use std::fmt::Display;

use crate::{Error, Store, What};

/// Those that may refer to a record: what they are, and a statement that finds the name of one.
pub(crate) type Users = [(What, &'static str)];

impl Store {
    /// Removes one record by its id.
    ///
    /// The foreign keys would refuse as well; asking first lets the refusal name who stands in the way.
    pub(crate) async fn remove(
        &self,
        what: What,
        id: &impl Display,
        users: &Users,
        delete: &'static str,
    ) -> Result<(), Error> {
        let id = id.to_string();
        let mut turn = self.turn().await?;
        for (user, find) in users {
            if let Some(name) = turn.text(find, &id).await? {
                return Err(Error::InUse { what, name: id, by: format!("{user} `{name}`") });
            }
        }
        match turn.change(delete, &id).await? {
            0 => Err(Error::not_found(what, &id)),
            _ => turn.commit().await,
        }
    }
}
