//! The request that Binance's own client would have sent with the real key.

use http::HeaderName;

use super::{KEY_HEADER, SIGNATURE, TIMESTAMP, window};
use crate::form::all_bytes;
use crate::{CannotSign, Outgoing, Params, Place, Request, SigningKey};

/// Signs a request again: the same pairs in the same order and wire form, with a fresh time in the client's own unit
/// and the new signature where the old one stood.
///
/// A request without a signature gets none; the real key is sent where the client sent one.
///
/// # Errors
/// The key does not sign.
pub(super) fn resign(
    request: &Request<'_>,
    params: &Params<'_>,
    api_key: &str,
    key: &SigningKey<'_>,
    now_us: u64,
) -> Result<Outgoing, CannotSign> {
    let has_key = request.headers.contains_key(KEY_HEADER);
    let set = if has_key { vec![(KEY_HEADER, api_key.to_owned())] } else { vec![] };
    if params.get(SIGNATURE).is_none() {
        return Ok(Wire { request, params }.outgoing(set, |_| Pair::Same));
    }
    // Only what the claim was read from gets here, and there is no claim to a signature without a readable time.
    let time = window::signed_at(params).map_err(|_| CannotSign)?.again_at(now_us);
    let signature = Wire { request, params }.sign(&time, key)?;
    let edit = |name: &str| match name {
        TIMESTAMP => Pair::Value(&time),
        SIGNATURE => Pair::Value(&signature),
        _ => Pair::Same,
    };
    Ok(Wire { request, params }.outgoing(set, edit))
}

/// The request without key and signature. The time and the window stay: they are the client's own words, and a backend
/// may hold them against its clock.
pub(super) fn strip(request: &Request<'_>, params: &Params<'_>) -> Outgoing {
    let edit = |name: &str| if name == SIGNATURE { Pair::Gone } else { Pair::Same };
    Wire { request, params }.outgoing(vec![], edit)
}

/// A signature as it stands in a query or a form: hexadecimal is plain, base64 has three characters that are not.
pub(super) fn encoded(signature: String) -> String {
    if all_bytes(&signature, |byte| byte.is_ascii_alphanumeric()) {
        return signature;
    }
    signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

/// What becomes of a pair.
enum Pair<'e> {
    Same,
    Value(&'e str),
    Gone,
}

/// A request that was taken apart, to be written again.
#[derive(Clone, Copy)]
struct Wire<'a, 'r> {
    request: &'a Request<'r>,
    params: &'a Params<'r>,
}

impl<'r> Wire<'_, 'r> {
    /// The signature for the pairs with another time, encoded.
    fn sign(self, time: &str, key: &SigningKey<'_>) -> Result<String, CannotSign> {
        let edit = |name: &str| match name {
            TIMESTAMP => Pair::Value(time),
            SIGNATURE => Pair::Gone,
            _ => Pair::Same,
        };
        let message = self.write(Place::Query, edit) + &self.write(Place::Body, edit);
        key.sign(message.as_bytes()).map(encoded)
    }

    fn outgoing<'e>(
        self,
        set: Vec<(HeaderName, String)>,
        edit: impl Fn(&str) -> Pair<'e> + Copy,
    ) -> Outgoing {
        let mut target = self.request.path.to_owned();
        let query = self.write(Place::Query, edit);
        if !query.is_empty() {
            target.push('?');
            target.push_str(&query);
        }
        Outgoing { target, set, body: self.write(Place::Body, edit).into_bytes() }
    }

    /// The pairs of one place, joined as they were: there is nothing but pairs in what was parsed.
    fn write<'e>(self, place: Place, edit: impl Fn(&str) -> Pair<'e>) -> String {
        let text = self.text(place);
        let mut written = String::with_capacity(text.len());
        for param in self.params.0.iter().filter(|param| param.place == place) {
            let pair = edit(&param.name);
            if matches!(pair, Pair::Gone) {
                continue;
            }
            if !written.is_empty() {
                written.push('&');
            }
            match pair {
                Pair::Value(value) => written.extend([&*param.name, "=", value]),
                _ => written.push_str(text.get(param.range.clone()).unwrap_or_default()),
            }
        }
        written
    }

    /// The wire form of one place. Parsing refused a body that is not text.
    fn text(self, place: Place) -> &'r str {
        match place {
            Place::Query => self.request.query,
            Place::Body | Place::Json => str::from_utf8(self.request.body).unwrap_or_default(),
        }
    }
}
