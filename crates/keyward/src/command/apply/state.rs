//! What there is now, and the same as a file says it.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::file::Wanted;
use crate::door::path;
use crate::invocation::Invocation;
use crate::outcome::Problem;

/// What a record that is shown has beside what a file says.
const VENUE: [&str; 4] = ["dialect", "mode", "public_market_data", "urls"];
const PROJECT: [&str; 2] = ["rotate_after_days", "four_eyes"];

/// Venues, projects and keys as the operations show them, by name.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(super) venues: BTreeMap<String, Value>,
    pub(super) projects: BTreeMap<String, Value>,
    pub(super) keys: BTreeMap<String, Value>,
}

impl State {
    /// Asks for all of it.
    pub(crate) async fn read(invocation: &mut Invocation) -> Result<Self> {
        let venues = by_name(invocation.list(&path(&["venues"])).await?);
        let projects = by_name(invocation.list(&path(&["projects"])).await?);
        let mut keys = invocation.list(&path(&["keys"])).await?;
        if let Some(keys) = keys.as_array_mut() {
            // Those that are at their end, or were replaced, are history.
            keys.retain(|key| !matches!(key["state"].as_str(), Some("revoked" | "retiring" | "expired")));
        }
        Ok(Self { venues, projects, keys: by_name(keys) })
    }
}

fn by_name(list: Value) -> BTreeMap<String, Value> {
    let Value::Array(items) = list else { return BTreeMap::new() };
    items.into_iter().filter_map(|item| Some((item["name"].as_str()?.to_owned(), item))).collect()
}

/// A venue's fields as a file has them.
pub(super) fn venue(shown: &Value) -> Map<String, Value> {
    VENUE.iter().map(|field| ((*field).to_owned(), shown[field].clone())).collect()
}

/// A project's fields as a file has them.
pub(super) fn project(shown: &Value) -> Map<String, Value> {
    PROJECT.iter().map(|field| ((*field).to_owned(), shown[field].clone())).collect()
}

/// A key's fields as a file has them.
pub(super) fn key(shown: &Value) -> Map<String, Value> {
    let grants = shown["grants"].as_array().map(Vec::as_slice).unwrap_or_default();
    let signed = grants.iter().map(|grant| grant["credential"].clone()).filter(Value::is_string);
    let vouched =
        grants.iter().filter(|grant| grant["credential"].is_null()).map(|grant| grant["venue"].clone());
    let or = |value: &Value, instead: Value| if value.is_null() { instead } else { value.clone() };
    let fields = [
        ("project", shown["project"].clone()),
        ("type", shown["type"].clone()),
        ("credentials", sorted(signed.collect())),
        ("venues", sorted(vouched.collect())),
        ("not_before", shown["not_before"].clone()),
        ("allow", shown["permissions"].clone()),
        ("symbols", or(&shown["symbols"], json!([]))),
        ("holds", sorted_list(&shown["holds"])),
        ("ip", sorted_list(&shown["ip"])),
        ("deny_ip", sorted_list(&shown["deny_ip"])),
        ("expires", or(&shown["expires_at"], json!("never"))),
        ("rate", or(&shown["rate"], json!("unlimited"))),
        ("origins", shown["origins"].clone()),
        ("address_rate", shown["address_rate"].clone()),
    ];
    fields.into_iter().map(|(field, value)| (field.to_owned(), value)).collect()
}

/// A list as a set: the order means nothing.
pub(super) fn sorted(mut values: Vec<Value>) -> Value {
    values.sort_by_key(ToString::to_string);
    values.dedup();
    values.into()
}

fn sorted_list(list: &Value) -> Value {
    sorted(list.as_array().cloned().unwrap_or_default())
}

/// The file that says what there is.
pub(crate) fn export(state: &State) -> Result<String> {
    let of = |records: &BTreeMap<String, Value>, fields: fn(&Value) -> Map<String, Value>| -> Value {
        let named = |(name, shown): (&String, &Value)| (name.clone(), without_nulls(fields(shown)));
        records.iter().map(named).collect::<Map<_, _>>().into()
    };
    let document = json!({
        "venue": of(&state.venues, venue), "project": of(&state.projects, project), "key": of(&state.keys, key),
    });
    let unknown = |error| Problem::new("failed", format!("the server told what is not known here: {error}"));
    let wanted: Wanted = serde_json::from_value(document).map_err(unknown)?;
    Ok(toml::to_string(&wanted)?)
}

fn without_nulls(fields: Map<String, Value>) -> Value {
    fields.into_iter().filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>().into()
}
