//! The settings in force, by the names that the configuration file has for them.

use std::fmt::Display;
use std::time::Duration;

use keyward_control::oidc::Client;
use keyward_control::operation::settings::Setting;
use keyward_gateway::{Limits, Settings};

/// Every setting that an operator can make, but for what is secret or only names a file.
pub(super) fn in_force(
    database: &str,
    urls: &(String, String),
    settings: &Settings,
    oidc: Option<&Client>,
) -> Vec<Setting> {
    let kind = if database.starts_with("sqlite") { "SQLite, in the data directory" } else { "PostgreSQL" };
    let mut all = vec![
        setting("database", kind, "Where keys, people and settings of projects are kept."),
        setting("gateway.url", &urls.0, "Where clients find the gateway."),
    ];
    all.extend(of_gateway(settings));
    all.extend(sizes(&settings.limits));
    all.extend(waits(&settings.limits));
    all.push(setting("control.url", &urls.1, "Where operators find the console and the API."));
    all.extend(of_provider(oidc));
    all
}

fn of_provider(oidc: Option<&Client>) -> [Setting; 4] {
    let said = |what: fn(&Client) -> &str| oidc.map(what).unwrap_or_default();
    [
        setting(
            "control.oidc.issuer",
            said(Client::issuer),
            "The identity provider by which operators may sign in; none where it is empty.",
        ),
        setting("control.oidc.client_id", said(Client::id), "What Keyward is called there."),
        setting("control.oidc.name", said(Client::name), "What people call it."),
        setting(
            "control.oidc.required",
            oidc.is_some_and(Client::is_required),
            "Whether an operator who is linked to it comes by it alone.",
        ),
    ]
}

fn of_gateway(settings: &Settings) -> [Setting; 5] {
    let proxies: Vec<_> = settings.trusted_proxies.0.iter().map(ToString::to_string).collect();
    let without_database = format!("{}s", settings.limits.without_database.as_secs());
    [
        setting("gateway.workers", settings.workers, "Threads that serve clients."),
        setting(
            "gateway.trusted_proxies",
            proxies.join(", "),
            "Whose word about a client's address is believed; none where it is empty.",
        ),
        setting(
            "gateway.proxy_protocol",
            settings.proxy_protocol,
            "Whether they open each connection with a PROXY protocol v2 header.",
        ),
        setting(
            "gateway.trust_ca",
            settings.extra_roots.len(),
            "Certificate authorities that are trusted beside Mozilla's.",
        ),
        setting(
            "gateway.without_database",
            without_database,
            "For how long keys are served while the database does not answer.",
        ),
    ]
}

fn sizes(limits: &Limits) -> [Setting; 7] {
    [
        setting("gateway.limits.head_bytes", limits.head_bytes, "Longest head of a request."),
        setting("gateway.limits.headers", limits.headers, "Most headers of a request."),
        setting("gateway.limits.body_bytes", limits.body_bytes, "Longest body of a request."),
        setting("gateway.limits.connections", limits.connections, "Most connections of one thread."),
        setting(
            "gateway.limits.address_connections",
            limits.address_connections,
            "Most connections of one address.",
        ),
        setting("gateway.limits.bytes_per_second", limits.bytes_per_second, "The slowest pace of a client."),
        setting(
            "gateway.limits.failures_per_minute",
            limits.failures_per_minute,
            "Most wrong signatures of a key, and unknown keys, of one address.",
        ),
    ]
}

fn waits(limits: &Limits) -> [Setting; 8] {
    [
        wait("gateway.limits.first_byte_s", limits.first_byte, "Seconds for a new connection's first byte."),
        wait("gateway.limits.head_s", limits.head, "Seconds for a head, from its first byte."),
        wait("gateway.limits.idle_s", limits.idle, "Seconds until the next request on a connection."),
        wait("gateway.limits.body_s", limits.body, "Seconds for a body."),
        wait("gateway.limits.stall_s", limits.stall, "Seconds without progress of a body or an answer."),
        wait(
            "gateway.limits.stream_s",
            limits.stream,
            "Seconds for an HTTP/2 request, to the last byte of its answer.",
        ),
        wait(
            "gateway.limits.hold_s",
            limits.hold,
            "Seconds that a request waits on its connection for an approval.",
        ),
        wait(
            "gateway.limits.approval_s",
            limits.approval,
            "Seconds that an approval may take, and is then good for.",
        ),
    ]
}

fn wait(name: &'static str, value: Duration, meaning: &'static str) -> Setting {
    setting(name, value.as_secs(), meaning)
}

fn setting(name: &'static str, value: impl Display, meaning: &'static str) -> Setting {
    Setting { name, value: format!("{value}"), meaning }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bound_that_the_file_can_set_is_told() {
        let file: toml::Table = toml::from_str(include_str!("../../keyward.example.toml")).unwrap();
        let bounds = file["gateway"]["limits"].as_table().unwrap();
        let told = in_force("sqlite:x", &(String::new(), String::new()), &Settings::default(), None);
        let said = |name: &str| told.iter().any(|one| one.name == format!("gateway.limits.{name}"));
        for name in bounds.keys() {
            assert!(said(name), "{name}");
        }
        assert_eq!(told.iter().filter(|one| one.name.starts_with("gateway.limits.")).count(), bounds.len());
    }
}
