//! JSON bodies: their members as parameters.

use std::borrow::Cow;

use crate::json::{self, Object};
use crate::{Param, Params, Place, Refusal, RefusalKind};

/// The members that hold a list: read whole, as they were written.
const LISTS: &[&str] = &["orders", "cl_ord_ids"];
/// The member that holds an object, whose members a form writes as `close[ordertype]`.
const CLOSE: &str = "close";

/// Reads the members of the body, in their order, and adds them to the parameters.
///
/// A value is text, a number or a truth value; only the few members that Kraken has lists or an object in may hold one.
///
/// # Errors
/// What is not one plain object, or could be read in two ways.
pub(super) fn read<'r>(text: &'r str, params: &mut Params<'r>) -> Result<(), Refusal> {
    let refuse =
        |kind| Refusal::new(kind, "the body is not one JSON object of plain names and values, each once");
    let object: Object<'r> = serde_json::from_str(text).map_err(|_| refuse(RefusalKind::Malformed))?;
    let members = flat(&object).ok_or_else(|| refuse(RefusalKind::Ambiguous))?;
    for (name, raw) in members {
        let value = value(&name, raw).ok_or_else(|| refuse(RefusalKind::Ambiguous))?;
        let start = raw.as_ptr().addr().wrapping_sub(text.as_ptr().addr());
        let range = start..start.wrapping_add(raw.len());
        if text.get(range.clone()) != Some(raw) {
            return Err(refuse(RefusalKind::Malformed));
        }
        params.0.push(Param { name, value, place: Place::Json, range });
    }
    Ok(())
}

/// The members with each value as it was written, those of `close` under the names that a form gives them.
pub(super) fn flat<'j>(object: &Object<'j>) -> Option<Vec<(Cow<'static, str>, &'j str)>> {
    let mut flat = Vec::new();
    for (name, raw) in object.members(is_name)? {
        if name != CLOSE {
            flat.push((Cow::Owned(name.to_owned()), raw));
            continue;
        }
        let close: Object<'j> = serde_json::from_str(raw).ok()?;
        for (inner, raw) in close.members(is_name)? {
            flat.push((Cow::Owned(format!("{CLOSE}[{inner}]")), raw));
        }
    }
    Some(flat)
}

/// A plain value as text, or a list as it was written.
fn value<'j>(name: &str, raw: &'j str) -> Option<Cow<'j, str>> {
    if LISTS.contains(&name) && raw.starts_with('[') {
        return Some(Cow::Borrowed(raw));
    }
    json::text(raw).filter(|text| !text.chars().any(char::is_control))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Result<Vec<(String, String)>, RefusalKind> {
        let mut params = Params::default();
        read(text, &mut params).map_err(|refusal| refusal.kind)?;
        Ok(params.0.into_iter().map(|one| (one.name.into_owned(), one.value.into_owned())).collect())
    }

    #[test]
    fn each_member_knows_where_its_value_stands() {
        let text = r#" {"nonce": "1616492376594", "volume":1.250, "validate" : false} "#;
        let mut params = Params::default();
        read(text, &mut params).unwrap();
        let seen: Vec<_> = params.0.iter().map(|one| (&*one.value, &text[one.range.clone()])).collect();
        assert_eq!(seen, [("1616492376594", "\"1616492376594\""), ("1.250", "1.250"), ("false", "false")]);
    }

    #[test]
    fn lists_stay_as_they_are_and_a_close_has_the_names_of_a_form() {
        let read = pairs(r#"{"orders":[{"a":1}],"close":{"ordertype":"limit","price":2}}"#).unwrap();
        let named = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            read,
            [named("orders", r#"[{"a":1}]"#), named("close[ordertype]", "limit"), named("close[price]", "2")]
        );
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for text in [
            r#"{"pair":"XBTUSD","pair":"ETHUSD"}"#,
            r#"{"pair":"XBTUSD","Pair":"ETHUSD"}"#,
            r#"{"pair":["XBTUSD"]}"#,
            r#"{"pair":null}"#,
            r#"{"orders":{"a":1}}"#,
            r#"{"close[price]":1}"#,
            r#"{"close":{"price":1,"price":2}}"#,
            r#"{"close":"limit"}"#,
            r#"{"pair":"XBT\u0000USD"}"#,
        ] {
            assert_eq!(pairs(text), Err(RefusalKind::Ambiguous), "{text}");
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        let many: Vec<_> = (0..200).map(|i| format!("\"p{i}\":1")).collect();
        for text in ["", "[]", "1", "{", r#"{"a":1}{"#, r"{'a':1}", &format!("{{{}}}", many.join(","))] {
            assert_eq!(pairs(text), Err(RefusalKind::Malformed), "{text}");
        }
    }
}
