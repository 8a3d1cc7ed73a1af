//! A head: its lines one by one, and what they together say about the body.

use std::ops::Range;

use memchr::memchr;

use super::authority::is_authority;
use super::field::{Deciding, field, trimmed};
use super::request_line::{RequestLine, request_line};
use super::{Delimited, HeadBounds, Unsound};

/// A head of which some lines were read. Places in it count from its first byte, which is shown again each time.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// Where the first line begins that was not read yet.
    at: usize,
    /// Lines read.
    lines: usize,
    line: RequestLine,
    host: Option<Range<usize>>,
    length: Option<u64>,
    is_chunked: bool,
    /// One bit for each deciding header that was there.
    came: u8,
}

impl Head {
    /// Reads the lines that are whole. When the head is, says how long it is and what follows.
    ///
    /// A line is judged only when it is whole, and its size before all else: so the verdict is the same however the
    /// bytes are cut.
    pub(super) fn take(
        &mut self,
        head: &[u8],
        bounds: HeadBounds,
    ) -> Result<Option<(usize, Delimited)>, Unsound> {
        while let Some(found) = memchr(b'\n', &head[self.at..]) {
            let end = self.at + found + 1;
            if end > bounds.bytes {
                return Err(Unsound::HeadTooLong);
            }
            let line = head[self.at..end].strip_suffix(b"\r\n").ok_or(Unsound::BareLineFeed)?;
            match self.lines {
                0 => self.line = request_line(line)?,
                _ if line.is_empty() => return self.end(&head[..end]).map(|body| Some((end, body))),
                lines if lines > bounds.fields => return Err(Unsound::TooManyFields),
                _ => self.field(line)?,
            }
            (self.at, self.lines) = (end, self.lines + 1);
        }
        if head.len() > bounds.bytes { Err(Unsound::HeadTooLong) } else { Ok(None) }
    }

    fn field(&mut self, line: &[u8]) -> Result<(), Unsound> {
        let (start, deciding) = field(line)?;
        let Some(deciding) = deciding else { return Ok(()) };
        let bit = 1 << deciding as u8;
        if self.came & bit != 0 {
            return Err(Unsound::Duplicate);
        }
        self.came |= bit;
        let value = trimmed(&line[start..]);
        match deciding {
            Deciding::Host => self.host = Some(self.host(line, value)?),
            Deciding::Length => self.length = Some(length(value)?),
            Deciding::Encoding if value != b"chunked" || self.line.is_http_10 => {
                return Err(Unsound::Encoding);
            }
            Deciding::Encoding => self.is_chunked = true,
            Deciding::Expectation if !value.eq_ignore_ascii_case(b"100-continue") => {
                return Err(Unsound::Expectation);
            }
            Deciding::Expectation | Deciding::ContentType | Deciding::ContentEncoding => {}
        }
        Ok(())
    }

    /// Where in the head the host stands.
    fn host(&self, line: &[u8], value: &[u8]) -> Result<Range<usize>, Unsound> {
        if !is_authority(value) {
            return Err(Unsound::Host);
        }
        let spaces = line.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let end = self.at + line.len() - spaces;
        Ok(end - value.len()..end)
    }

    fn end(&self, head: &[u8]) -> Result<Delimited, Unsound> {
        if !has_only_its_line_ends(head, self.lines + 1) {
            return Err(Unsound::Control);
        }
        let host = self.host.clone().ok_or(Unsound::HostMissing)?;
        let named = self.line.authority.clone().unwrap_or(host.clone());
        if !head[named].eq_ignore_ascii_case(&head[host]) {
            return Err(Unsound::HostMismatch);
        }
        match (self.length, self.is_chunked) {
            (Some(_), true) => Err(Unsound::LengthAndEncoding),
            (None, true) => Ok(Delimited::Chunked),
            (Some(length), false) => Ok(Delimited::Sized(length)),
            (None, false) => Ok(Delimited::Empty),
        }
    }
}

