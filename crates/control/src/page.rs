//! Lists: a page at a time, the same way for every kind of record.

use std::borrow::Cow;

use keyward_store::{List, Page};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// Which part of a list to show.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// How many at most: 100 unless said otherwise, and never more than 1000.
    #[param(value_type = Option<usize>)]
    pub limit: Option<u32>,
    /// The `next` of the part before.
    pub after: Option<String>,
}

impl From<Part> for Page {
    fn from(part: Part) -> Self {
        Self { after: part.after, limit: part.limit.unwrap_or(Self::default().limit) }
    }
}

/// A part of a list.
#[derive(Debug, Serialize)]
pub struct Listed<T> {
    /// The records.
    pub items: Vec<T>,
    /// What to give as `after` for the next part; null at the end.
    pub next: Option<String>,
}

impl<T: ToSchema> PartialSchema for Listed<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new().items(Ref::from_schema_name(T::name()));
        let next = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("What to give as `after` for the next part; null at the end."));
        let listed = ObjectBuilder::new().property("items", items).required("items");
        RefOr::T(Schema::from(listed.property("next", next).required("next")))
    }
}

impl<T: ToSchema> ToSchema for Listed<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("{}List", T::name()))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
        schemas.push((T::name().into_owned(), T::schema()));
    }
}

impl<T> Listed<T> {
    /// Shows what the store listed.
    pub(crate) fn of<R>(list: List<R>, show: impl FnMut(R) -> T) -> Self {
        Self { items: list.items.into_iter().map(show).collect(), next: list.next }
    }
}

/// Everything there is of a kind of which there never is much.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct All<T>(pub(crate) Vec<T>);

impl<T: ToSchema> PartialSchema for All<T> {
    fn schema() -> RefOr<Schema> {
        RefOr::T(Schema::from(ArrayBuilder::new().items(Ref::from_schema_name(T::name()))))
    }
}

impl<T: ToSchema> ToSchema for All<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("All{}", T::name()))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
        schemas.push((T::name().into_owned(), T::schema()));
    }
}

/// What is left of a record that is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Removed {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}
