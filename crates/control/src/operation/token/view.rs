//! A token as operators see it.

use jiff::Timestamp;
use keyward_policy::{Role, Token, TokenId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Control, Error, reach};

/// A token, without what the program shows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub struct TokenView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: TokenId,
    /// What it is called.
    pub name: String,
    /// What it may do.
    #[schema(value_type = crate::api::openapi::Role)]
    pub role: Role,
    /// The names of the only projects in which it may; none means everywhere.
    pub projects: Vec<String>,
    /// The only addresses that it may be used from; none means any.
    pub ip: Vec<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Until when it is good.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub used_at: Option<Timestamp>,
}

impl TokenView {
    /// Shows one.
    pub(super) async fn one(control: &Control, token: Token) -> Result<Self, Error> {
        Ok(Self {
            projects: reach::names(&control.store, &token.reach).await?,
            ip: token.addresses.allow.iter().map(ToString::to_string).collect(),
            id: token.id,
            name: token.name,
            role: token.role,
            created_by: token.created_by,
            created_at: token.created_at,
            expires_at: token.expires_at,
            used_at: token.used_at,
        })
    }
}
