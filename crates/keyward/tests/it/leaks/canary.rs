//! A planted secret, and every form in which it would give itself away.

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// Long enough to be no accident, short enough to find what is left when a freed block lost its head.
const FRAGMENT: usize = 16;

/// What must be found nowhere.
pub(super) struct Canary {
    forms: AhoCorasick,
}

impl Canary {
    pub(super) fn new(secret: &str) -> Self {
        let bytes = secret.as_bytes();
        let mut forms = fragments(bytes, FRAGMENT);
        for (width, written) in
            [hex(bytes), percent(bytes), json(secret), decimal(bytes)].into_iter().flatten()
        {
            forms.extend(fragments(written.as_bytes(), FRAGMENT * width));
        }
        forms
            .extend(base64(bytes).iter().flat_map(|written| fragments(written.as_bytes(), FRAGMENT * 4 / 3)));
        Self { forms: AhoCorasick::new(forms).unwrap() }
    }

    /// Whether any form stands in these bytes.
    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        self.forms.is_match(bytes)
    }
}

/// Pieces of a text, and its end.
fn fragments(text: &[u8], length: usize) -> Vec<Vec<u8>> {
    let end = text.len().saturating_sub(length);
    text.chunks_exact(length).chain([&text[end..]]).map(<[u8]>::to_vec).collect()
}

/// A way of writing bytes: how many characters each takes, and the text.
type Written = (usize, String);

fn each(bytes: &[u8], width: usize, write: impl Fn(u8) -> String) -> Written {
    (width, bytes.iter().map(|&byte| write(byte)).collect())
}

fn hex(bytes: &[u8]) -> Vec<Written> {
    vec![each(bytes, 2, |byte| format!("{byte:02x}")), each(bytes, 2, |byte| format!("{byte:02X}"))]
}

/// As cautious clients write it, and as thorough ones do.
fn percent(bytes: &[u8]) -> Vec<Written> {
    let cautious = form_urlencoded::byte_serialize(bytes).collect();
    vec![
        (1, cautious),
        each(bytes, 3, |byte| format!("%{byte:02X}")),
        each(bytes, 3, |byte| format!("%{byte:02x}")),
    ]
}

/// As JSON writes it, and as JSON may write it.
fn json(text: &str) -> Vec<Written> {
    let quoted = serde_json::to_string(text).unwrap();
    let escaped = each(text.as_bytes(), 6, |byte| format!("\\u{byte:04x}"));
    vec![(1, quoted.trim_matches('"').to_owned()), escaped]
}

/// As `Debug` writes bytes.
fn decimal(bytes: &[u8]) -> Vec<Written> {
    vec![each(bytes, 2, |byte| format!("{byte}, "))]
}

/// Wherever in a longer text the secret begins: the first and last characters of each then depend on its neighbours.
fn base64(bytes: &[u8]) -> Vec<String> {
    let shifted = |shift: usize| [&b"\0\0"[..shift], bytes].concat();
    let inner = |text: String| text[4..text.len() - 4].to_owned();
    (0..3)
        .flat_map(|shift| [STANDARD.encode(shifted(shift)), URL_SAFE.encode(shifted(shift))])
        .map(inner)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "a+secret/with\"every\\kind&of=character%in it, long enough";

    #[test]
    fn every_form_is_found_inside_of_something_else() {
        let canary = Canary::new(SECRET);
        let wrapped = [&b"xyz"[..], SECRET.as_bytes(), b"!"].concat();
        for text in [
            String::from_utf8(wrapped.clone()).unwrap(),
            STANDARD.encode(&wrapped),
            URL_SAFE.encode(&wrapped[1..]),
            format!("{wrapped:?}"),
            format!("{wrapped:02x?}").replace([',', ' '], ""),
            serde_json::to_string(SECRET).unwrap(),
            form_urlencoded::byte_serialize(SECRET.as_bytes()).collect(),
            SECRET[SECRET.len() - FRAGMENT..].to_owned(),
        ] {
            assert!(canary.is_in(text.as_bytes()), "{text}");
        }
        assert!(!canary.is_in(b"nothing of the kind, however long this text may be, and whatever it says"));
    }
}