/// RFC 9112 §6.3: digits and nothing else; nineteen of them hold every length that can arrive.
fn length(value: &[u8]) -> Result<u64, Unsound> {
    if !(1..=19).contains(&value.len()) {
        return Err(Unsound::Length);
    }
    value.iter().try_fold(0_u64, |length, byte| match byte {
        b'0'..=b'9' => Ok(length * 10 + u64::from(byte - b'0')),
        _ => Err(Unsound::Length),
    })
}

/// Whether the only control characters are tabulators and the ends of so many lines, each of which was seen to be whole.
/// Written without a branch, so that the compiler looks at many bytes at once.
fn has_only_its_line_ends(head: &[u8], lines: usize) -> bool {
    let control = |byte: u8| ((byte < 0x20) & (byte != b'\t')) | (byte == 0x7f);
    // Counted in small steps, because a count in one byte is what the processor does fastest.
    let count: usize = head
        .chunks(255)
        .map(|part| usize::from(part.iter().fold(0_u8, |count, byte| count + u8::from(control(*byte)))))
        .sum();
    count == 2 * lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: HeadBounds = HeadBounds { bytes: 200, fields: 4 };

    fn check(fields: &str) -> Result<Delimited, Unsound> {
        let head = format!("POST http://Door/ HTTP/1.1\r\n{fields}\r\n");
        Head::default().take(head.as_bytes(), BOUNDS).map(|taken| taken.unwrap().1)
    }

    #[test]
    fn the_body_is_delimited_in_one_way() {
        assert_eq!(check("Host: door\r\n"), Ok(Delimited::Empty));
        assert_eq!(check("host:\tDOOR \r\ncontent-length: 007 \r\n"), Ok(Delimited::Sized(7)));
        assert_eq!(check("Transfer-Encoding: chunked\r\nHost: door\r\n"), Ok(Delimited::Chunked));
    }

    #[test]
    fn whom_a_request_is_for_is_said_once() {
        assert_eq!(check(""), Err(Unsound::HostMissing));
        assert_eq!(check("Host: door\r\nHost: door\r\n"), Err(Unsound::Duplicate));
        assert_eq!(check("Host: gate\r\n"), Err(Unsound::HostMismatch));
        assert_eq!(check("Host:\r\n"), Err(Unsound::Host));
    }

    #[test]
    fn two_words_about_the_length_are_refused() {
        let check = |fields: &str| check(&format!("Host: door\r\n{fields}"));
        assert_eq!(
            check("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
            Err(Unsound::LengthAndEncoding)
        );
        assert_eq!(check("Content-Length: 1\r\nContent-Length: 1\r\n"), Err(Unsound::Duplicate));
        for length in ["", "+1", "-1", "1, 1", "0x1", "1 1", "١", "99999999999999999999"] {
            assert_eq!(check(&format!("Content-Length: {length}\r\n")), Err(Unsound::Length), "{length}");
        }
        for encoding in ["", ",chunked", "chunked,", "Chunked", "xchunked", "gzip, chunked", "\"chunked\""] {
            assert_eq!(
                check(&format!("Transfer-Encoding: {encoding}\r\n")),
                Err(Unsound::Encoding),
                "{encoding}"
            );
        }
    }

    #[test]
    fn control_characters_are_refused_wherever_they_hide() {
        for hidden in ["\0", "\r", "\x0b", "\x7f", "\x1b"] {
            assert_eq!(
                check(&format!("Host: door\r\nX: a{hidden}b\r\n")),
                Err(Unsound::Control),
                "{hidden:?}"
            );
        }
        assert_eq!(check("Host: door\r\nX: a\r\r\n"), Err(Unsound::Control));
        assert_eq!(check("Host: door\r\nX: a\tb\r\n"), Ok(Delimited::Empty));
    }

    #[test]
    fn heads_have_bounds() {
        assert_eq!(check(&"X: y\r\n".repeat(5)), Err(Unsound::TooManyFields));
        assert_eq!(check(&format!("X: {}\r\n", "y".repeat(200))), Err(Unsound::HeadTooLong));
        let unfinished = format!("GET /{}", "x".repeat(200));
        assert_eq!(Head::default().take(unfinished.as_bytes(), BOUNDS), Err(Unsound::HeadTooLong));
    }
}
