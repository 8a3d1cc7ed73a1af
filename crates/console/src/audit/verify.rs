//! Whether the log is what was signed.

use askama::Template;
use axum::response::Response;
use keyward_control::operation::audit::verify::{Verified, Verify, verify as operation};

use crate::Shared;
use crate::finish::finish;
use crate::form::Posted;
use crate::frame::{Frame, Section, html};
use crate::problem::Failure;

#[derive(Template)]
#[template(path = "verified.html")]
struct Page {
    frame: Frame,
    verified: Verified,
}

pub(super) async fn verify(control: Shared, Posted(visitor, _): Posted) -> Result<Response, Failure> {
    let page = finish(async move {
        let verified = operation(&control, &visitor.actor, Verify::default()).await?;
        Ok(Page { verified, frame: Frame::new(visitor, Section::Audit, "The audit log is sound") })
    });
    Ok(html(&page.await?))
}

#[cfg(test)]
mod tests {
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_sound_log_is_called_sound() {
        let fixture = Fixture::new().await;
        let page = fixture.post("/audit/verify", &[]).await;
        page.is_sound();
        assert!(page.status == 200 && page.body.contains("The audit log is sound"));
    }
}
