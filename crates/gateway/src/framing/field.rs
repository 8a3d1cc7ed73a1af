//! One header line, and the few headers that decide how a message is read.

use super::Unsound;

/// A header that decides how a message is read, and so may come once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deciding {
    Host,
    Length,
    Encoding,
    Expectation,
    ContentType,
    ContentEncoding,
}

/// Takes a header line without its line end apart: where the value begins, and what it decides.
pub(super) fn field(line: &[u8]) -> Result<(usize, Option<Deciding>), Unsound> {
    let Some(end) = line.iter().position(|byte| !IS_TOKEN[usize::from(*byte)]) else {
        return Err(Unsound::FieldName);
    };
    match (end, line[end]) {
        (0, b' ' | b'\t') => Err(Unsound::Folded),
        (1.., b':') => Ok((end + 1, deciding(&line[..end]))),
        _ => Err(Unsound::FieldName),
    }
}

/// The value without the white space around it (RFC 9112 §5: optional, and no part of it).
pub(super) fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// Most names are told apart by their length alone.
fn deciding(name: &[u8]) -> Option<Deciding> {
    let (known, deciding) = match name.len() {
        4 => ("host", Deciding::Host),
        6 => ("expect", Deciding::Expectation),
        12 => ("content-type", Deciding::ContentType),
        14 => ("content-length", Deciding::Length),
        16 => ("content-encoding", Deciding::ContentEncoding),
        17 => ("transfer-encoding", Deciding::Encoding),
        _ => return None,
    };
    name.eq_ignore_ascii_case(known.as_bytes()).then_some(deciding)
}

/// The bytes of a token (RFC 9110 §5.6.2).
const IS_TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let this = byte as u8;
        table[byte] = this.is_ascii_alphanumeric()
            || matches!(this, b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+')
            || matches!(this, b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~');
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_ends_at_the_colon() {
        assert_eq!(field(b"X-MBX-APIKEY: a:b"), Ok((13, None)));
        assert_eq!(field(b"hOST:x"), Ok((5, Some(Deciding::Host))));
        assert_eq!(field(b"Transfer-Encoding:"), Ok((18, Some(Deciding::Encoding))));
    }

    #[test]
    fn what_is_no_name_and_colon_is_refused() {
        for line in ["Host", "Host : x", "Host\t: x", ": x", "Ho st: x", "Höst: x", "Host\0: x", "(x): y"] {
            assert_eq!(field(line.as_bytes()), Err(Unsound::FieldName), "{line}");
        }
        assert_eq!(field(b" folded"), Err(Unsound::Folded));
        assert_eq!(field(b"\tfolded"), Err(Unsound::Folded));
    }

    #[test]
    fn white_space_around_a_value_is_no_part_of_it() {
        assert_eq!(trimmed(b" \t chunked\t "), b"chunked");
        assert_eq!(trimmed(b" \t "), b"");
        assert_eq!(trimmed(b"\x0bchunked"), b"\x0bchunked");
    }
}
