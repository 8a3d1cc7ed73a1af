//! Which HTTP a client speaks, by its first bytes.

use std::io;
use std::net::IpAddr;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::sync::watch;

use super::http1::http1;
use super::http2::http2;
use super::pace::Slowest;
use super::paced::Paced;
use crate::worker::Worker;

/// What opens a connection of HTTP/2 (RFC 9113 §3.4); it is a request that no server of HTTP/1 has.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Read at first; nearly always the whole first request.
const FIRST_BYTES: usize = 2048;

/// The two ways to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spoken {
    Http1,
    Http2,
}

/// Reads until the first bytes tell which HTTP this is.
pub(super) async fn listen_in(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<(Spoken, Bytes)> {
    let mut first = BytesMut::with_capacity(FIRST_BYTES);
    loop {
        if stream.read_buf(&mut first).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let preface = first.len().min(PREFACE.len());
        if first[..preface] != PREFACE[..preface] {
            return Ok((Spoken::Http1, first.freeze()));
        }
        if preface == PREFACE.len() {
            return Ok((Spoken::Http2, first.freeze()));
        }
    }
}

/// Speaks it, until either side ends the connection.
pub(super) async fn converse<S>(
    worker: Rc<Worker>,
    stream: S,
    client: IpAddr,
    (spoken, first): (Spoken, Bytes),
    shutdown: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let stream = Paced::new(stream, first, Slowest::of(&worker.gateway.settings.limits));
    match spoken {
        Spoken::Http1 => http1(worker, stream, client, shutdown).await,
        Spoken::Http2 => http2(worker, stream, client, shutdown).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(pieces: &[&[u8]]) -> Option<(Spoken, usize)> {
        let mut stream = tokio_test_stream(pieces);
        listen_in(&mut stream).await.ok().map(|(spoken, first)| (spoken, first.len()))
    }

    /// Reads one piece after the other.
    fn tokio_test_stream(pieces: &[&[u8]]) -> impl AsyncRead + Unpin {
        pieces.iter().fold(Box::new(tokio::io::empty()) as Box<dyn AsyncRead + Unpin>, |before, piece| {
            Box::new(before.chain(io::Cursor::new(piece.to_vec())))
        })
    }

    #[tokio::test]
    async fn the_first_bytes_tell() {
        assert_eq!(check(&[b"GET / HT"]).await, Some((Spoken::Http1, 8)));
        assert_eq!(check(&[b"P", b"OST /"]).await, Some((Spoken::Http1, 6)));
        assert_eq!(check(&[PREFACE, b"more"]).await, Some((Spoken::Http2, 24)));
        assert_eq!(check(&[&PREFACE[..3], &PREFACE[3..]]).await, Some((Spoken::Http2, 24)));
        assert_eq!(check(&[&PREFACE[..23], b"x"]).await, Some((Spoken::Http1, 24)));
        assert_eq!(check(&[&PREFACE[..3]]).await, None);
    }
}
