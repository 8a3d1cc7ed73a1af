//! Audit events: what the log holds. Field names are a contract: they are hashed, exported and searched.
//!
//! A request that can move money leaves two events, its [`Sent`] intent before and its [`Outcome`] after; any other
//! forwarded request leaves one [`Forwarded`]; a refusal leaves one [`Refused`]; an operator's action one [`Changed`].
//! A request that waits for a person leaves a [`Held`] before all that.

use std::borrow::Cow;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::{Actor, ApprovalEnd, ApprovalId, CredentialId, KeyId, ProjectId, Reason, RequestId};

/// One entry of the audit log.
#[derive(Clone, Debug, Serialize)]
pub struct Event<'a> {
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: What<'a>,
}

/// What happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum What<'a> {
    /// A request was allowed and is about to leave: durable before its first byte does.
    Intent(Sent<'a>),
    /// What became of an intent.
    Outcome(Outcome),
    /// A request that moves nothing was allowed and forwarded.
    Forwarded(Forwarded<'a>),
    /// A request was refused.
    Refused(Refused<'a>),
    /// A request was allowed and waits for a person.
    Held(Held<'a>),
    /// What became of that.
    ApprovalEnded(ApprovalEnded),
    /// Refusals were too many to be recorded one by one.
    Unrecorded(Unrecorded),
    /// An operator changed something.
    Changed(Changed<'a>),
}

/// A request, as far as it was understood.
#[derive(Clone, Debug, Serialize)]
pub struct Request<'a> {
    /// Its id.
    pub request: RequestId,
    /// The key that claims it, as far as it is known here.
    pub key: Option<KeyId>,
    /// The owner of the key.
    pub project: Option<ProjectId>,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The venue's name.
    pub venue: Cow<'a, str>,
    /// The method.
    pub method: Cow<'a, str>,
    /// The exchange's own path, without the query.
    pub path: Cow<'a, str>,
    /// The permission that it needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<&'static str>,
    /// The key's revision that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<u64>,
    /// The markets that a trading request touches, in the names that rules compare; none where they cannot be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub markets: Vec<Cow<'a, str>>,
    /// The orders, cancellations and movements in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<OrderFact<'a>>,
}

/// What one order, cancellation or movement of money says, as it was sent.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OrderFact<'a> {
    /// The market, in the venue's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<Cow<'a, str>>,
    /// Buy or sell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<Cow<'a, str>>,
    /// The order type, or the kind of movement.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Cow<'a, str>>,
    /// How much: of the base, or of the asset moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Cow<'a, str>>,
    /// How much, in quote money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_quantity: Option<Cow<'a, str>>,
    /// The limit price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Cow<'a, str>>,
    /// The client's own id of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<Cow<'a, str>>,
    /// The asset that is moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<Cow<'a, str>>,
    /// Where it is moved to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Cow<'a, str>>,
}

/// A request that is about to leave.
#[derive(Clone, Debug, Serialize)]
pub struct Sent<'a> {
    /// The request.
    #[serde(flatten)]
    pub request: Request<'a>,
    /// The real key that signs it; none on an assert-mode venue.
    pub credential: Option<CredentialId>,
    /// The approval that let it through, and is used up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalId>,
}

/// What became of an intent.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The request of the intent.
    pub request: RequestId,
    /// The exchange's status; none when no answer came.
    pub status: Option<u16>,
    /// Why there is no answer, or what is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// A forwarded request that moves nothing.
#[derive(Clone, Debug, Serialize)]
pub struct Forwarded<'a> {
    /// The request.
    #[serde(flatten)]
    pub request: Request<'a>,
    /// The real key that signed it.
    pub credential: Option<CredentialId>,
    /// The exchange's status; none when no answer came.
    pub status: Option<u16>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// A refused request.
#[derive(Clone, Debug, Serialize)]
pub struct Refused<'a> {
    /// The request.
    #[serde(flatten)]
    pub request: Request<'a>,
    /// Why.
    pub reason: Reason,
    /// The reason in words.
    pub detail: Cow<'a, str>,
}

/// A request that waits for a person.
#[derive(Clone, Debug, Serialize)]
pub struct Held<'a> {
    /// The approval that it waits for.
    pub approval: ApprovalId,
    /// Until when.
    pub until: Timestamp,
    /// The request.
    #[serde(flatten)]
    pub request: Request<'a>,
}

/// The end of an approval: every one that was held comes to one.
#[derive(Clone, Debug, Serialize)]
pub struct ApprovalEnded {
    /// The approval.
    pub approval: ApprovalId,
    /// The key that waited for it; none where that is known from its beginning only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyId>,
    /// How.
    pub end: ApprovalEnd,
}

/// Refusals that no key vouches for, beyond what is recorded of them one by one.
#[derive(Clone, Debug, Serialize)]
pub struct Unrecorded {
    /// How many there were since the last entry of a refusal that no key vouches for.
    pub count: u64,
}

/// An operator's action.
#[derive(Clone, Debug, Serialize)]
pub struct Changed<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// Which operation (`key create`).
    pub operation: &'static str,
    /// On what: an id, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What it is now; never a secret.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub details: Value,
}

impl OrderFact<'_> {
    /// The same, to be kept.
    pub fn into_owned(self) -> OrderFact<'static> {
        let owned = |text: Option<Cow<'_, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        OrderFact {
            symbol: owned(self.symbol),
            side: owned(self.side),
            kind: owned(self.kind),
            quantity: owned(self.quantity),
            quote_quantity: owned(self.quote_quantity),
            price: owned(self.price),
            client_id: owned(self.client_id),
            asset: owned(self.asset),
            to: owned(self.to),
        }
    }
}
