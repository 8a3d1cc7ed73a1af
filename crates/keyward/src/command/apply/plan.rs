//! What has to be done so that there is what a file says.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::Result;
use ipnet::IpNet;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::file::Wanted;
use super::state::{State, key, project, sorted, venue};
use crate::command::key::range;
use crate::door::{Call, path};
use crate::outcome::Problem;

/// What of a key no operation changes.
const FIXED: [&str; 5] = ["project", "type", "credentials", "venues", "not_before"];

/// What is done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    Create,
    Change,
    Remove,
}

/// One thing to be done: one call of an operation.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) action: Action,
    kind: &'static str,
    name: String,
    /// Field by field, what it is and what it shall be.
    fields: BTreeMap<String, (Value, Value)>,
    /// The key's id and revision, where one is changed or removed.
    shown: Value,
}

/// All that is to be done, in the order in which it can be.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    /// What is there, not in the file, and left alone.
    left: Vec<String>,
}

impl Plan {
    /// Compares what shall be with what is.
    pub(super) fn new(wanted: &Wanted, state: &State, prune: bool) -> Result<Self> {
        let mut steps = Vec::new();
        let venues = fields_of(&wanted.venue)?;
        let projects = fields_of(&wanted.project)?;
        let keys = fields_of(&wanted.key)?;
        for (name, fields) in &venues {
            let now = state.venues.get(name).map(venue);
            steps.extend(step("venue", name, fields, now, &Value::Null)?);
        }
        for (name, fields) in &projects {
            let now = state.projects.get(name).map(project);
            steps.extend(step("project", name, fields, now, &Value::Null)?);
        }
        for (name, fields) in &keys {
            let shown = state.keys.get(name);
            steps.extend(step("key", name, &normal(fields)?, shown.map(key), shown.unwrap_or(&Value::Null))?);
        }
        let extra = |kind, there: &BTreeMap<String, Value>, wanted: &BTreeMap<String, Map<String, Value>>| {
            let extra = there.iter().filter(|(name, _)| !wanted.contains_key(*name));
            extra.map(|(name, shown)| Step::removal(kind, name, shown)).collect::<Vec<_>>()
        };
        let mut extras = extra("key", &state.keys, &keys);
        extras.extend(extra("project", &state.projects, &projects));
        extras.extend(extra("venue", &state.venues, &venues));
        let left = if prune { Vec::new() } else { extras.iter().map(Step::subject).collect() };
        steps.extend(extras.into_iter().filter(|_| prune));
        Ok(Self { steps, left })
    }

    /// The changes for programs.
    pub(super) fn changes(&self) -> Value {
        self.steps.iter().map(Step::described).collect()
    }

    /// The changes for people.
    pub(super) fn words(&self) -> String {
        let mut text = String::new();
        for step in &self.steps {
            let _ = writeln!(text, "{}", step.line()); // writing to a string never fails
            for (field, (before, after)) in &step.fields {
                let change = match step.action {
                    Action::Create => short(field, after),
                    _ => format!("{} -> {}", short(field, before), short(field, after)),
                };
                let _ = writeln!(text, "      {field}: {change}");
            }
        }
        for left in &self.left {
            let _ = writeln!(text, "  {left}: not in the file, left alone (--prune removes it)");
        }
        text + &self.summary()
    }

    /// How much is to be done.
    pub(super) fn summary(&self) -> String {
        let count = |action| self.steps.iter().filter(|step| step.action == action).count();
        match [Action::Create, Action::Change, Action::Remove].map(count) {
            [0, 0, 0] => "nothing to be done\n".to_owned(),
            [create, change, remove] => {
                format!("{create} to create, {change} to change, {remove} to remove\n")
            }
        }
    }
}

impl Step {
    fn removal(kind: &'static str, name: &str, shown: &Value) -> Self {
        let (name, shown) = (name.to_owned(), shown.clone());
        Self { action: Action::Remove, kind, name, fields: BTreeMap::new(), shown }
    }

    fn subject(&self) -> String {
        format!("{} {}", self.kind, self.name)
    }

    /// The step in a line.
    pub(super) fn line(&self) -> String {
        let sign = match self.action {
            Action::Create => '+',
            Action::Change => '~',
            Action::Remove => '-',
        };
        format!("{sign} {}", self.subject())
    }

    /// Whether the call gives a new key.
    pub(super) fn issues(&self) -> bool {
        self.action == Action::Create && self.kind == "key"
    }

