//! Keys: what Keyward issues to bots, apps and partners.

pub mod create;
pub mod delete;
mod difference;
mod find;
mod grants;
mod issue;
pub mod list;
mod pages;
pub mod preview;
pub mod propose;
pub mod resume;
pub mod revoke;
pub mod rotate;
pub mod safety;
pub mod show;
mod state;
pub mod suspend;
mod terms;
mod tighten;
mod told;
pub mod update;
pub mod usage;
mod view;
mod wide;

pub(crate) use find::{find, of_name};
pub use issue::Created;
pub(in crate::operation) use terms::ranges;
pub use terms::{Rate, Unlimited};
pub use told::told;
pub(crate) use update::check_revision;
pub use view::{GrantView, KeyView};

use keyward_policy::Key;
use serde_json::{Value, json};

/// A key as the audit log describes it; its grants all have the same terms.
fn described(key: &Key) -> Value {
    let on = |grant: &keyward_policy::Grant| json!({ "venue": grant.venue, "credential": grant.credential });
    let mut described = json!({
        "name": key.name, "project": key.project, "type": key.verifier.key_type(), "api_key": key.api_key.as_str(),
        "grants": key.grants.iter().map(on).collect::<Vec<_>>(),
        "permissions": key.grants.first().map(|grant| grant.permissions),
        "symbols": key.grants.first().map(|grant| &grant.symbols),
        "holds": key.grants.first().map(|grant| &grant.holds),
        "addresses": key.addresses, "rate": key.rate, "lifetime": key.lifetime, "state": key.state,
        "rotated_from": key.rotated_from,
    });
    if let Some(pages) = key.verifier.pages() {
        described["pages"] = json!(pages);
    }
    described
}
