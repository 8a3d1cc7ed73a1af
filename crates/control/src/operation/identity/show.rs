//! `identity show`: how one signs in.

use jiff::Timestamp;
use keyward_policy::Operation;
use serde::Serialize;
use utoipa::ToSchema;

use crate::operation::session::Session;
use crate::{Control, Error};

/// How an operator signs in, as he himself sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Identity)]
pub struct IdentityView {
    /// What people call the identity provider; null where none is configured.
    pub provider: Option<String>,
    /// The provider that he is linked to, by the URL that it calls itself; null where he is not.
    pub issuer: Option<String>,
    /// What that provider calls him.
    pub subject: Option<String>,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub linked_at: Option<Timestamp>,
    /// Whether he has a password as well.
    pub has_password: bool,
}

/// How the operator of this session signs in.
///
/// # Errors
/// `store_unavailable`.
pub async fn show(control: &Control, session: &Session) -> Result<IdentityView, Error> {
    control.view(&session.himself(), Operation::IdentityShow)?;
    let identity = control.store.identity(session.operator.id).await?;
    let has_password = control.store.password(session.operator.id).await?.is_some();
    let linked_at = identity.as_ref().map(|identity| identity.linked_at);
    let (issuer, subject) = identity.map(|identity| (identity.issuer, identity.subject)).unzip();
    let provider = control.provider_name().map(str::to_owned);
    Ok(IdentityView { provider, issuer, subject, linked_at, has_password })
}
