//! The words of other crates in the API, as schemas: those crates know nothing of HTTP.

use std::borrow::Cow;

use keyward_policy as policy;
use serde_json::{Value, json};
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, SchemaFormat, SchemaType,
    Type,
};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $schema:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                RefOr::T(Schema::from($schema))
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )*};
}

words! {
    /// What a key is at the moment.
    Standing: one_of(&[
        policy::Standing::Active, policy::Standing::Retiring, policy::Standing::NotYetValid,
        policy::Standing::Suspended, policy::Standing::Expired, policy::Standing::Revoked,
    ]);
    /// Where an approval stands. One that was used, denied or too late is no more.
    ApprovalState: one_of(&[policy::ApprovalState::Waiting, policy::ApprovalState::Approved]);
    /// What an operator set a key to.
    KeyState: one_of(&[policy::KeyState::Active, policy::KeyState::Suspended, policy::KeyState::Revoked]);
    /// How a key signs; a publishable one does not. A real key is never publishable.
    KeyType: one_of(&[
        policy::KeyType::Hmac, policy::KeyType::Ed25519, policy::KeyType::Rsa, policy::KeyType::Publishable,
    ]);
    /// What happens to a client's signature.
    Mode: one_of(&[policy::Mode::Resign, policy::Mode::Assert]);
    /// What an operator or a token is.
    Role: one_of(&policy::Role::ALL);
    /// Permissions.
    PermissionSet: ArrayBuilder::new()
        .items(text().enum_values(Some(policy::Permission::all().map(policy::Permission::name))));
    /// Markets; null means any.
    Symbols: ArrayBuilder::new()
        .items(ObjectBuilder::new().schema_type(Type::String).examples([json!("BTC/USDT")]))
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]));
    /// How often a key may be used.
    RateLimit: ObjectBuilder::new()
        .property("per_minute", number().description(Some("Requests per minute, sustained; at least 1.")))
        .required("per_minute")
        .property("burst", number().description(Some("Requests that may come at once; at least 1.")))
        .required("burst")
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    /// A rate, or the explicit choice of none.
    Rate: OneOfBuilder::new().item(RateLimit::schema()).item(text().enum_values(Some(["unlimited"])));
    /// An entry of the audit log.
    Entry: ObjectBuilder::new()
        .property("index", count("Its place in the log, counted from 0."))
        .required("index")
        .property("event", text().description(Some("What kind of event it is; the rest depends on it.")))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)));
    /// What a sound log was found to be.
    Report: ObjectBuilder::new()
        .property("entries", count("How many entries there are."))
        .required("entries")
        .property("signed", count("How many of them a checkpoint covers: these are proven."))
        .required("signed")
        .property("unsigned", count("How many came after it: these are only as trustworthy as the disk."))
        .required("unsigned")
        .property("anchors", count("How many checkpoints from elsewhere agreed."))
        .required("anchors")
        .property("incomplete_bytes", count("How many bytes lie behind them of an unfinished entry."))
        .required("incomplete_bytes");
    /// The orders and movements of a request, as they were sent; each says what it has.
    Facts: ArrayBuilder::new().items(
        ["symbol", "side", "type", "quantity", "quote_quantity", "price", "client_id", "asset", "to"]
            .into_iter()
            .fold(ObjectBuilder::new(), |fact, name| fact.property(name, text())),
    );
    /// A request that was on its way to an exchange, without an answer yet.
    OnWire: ObjectBuilder::new()
        .property("request", text()).required("request")
        .property("key", ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null])))
        .required("key")
        .property("venue", text()).required("venue")
        .property("method", text()).required("method")
        .property("path", text()).required("path")
        .property("since", text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))))
        .required("since");
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn count(what: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).description(Some(what))
}

fn number() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1))
}

/// One of these, as they are written.
fn one_of(values: &[impl serde::Serialize]) -> ObjectBuilder {
    let written = values.iter().map(|value| serde_json::to_value(value).unwrap_or(Value::Null));
    text().enum_values(Some(written))
}
