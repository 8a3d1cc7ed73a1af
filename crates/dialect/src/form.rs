//! Form text: `name=value` pairs joined by `&`, read so that no other reader can see something else in them.
//!
//! The usual readers are lenient: they skip empty pairs, keep broken percent forms, take the first or the last of two.
//! Whatever two of them could read differently is refused here instead, because the exchange is one of the others.

use std::borrow::Cow;

use crate::{Param, Params, Place, Refusal, RefusalKind};

/// Most parameters that a request may have: the busiest captured one has an eighth of it, and each one is compared with
/// all before it.
pub(crate) const PARAMS_MAX: usize = 100;
/// What a form says that it is.
pub(crate) const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";
/// Longest name of a parameter; every captured one is shorter than half of it.
const NAME_MAX: usize = 64;

/// Reads the pairs of one place, and adds them to those that are already there.
///
/// Names are `A-Z a-z 0-9 _ . - [ ]`, as sent: a name that needs decoding is refused, and so is one that came before in
/// either place, in any case of its letters. Values are decoded as forms are (`%` and two digits, `+` for a space), to
/// UTF-8 without control characters. An empty text has no pairs; an empty pair, or one without `=`, is refused, while
/// an empty value is a value.
///
/// # Errors
/// A [`Refusal`] that names the parameter where its name can be shown.
pub(crate) fn read<'r>(wire: &'r str, place: Place, params: &mut Params<'r>) -> Result<(), Refusal> {
    if wire.is_empty() {
        return Ok(());
    }
    let pairs = 1 + wire.bytes().filter(|byte| *byte == b'&').count();
    params.0.reserve(pairs.min(PARAMS_MAX));
    let (mut start, mut rest) = (0, Some(wire));
    while let Some(text) = rest {
        let (pair, after) = cut(text, b'&').map_or((text, None), |(pair, after)| (pair, Some(after)));
        let range = start..start + pair.len();
        (start, rest) = (range.end + 1, after);
        let (name, value) = cut(pair, b'=').ok_or_else(|| malformed("a parameter has no '='"))?;
        check_name(name, params)?;
        let value = decode(value).map_err(|fault| fault.refusal(name))?;
        params.0.push(Param { name: Cow::Borrowed(name), value, place, range });
    }
    Ok(())
}

/// What stands before and behind the first of these ASCII characters. Pairs are so short that the search of the standard
/// library, which is made for long texts, takes longer than a look at each byte.
fn cut(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == mark)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

fn check_name(name: &str, params: &Params<'_>) -> Result<(), Refusal> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-[]".contains(&byte);
    if params.0.len() >= PARAMS_MAX {
        return Err(Refusal::new(RefusalKind::TooLarge, format!("more than {PARAMS_MAX} parameters")));
    }
    if name.len() > NAME_MAX {
        return Err(Refusal::new(RefusalKind::TooLarge, "the name of a parameter is too long"));
    }
    if name.is_empty() || !all_bytes(name, known) {
        let detail = "the name of a parameter must be letters, digits and _.-[] without any encoding";
        return Err(Refusal::new(RefusalKind::Ambiguous, detail));
    }
    if params.0.iter().any(|earlier| earlier.name.eq_ignore_ascii_case(name)) {
        return Err(Refusal::new(RefusalKind::Duplicate, format!("the parameter '{name}' came twice")));
    }
    Ok(())
}

/// Whether every byte is a known one. All are looked at, without an early exit: so the compiler looks at many at once.
pub(crate) fn all_bytes(text: &str, known: impl Fn(u8) -> bool) -> bool {
    text.bytes().fold(true, |all, byte| all & known(byte))
}

fn malformed(detail: &str) -> Refusal {
    Refusal::new(RefusalKind::Malformed, detail)
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Raw,
    Percent,
    Text,
}

impl Fault {
    fn refusal(self, name: &str) -> Refusal {
        let (kind, what) = match self {
            Self::Raw => (RefusalKind::Ambiguous, "has a character that must be percent-encoded"),
            Self::Percent => (RefusalKind::Malformed, "has a '%' without two hexadecimal digits"),
            Self::Text => (RefusalKind::Malformed, "is not UTF-8 text without control characters"),
        };
        Refusal::new(kind, format!("the value of '{name}' {what}"))
    }
}

/// Characters that some reader takes for the end of a value, or of the whole request.
fn is_raw_fault(byte: u8) -> bool {
    matches!(byte, b';' | b'#' | b' ') || byte.is_ascii_control()
}

