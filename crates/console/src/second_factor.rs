//! `/second-factor`: a device that makes codes, and recovery codes for who has lost it.

use std::fmt::Write;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use keyward_control::operation::second_factor::{self, Confirm, Offer, RecoveryCodes};
use keyward_control::{Code, Control, Error};
use qrcodegen::{QrCode, QrCodeEcc};

use crate::Shared;
use crate::finish::finish;
use crate::frame::{Frame, html};
use crate::passkey::{Offered, SCRIPT};
use crate::problem::Failure;
use crate::session::{Own, OwnPosted, with_session};

/// What a picture leaves free around itself, in modules (ISO 18004: four).
const QUIET: i32 = 4;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/second-factor", get(offer).post(confirm))
        .route("/second-factor/recovery-codes", get(ask_renewal).post(renew))
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct Page {
    frame: Frame,
    /// A device that makes codes; not for who has no password, under which its secret would be sealed.
    device: Option<(Offer, Picture)>,
    is_enrolled: bool,
    /// Another way to have a second factor, where passkeys can be had.
    passkey: Option<Offered>,
}

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct Codes {
    frame: Frame,
    codes: RecoveryCodes,
}

/// A picture that a device reads, as the path of its dark modules.
struct Picture {
    side: i32,
    path: String,
}

impl Picture {
    fn of(text: &str) -> Result<Self, Error> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium)
            .map_err(|error| Error::new(Code::Internal, "the picture cannot be drawn").caused_by(error))?;
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
        Ok(Self { side: code.size() + 2 * QUIET, path })
    }
}

async fn offer(control: Shared, own: Own) -> Result<Response, Failure> {
    let page = finish(async move {
        let is_enrolled = own.0.session.is_enrolled();
        let device = match second_factor::begin(&control, &own.0.session, &own.0.shown).await {
            Ok(offer) => {
                Some((Picture::of(offer.uri.text())?, offer)).map(|(picture, offer)| (offer, picture))
            }
            Err(error) if error.code() == Code::PasswordMissing && !is_enrolled => None,
            Err(error) => return Err(error),
        };
        let frame = Frame::of_session(&own, "Add your second factor").with_script(SCRIPT);
        let passkey = Offered::to(&control, &own).await.ok().filter(|_| !is_enrolled);
        Ok(Page { frame, device, is_enrolled, passkey })
    });
    Ok(html(&page.await?))
}

async fn confirm(control: Shared, OwnPosted(own, caller, form): OwnPosted) -> Result<Response, Failure> {
    let missing = || Error::new(Code::SignInRefused, "the password is wrong");
    let input = Confirm {
        ticket: form.text_or_empty("ticket"),
        code: form.text_or_empty("code"),
        password: form.secret("password")?.ok_or_else(missing)?,
    };
    let asker = own.clone();
    let codes = finish(async move {
        second_factor::confirm(&control, &caller, &asker.0.session, &asker.0.shown, input).await
    });
    Ok(shown(&own, codes.await?))
}

async fn ask_renewal(own: Own) -> Response {
    crate::confirm::Confirm {
        frame: Frame::of_session(&own, "New recovery codes?"),
        effects: vec![
            "Ten new codes are made and shown once.".to_owned(),
            "The old ones are good for nothing from then on.".to_owned(),
        ],
        button: "Make new codes".to_owned(),
        is_danger: false,
        ticked: None,
        fields: Vec::new(),
        back: "/account".to_owned(),
    }
    .page()
}

async fn renew(control: Shared, OwnPosted(own, ..): OwnPosted) -> Result<Response, Failure> {
    let asker = own.clone();
    let codes = finish(async move { second_factor::renew(&control, &asker.0.session).await }).await?;
    Ok(shown(&own, codes))
}

/// Shows the codes, once; with the session that goes on, where a new one began.
pub(crate) fn shown(own: &Own, codes: RecoveryCodes) -> Response {
    let frame = Frame::of_session(own, "Keep these recovery codes").with_script("secret.js");
    let page = Codes { frame, codes };
    let answer = html(&page);
    match &page.codes.signed_in {
        Some(begun) => with_session(begun, answer),
        None => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_room_around_it() {
        let picture =
            Picture::of("otpauth://totp/Keyward:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        assert!(picture.side > 21 + 8 && picture.path.starts_with("M4,4h1v1h-1z"), "{}", picture.path);
    }
}
