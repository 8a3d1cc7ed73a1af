//! What can be wrong with the framing of a message, and what the client is told.

use thiserror::Error;

/// Why a message is refused before it is a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum Unsound {
    /// RFC 9112 §2.2: a lone line feed may be taken for a line end by one reader and not by the next.
    #[error("a line ends in a line feed without a carriage return")]
    BareLineFeed,
    /// RFC 9110 §5.5: a lone carriage return, NUL or another control character.
    #[error("the head holds a control character")]
    Control,
    /// RFC 9112 §3: not `method SP target SP version`.
    #[error("the request line is not `METHOD target HTTP/1.1`")]
    RequestLine,
    /// Not a method that an exchange has; `CONNECT` and `TRACE` are among them.
    #[error("no exchange has this method")]
    Method,
    /// Neither a path nor an absolute URL, or a character that a URL must not hold.
    #[error("the target is neither a path nor a URL, or holds a character that must be percent-encoded")]
    Target,
    /// Neither HTTP/1.1 nor HTTP/1.0.
    #[error("this is neither HTTP/1.1 nor HTTP/1.0")]
    Version,
    /// RFC 9112 §5.2: a field continued on the next line.
    #[error("a header is folded over two lines")]
    Folded,
    /// RFC 9112 §5.1: no name, a name that is no token, or white space before the colon.
    #[error("a header's name is not a token followed by a colon")]
    FieldName,
    /// RFC 9112 §3.2.
    #[error("there is no Host header")]
    HostMissing,
    /// RFC 9112 §3.2.
    #[error("the Host header is not a host and port")]
    Host,
    /// RFC 9112 §3.2.2: two answers to the question whom the request is for.
    #[error("the target names another host than the Host header")]
    HostMismatch,
    /// A field that decides how the request is read comes twice.
    #[error("a header that may come once came twice")]
    Duplicate,
    /// RFC 9112 §6.3: digits, and nothing else.
    #[error("Content-Length is not a number")]
    Length,
    /// RFC 9112 §6.1: anything but exactly `chunked`, or in HTTP/1.0.
    #[error("Transfer-Encoding is not exactly `chunked`, or comes with HTTP/1.0")]
    Encoding,
    /// RFC 9112 §6.1: both say where the body ends.
    #[error("Transfer-Encoding and Content-Length are both there")]
    LengthAndEncoding,
    /// RFC 9110 §10.1.1: an expectation that is not `100-continue`.
    #[error("Expect asks for something other than `100-continue`")]
    Expectation,
    /// RFC 9112 §7.1: a chunk's size, its line end or what follows its data; extensions and trailers are not taken.
    #[error("the chunked body is not plain chunks")]
    Chunk,
    /// Longer than any request of an exchange.
    #[error("the head is longer than any exchange's request")]
    HeadTooLong,
    /// More fields than any client sends.
    #[error("the head has too many headers")]
    TooManyFields,
    /// The head had begun, and did not end in time.
    #[error("the head did not arrive in time")]
    Slow,
}

impl Unsound {
    /// The status that says so (RFC 9110 §15, RFC 6585 §5).
    pub fn status(self) -> u16 {
        match self {
            Self::Slow => 408,
            Self::Expectation => 417,
            Self::HeadTooLong | Self::TooManyFields => 431,
            Self::Method => 501,
            Self::Version => 505,
            _ => 400,
        }
    }

    /// Whether it is a matter of size alone.
    pub fn is_too_large(self) -> bool {
        self.status() == 431
    }
}