fn decode(wire: &str) -> Result<Cow<'_, str>, Fault> {
    if !all_bytes(wire, |byte| !is_raw_fault(byte)) {
        return Err(Fault::Raw);
    }
    if all_bytes(wire, |byte| !matches!(byte, b'%' | b'+')) {
        return printable(Cow::Borrowed(wire));
    }
    let mut bytes = Vec::with_capacity(wire.len());
    let mut rest = wire.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => percent(rest.next(), rest.next()).ok_or(Fault::Percent)?,
            b'+' => b' ',
            other => other,
        });
    }
    printable(Cow::Owned(String::from_utf8(bytes).map_err(|_| Fault::Text)?))
}

fn percent(high: Option<u8>, low: Option<u8>) -> Option<u8> {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

fn printable(text: Cow<'_, str>) -> Result<Cow<'_, str>, Fault> {
    let is_plain = text.is_ascii() && all_bytes(&text, |byte| !byte.is_ascii_control());
    if !is_plain && text.chars().any(char::is_control) { Err(Fault::Text) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(query: &str, body: &str) -> Result<Vec<(String, String)>, RefusalKind> {
        let mut params = Params::default();
        let both = read(query, Place::Query, &mut params).and_then(|()| read(body, Place::Body, &mut params));
        both.map_err(|refusal| refusal.kind)?;
        Ok(params.0.into_iter().map(|one| (one.name.into_owned(), one.value.into_owned())).collect())
    }

    #[track_caller]
    fn refused(query: &str, body: &str, kind: RefusalKind) {
        assert_eq!(pairs(query, body), Err(kind));
    }

    #[test]
    fn pairs_keep_their_order_and_their_wire_ranges() {
        let mut params = Params::default();
        read("b=2&a=%31&c=", Place::Query, &mut params).unwrap();
        let seen: Vec<_> = params.0.iter().map(|one| (&*one.name, &*one.value, one.range.clone())).collect();
        assert_eq!(seen, [("b", "2", 0..3), ("a", "1", 4..9), ("c", "", 10..12)]);
    }

    #[test]
    fn values_are_decoded_as_forms_are() {
        let read = pairs("a=x%2By+z&b=%EF%BC%91&c=d=e&d=a@b", "").unwrap();
        assert_eq!(
            read.into_iter().map(|(_, value)| value).collect::<Vec<_>>(),
            ["x+y z", "\u{ff11}", "d=e", "a@b"]
        );
    }

    #[test]
    fn the_same_name_twice_is_refused_wherever_it_stands() {
        refused("a=1&a=2", "", RefusalKind::Duplicate);
        refused("a=1", "a=1", RefusalKind::Duplicate);
        refused("symbol=1&Symbol=2", "", RefusalKind::Duplicate);
    }

    #[test]
    fn a_name_that_needs_decoding_is_refused() {
        for query in ["sym%62ol=1", "a%26b=c", "a%3D=1", "a+b=1", "é=1", "=1", "a b=1", "a;b=1"] {
            refused(query, "", RefusalKind::Ambiguous);
        }
    }

    #[test]
    fn a_broken_percent_form_is_refused() {
        for query in ["a=%", "a=%2", "a=%zz", "a=%+1", "a=1%"] {
            refused(query, "", RefusalKind::Malformed);
        }
    }

    #[test]
    fn what_is_not_printable_text_is_refused() {
        for query in ["a=%ff", "a=%C3%28", "a=%00", "a=%0a", "a=%7F", "a=%C2%85"] {
            refused(query, "", RefusalKind::Malformed);
        }
        for query in ["a=b;c=d", "a=b#c", "a=b c", "a=\u{0}", "a=\r\n"] {
            refused(query, "", RefusalKind::Ambiguous);
        }
    }

    #[test]
    fn an_empty_pair_is_refused_and_an_empty_text_has_none() {
        assert_eq!(pairs("", ""), Ok(vec![]));
        for query in ["&", "a=1&", "&a=1", "a=1&&b=2", "a", "a=1&b"] {
            refused(query, "", RefusalKind::Malformed);
        }
    }

    #[test]
    fn no_more_parameters_than_the_limit() {
        let list = |count| (0..count).map(|i| format!("p{i}=1")).collect::<Vec<_>>().join("&");
        assert_eq!(pairs(&list(PARAMS_MAX), "").unwrap().len(), PARAMS_MAX);
        refused(&list(PARAMS_MAX), "a=1", RefusalKind::TooLarge);
        refused(&format!("{}=1", "n".repeat(NAME_MAX + 1)), "", RefusalKind::TooLarge);
    }
}
