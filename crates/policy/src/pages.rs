//! Pages: from where a publishable key may be used. Its string lies in web pages that anybody can read, so it has no secret; what
//! a browser says of the page, and how often one reader may ask, stand in the place of a signature.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Origin, RateLimit, Reason};

/// The most origins of one key: a product's own few, and those of its tests.
const ORIGINS_MAX: usize = 16;

/// The pages that a publishable key works in, and how often one reader of them may ask.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Pages {
    /// In order, each once; at least one.
    origins: Box<[Origin]>,
    /// For each address that requests come from.
    address_rate: RateLimit,
}

/// Why something are no pages of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PagesError {
    /// There is no origin.
    #[error("a publishable key works in the pages of named origins only, and none is named")]
    Nowhere,
    /// There are too many origins.
    #[error("a key has at most {ORIGINS_MAX} origins")]
    TooMany,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    origins: Vec<Origin>,
    address_rate: RateLimit,
}

impl Pages {
    /// The pages of these origins.
    ///
    /// # Errors
    /// [`PagesError`], where there are none or too many.
    pub fn new(mut origins: Vec<Origin>, address_rate: RateLimit) -> Result<Self, PagesError> {
        origins.sort();
        origins.dedup();
        match origins.len() {
            0 => Err(PagesError::Nowhere),
            1..=ORIGINS_MAX => Ok(Self { origins: origins.into(), address_rate }),
            _ => Err(PagesError::TooMany),
        }
    }

    /// The origins, in order.
    pub fn origins(&self) -> &[Origin] {
        &self.origins
    }

    /// How often one address may ask.
    pub const fn address_rate(&self) -> RateLimit {
        self.address_rate
    }

    /// Checks what a request says of the page that it comes from. Only a browser's word is worth something, and only for
    /// the reader's own protection: any other program can say what it likes.
    ///
    /// # Errors
    /// [`Reason::OriginMissing`] or [`Reason::OriginNotAllowed`].
    pub fn check(&self, origin: Option<&[u8]>) -> Result<(), Reason> {
        let origin = origin.ok_or(Reason::OriginMissing)?;
        let is_named = self.origins.iter().any(|named| named.as_str().as_bytes() == origin);
        is_named.then_some(()).ok_or(Reason::OriginNotAllowed)
    }
}

impl TryFrom<Unchecked> for Pages {
    type Error = PagesError;

    fn try_from(unchecked: Unchecked) -> Result<Self, PagesError> {
        Self::new(unchecked.origins, unchecked.address_rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: RateLimit = RateLimit { per_minute: 60, burst: 20 };

    fn pages(origins: &[&str]) -> Result<Pages, PagesError> {
        Pages::new(origins.iter().map(|origin| origin.parse().unwrap()).collect(), RATE)
    }

    #[test]
    fn a_key_works_in_the_pages_of_its_origins_and_in_no_other() {
        let pages = pages(&["https://app.example", "http://localhost:5173"]).unwrap();
        assert_eq!(pages.check(Some(b"https://app.example")), Ok(()));
        for other in [
            &b"https://app.example.evil"[..],
            b"https://app.example:8443",
            b"http://app.example",
            b"null",
            b"",
            b"https://app.example\xff",
        ] {
            assert_eq!(pages.check(Some(other)), Err(Reason::OriginNotAllowed));
        }
        assert_eq!(pages.check(None), Err(Reason::OriginMissing));
    }

    #[test]
    fn a_key_has_some_origins_and_not_too_many() {
        assert_eq!(pages(&[]), Err(PagesError::Nowhere));
        let many: Vec<_> = (0..17).map(|number| format!("https://{number}.example")).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert_eq!(pages(&many), Err(PagesError::TooMany));
        assert_eq!(
            pages(&["https://b.example", "https://a.example", "https://b.example"]).unwrap().origins().len(),
            2
        );
    }

    #[test]
    fn what_was_written_reads_back_and_nothing_unsound_does() {
        let one = pages(&["https://app.example"]).unwrap();
        let written = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<Pages>(&written).unwrap(), one);
        for unsound in ["[]", r#"["https://app.example/"]"#, r#"["*"]"#] {
            let text = written.replace(r#"["https://app.example"]"#, unsound);
            assert!(serde_json::from_str::<Pages>(&text).is_err(), "{text}");
        }
    }
}
