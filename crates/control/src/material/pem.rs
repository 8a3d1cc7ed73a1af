//! PEM (RFC 7468): DER in base64 between two lines, without a copy of a private key outside locked memory.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use keyward_vault::Secret;
use zeroize::Zeroizing;

/// How many base64 characters stand on a line.
const LINE: usize = 64;

/// The label of a private key of any algorithm.
pub(super) const PRIVATE_KEY: &str = "PRIVATE KEY";
/// The label of a public key of any algorithm.
pub(super) const PUBLIC_KEY: &str = "PUBLIC KEY";

/// One PEM text, taken apart.
pub(super) struct Pem<'t> {
    /// What it says that it holds.
    pub(super) label: &'t str,
    /// What it holds.
    pub(super) der: Secret,
}

/// Whether a text wants to be PEM.
pub(super) fn is(text: &str) -> bool {
    text.starts_with("-----BEGIN ")
}

/// Takes a text apart that is one PEM block and nothing else.
pub(super) fn read(text: &str) -> Option<Pem<'_>> {
    let (label, rest) = text.trim().strip_prefix("-----BEGIN ")?.split_once("-----")?;
    let body = rest.strip_suffix("-----")?.strip_suffix(label)?.strip_suffix("-----END ")?;
    Some(Pem { label, der: decode(body)? })
}

/// Decodes base64 that may be broken into lines.
pub(super) fn decode(text: &str) -> Option<Secret> {
    let digits = || text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let joined = Secret::generate(digits().count(), |bytes| {
        bytes.iter_mut().zip(digits()).for_each(|(to, from)| *to = from);
    });
    let joined = joined.ok()?;
    let room = base64::decoded_len_estimate(joined.expose().len());
    let mut length = None;
    let padded =
        Secret::generate(room, |bytes| length = BASE64_STANDARD.decode_slice(joined.expose(), bytes).ok());
    let (padded, length) = (padded.ok()?, length?);
    Secret::generate(length, |bytes| bytes.copy_from_slice(&padded.expose()[..length])).ok()
}

/// Writes DER as PEM.
pub(super) fn write(label: &str, der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(BASE64_STANDARD.encode(der));
    let mut text =
        Zeroizing::new(String::with_capacity(body.len() + body.len() / LINE + 2 * label.len() + 40));
    text.extend(["-----BEGIN ", label, "-----\n"]);
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(LINE));
        text.extend([line, "\n"]);
        rest = after;
    }
    text.extend(["-----END ", label, "-----\n"]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_reads_back() {
        for length in [1, 47, 48, 49, 200] {
            let der = vec![7; length];
            let text = write("TEST", &der);
            let pem = read(&text).unwrap();
            assert_eq!((pem.label, pem.der.expose()), ("TEST", der.as_slice()));
        }
    }

    #[test]
    fn a_damaged_block_is_no_pem() {
        let text = write("TEST", &[7; 60]);
        for damaged in [
            text.replace("END TEST", "END REST"),
            text.replace("BwcH", "Bw?H"),
            text.replace("-----BEGIN", "----BEGIN"),
            text[..text.len() - 4].to_owned(),
            format!("{}{}", *text, *text),
        ] {
            assert!(read(&damaged).is_none(), "{damaged}");
        }
    }
}
