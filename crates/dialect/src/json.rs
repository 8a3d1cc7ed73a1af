//! JSON objects, read so that no other reader can see something else in them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Most members of one object: each is compared with all before it.
const MEMBERS_MAX: usize = crate::form::PARAMS_MAX;

/// One object as it was written: nothing is merged, so that a name that comes twice is seen.
pub(crate) struct Object<'j>(Vec<(Cow<'j, str>, &'j RawValue)>);

impl<'j> Object<'j> {
    /// The members in their order, with each value as it was written. None where a reader with other habits could see
    /// another object: a name twice, in any case of its letters, or a name with a character that none has.
    pub(crate) fn members(&self, known: fn(u8) -> bool) -> Option<Vec<(&str, &'j str)>> {
        let mut members: Vec<(&str, &'j str)> = Vec::with_capacity(self.0.len());
        for (name, value) in &self.0 {
            let plain = !name.is_empty() && name.bytes().all(known);
            let twice = members.iter().any(|(earlier, _)| earlier.eq_ignore_ascii_case(name));
            if !plain || twice {
                return None;
            }
            members.push((name, value.get()));
        }
        Some(members)
    }

    /// The members with their values as text; none also where a value is neither text nor a number.
    pub(crate) fn values<'r>(&self, known: fn(u8) -> bool) -> Option<Vec<(&str, Cow<'r, str>)>> {
        let members = self.members(known)?;
        members.into_iter().map(|(name, value)| Some((name, Cow::Owned(text(value)?.into_owned())))).collect()
    }
}

/// A value as text: what a string holds, or a number or a truth value exactly as written.
pub(crate) fn text(raw: &str) -> Option<Cow<'_, str>> {
    match raw.as_bytes().first()? {
        b'"' => {
            let inner = raw.get(1..raw.len() - 1)?;
            let plain = !inner.contains('\\');
            if plain { Some(Cow::Borrowed(inner)) } else { serde_json::from_str(raw).ok().map(Cow::Owned) }
        }
        b'{' | b'[' | b'n' => None,
        _ => Some(Cow::Borrowed(raw)),
    }
}

impl<'j> Deserialize<'j> for Object<'j> {
    fn deserialize<D: Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Pairs)
    }
}

struct Pairs;

impl<'j> Visitor<'j> for Pairs {
    type Value = Object<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Object<'j>, A::Error> {
        let mut pairs = Vec::new();
        while let Some((name, value)) = map.next_entry::<Cow<'j, str>, &'j RawValue>()? {
            if pairs.len() >= MEMBERS_MAX {
                return Err(A::Error::custom("too many members"));
            }
            pairs.push((name, value));
        }
        Ok(Object(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(json: &str) -> Option<Vec<(String, String)>> {
        let object: Object<'_> = serde_json::from_str(json).unwrap();
        let values = object.values(|byte| byte.is_ascii_alphanumeric())?;
        Some(values.into_iter().map(|(name, value)| (name.to_owned(), value.into_owned())).collect())
    }

    #[test]
    fn values_are_text_or_numbers_as_they_were_written() {
        let read = values(r#"{"a":"x\u0041\n","b":0.10,"c":1e3,"d":true,"e":""}"#).unwrap();
        let texts: Vec<_> = read.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(texts, ["xA\n", "0.10", "1e3", "true", ""]);
    }

    #[test]
    fn what_another_reader_could_see_otherwise_is_not_read() {
        let twice = r#"{"a":1,"a":1}"#;
        for json in [twice, r#"{"a":1,"A":1}"#, r#"{"a":1,"\u0061":1}"#, r#"{"a_b":1}"#, r#"{"":1}"#] {
            assert_eq!(values(json), None, "{json}");
        }
        for json in [r#"{"a":null}"#, r#"{"a":[]}"#, r#"{"a":{}}"#] {
            assert_eq!(values(json), None, "{json}");
        }
    }
}
