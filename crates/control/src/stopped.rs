//! What an operator stopped, and what could not be stopped any more.

use std::borrow::Cow;

use keyward_policy::OnWire;
use serde::Serialize;
use serde_json::json;
use utoipa::openapi::schema::{AllOfBuilder, ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::act::Recorded;
use crate::api::openapi;

/// How many requests an answer and an audit record name; an entry of the log has room for few more.
const NAMED_MAX: usize = 1000;

/// The answer of an operation that stops something. No send that it forbids starts any more.
#[derive(Debug, Serialize)]
pub struct Stopped<T> {
    /// What the operation gives.
    #[serde(flatten)]
    pub what: T,
    /// How many requests had been sent and had no answer when it was stopped. They may be carried out.
    pub on_wire_count: usize,
    /// These requests, the first 1000; the audit log tells what became of each.
    pub on_wire: Vec<OnWire>,
}

impl<T: ToSchema> PartialSchema for Stopped<T> {
    fn schema() -> RefOr<Schema> {
        let count = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).description(Some(
            "How many requests had been sent and had no answer when it was stopped. They may be carried out.",
        ));
        let sent = ArrayBuilder::new()
            .items(Ref::from_schema_name(openapi::OnWire::name()))
            .description(Some("These requests, the first 1000."));
        let stopped = ObjectBuilder::new().property("on_wire_count", count).required("on_wire_count");
        let stopped = stopped.property("on_wire", sent).required("on_wire");
        let both = AllOfBuilder::new().item(Ref::from_schema_name(T::name())).item(stopped);
        RefOr::T(Schema::from(both))
    }
}

impl<T: ToSchema> ToSchema for Stopped<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("Stopped{}", T::name()))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
        schemas.push((T::name().into_owned(), T::schema()));
        schemas.push((openapi::OnWire::name().into_owned(), openapi::OnWire::schema()));
    }
}

impl<T> Stopped<T> {
    /// Answers, and puts on record what was on the wire.
    pub(crate) fn new(recorded: &Recorded<'_>, what: T, on_wire: Vec<OnWire>) -> Self {
        let stopped = Self::unchanged(what, on_wire);
        if stopped.on_wire_count > 0 {
            let requests: Vec<_> = stopped.on_wire.iter().map(|sent| sent.request).collect();
            recorded.note(json!({ "on_wire_count": stopped.on_wire_count, "on_wire": requests }));
        }
        stopped
    }

    /// The answer where all was stopped before: there is nothing to record.
    pub(crate) fn unchanged(what: T, mut on_wire: Vec<OnWire>) -> Self {
        let on_wire_count = on_wire.len();
        on_wire.truncate(NAMED_MAX);
        Self { what, on_wire_count, on_wire }
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::Operation;
    use serde_json::Value;

    use super::*;
    use crate::fixture::{Fixture, sent};

    #[tokio::test]
    async fn what_was_on_the_wire_is_named_and_on_record() {
        let fixture = Fixture::new().await;
        let recorded = fixture
            .control
            .look(&fixture.actor, Operation::Status)
            .unwrap()
            .record_whole(Value::Null)
            .await
            .unwrap();
        let stopped = Stopped::new(&recorded, json!({ "name": "bot" }), vec![sent(1); NAMED_MAX + 1]);
        assert_eq!((stopped.on_wire_count, stopped.on_wire.len()), (NAMED_MAX + 1, NAMED_MAX));
        let noted = fixture.last_change();
        assert_eq!(noted["details"]["on_wire_count"], NAMED_MAX + 1);
        assert_eq!(noted["details"]["on_wire"][0], sent(1).request.to_string());
        assert_eq!(serde_json::to_value(stopped).unwrap()["name"], "bot");
    }
}
