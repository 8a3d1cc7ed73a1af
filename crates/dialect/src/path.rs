//! Paths: only those that every server along the way reads in the same way.

use crate::{Refusal, RefusalKind};

/// Checks that a path is plain: letters, digits, `_`, `-` and `.` between single slashes.
///
/// No exchange has an endpoint beyond that, and each thing left out is one that some server rewrites after the rules
/// were asked: percent forms are decoded, dot segments and double slashes are resolved, `;` starts path parameters.
///
/// # Errors
/// [`RefusalKind::Malformed`].
pub(crate) fn check(path: &str) -> Result<(), Refusal> {
    let plain = path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_plain));
    if plain { Ok(()) } else { Err(Refusal::new(RefusalKind::Malformed, DETAIL)) }
}

const DETAIL: &str = "the path is not plain: send letters, digits, '_', '-' and '.' between single slashes";

fn is_plain(segment: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !matches!(segment, "" | "." | "..") && segment.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paths_of_exchanges_are_plain() {
        for path in ["/api/v3/order", "/sapi/v1/sub-account/list", "/0/private/AddOrder", "/a..b/c.d"] {
            assert_eq!(check(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn what_another_server_would_rewrite_is_refused() {
        let rewritten = [
            "",
            "/",
            "api/v3/order",
            "//api/v3/order",
            "/api//v3",
            "/api/v3/",
            "/api/./v3",
            "/api/../v3",
            "/api/v3/%6frder",
            "/api/v3/order;a=b",
            "/api\\v3",
            "/api/v3/or der",
            "/api/v3/órder",
            "/api/v3/*",
        ];
        for path in rewritten {
            assert!(check(path).is_err(), "{path}");
        }
    }
}
