//! The parameters of a request: read once, so that what is checked is what is forwarded.

use std::borrow::Cow;
use std::ops::Range;

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the query.
    Query,
    /// In the form body.
    Body,
    /// In the JSON body.
    Json,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param<'r> {
    /// Its name, decoded.
    pub name: Cow<'r, str>,
    /// Its value, decoded.
    pub value: Cow<'r, str>,
    /// Where it stands.
    pub place: Place,
    /// Its bytes in the wire form of its place: `name=value`, or the value alone in JSON.
    pub range: Range<usize>,
}

/// The parameters of a request in the order received, no name twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params<'r>(pub Vec<Param<'r>>);

impl<'r> Params<'r> {
    /// The parameter of this name.
    pub fn get(&self, name: &str) -> Option<&Param<'r>> {
        self.0.iter().find(|param| param.name == name)
    }

    /// The value of the parameter of this name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.get(name).map(|param| param.value.as_ref())
    }
}
