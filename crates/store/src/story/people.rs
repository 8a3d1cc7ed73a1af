//! People for the tests.

use jiff::SignedDuration;
use keyward_policy::{
    AddressRules, Operator, OperatorId, OperatorState, ProjectId, Reach, Role, Sealed, Token, TokenId,
};

use super::{at, entropy};
use crate::{Invitation, Session, Store};

pub(crate) fn operator(name: &str, role: Role) -> Operator {
    let id = OperatorId::from_entropy(entropy());
    let (reach, state, created_at) = (Reach::Everywhere, OperatorState::Active, at(0));
    Operator { id, name: name.to_owned(), role, reach, state, created_at }
}

pub(crate) fn invitation(name: &str, digest: &str) -> Invitation {
    Invitation {
        digest: digest.to_owned(),
        name: name.to_owned(),
        role: Role::Owner,
        reach: Reach::Projects(vec![ProjectId::from_entropy(entropy())]),
        invited_by: "uid 0".to_owned(),
        expires_at: at(86_400),
    }
}

/// Invites somebody by a link whose digest is his name.
pub(crate) async fn invite(store: &Store, name: &str) {
    store.invite(&invitation(name, name)).await.unwrap();
}

pub(crate) fn session(digest: &str, operator: OperatorId) -> Session {
    Session {
        digest: digest.to_owned(),
        operator,
        address: "127.0.0.1".to_owned(),
        agent: "a browser".to_owned(),
        created_at: at(0),
        seen_at: at(0),
        fresh_at: None,
        sealed: Sealed::from_bytes([]),
    }
}

pub(crate) fn token(name: &str) -> Token {
    Token {
        id: TokenId::from_entropy(entropy()),
        name: name.to_owned(),
        role: Role::Viewer,
        reach: Reach::Projects(vec![ProjectId::from_entropy(entropy())]),
        addresses: AddressRules::default(),
        created_by: "ada".to_owned(),
        maker: Some(OperatorId::from_entropy(entropy())),
        created_at: at(0),
        expires_at: at(0) + SignedDuration::from_hours(24),
        used_at: None,
    }
}