    fn described(&self) -> Value {
        let fields = self
            .fields
            .iter()
            .map(|(field, (before, after))| (field.clone(), json!({ "before": before, "after": after })));
        json!({
            "action": self.action, "kind": self.kind, "name": self.name, "fields": fields.collect::<Map<_, _>>(),
        })
    }

    /// The operation that carries it out.
    pub(super) fn call(&self) -> Result<Call> {
        let all = format!("{}s", self.kind);
        let mut body: Map<String, Value> =
            self.fields.iter().map(|(field, (_, after))| (field.clone(), after.clone())).collect();
        // A key by its id: a name may mean another one by now.
        let which = self.shown["id"].as_str().unwrap_or(&self.name);
        match self.action {
            Action::Create => {
                body.insert("name".to_owned(), self.name.clone().into());
                Call::post(path(&[&all]), &body)
            }
            Action::Change => {
                let call = Call::patch(path(&[&all, which]), &body)?;
                Ok(call.meant_for(self.shown["revision"].as_u64()))
            }
            Action::Remove => {
                Ok(Call::delete(path(&[&all, which])).meant_for(self.shown["revision"].as_u64()))
            }
        }
    }
}

/// What is to be done about one record, if anything.
fn step(
    kind: &'static str,
    name: &str,
    wanted: &Map<String, Value>,
    now: Option<Map<String, Value>>,
    shown: &Value,
) -> Result<Option<Step>> {
    let action = if now.is_some() { Action::Change } else { Action::Create };
    let there = now.unwrap_or_default();
    let before = |field: &String| there.get(field).cloned().unwrap_or(Value::Null);
    let fields = wanted
        .iter()
        .filter(|(field, value)| action == Action::Create || differs(field, value, &before(field)));
    let fields: BTreeMap<_, _> =
        fields.map(|(field, value)| (field.clone(), (before(field), value.clone()))).collect();
    if action == Action::Change && fields.is_empty() {
        return Ok(None);
    }
    let fixed = |field: &&String| kind == "venue" || FIXED.contains(&field.as_str());
    if let Some(field) = fields.keys().find(fixed).filter(|_| action == Action::Change) {
        let error = format!("the {field} of the {kind} {name} cannot be changed");
        return Err(Problem::new("not_changeable", error)
            .hint(format!("give it another name in the file, or remove the {kind} first"))
            .into());
    }
    Ok(Some(Step { action, kind, name: name.to_owned(), fields, shown: shown.clone() }))
}

/// Whether what is wanted is not what there is. A duration counts from the moment a key is made, and means nothing later;
/// a public key belongs to its making as well.
fn differs(field: &str, wanted: &Value, now: &Value) -> bool {
    let time = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    match field {
        "public_key" => false,
        "expires" | "not_before" if wanted != "never" => time(wanted).is_some_and(|at| Some(at) != time(now)),
        _ => wanted != now,
    }
}

/// The fields of each record that the file names.
fn fields_of<T: Serialize>(records: &BTreeMap<String, T>) -> Result<BTreeMap<String, Map<String, Value>>> {
    let fields = |(name, record)| match serde_json::to_value(record)? {
        Value::Object(fields) => Ok((String::clone(name), fields)),
        _ => Ok((name.clone(), Map::new())),
    };
    records.iter().map(fields).collect()
}

/// A key's fields in the one form in which they are compared.
fn normal(fields: &Map<String, Value>) -> Result<Map<String, Value>> {
    let mut fields = fields.clone();
    for list in ["credentials", "venues"] {
        let values = fields.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
        fields.insert(list.to_owned(), sorted(values));
    }
    for list in ["symbols", "holds", "origins"] {
        if let Some(Value::Array(values)) = fields.get(list).cloned() {
            fields.insert(list.to_owned(), sorted(values));
        }
    }
    for list in ["ip", "deny_ip"] {
        let Some(Value::Array(texts)) = fields.get(list) else { continue };
        let read = |text: &Value| range(text.as_str().unwrap_or_default());
        let ranges: Result<Vec<IpNet>, String> = texts.iter().map(read).collect();
        let ranges = ranges.map_err(|error| Problem::new("file_invalid", format!("{list}: {error}")))?;
        fields.insert(list.to_owned(), sorted(ranges.iter().map(|range| json!(range)).collect()));
    }
    Ok(fields)
}

