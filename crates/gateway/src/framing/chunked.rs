//! Chunked bodies (RFC 9112 §7.1): plain chunks, without extensions and without trailers.
//!
//! No client of an exchange sends either, and both are places where two readers disagree about where a line ends.

use super::Unsound;

/// Most digits of a chunk's size: four gigabytes, which is far above every bound on bodies.
const DIGITS_MAX: u8 = 8;

/// Where in a chunked body the next byte is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chunked {
    /// In a size of so many digits.
    Size { size: u32, digits: u8 },
    /// At the line feed after a size.
    SizeEnd { size: u32 },
    /// In a chunk's data.
    Data { left: u32 },
    /// At the carriage return after a chunk's data, or after the last chunk.
    Return { is_last: bool },
    /// At the line feed after that.
    Feed { is_last: bool },
    /// Behind the body.
    End,
}

impl Default for Chunked {
    fn default() -> Self {
        Self::Size { size: 0, digits: 0 }
    }
}

impl Chunked {
    /// Follows the bytes, and says how many of them belong to the body and whether it has ended.
    pub(super) fn take(&mut self, bytes: &[u8]) -> (usize, Result<bool, Unsound>) {
        let mut taken = 0;
        while *self != Self::End {
            let Some(byte) = bytes.get(taken) else { return (taken, Ok(false)) };
            if let Self::Data { left } = *self {
                let data = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len() - taken);
                taken += data;
                *self = data_left(left - data as u32);
                continue;
            }
            let Some(next) = self.step(*byte) else { return (taken, Err(Unsound::Chunk)) };
            *self = next;
            taken += 1;
        }
        (taken, Ok(true))
    }

    /// The next place, or none where the byte must not be here.
    fn step(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Size { size, digits: 1.. }, b'\r') => Some(Self::SizeEnd { size }),
            (Self::Size { size, digits: digits @ 0..DIGITS_MAX }, _) => {
                let digit = char::from(byte).to_digit(16)?;
                Some(Self::Size { size: size << 4 | digit, digits: digits + 1 })
            }
            (Self::SizeEnd { size: 0 }, b'\n') => Some(Self::Return { is_last: true }),
            (Self::SizeEnd { size }, b'\n') => Some(Self::Data { left: size }),
            (Self::Return { is_last }, b'\r') => Some(Self::Feed { is_last }),
            (Self::Feed { is_last: false }, b'\n') => Some(Self::default()),
            (Self::Feed { is_last: true }, b'\n') => Some(Self::End),
            _ => None,
        }
    }
}

fn data_left(left: u32) -> Chunked {
    if left == 0 { Chunked::Return { is_last: false } } else { Chunked::Data { left } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str) -> (usize, Result<bool, Unsound>) {
        Chunked::default().take(body.as_bytes())
    }

    #[test]
    fn a_body_ends_after_its_last_chunk() {
        assert_eq!(check("3\r\nabc\r\n0\r\n\r\nGET"), (13, Ok(true)));
        assert_eq!(check("00A\r\n0123456789\r\n0\r\n\r\n"), (22, Ok(true)));
        assert_eq!(check("3\r\nab"), (5, Ok(false)));
    }

    #[test]
    fn what_two_readers_may_see_differently_is_refused() {
        let bad = [
            "\r\n",
            "3\nabc\r\n",
            "3 \r\nabc\r\n",
            "3;a=b\r\nabc\r\n",
            "0x3\r\nabc",
            "-3\r\n",
            "g\r\n",
            "000000003\r\n",
            "3\r\nabcd\r\n",
            "3\r\nabc\n",
            "3\r\nabc\rx",
            "0\r\nTrailer: x\r\n\r\n",
            "0\r\n\n",
            "3\r\rabc",
            "3\r\nabc0\r\n",
        ];
        for body in bad {
            assert_eq!(check(body).1, Err(Unsound::Chunk), "{body:?}");
        }
    }
}
