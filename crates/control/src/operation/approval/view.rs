//! An approval as operators see it: the facts by which they decide.

use std::collections::HashMap;
use std::net::IpAddr;

use jiff::Timestamp;
use keyward_policy::{Approval, ApprovalId, ApprovalState, KeyId, OrderFact, RequestId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::names::Names;
use crate::{Control, Error};

/// A request that waits for an operator, or that one approved and that was not sent yet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Approval)]
pub struct ApprovalView {
    /// Its id, which the client was told.
    #[schema(value_type = String)]
    pub id: ApprovalId,
    /// Whether somebody has approved it.
    #[schema(value_type = crate::api::openapi::ApprovalState)]
    pub state: ApprovalState,
    /// The name of the key that made the request; its id, if it is gone.
    pub key: String,
    /// The key's id.
    #[schema(value_type = String)]
    pub key_id: KeyId,
    /// The name of the project that owns the key.
    pub project: String,
    /// The venue's name.
    pub venue: String,
    /// The method.
    pub method: String,
    /// The exchange's own path.
    pub path: String,
    /// The permission that the request needs.
    pub needs: &'static str,
    /// What it would give away at the most, such as `1000 USDT`; null where that cannot be read for sure.
    pub spends: Option<String>,
    /// Its orders and movements, as they were sent.
    #[schema(value_type = crate::api::openapi::Facts)]
    pub facts: Vec<OrderFact<'static>>,
    /// Where the request came from.
    #[schema(value_type = Option<String>)]
    pub address: Option<IpAddr>,
    /// The id of the first request that asked for this.
    #[schema(value_type = String)]
    pub request: RequestId,
    /// Since when it waits.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Until when it may be approved; once it is, until when it may be used.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Whether the client waits on its connection. Where it does not, it has to send the request again.
    pub connected: bool,
}

impl ApprovalView {
    /// Shows one.
    pub(super) async fn one(control: &Control, approval: Approval) -> Result<Self, Error> {
        let mut all = Self::all(control, vec![approval]).await?;
        all.pop().ok_or_else(|| Error::new(crate::Code::Internal, "the approval cannot be shown"))
    }

    /// Shows several; each name is looked up once.
    pub(super) async fn all(control: &Control, approvals: Vec<Approval>) -> Result<Vec<Self>, Error> {
        let (mut names, mut keys) = (Names::new(&control.store), HashMap::new());
        let mut views = Vec::with_capacity(approvals.len());
        for approval in approvals {
            let project = names.project(approval.project).await?.name.clone();
            let key = match keys.get(&approval.key) {
                Some(name) => String::clone(name),
                None => key_name(control, approval.key).await?,
            };
            keys.insert(approval.key, key.clone());
            views.push(Self::of(approval, key, project));
        }
        Ok(views)
    }

    fn of(approval: Approval, key: String, project: String) -> Self {
        let Approval { id, state, key: key_id, request, address, venue, method, path, .. } = approval;
        let Approval { needs, facts, spends, since, until, connected, .. } = approval;
        Self {
            id,
            state,
            key,
            key_id,
            project,
            venue,
            method,
            path,
            needs,
            spends,
            facts,
            address,
            request,
            since,
            until,
            connected,
        }
    }
}

async fn key_name(control: &Control, id: KeyId) -> Result<String, Error> {
    match control.store.key(id).await {
        Ok(key) => Ok(key.name),
        Err(keyward_store::Error::NotFound { .. }) => Ok(id.to_string()),
        Err(error) => Err(error.into()),
    }
}
