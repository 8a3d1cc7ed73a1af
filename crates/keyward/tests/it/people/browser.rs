//! A browser at the control port, and the device of whoever sits at it.

use serde_json::{Value, json};
use totp_rs::Builder;

use crate::wire::{Reply, Wire};
use crate::world::World;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "otter violin granite seven";

/// A browser: it keeps its cookie, and repeats what pages tell it to.
#[derive(Clone)]
pub(crate) struct Browser<'w> {
    pub(crate) world: &'w World,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

/// What somebody has who has joined.
pub(crate) struct Joined {
    /// The code that showed the device, which is used up.
    pub(crate) code: String,
    pub(crate) device: Device,
    pub(crate) recovery: Vec<String>,
}

/// A device that shares this secret.
#[derive(Clone)]
pub(crate) struct Device(pub(crate) String);

impl Device {
    /// What it shows by the server's clock.
    pub(crate) fn code(&self, world: &World) -> String {
        let secret = totp_rs::Secret::try_from_base32(&self.0).unwrap();
        let totp = Builder::new().with_secret(secret).build().unwrap();
        totp.generate(world.now_s()).to_string()
    }
}

impl<'w> Browser<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        Self { world, cookie: String::new(), csrf: String::new() }
    }

    /// What a page's script sends to the API.
    pub(crate) fn wire(&self, method: &'static str, path: &str, input: &Value) -> Wire {
        let wire = self.shown(Wire::bare(method, &format!("/api/v1{path}")));
        let wire = wire.header("X-Keyward-CSRF", &self.csrf);
        if input.is_null() {
            return wire;
        }
        Wire { body: input.to_string(), ..wire.header("Content-Type", "application/json") }
    }

    /// What a form of a page sends.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> Wire {
        let wire = Wire { body: written(fields), ..self.shown(Wire::bare("POST", path)) };
        wire.header("Content-Type", "application/x-www-form-urlencoded")
    }

    /// What a page of ours sends.
    pub(crate) fn page_form(&self, path: &str, fields: &[(&str, &str)]) -> Wire {
        let fields = [&[("csrf", &*self.csrf)], fields].concat();
        self.form(path, &fields).header("Sec-Fetch-Site", "same-origin")
    }

    fn shown(&self, wire: Wire) -> Wire {
        if self.cookie.is_empty() { wire } else { wire.header("Cookie", &self.cookie) }
    }

    pub(crate) fn send(&self, wire: &Wire) -> Reply {
        wire.send_under(&self.world.server.control, "")
    }

    /// Asks, takes the cookie that comes, and asks what is to be repeated with it.
    pub(crate) fn ask(&mut self, method: &'static str, path: &str, input: &Value) -> Reply {
        let reply = self.send(&self.wire(method, path, input));
        self.take_cookie(&reply);
        reply
    }

    pub(crate) fn take_cookie(&mut self, reply: &Reply) {
        let Some(cookie) = reply.header("set-cookie") else { return };
        assert!(cookie.contains("Secure; HttpOnly; SameSite=Strict"), "{cookie}");
        self.cookie = cookie.split(';').next().unwrap().to_owned();
        let who = self.send(&self.wire("GET", "/session", &Value::Null)).json();
        self.csrf = who["csrf"].as_str().unwrap_or_default().to_owned();
    }

    /// Takes a link, and a device.
    pub(crate) fn join(&mut self, link: &str) -> Joined {
        let accept = json!({ "invitation": link, "password": PASSWORD });
        assert_eq!(self.ask("POST", "/invitation/accept", &accept).status, 200);
        assert_eq!(self.ask("GET", "/keys", &Value::Null).json()["code"], "unauthenticated");
        let offer = self.ask("POST", "/second-factor", &Value::Null).json();
        let device = Device(offer["secret"].as_str().unwrap().to_owned());
        let code = device.code(self.world);
        let confirm = json!({ "ticket": offer["ticket"], "code": code, "password": PASSWORD });
        let confirmed = self.ask("POST", "/second-factor/confirm", &confirm);
        let codes = confirmed.json()["codes"].as_array().cloned().unwrap_or_default();
        assert_eq!(codes.len(), 10, "{confirmed:?}");
        let recovery = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        Joined { code, device, recovery }
    }
}

fn written(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
