//! Headers: what may come once is read once.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName};

use crate::RefusalKind;

/// The value of a header that may come once at most, as text.
///
/// # Errors
/// It came twice, or is not visible ASCII.
pub(crate) fn only<'r>(headers: &'r HeaderMap, name: &HeaderName) -> Result<Option<&'r str>, RefusalKind> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(RefusalKind::Duplicate);
    }
    value.to_str().map(Some).map_err(|_| RefusalKind::Malformed)
}

/// The type of a body without its parameters; none where no header says it.
///
/// # Errors
/// It came twice, is not text, or the body is compressed, which no exchange takes.
pub(crate) fn media_type(headers: &HeaderMap) -> Result<Option<&str>, RefusalKind> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(RefusalKind::Malformed);
    }
    let value = only(headers, &CONTENT_TYPE)?;
    Ok(value.map(|value| value.split(';').next().unwrap_or_default().trim()))
}
