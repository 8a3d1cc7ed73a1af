//! Approvals: what waits for a person, who then lets exactly this one thing through, once, or does not.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::Serialize;

use crate::{ApprovalId, KeyId, OrderFact, ProjectId, RequestId};

/// A request that a hold of its grant covers.
#[derive(Clone, Debug, Serialize)]
pub struct Approval {
    /// Its id, which the client is told.
    pub id: ApprovalId,
    /// Whether somebody has approved it.
    pub state: ApprovalState,
    /// The key that made the request.
    pub key: KeyId,
    /// The owner of the key.
    pub project: ProjectId,
    /// The first request of those that ask for the same.
    pub request: RequestId,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The venue's name.
    pub venue: String,
    /// The method.
    pub method: String,
    /// The exchange's own path, without the query.
    pub path: String,
    /// The permission that it needs.
    pub needs: &'static str,
    /// Its orders and movements, as they were sent.
    pub facts: Vec<OrderFact<'static>>,
    /// What it would give away at the most (`1000 USDT`); none where that cannot be read.
    pub spends: Option<String>,
    /// Since when it waits.
    pub since: Timestamp,
    /// Until when it may be approved; once it is, until when it may be used.
    pub until: Timestamp,
    /// Whether the client waits on its connection. Where it does not, it has to send the request again.
    pub connected: bool,
}

/// Where an approval stands. One that was used, denied or too late is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ApprovalState {
    /// Nobody has decided yet; silence denies.
    Waiting,
    /// It lets its request through, once.
    Approved,
}

/// What an operator decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Let it through, once.
    Approve,
    /// Do not.
    Deny,
}

/// How an approval came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ApprovalEnd {
    /// It let its request through.
    Used,
    /// An operator denied it, or took it back: who, is on record as his action.
    Denied,
    /// Nobody decided, or the client did not come back, in time.
    Expired,
    /// Its key was changed or ended.
    Void,
    /// Keyward was stopped: what waits is kept in memory only.
    Stopped,
}
