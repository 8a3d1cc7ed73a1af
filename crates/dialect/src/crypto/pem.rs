//! PEM (RFC 7468): the text form of keys.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use rustls_pki_types::pem::{PemObject, SectionKind};
use zeroize::Zeroizing;

/// What starts a section of PEM text.
const START: &str = "-----BEGIN ";
/// Characters a line (RFC 7468 §2).
const LINE: usize = 64;

/// Whether a text claims to be PEM.
pub(super) fn is_pem(text: &str) -> bool {
    text.contains(START)
}

/// The sections of a PEM text that hold keys or other known things; the unknown ones are left out.
///
/// None if one of them cannot be read.
pub(super) fn sections(text: &str) -> Option<Vec<(SectionKind, Zeroizing<Vec<u8>>)>> {
    let sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(text.as_bytes());
    sections.map(|section| section.ok().map(|(kind, der)| (kind, Zeroizing::new(der)))).collect()
}

/// Writes one section. The text has its whole room from the start, so that growing it leaves no copy behind.
pub(super) fn write(label: &str, der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(BASE64_STANDARD.encode(der));
    let room = 2 * (START.len() + label.len() + LINE) + body.len() + body.len() / LINE;
    let mut text = Zeroizing::new(String::with_capacity(room));
    text.push_str(START);
    text.push_str(label);
    text.push_str("-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(LINE));
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for size in [0, 1, 47, 48, 49, 1_000] {
            let der = vec![7; size];
            let text = write("PRIVATE KEY", &der);
            let [(kind, read)] = &*sections(&text).unwrap() else { panic!("{}", *text) };
            assert_eq!((*kind, &**read), (SectionKind::PrivateKey, &der));
            assert!(text.lines().all(|line| line.len() <= LINE));
        }
    }

    #[test]
    fn a_broken_section_is_not_read() {
        assert!(sections("-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----\n").is_none());
        assert!(sections("-----BEGIN PRIVATE KEY-----\nAAAA\n").is_none());
        assert!(sections("no pem at all").unwrap().is_empty());
    }
}