/// A value as a person reads it.
fn short(field: &str, value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => if field == "holds" { "none" } else { "any" }.to_owned(),
        Value::Array(items) => items.iter().map(|item| short(field, item)).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::apply::export;

    fn shown_key() -> Value {
        json!({
            "id": "key_1", "revision": 4, "name": "grid", "project": "bots", "type": "hmac", "permissions": ["read"],
            "symbols": null, "ip": ["203.0.113.7/32"], "deny_ip": [], "rate": null, "not_before": null,
            "expires_at": "2030-01-01T00:00:00Z", "grants": [{ "venue": "binance", "credential": "main" }],
        })
    }

    fn there() -> State {
        let venue = json!({ "dialect": "binance", "mode": "resign", "public_market_data": false, "urls": { "api": "https://a" } });
        let named = |name: &str, value: Value| BTreeMap::from([(name.to_owned(), value)]);
        State {
            venues: named("binance", venue),
            projects: named("bots", json!({})),
            keys: named("grid", shown_key()),
        }
    }

    fn planned(text: &str, prune: bool) -> Result<Vec<String>, String> {
        let plan = Plan::new(&toml::from_str(text).unwrap(), &there(), prune);
        plan.map(|plan| plan.steps.iter().map(Step::line).collect()).map_err(|error| error.to_string())
    }

    const KEY: &str = "[key.grid]\nproject = 'bots'\ncredentials = ['main']\nallow = ['read']\n";

    #[test]
    fn what_was_exported_is_no_change() {
        let text = export(&there()).unwrap();
        assert!(text.contains("expires = \"2030-01-01T00:00:00Z\""), "{text}");
        assert_eq!(planned(&text, true), Ok(vec![]), "{text}");
    }

    #[test]
    fn what_the_file_does_not_name_stays_unless_it_is_pruned() {
        assert_eq!(planned(KEY, false), Ok(vec![]));
        assert_eq!(planned(KEY, true), Ok(vec!["- project bots".to_owned(), "- venue binance".to_owned()]));
    }

    #[test]
    fn venues_come_before_projects_before_keys_and_go_after_them() {
        let text = "[venue.kraken]\ndialect = 'kraken'\n[project.new]\n[key.new]\nproject = 'new'\n\
            credentials = ['real']\nallow = ['read']\n";
        let steps = planned(text, true).unwrap();
        let wanted = [
            "+ venue kraken",
            "+ project new",
            "+ key new",
            "- key grid",
            "- project bots",
            "- venue binance",
        ];
        assert_eq!(steps, wanted);
    }

    #[test]
    fn a_change_names_only_what_differs_and_the_revision_that_it_is_meant_for() {
        let text =
            format!("{KEY}ip = ['203.0.113.7']\nrate = {{ per_minute = 60, burst = 5 }}\nexpires = '90d'\n");
        let plan = Plan::new(&toml::from_str(&text).unwrap(), &there(), false).unwrap();
        let fields = json!({ "rate": { "before": "unlimited", "after": { "per_minute": 60, "burst": 5 } } });
        let change = json!({ "action": "change", "kind": "key", "name": "grid", "fields": fields });
        assert_eq!(plan.changes(), json!([change]));
        assert_eq!(plan.steps[0].shown["revision"], 4);
        assert!(plan.words().contains("~ key grid\n      rate: unlimited -> "), "{}", plan.words());
    }

    #[test]
    fn a_publishable_key_is_exported_and_planned_with_its_pages() {
        let mut state = there();
        let rate = json!({ "per_minute": 60, "burst": 20 });
        let page = json!({
            "id": "key_2", "revision": 1, "name": "chart", "project": "bots", "type": "publishable",
            "permissions": ["market"], "symbols": null, "holds": [], "ip": [], "deny_ip": [], "rate": rate,
            "address_rate": rate, "origins": ["https://a.example", "https://b.example"], "not_before": null,
            "expires_at": null, "grants": [{ "venue": "binance", "credential": null }],
        });
        state.keys.insert("chart".to_owned(), page);
        let text = export(&state).unwrap();
        let planned = |text: &str| Plan::new(&toml::from_str(text).unwrap(), &state, true);
        assert!(planned(&text).unwrap().steps.is_empty(), "{text}");
        let other = text.replace("https://b.example", "https://c.example");
        let steps = planned(&other).unwrap().steps;
        assert_eq!(steps[0].fields["origins"].1, json!(["https://a.example", "https://c.example"]));
        let wild = text.replace("https://b.example", "https://*.example");
        assert!(toml::from_str::<Wanted>(&wild).is_err());
    }

    #[test]
    fn what_no_operation_changes_is_said_before_anything_is_done() {
        let other = KEY.replace("'main'", "'other'");
        assert!(planned(&other, false).unwrap_err().contains("credentials"));
        assert!(planned("[venue.binance]\ndialect = 'kraken'\n", false).unwrap_err().contains("dialect"));
    }
}
