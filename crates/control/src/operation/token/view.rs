//! A token as operators see it.

use jiff::Timestamp;
use keyward_policy::{Role, Token, TokenId};
use serde::Serialize;
use utoipa::ToSchema;

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

impl From<Token> for TokenView {
    fn from(token: Token) -> Self {
        Self {
            ip: token.addresses.allow.iter().map(ToString::to_string).collect(),
            id: token.id,
            name: token.name,
            role: token.role,
            created_by: token.created_by,
            created_at: token.created_at,
            expires_at: token.expires_at,
            used_at: token.used_at,
        }
    }
}
