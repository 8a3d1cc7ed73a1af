//! Strict framing: where each message of an HTTP/1 connection begins and ends, and which messages are refused because
//! somebody else could see that otherwise.
//!
//! hyper parses the requests; alone it lets through what a strict reader must not (a missing or second `Host`,
//! `Transfer-Encoding` beside `Content-Length`, lines that end in a bare line feed: measured). So every byte of a
//! connection is seen here first, and hyper is only ever given whole heads that passed. This is a pure state machine:
//! no socket, no clock, no allocation, and the same verdict however the bytes are cut into pieces.
//!
//! Source: RFC 9112 (HTTP/1.1). Where it lets a recipient choose between mending and refusing, this refuses.

#[cfg(test)]
mod agreement;
mod authority;
mod chunked;
#[cfg(test)]
pub(crate) mod corpus;
mod field;
mod head;
mod http2;
mod request_line;
mod unsound;

use chunked::Chunked;
use head::Head;

pub(crate) use http2::check_http2;
pub use unsound::Unsound;

/// How long a head may be.
#[derive(Clone, Copy, Debug)]
pub struct HeadBounds {
    /// Bytes of the request line, all fields and their line ends.
    pub bytes: usize,
    /// Fields.
    pub fields: usize,
}

/// Follows the messages that a client sends over one connection.
#[derive(Debug)]
pub struct Framing {
    bounds: HeadBounds,
    within: Within,
}

/// What the next byte belongs to.
#[derive(Debug)]
enum Within {
    Head(Head),
    Sized { left: u64 },
    Chunked(Chunked),
}

/// How the body that follows a head is delimited (RFC 9112 §6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delimited {
    Empty,
    Sized(u64),
    Chunked,
}

/// A connection of which nothing more can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// How many of the bytes shown come before the fault and are sound.
    pub sound: usize,
    /// What is wrong.
    pub why: Unsound,
    /// Whether a head is refused, to which nothing was answered yet; otherwise it is a body whose head was passed on.
    pub in_head: bool,
}

impl Framing {
    /// The beginning of a connection.
    pub fn new(bounds: HeadBounds) -> Self {
        Self { bounds, within: Within::Head(Head::default()) }
    }

    /// Looks at what came next, and says how much of it may be passed on: all, or all but the beginning of a head that
    /// is not whole yet. What may not be passed on has to be shown again, with what comes after it.
    ///
    /// # Errors
    /// What follows the sound bytes is refused, and with it the rest of the connection.
    pub fn see(&mut self, bytes: &[u8]) -> Result<usize, Refused> {
        let mut sound = 0;
        while sound < bytes.len() {
            let rest = &bytes[sound..];
            let (taken, next) = match &mut self.within {
                Within::Head(head) => match head.take(rest, self.bounds) {
                    Ok(None) => return Ok(sound),
                    Ok(Some((taken, delimited))) => (taken, Some(Within::body(delimited))),
                    Err(why) => return Err(Refused { sound, why, in_head: true }),
                },
                Within::Sized { left } => sized(left, rest.len()),
                Within::Chunked(chunked) => match chunked.take(rest) {
                    (taken, Ok(ended)) => (taken, ended.then(Within::head)),
                    (taken, Err(why)) => {
                        return Err(Refused { sound: sound + taken, why, in_head: false });
                    }
                },
            };
            sound += taken;
            if let Some(next) = next {
                self.within = next;
            }
        }
        Ok(sound)
    }

    /// Whether the next byte belongs to a body.
    pub fn in_body(&self) -> bool {
        !matches!(self.within, Within::Head(_))
    }
}

impl Within {
    fn head() -> Self {
        Self::Head(Head::default())
    }

    fn body(delimited: Delimited) -> Self {
        match delimited {
            Delimited::Empty | Delimited::Sized(0) => Self::head(),
            Delimited::Sized(left) => Self::Sized { left },
            Delimited::Chunked => Self::Chunked(Chunked::default()),
        }
    }
}

fn sized(left: &mut u64, shown: usize) -> (usize, Option<Within>) {
    let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(shown);
    *left -= taken as u64;
    (taken, (*left == 0).then(Within::head))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: HeadBounds = HeadBounds { bytes: 400, fields: 8 };

    fn check(bytes: &str) -> Result<usize, Unsound> {
        Framing::new(BOUNDS).see(bytes.as_bytes()).map_err(|refused| refused.why)
    }

    #[test]
    fn whole_messages_pass_and_the_beginning_of_a_head_waits() {
        let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
        assert_eq!(check(&[get, post, get].concat()), Ok(2 * get.len() + post.len()));
        assert_eq!(check(&[get, post, "GET / HT"].concat()), Ok(get.len() + post.len()));
        assert_eq!(check(&post[..post.len() - 1]), Ok(post.len() - 1));
    }

    #[test]
    fn what_follows_a_body_is_a_head_again() {
        let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
        assert_eq!(check(&[post, "0\r\n\r\n"].concat()), Err(Unsound::RequestLine));
        let chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        assert_eq!(check(&[chunked, post].concat()), Ok(chunked.len() + post.len()));
        assert_eq!(check(&[chunked, "\r\n"].concat()), Err(Unsound::RequestLine));
    }

    #[test]
    fn what_came_before_the_fault_is_told_from_it() {
        let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        let refused = Framing::new(BOUNDS).see([get, "GET / HTTP/1.1\n"].concat().as_bytes()).unwrap_err();
        assert_eq!(refused, Refused { sound: get.len(), why: Unsound::BareLineFeed, in_head: true });
    }
}
