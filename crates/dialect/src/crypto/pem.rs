//! PEM (RFC 7468): the text form of keys.
//!
//! Read and written here rather than by a library: those at hand leave the base64 of a private key behind in buffers
//! that nobody wipes.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use zeroize::Zeroizing;

/// What starts a block of PEM text.
const START: &str = "-----BEGIN ";
/// Characters a line (RFC 7468 §2).
const LINE: usize = 64;

/// The label of a private key of any algorithm: PKCS#8 (RFC 5958).
pub(super) const PRIVATE_KEY: &str = "PRIVATE KEY";
/// The label of an RSA private key of its own: PKCS#1 (RFC 8017).
pub(super) const RSA_PRIVATE_KEY: &str = "RSA PRIVATE KEY";
/// The label of a public key of any algorithm: `SubjectPublicKeyInfo` (RFC 5280).
pub(super) const PUBLIC_KEY: &str = "PUBLIC KEY";

/// One block, taken apart.
pub(super) struct Block<'t> {
    /// What it says that it holds.
    pub(super) label: &'t str,
    /// What it holds.
    pub(super) der: Zeroizing<Vec<u8>>,
}

/// Whether a text claims to be PEM.
pub(super) fn is_pem(text: &str) -> bool {
    text.contains(START)
}

/// Takes a text apart that is one block and nothing else.
pub(super) fn read(text: &str) -> Option<Block<'_>> {
    let (label, rest) = text.trim().strip_prefix(START)?.split_once("-----")?;
    let body = rest.strip_suffix("-----")?.strip_suffix(label)?.strip_suffix("-----END ")?;
    Some(Block { label, der: decode(body)? })
}

/// Decodes base64 that may be broken into lines. Both buffers have their whole room from the start, so that growing
/// them leaves no copy behind.
pub(super) fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    digits.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(digits.len())]);
    let length = BASE64_STANDARD.decode_slice(&*digits, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}

/// Writes one block. The text has its whole room from the start, so that growing it leaves no copy behind.
pub(super) fn write(label: &str, der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(BASE64_STANDARD.encode(der));
    let room = 2 * (START.len() + label.len() + LINE) + body.len() + body.len() / LINE;
    let mut text = Zeroizing::new(String::with_capacity(room));
    text.extend([START, label, "-----\n"]);
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(LINE));
        text.extend([line, "\n"]);
        rest = more;
    }
    text.extend(["-----END ", label, "-----\n"]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for size in [0, 1, 47, 48, 49, 1_000] {
            let der = vec![7; size];
            let text = write("TEST", &der);
            let block = read(&text).unwrap();
            assert_eq!((block.label, &*block.der), ("TEST", &der));
            assert!(text.lines().all(|line| line.len() <= LINE));
        }
    }

    /// As editors, terminals and environment variables leave them.
    #[test]
    fn lines_may_break_anywhere() {
        let text = write("TEST", &[7; 60]);
        for broken in [text.replace('\n', "\r\n"), text.replace('\n', " "), format!("\n {}\n\n", *text)] {
            assert_eq!(*read(&broken).unwrap().der, [7; 60], "{broken}");
        }
    }

    #[test]
    fn a_damaged_block_is_not_read() {
        let text = write("TEST", &[7; 60]);
        for damaged in [
            text.replace("END TEST", "END REST"),
            text.replace("BwcH", "Bw?H"),
            text.replace("-----BEGIN", "----BEGIN"),
            text[..text.len() - 4].to_owned(),
            format!("{}{}", *text, *text),
            format!("A comment.\n{}", *text),
            "no pem at all".to_owned(),
        ] {
            assert!(read(&damaged).is_none(), "{damaged}");
        }
    }
}
